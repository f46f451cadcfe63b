"""Fixes that were read stay read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench import trust
from bench.crates import pinned
from bench.judged import Judged, key_of, rates, read, unread, written

_DIFF = "--- a/src/a.rs\n+++ b/src/a.rs\n@@ -1,3 +1,3 @@\n a\n-b.clone()\n+b\n c\n"


def _fix(diff: str = _DIFF, level: str = "safe", line: int = 2) -> dict[str, Any]:
    site = {"path": "src/a.rs", "start": {"line": line}, "heat": ["loop"]}
    return {"codemod": "clone-per-frame", "level": level, "diff": diff, "sites": [site]}


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda: _fix(line=90), True),
        (lambda: _fix(_DIFF.replace("@@ -1,3 +1,3 @@", "@@ -8,3 +9,3 @@")), True),
        (lambda: _fix(_DIFF.replace(" c\n", " other\n")), True),
        (lambda: _fix(_DIFF.replace("+b\n", "+&b\n")), False),
        (lambda: _fix(_DIFF.replace("a.rs", "z.rs")), False),
        (lambda: _fix(level="review"), False),
    ],
)
def test_a_fix_is_new_when_its_text_or_level_is(
    change: Callable[[], dict[str, Any]], same: bool
) -> None:
    assert (key_of(change()) == key_of(_fix())) is same


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    judged = [
        Judged("a" * 12, "x", "safe", True, "src/é.rs:1", "right", 'a "quoted" word\n'),
        Judged("b" * 12, "x", "review", False, "src/a.rs:9", "wrong", ""),
    ]
    path = tmp_path / "crate.toml"
    path.write_text(written(judged), "utf-8")
    assert sorted(read(path), key=lambda fix: fix.key) == judged
    assert read(tmp_path / "none.toml") == ()
    path.write_text(written(()), "utf-8")
    assert read(path) == ()


def test_what_nobody_judged_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "crate.toml"
    path.write_text(written([unread(_fix())]), "utf-8")
    with pytest.raises(ValueError, match=r"crate\.toml: src/a\.rs:2: judgement ''"):
        read(path)


def test_rates_count_each_level() -> None:
    judged = [
        Judged(key, "c", level, hot, "a:1", judgement, "")
        for key, level, hot, judgement in [
            ("1", "safe", True, "right"),
            ("2", "safe", False, "right"),
            ("3", "safe", True, "wrong"),
            ("4", "review", False, "churn"),
        ]
    ]
    assert rates(judged).splitlines()[2:] == [
        "| `c` | review | 1 | 0 | 1 | 0 | 0 | 0 |",
        "| `c` | safe | 3 | 2 | 0 | 0 | 1 | 2 |",
        "| all |  | 4 | 2 | 1 | 0 | 1 | 2 |",
    ]


def test_the_documents_table_is_that_of_what_is_kept() -> None:
    text = trust.DOCUMENT.read_text("utf-8")
    assert trust.document(text) == text
    labels = {crate.label for crate in pinned("trust")}
    assert {path.stem for path in trust.KEPT.glob("*.toml")} <= labels
    assert not labels & {crate.label for crate in pinned()}
