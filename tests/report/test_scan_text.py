"""Lists of sites: a line each, and their numbers."""

from __future__ import annotations

from click.testing import CliRunner

from engine.app.cli import cli
from engine.base.model import Site, Span
from engine.report.scan_text import short, statistics
from engine.rust.context import heat
from engine.rust.syntax import Source


def site(codemod: str, *reasons: str, in_tests: bool = False) -> Site:
    return Site(
        codemod,
        "src/ä.rs",
        Span(6, 7),
        message="what\nstands",
        heat=heat(reasons),
        in_tests=in_tests,
    )


def test_a_site_is_one_line_with_its_column_in_characters() -> None:
    source = Source("src/ä.rs", "a;\nä x".encode())
    line = short(site("c", "loop", "stream"), source)
    assert line == "src/ä.rs:2:3: c [stream, loop]: what\\u{a}stands"
    assert short(site("c"), source) == "src/ä.rs:2:3: c: what\\u{a}stands"


def test_each_reason_is_counted() -> None:
    sites = [site("b", "loop", "async"), site("b"), site("a", "loop"), site("a", in_tests=True)]
    assert statistics(sites).splitlines() == [
        "codemod  sites  loop  async  not hot  test",
        "a            2     1      0        0     1",
        "b            2     1      1        1     0",
        "all          4     2      1        1     1",
    ]
    assert statistics(sites[:1]).splitlines()[1:] == ["b            1     1      1"]
    assert statistics([]) == ""


def test_a_table_has_no_other_format() -> None:
    found = CliRunner().invoke(cli, ["scan", "--statistics", "--format", "json"])
    assert found.exit_code == 2
    assert "leave --format out" in found.output
