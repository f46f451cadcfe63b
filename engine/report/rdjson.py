"""reviewdog's format, a diagnostic a line (rdjsonl; reviewdog's ``proto/rdf/reviewdog.proto``).

New findings only, what gates first: reviewdog posts 30 comments a review and lists the rest itself.
A range without columns means whole lines, both inclusive; reviewdog wants a suggestion to have the
range of its diagnostic, and old versions of it fence with three backticks whatever is inside.

Its parser reads lines with Go's ``bufio.Scanner`` and does not ask for errors: a line of 64 KiB or
more ends the input there, and every diagnostic behind it is lost without a word
(``parser/rdjsonl.go``).
"""

from __future__ import annotations

import json
from bisect import bisect_right

from engine.base.model import Level
from engine.base.plain import printable
from engine.report.finding import Finding, Report, Suggestion
from engine.report.sarif import words

COMMENTS = 30  # that reviewdog posts in a review
MAX_LINE = 65_535  # bytes of one diagnostic, its newline among them
_CUT = " … (cut)"
_SEVERITY = {Level.SAFE: "WARNING", Level.REVIEW: "WARNING", Level.REPORT: "INFO"}


def rdjsonl(report: Report) -> bytes:
    """One line for each new finding; for each suggestion, where a fix has several."""
    lines = [line for finding in report.new for line in _lines(finding)]
    return "".join(lines).encode("utf-8")


def _lines(finding: Finding) -> list[str]:
    """The finding with its suggestions; without them where they do not fit or would not mean the
    same."""
    suggestions = finding.suggestions
    if all(map(_fits, suggestions)):
        lines = []
        for number, suggestion in enumerate(suggestions, 1):
            place = {"start": {"line": suggestion.first}, "end": {"line": suggestion.last}}
            part = f" (part {number} of {len(suggestions)})" if len(suggestions) > 1 else ""
            made: list[dict[str, object]] = [{"range": place, "text": suggestion.text}]
            lines.append(
                _line(_diagnostic(finding, suggestion.path, place, words(finding) + part, made))
            )
        if lines and all(_size(line) <= MAX_LINE for line in lines):
            return lines
    return [_bare(finding)]


def _bare(finding: Finding) -> str:
    """The finding alone, at its site; what is too long of its words is cut, and it is said."""
    start, end = finding.regions[0].start, finding.regions[0].end
    place = {
        "start": {"line": start.line, "column": start.byte},
        "end": {"line": end.line, "column": end.byte},
    }

    def line(message: str) -> str:
        return _line(_diagnostic(finding, finding.path, place, message, []))

    message = words(finding)
    whole = line(message)
    if _size(whole) <= MAX_LINE:
        return whole
    lengths = range(len(message))
    fitting = bisect_right(lengths, MAX_LINE, key=lambda n: _size(line(message[:n] + _CUT)))
    return line(message[: max(0, fitting - 1)] + _CUT)


def _line(diagnostic: dict[str, object]) -> str:
    return json.dumps(diagnostic, ensure_ascii=False) + "\n"


def _size(line: str) -> int:
    return len(line.encode("utf-8"))


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
