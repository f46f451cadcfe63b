"""Fixes that a person has read: what was thought of each, kept in ``corpus/trust/CRATE.toml``.

A fix is known by its codemod, its level and the lines that it takes out and puts in, not by where they
stand: one that was read stays read when the tool changes around it, and is new when its text or its level
does.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

JUDGEMENTS = {
    "right": "to be merged as it is",
    "churn": "means the same, and nobody would miss it",
    "level": "right, but a person should have been asked (`safe` that is to be `review`), or need not have been",
    "wrong": "means something else",
}


@dataclass(frozen=True)
class Judged:
    """One fix that was read. ``judgement``: one of ``JUDGEMENTS``, "" while nobody has read it;
    ``at``: ``path:line`` where it stood then; ``hot``: in a loop, a stream, a handler or async code."""

    key: str
    codemod: str
    level: str
    hot: bool
    at: str
    judgement: str
    why: str


def key_of(fix: Mapping[str, Any]) -> str:
    """What a fix of the JSON result is known by."""
    said = hashlib.sha256(f"{fix['codemod']} {fix['level']}\n".encode())
    for line in fix["diff"].splitlines():
        if line.startswith(("+++", "+", "-")) and not line.startswith("---"):
            said.update(line.encode() + b"\n")
    return said.hexdigest()[:12]


def unread(fix: Mapping[str, Any]) -> Judged:
    """An emitted fix of the JSON result, not judged."""
    site = fix["sites"][0]
    at = f"{site['path']}:{site['start']['line']}"
    hot = any(site["heat"] for site in fix["sites"])
    return Judged(key_of(fix), fix["codemod"], fix["level"], hot, at, "", "")


def read(path: Path) -> tuple[Judged, ...]:
    """The judged fixes of one crate; none without the file. Raises ValueError on an unknown judgement."""
    if not path.exists():
        return ()
    found = tuple(
        Judged(**entry) for entry in tomllib.loads(path.read_text("utf-8")).get("fix", ())
    )
    for judged in found:
        if judged.judgement not in JUDGEMENTS:
            raise ValueError(
                f"{path.name}: {judged.at}: judgement {judged.judgement!r} is none of "
                f"{', '.join(JUDGEMENTS)}"
            )
    return found


def written(judged: Iterable[Judged]) -> str:
    """The file's text."""
    return "\n".join(
        "[[fix]]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in asdict(fix).items())
        for fix in sorted(judged, key=lambda fix: (fix.codemod, fix.at, fix.key))
    )


def rates(judged: Iterable[Judged]) -> str:
    """The table of ``docs/trust.md``: how many of each codemod and level were judged what."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for fix in judged:
        counts.setdefault((fix.codemod, fix.level), Counter())[fix.judgement] += 1
        counts[fix.codemod, fix.level]["hot"] += fix.hot
    lines = [
        f"| codemod | level | fixes | {' | '.join(JUDGEMENTS)} | hot |",
        "|---|---|" + "--:|" * (len(JUDGEMENTS) + 2),
    ]
    every: Counter[str] = Counter()
    for (codemod, level), found in sorted(counts.items()):
        lines.append(_row(f"`{codemod}`", level, found))
        every += found
    lines.append(_row("all", "", every))
    return "\n".join(lines) + "\n"


def _row(codemod: str, level: str, found: Counter[str]) -> str:
    total = sum(found[word] for word in JUDGEMENTS)
    cells = [str(found[word]) for word in JUDGEMENTS]
    return f"| {codemod} | {level} | {total} | {' | '.join(cells)} | {found['hot']} |"
