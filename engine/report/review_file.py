"""``spikeproof ci --github-review F``: the new findings as JSON, from a job that may run anybody's
code to one that holds a token. Whoever wrote the pull request may have written the file: it is read
as hostile data, into typed values of bounded size, and the review is made anew of them.

``review`` in it is the request's body as it is without asking GitHub (``jq .review`` for other
programs); ``spikeproof post-review`` does not read it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

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
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_TEXTS = ("word", "message", "note", "reason", "reach", "check", "tests", "bench", "apart")
_NO_ROOM = "Its patch was too much for the file of this review: take it from the job's patch"
_ANEW = "make it anew with `spikeproof ci --github-review`"

T = TypeVar("T")


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
        found = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise SpikeproofError(f"the review file is not JSON: {_ANEW}") from error
    top = _table(found, "the file")
    if top.get("schema") != SCHEMA:
        raise SpikeproofError(f"the review file has not the schema {SCHEMA}: {_ANEW}")
    known = {"schema", "commit", "base", "toolchain", "findings", "left_out", "review"}
    _keys(top, known, "the file")
    commit = _text(top, "commit", "the file")
    if not _COMMIT.fullmatch(commit):
        raise _bad("commit", "the file", "is no commit")
    findings = tuple(
        _finding(value, f"finding {number}")
        for number, value in enumerate(_list(top, "findings", "the file", _FINDINGS), 1)
    )
    if len({finding.id for finding in findings}) != len(findings):
        raise _bad("findings", "the file", "has an id twice")
    left = _number(top, "left_out", "the file", 0)
    notes = (f"{left} findings more were found than the file holds",) if left else ()
    base, toolchain = (_text(top, key, "the file", _NAME) for key in ("base", "toolchain"))
    return Report(findings, commit, base, toolchain, notes=notes)


def _finding(value: object, at: str) -> Finding:
    table = _table(value, at)
    own = {"id", "codemod", "level", "outcome", "proof", "path", "line", "end_line"}
    own |= {"suggestions", "patch"}
    _keys(table, own | set(_TEXTS), at)
    name, codemod = _text(table, "id", at), _text(table, "codemod", at)
    if not _ID.fullmatch(name) or not _ID.fullmatch(codemod):
        raise _bad("id", at, "is none")
    line = _number(table, "line", at, 1)
    end = _number(table, "end_line", at, line)
    region = Region(_path(table, at), Position(line, 1, 1, 1), Position(end, 1, 1, 1))
    texts: dict[str, Any] = {key: _text(table, key, at) for key in _TEXTS}
    suggestions = tuple(
        _suggestion(item, f"{at}, suggestion {number}")
        for number, item in enumerate(_list(table, "suggestions", at, 20), 1)
    )
    return Finding(
        id=name,
        codemod=codemod,
        level=_one_of(Level, table, "level", at),
        outcome=_one_of(Outcome, table, "outcome", at),
        proof=_one_of(Proof, table, "proof", at) if table["proof"] else None,
        new=True,
        regions=(region,),
        suggestions=suggestions,
        patch=_text(table, "patch", at, MAX_BODY),
        **texts,
    )


def _suggestion(value: object, at: str) -> Suggestion:
    table = _table(value, at)
    _keys(table, {"path", "first", "last", "lines"}, at)
    lines = tuple(_list(table, "lines", at, 1_000))
    first = _number(table, "first", at, 1)
    last = _number(table, "last", at, first)
    if last - first > 1_000:
        raise _bad("last", at, "is too far from its first line")
    for line in lines:
        if not isinstance(line, str) or "\n" in line or len(line) > _TEXT or not harmless(line):
            raise _bad("lines", at, "has a line that is none")
    return Suggestion(_path(table, at), first, last, lines)  # type: ignore[arg-type]


def _path(table: Mapping[str, object], at: str) -> str:
    """A path below the repository's top; nothing here opens it."""
    path = _text(table, "path", at, 4_096)
    parts = path.split("/")
    if not {"", ".", ".."}.isdisjoint(parts) or "\0" in path or parts[0].lower() == ".git":
        raise _bad("path", at, "does not lie in the repository")
    return path


def _table(value: object, at: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise SpikeproofError(f"{at} of the review file is no object: {_ANEW}")
    return value


def _keys(table: Mapping[str, object], known: set[str], at: str) -> None:
    if set(table) != known:
        raise SpikeproofError(f"{at} of the review file has other keys than it should: {_ANEW}")


def _list(table: Mapping[str, object], key: str, at: str, most: int) -> list[object]:
    value = table[key]
    if not isinstance(value, list) or len(value) > most:
        raise _bad(key, at, f"is no list of at most {most}")
    return value


def _text(table: Mapping[str, object], key: str, at: str, most: int = _TEXT) -> str:
    value = table[key]
    if not isinstance(value, str) or len(value) > most:
        raise _bad(key, at, f"is no text of at most {most:,} characters")
    return value


def _number(table: Mapping[str, object], key: str, at: str, least: int) -> int:
    value = table[key]
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= _LINE:
        raise _bad(key, at, f"is no number from {least}")
    return value


def _one_of(kind: Callable[[str], T], table: Mapping[str, object], key: str, at: str) -> T:
    try:
        return kind(_text(table, key, at))
    except ValueError:
        raise _bad(key, at, "is not known") from None


def _bad(key: str, at: str, why: str) -> SpikeproofError:
    return SpikeproofError(f"{at} of the review file: `{key}` {why}: {_ANEW}")
