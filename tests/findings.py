"""Findings made by hand, for tests of what is written of them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from engine.base.model import Level, Outcome, Proof
from engine.report.finding import Finding, Position, Region, Report, Suggestion

COMMIT = "c" * 40
# What nobody may let through: each alone may stand in a name, a path, a snippet or a message.
HOSTILE = [
    "\n::error::x",
    "::error file=a::x",
    "##[add-mask]x",
    "a##[error]x",
    "```\nx",
    "````suggestion",
    "~~~",
    "`",
    "a`b",
    "@org/team",
    "#123",
    "GH-123",
    "octo/repo#5",
    "<!--",
    "-->",
    "</details>",
    "<script>x</script>",
    "[x](https://evil.example)",
    "https://evil.example/a",
    "www.evil.example",
    "_https://evil.example/_ 1www.evil.example ähttps://evil.example",
    "![x](https://evil.example/p.png)",
    "[/x]",
    "\x1b[31mred",
    "\x1b]8;;https://evil.example\x07x\x1b]8;;\x07",
    "\x1b]52;c;eA==\x07",
    "\u202eabc",
    "a\u2028b\x85c",
    "\udcff",
    "\x00",
    "a\tb",
    "quote\" and ' and \\",
    "a b, c: d% e",
    "-leading",
    "%0A::error::x",
    "|a|b|",
    "$x$",
    "*a* _b_ **c**",
    "\r\n::warning::x",
]


def at(path: str, line: int, end: int = 0, column: int = 5) -> Region:
    start = Position(line, column, column, column)
    stop = Position(end or line, column + 7, column + 7, column + 7)
    return Region(path, start, stop)


def finding(name: str = "a", path: str = "src/lib.rs", line: int = 3, **more: Any) -> Finding:
    """A verified, safe, new one, with one suggestion for its line unless told otherwise."""
    values: dict[str, Any] = {
        "id": f"mutex-counter-{name}",
        "codemod": "mutex-counter",
        "level": Level.SAFE,
        "outcome": Outcome.VERIFIED,
        "word": "verified",
        "new": True,
        "message": "`hits: Mutex<u64>`: a lock is taken for every look at one number",
        "regions": (at(path, line),),
        "note": "`hits` becomes `AtomicU64`",
        "proof": Proof.TESTED,
        "reach": "2 of 41 tests reach it: `adds`, `counts`",
        "check": "passed",
        "tests": "passed: 41 tests of 2 packages",
        "bench": "not measured",
        "suggestions": (Suggestion(path, line, line, ("    hits: AtomicU64,",)),),
        "patch": f"--- a/{path}\n+++ b/{path}\n@@ -{line} +{line} @@\n-    hits: Mutex<u64>,\n"
        "+    hits: AtomicU64,\n",
    }
    return Finding(**{**values, **more})


def hostile(text: str) -> Finding:
    """``text`` wherever a repository has a say."""
    return finding(
        path=re.sub("/+", "/", f"src/{text}.rs"),
        message=f"`{text}` holds {text}",
        note=f"{text} goes",
        reason=f"{text}: {text}",
        reach=text,
        check=f"passed {text}",
        tests=f"passed: {text}",
        bench=text,
        suggestions=(),
        patch=f"+{text}\n",
        apart=text,
    )


def report(*findings: Finding, **more: Any) -> Report:
    made = Report(
        findings, COMMIT, "main (0123456789ab)", "rustc 1.95.0", summaries={"mutex-counter": "x"}
    )
    return replace(made, **more)
