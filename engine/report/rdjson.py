"""reviewdog's format, a diagnostic a line (rdjsonl; reviewdog's ``proto/rdf/reviewdog.proto``).

New findings only, what gates first: reviewdog posts 30 comments a review and lists the rest itself.
A range without columns means whole lines, both inclusive; reviewdog wants a suggestion to have the
range of its diagnostic, and old versions of it fence with three backticks whatever is inside.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from engine.model import Level
from engine.report.finding import Finding, Report, Suggestion
from engine.report.plain import printable
from engine.report.sarif import words

COMMENTS = 30  # that reviewdog posts in a review
_SEVERITY = {Level.SAFE: "WARNING", Level.REVIEW: "WARNING", Level.REPORT: "INFO"}


def rdjsonl(report: Report) -> bytes:
    """One line for each new finding; for each suggestion, where a fix has several."""
    lines = [
        json.dumps(diagnostic, ensure_ascii=False)
        for finding in report.new
        for diagnostic in _diagnostics(finding)
    ]
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")


def _diagnostics(finding: Finding) -> Iterator[dict[str, object]]:
    suggestions = finding.suggestions
    if not suggestions or not all(map(_fits, suggestions)):
        start, end = finding.regions[0].start, finding.regions[0].end
        place = {
            "start": {"line": start.line, "column": start.byte},
            "end": {"line": end.line, "column": end.byte},
        }
        yield _diagnostic(finding, finding.path, place, words(finding), [])
        return
    for number, suggestion in enumerate(suggestions, 1):
        place = {"start": {"line": suggestion.first}, "end": {"line": suggestion.last}}
        part = f" (part {number} of {len(suggestions)})" if len(suggestions) > 1 else ""
        made: list[dict[str, object]] = [{"range": place, "text": suggestion.text}]
        yield _diagnostic(finding, suggestion.path, place, words(finding) + part, made)


def _fits(suggestion: Suggestion) -> bool:
    """Can it be written so that it means the same? An empty text deletes the lines, so it cannot
    also be one empty line."""
    return "```" not in suggestion.text and suggestion.lines != ("",)


def _diagnostic(
    finding: Finding,
    path: str,
    place: dict[str, dict[str, int]],
    message: str,
    suggestions: list[dict[str, object]],
) -> dict[str, object]:
    found: dict[str, object] = {
        "message": message,
        "location": {"path": printable(path), "range": place},
        "severity": _SEVERITY[finding.level],
        "source": {"name": "spikeproof"},
        "code": {"value": finding.codemod},
    }
    return {**found, "suggestions": suggestions} if suggestions else found
