"""SARIF 2.1.0 as GitHub code scanning takes it.

What that needs is in GitHub's table of required properties: rules with short and full description and
help, one location with a whole region, ``primaryLocationLineHash``. A log holds at most 25,000
results and 10 MB gzipped: what is too much is left out from the end (old sites stand there), and a
notification says how many.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Sequence
from urllib.parse import quote

from engine import __version__
from engine.base.model import Level
from engine.base.plain import harmless
from engine.report.finding import Finding, Region, Report, Suggestion
from engine.report.markdown import tame

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
MAX_RESULTS = 25_000
MAX_BYTES = 10_000_000  # gzipped
_DESCRIPTION = 1024  # characters
_LEVEL = {Level.SAFE: "warning", Level.REVIEW: "warning", Level.REPORT: "note"}
_SEVERITY = {"warning": "warning", "note": "recommendation"}


def sarif(report: Report, max_results: int = MAX_RESULTS, max_bytes: int = MAX_BYTES) -> bytes:
    """The SARIF log of a run: JSON in ASCII."""
    shown = report.findings[:max_results]
    while True:
        data = _log(report, shown)
        # What JSON has no more bytes than the limit needs no compressing to be known to fit.
        if not shown or len(data) <= max_bytes or len(gzip.compress(data, 6)) <= max_bytes:
            return data
        shown = shown[: len(shown) * 3 // 4]


def _log(report: Report, shown: Sequence[Finding]) -> bytes:
    rules = sorted({finding.codemod for finding in shown} | set(report.summaries))
    number = {name: index for index, name in enumerate(rules)}
    said = [
        (f"{tame(s.path)}{f':{s.line}' if s.line else ''}: {tame(s.reason)}", "note")
        for s in report.skipped
    ]
    said += [(tame(note), "note") for note in report.notes]
    missing = len(report.findings) - len(shown)
    if missing:
        said.append(
            (
                f"{missing} of {len(report.findings)} findings are left out: too many for one log",
                "warning",
            )
        )
    run: dict[str, object] = {
        "tool": {
            "driver": {
                "name": "spikeproof",
                "semanticVersion": __version__,
                "rules": [_rule(name, report) for name in rules],
            }
        },
        "columnKind": "utf16CodeUnits",
        "automationDetails": {"id": "spikeproof/"},
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {"level": level, "message": {"text": text}} for text, level in said
                ],
            }
        ],
        "results": [_result(finding, number[finding.codemod]) for finding in shown],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return (json.dumps(log, indent=1, ensure_ascii=True) + "\n").encode("ascii")


def _rule(name: str, report: Report) -> dict[str, object]:
    summary = report.summaries.get(name, name)
    docs = report.rules.get(name, summary)
    return {
        "id": name,
        "name": "".join(word.capitalize() for word in name.split("-")),
        "shortDescription": {"text": summary[:_DESCRIPTION]},
        "fullDescription": {"text": _first_section(docs)[:_DESCRIPTION] or summary},
        "help": {"text": docs, "markdown": docs},
        "defaultConfiguration": {"level": "warning"},
        "properties": {
            "precision": "high",
            "problem.severity": "warning",
            "tags": ["performance", "concurrency"],
        },
    }


def _first_section(docs: str) -> str:
    """The text below the first heading (``What it finds``), as one line."""
    lines = docs.splitlines()
    marks = [n for n, line in enumerate(lines) if line and not line.strip("-")]
    if not marks:
        return " ".join(docs.split())
    end = marks[1] - 1 if len(marks) > 1 else len(lines)
    return " ".join(" ".join(lines[marks[0] + 1 : end]).split())


def _result(finding: Finding, rule: int) -> dict[str, object]:
    level = _LEVEL[finding.level]
    result: dict[str, object] = {
        "ruleId": finding.codemod,
        "ruleIndex": rule,
        "level": level,
        "message": {"text": words(finding)},
        "locations": [_location(finding.regions[0])],
        "partialFingerprints": {"primaryLocationLineHash": f"{finding.id}:1"},
        "baselineState": "new" if finding.new else "unchanged",
        "properties": {
            "level": str(finding.level),
            "outcome": str(finding.outcome),
            **({"proof": str(finding.proof)} if finding.proof is not None else {}),
            "problem.severity": _SEVERITY[level],
        },
    }
    if len(finding.regions) > 1:
        result["relatedLocations"] = [
            {"id": n, **_location(region)} for n, region in enumerate(finding.regions[1:], 1)
        ]
    if finding.suggestions:
        result["fixes"] = [
            {
                "description": {"text": tame(finding.note) or "the verified rewrite"},
                "artifactChanges": [_change(suggestion) for suggestion in finding.suggestions],
            }
        ]
    return result


def words(finding: Finding) -> str:
    """All that is to be said of a finding in one paragraph of plain text."""
    parts = [tame(finding.message) + "."]
    if finding.note:
        parts.append(f"Fix: {tame(finding.note)}")
    if finding.reason:
        parts.append(f"Why: {tame(finding.reason)}")
    told = [f"{name}: {tame(text)}" for name, text in finding.evidence]
    parts.append(f"[{finding.level}, {'; '.join([finding.word, *told])}]")
    return " ".join(parts)


def _location(region: Region) -> dict[str, object]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(region.path), "uriBaseId": "%SRCROOT%"},
            "region": {
                "startLine": region.start.line,
                "startColumn": region.start.utf16,
                "endLine": region.end.line,
                "endColumn": region.end.utf16,
            },
        }
    }


def _uri(path: str) -> str:
    return quote(os.fsencode(path), safe="/")


def _change(suggestion: Suggestion) -> dict[str, object]:
    text = "".join(f"{line}\n" for line in suggestion.lines)
    assert harmless(text)
    return {
        "artifactLocation": {"uri": _uri(suggestion.path), "uriBaseId": "%SRCROOT%"},
        "replacements": [
            {
                "deletedRegion": {
                    "startLine": suggestion.first,
                    "startColumn": 1,
                    "endLine": suggestion.last + 1,
                    "endColumn": 1,
                },
                "insertedContent": {"text": text},
            }
        ],
    }
