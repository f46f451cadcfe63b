"""What a review shows, with names and texts that want to do something to the terminal."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from engine.app.review.items import Answer, Item
from engine.app.review.screen import ItemView, Screen
from engine.base.model import Diagnostic, Edit
from engine.base.ui import Ui
from tests.reviewkit import Case, fix, verdict
from tests.reviewroom import applying, case

EVIL = "\x1b[31m\x1b]52;c;eA==\x07\u202e[/x] \x9b1m\r\n::error::"
PATH = f"src/{EVIL.replace('/', '_')}.rs"
SOURCE = f"fn f() {{\n    a(); // {EVIL[:-10]}\n}}\n".encode()


def item() -> Item:
    edit = Edit(PATH, 13, 14, b"b" + EVIL.encode())
    found = verdict("x", [fix("good", edit, note=EVIL)], heat=("loop",), message=EVIL)
    evidence = replace(
        found.evidence,
        tests=EVIL,
        bench=EVIL,
        diagnostics=(Diagnostic("warning", "", EVIL, (), f"warning: {EVIL}"),),
    )
    assert found.fix is not None
    return Item(replace(found, reason=EVIL, evidence=evidence), found.fix)


@pytest.mark.parametrize("color", [False, True])
def test_nothing_of_the_repository_reaches_the_terminal_raw(
    capsys: pytest.CaptureFixture[str], color: bool
) -> None:
    shown = item()
    made = Case({PATH: SOURCE}, (shown.verdict,))
    texts = made.prover().texts
    source, diff = texts.source(shown), texts.diff(shown)
    screen = Screen(color)
    screen.item(ItemView(shown, 1, 1, source, diff, Answer.TAKE, 1, EVIL))
    screen.evidence(shown, source, diff)
    screen.docs("name", EVIL)
    screen.overview([shown], 0)
    screen.complain(EVIL)
    out = capsys.readouterr().out
    plain = re.sub(r"\x1b\[(?:0|1|3[12]|1;31)m", "", out) if color else out
    assert not re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", plain)
    assert plain.count("\\u{1b}]52;c;eA==\\u{7}\\u{202e}[/x]") >= 6
    assert bool(re.search(r"\x1b\[", out)) is color


def test_a_quiet_run_still_says_what_was_left(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    made = case()
    root = made.write(tmp_path / "app")
    review = applying(root, made, Ui(quiet=True))
    (root / "src/b.rs").write_bytes(b"mine")
    assert not review.everything()
    assert capsys.readouterr().err.splitlines() == [
        "warning: src/b.rs changed since the scan: it is not overwritten",
        "warning: mutex-counter src/a.rs:5: left, for it changes such a file",
        "warning: clone-per-frame src/b.rs:25: left, for it changes such a file",
    ]
    assert (root / "src/b.rs").read_bytes() == b"mine"
    assert b"good_1" in (root / "src/a.rs").read_bytes()


def test_a_wide_line_is_shown_around_its_mark(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    text = b"fn f() { " + b"x(); " * 20 + b"here(); " + b"y(); " * 20 + b"}\n"
    at = text.index(b"here")
    found = verdict("x", [fix("good", Edit("src/a.rs", at, at + 4, b"there"))])
    assert found.fix is not None
    shown = Item(found, found.fix)
    texts = Case({"src/a.rs": text}, (found,)).prover().texts
    Screen(False).item(ItemView(shown, 1, 1, texts.source(shown), b""))
    lines = capsys.readouterr().out.split("\n")
    row = next(n for n, line in enumerate(lines) if line.startswith("1 | "))
    start = lines[row].index("here")
    assert lines[row + 1][start : start + 4] == "^^^^"
    assert len(lines[row]) <= 60
