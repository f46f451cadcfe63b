"""``spikeproof ci --github-review F``: the new findings as JSON, from a job that may run anybody's
code to one that holds a token. Whoever wrote the pull request may have written the file: it is read
as hostile data, into typed values of bounded size, and the review is made anew of them.

``review`` in it is the request's body as it is without asking GitHub (``jq .review`` for other
programs); ``spikeproof post-review`` does not read it.
"""

from __future__ import annotations

import json
from typing import Annotated, Literal

import msgspec

from engine.base.errors import SpikeproofError
from engine.base.model import Level, Outcome, Proof
from engine.base.plain import harmless
from engine.report.finding import Finding, Position, Region, Report, Suggestion
from engine.report.github_review import MAX_BODY, Review
from engine.report.markdown import size

SCHEMA = "spikeproof/review/2"
LIMIT = 20 * 2**20  # bytes
_FINDINGS = 5_000
_TEXT = 20_000  # characters of one text
_NAME = 300  # characters of what the tree is compared with, and of a toolchain
_LINE = 10_000_000
_ID = "[a-z0-9][a-z0-9-]{0,99}"
_COMMIT = "[0-9a-f]{40}|[0-9a-f]{64}"
_TEXTS = ("word", "message", "note", "reason", "reach", "check", "tests", "bench", "apart")
_NO_ROOM = "Its patch was too much for the file of this review: take it from the job's patch"
_ANEW = "make it anew with `spikeproof ci --github-review`"


def dump(report: Report, review: Review) -> bytes:
    """The file, of at most ``LIMIT`` bytes: beyond that, patches and suggestions are left out first,
    then findings, which are counted."""
    rows: list[dict[str, object]] = []
    found: dict[str, object] = {
        "schema": SCHEMA,
        "commit": report.commit,
        "base": report.base[:_NAME],
        "toolchain": report.toolchain[:_NAME],
        "findings": rows,
        "left_out": 0,
        "review": review.request(),
    }
    room = LIMIT - _size(found) - 1024
    whole = [_plain(finding) for finding in report.new[:_FINDINGS]]
    for row in whole:
        bare = {**row, "suggestions": [], "patch": "", "apart": _NO_ROOM}
        if _size(bare) > room:
            break
        room -= _size(bare)
        rows.append(bare)
    for number, (row, bare) in enumerate(zip(whole, rows, strict=False)):
        more = _size(row) - _size(bare)
        if more <= room:
            room -= more
            rows[number] = row
    found["left_out"] = len(report.new) - len(rows)
    return (json.dumps(found, indent=1, ensure_ascii=True) + "\n").encode("ascii")


def _size(value: object) -> int:
    """Bytes that ``value`` takes in the file, or more."""
    return len(json.dumps(value, indent=6))


def _plain(finding: Finding) -> dict[str, object]:
    start, end = finding.regions[0].start, finding.regions[0].end
    return {
        "id": finding.id,
        "codemod": finding.codemod,
        "level": str(finding.level),
        "outcome": str(finding.outcome),
        "proof": str(finding.proof or ""),
        "path": finding.path,
        "line": start.line,
        "end_line": end.line,
        **{name: getattr(finding, name)[:_TEXT] for name in _TEXTS},
        "suggestions": [
            {"path": s.path, "first": s.first, "last": s.last, "lines": list(s.lines)}
            for s in finding.suggestions
        ],
        "patch": finding.patch if size(finding.patch) <= MAX_BODY else "",
    }


# -- reading ---------------------------------------------------------------------------------------


def load(data: bytes) -> Report:
    """The findings in ``data``. Raises SpikeproofError, in words, for anything else than ``dump``
    could have written."""
    try:
        plain = json.loads(data.decode("utf-8"))  # which takes what is no text in other programs
    except (ValueError, RecursionError) as error:
        raise SpikeproofError(f"the review file is not JSON: {_ANEW}") from error
    if not isinstance(plain, dict) or plain.get("schema") != SCHEMA:
        raise SpikeproofError(f"the review file has not the schema {SCHEMA}: {_ANEW}")
    try:
        found = msgspec.convert(plain, _File)
    except (msgspec.ValidationError, RecursionError) as error:
        raise SpikeproofError(f"a part of the review file is wrong: {error}; {_ANEW}") from error
    left = found.left_out
    notes = (f"{left} findings more were found than the file holds",) if left else ()
    findings = tuple(map(_found, found.findings))
    return Report(findings, found.commit, found.base, found.toolchain, notes=notes)


_Text = Annotated[str, msgspec.Meta(max_length=_TEXT)]
_Name = Annotated[str, msgspec.Meta(max_length=_NAME)]
_Id = Annotated[str, msgspec.Meta(pattern=rf"\A{_ID}\Z")]
_Path = Annotated[str, msgspec.Meta(max_length=4_096)]
_Number = Annotated[int, msgspec.Meta(ge=1, le=_LINE)]


class _Suggestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    path: _Path
    first: _Number
    last: _Number
    lines: Annotated[tuple[_Text, ...], msgspec.Meta(max_length=1_000)]

    def __post_init__(self) -> None:
        _refuse_outside(self.path)
        if not self.first <= self.last <= self.first + 1_000:
            raise ValueError("`last` is no line near its first one")
        if any("\n" in line or not harmless(line) for line in self.lines):
            raise ValueError("`lines` has a line that is none")


class _Finding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: _Id
    codemod: _Id
    level: Level
    outcome: Outcome
    proof: Literal["", "compiled", "tested", "measured"]
    path: _Path
    line: _Number
    end_line: _Number
    word: _Text
    message: _Text
    note: _Text
    reason: _Text
    reach: _Text
    check: _Text
    tests: _Text
    bench: _Text
    apart: _Text
    suggestions: Annotated[tuple[_Suggestion, ...], msgspec.Meta(max_length=20)]
    patch: Annotated[str, msgspec.Meta(max_length=MAX_BODY)]

    def __post_init__(self) -> None:
        _refuse_outside(self.path)
        if self.end_line < self.line:
            raise ValueError("`end_line` stands before `line`")


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: str
    commit: Annotated[str, msgspec.Meta(pattern=rf"\A(?:{_COMMIT})\Z")]
    base: _Name
    toolchain: _Name
    findings: Annotated[tuple[_Finding, ...], msgspec.Meta(max_length=_FINDINGS)]
    left_out: Annotated[int, msgspec.Meta(ge=0, le=_LINE)]
    review: dict[str, object]  # for other programs: it is not believed

    def __post_init__(self) -> None:
        if len({finding.id for finding in self.findings}) != len(self.findings):
            raise ValueError("`findings` has an id twice")


def _refuse_outside(path: str) -> None:
    """Raises ValueError for what is no path below the repository's top; nothing here opens it."""
    parts = path.split("/")
    if not {"", ".", ".."}.isdisjoint(parts) or "\0" in path or parts[0].lower() == ".git":
        raise ValueError("`path` does not lie in the repository")


def _found(told: _Finding) -> Finding:
    start, end = (Position(line, 1, 1, 1) for line in (told.line, told.end_line))
    return Finding(
        id=told.id,
        codemod=told.codemod,
        level=told.level,
        outcome=told.outcome,
        proof=Proof(told.proof) if told.proof else None,
        new=True,
        regions=(Region(told.path, start, end),),
        suggestions=tuple(Suggestion(s.path, s.first, s.last, s.lines) for s in told.suggestions),
        patch=told.patch,
        **{name: getattr(told, name) for name in _TEXTS},
    )
