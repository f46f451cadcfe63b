"""GitLab's Code Quality report: all findings, for GitLab itself compares it with the one of the
target branch, by fingerprint. Equal fingerprints collapse, so each is written once."""

from __future__ import annotations

import json

from engine.base.model import Level
from engine.base.plain import printable
from engine.report.finding import Finding, Report
from engine.report.sarif import words

_SEVERITY = {Level.SAFE: "major", Level.REVIEW: "minor", Level.REPORT: "info"}


def code_quality(report: Report) -> bytes:
    """The report; UTF-8 without a byte order mark."""
    issues = {finding.id: _issue(finding) for finding in reversed(report.findings)}
    found = list(reversed(issues.values()))
    return (json.dumps(found, indent=1, ensure_ascii=True) + "\n").encode("ascii")


def _issue(finding: Finding) -> dict[str, object]:
    region = finding.regions[0]
    return {
        "description": words(finding),
        "check_name": finding.codemod,
        "fingerprint": finding.id,
        "severity": _SEVERITY[finding.level],
        "location": {
            "path": printable(region.path),
            "lines": {"begin": region.start.line, "end": max(region.start.line, region.end.line)},
        },
    }
