"""``--prefer``: which alternative comes first, and what is said where it is not there."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from engine.app.cli import cli
from engine.app.preference import preferred, unmet
from engine.base.model import Fix, Level, Proposal, Site, Span
from engine.detect.facts import Sources

_SOURCES = Sources(("src/lib.rs",), lambda _: b"fn f() {}\nfn g() {}\n")


def _proposal(*labels: str, level: Level = Level.SAFE, **lacking: str) -> Proposal:
    site = Site("clone-per-frame", "src/lib.rs", Span(10, 19))
    fixes = tuple(Fix(label, level, (), "") for label in labels)
    return Proposal((site,), fixes, "" if fixes else "none", lacking=lacking)


@pytest.mark.parametrize(
    ("labels", "prefer", "order"),
    [
        ("abc", (), "abc"),
        ("abc", ("c",), "cab"),
        ("abc", ("c", "b"), "cba"),
        ("abc", ("b", "b", "a"), "bac"),
        ("abc", ("x",), "abc"),
        ("", ("a",), ""),
        ("aba", ("b",), "baa"),
    ],
)
def test_the_order(labels: str, prefer: tuple[str, ...], order: str) -> None:
    found = preferred(_proposal(*labels), prefer)
    assert "".join(fix.label for fix in found.fixes) == order


_TAKEN = frozenset({Level.SAFE})


@pytest.mark.parametrize(
    ("proposal", "words"),
    [
        (_proposal("move", "own"), []),
        (
            _proposal("move"),
            ["--prefer own: no fix here has an alternative of that name: there are move"],
        ),
        (_proposal(), ["--prefer own: no fix here has an alternative of that name"]),
        (
            _proposal("own", level=Level.REVIEW),
            ["--prefer own: of level review, which `--review` takes: 1"],
        ),
        (
            _proposal("move", own="line 3 keeps it"),
            ["no alternative `own` at src/lib.rs:2: line 3 keeps it"],
        ),
        (
            _proposal(own="line 3 keeps it"),
            ["no alternative `own` at src/lib.rs:2: line 3 keeps it"],
        ),
    ],
)
def test_what_is_not_there_is_told(proposal: Proposal, words: list[str]) -> None:
    assert list(unmet([proposal], ("own",), _TAKEN, _SOURCES)) == words


def test_without_a_preference_nothing_is_told() -> None:
    assert not list(unmet([_proposal("move", own="kept")], (), _TAKEN, _SOURCES))


@pytest.mark.parametrize("command", ["diff", "apply"])
def test_the_commands_take_it(command: str) -> None:
    shown = CliRunner().invoke(cli, [command, "--help"])
    assert "--prefer LABEL" in shown.output
