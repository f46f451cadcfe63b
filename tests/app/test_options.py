from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click import Option
from click.testing import CliRunner

from engine.app.cli import apply, cli, diff
from engine.app.review.kept_options import given, parsed, words
from engine.base.errors import SpikeproofError

ASKED = (
    *("-p", "one", "--package", "two", "--features=a,b", "--cold", "--release"),
    *("--codemod", "clone-per-frame,format-append", "--since", "main", "--review"),
    *("--bench-time", "5m", "--require", "tests", "--prefer", "own"),
)
OTHER = ("--all", "--allow-dirty", "--baseline", "held.json", "-v", "--exit-code", "some/where")


def context(*arguments: str) -> click.Context:
    return apply.make_context("apply", list(arguments))


def test_what_was_asked_is_read_as_it_was_given() -> None:
    asked = given(context(*ASKED, *OTHER))
    assert parsed(words(asked)) == asked
    assert asked["names"] == ("clone-per-frame", "format-append")
    assert asked["seconds"] == 300.0


def test_what_each_run_says_for_itself_is_not_kept() -> None:
    assert given(context(*OTHER)) == {}
    assert words({}) == ()


def test_a_path_is_kept_wherever_the_next_session_starts() -> None:
    assert words(given(context("--in-diff", "a.diff"))) == (
        "--in-diff",
        str(Path("a.diff").absolute()),
    )


@pytest.mark.parametrize("kept", [("--gone",), ("--require", "luck"), ("stray",), ("-p",)])
def test_words_of_another_version_are_told(kept: tuple[str, ...]) -> None:
    with pytest.raises(SpikeproofError, match="without --resume"):
        parsed(kept)


def test_help_lists_every_option_once_and_under_its_heading() -> None:
    shown = CliRunner().invoke(cli, ["diff", "--help"]).output
    headings = [line for line in shown.splitlines() if re.fullmatch(r"[A-Z][a-z ]+:", line)]
    assert headings == [
        "What to work on:",
        "How it is built:",
        "Which sites:",
        "How fixes are proven:",
        "Output:",
        "Options:",
    ]
    listed = re.findall(r"^  (?:-\w, )?(-[\w-]+)", shown, re.MULTILINE)
    options = [p for p in diff.get_params(diff.make_context("diff", [])) if isinstance(p, Option)]
    assert sorted(listed) == sorted(option.opts[-1] for option in options)
    assert shown.index("--cold") < shown.index("How fixes are proven:") < shown.index("--require")
