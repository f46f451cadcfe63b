"""Workflow commands of GitHub Actions, one for each new finding.

A step may make 10 annotations of each level: safe findings are warnings, others notices, and a plain
line says how many are left out.
"""

from __future__ import annotations

from engine.base.counts import count
from engine.base.model import Level
from engine.base.plain import harmless, printable
from engine.report.finding import Finding, Report
from engine.report.markdown import tame

PER_LEVEL = 10
_KIND = {Level.SAFE: "warning", Level.REVIEW: "notice", Level.REPORT: "notice"}


def annotation_lines(report: Report) -> bytes:
    """The lines for stdout."""
    made: dict[str, int] = {}
    lines: list[str] = []
    left = 0
    for finding in report.new:
        kind = _KIND[finding.level]
        made[kind] = made.get(kind, 0) + 1
        if made[kind] <= PER_LEVEL:
            lines.append(command(kind, _properties(finding), _text(finding)))
        else:
            left += 1
    if left:
        lines.append(
            f"{count(left, 'more finding')}: GitHub shows {PER_LEVEL} of a kind; see the summary"
        )
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")


def command(kind: str, properties: dict[str, str], text: str) -> str:
    """One workflow command, on one line whatever is in it."""
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind}{' ' + told if told else ''}::{_data(text)}"


def _properties(finding: Finding) -> dict[str, str]:
    title = {"title": f"{finding.codemod} ({finding.level}, {finding.word})"}
    if not harmless(finding.path):
        return title  # a name that the runner could not match
    start, end = finding.regions[0].start, finding.regions[0].end
    return {"file": finding.path, "line": str(start.line), "endLine": str(end.line), **title}


def _text(finding: Finding) -> str:
    rows = [f"{printable(finding.path)}:{finding.line}: {tame(finding.message)}"]
    if finding.note:
        rows.append(f"fix: {tame(finding.note)}")
    if finding.reason:
        rows.append(f"why: {tame(finding.reason)}")
    rows += [f"{name}: {tame(text)}" for name, text in finding.evidence]
    return "\n".join(rows)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
