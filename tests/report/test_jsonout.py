"""Sites as JSON: the keys and forms that `scan --format json` promises."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.base.model import Site, Span
from engine.report.jsonout import site_json
from engine.report.snippet import snippet
from engine.rust import context
from engine.rust.syntax import Source

SOURCE = Source("src/lib.rs", b"fn f() {}\n")


@pytest.mark.parametrize(
    ("reasons", "in_tests", "words"),
    [
        ((), False, []),
        (("async", "loop"), False, ["loop", "async"]),
        (("async", "loop"), True, ["loop", "async", "test"]),
        ((), True, ["test"]),
    ],
)
def test_heat_is_a_list_of_words_and_test_code_is_the_last_of_them(
    reasons: tuple[str, ...], in_tests: bool, words: list[str]
) -> None:
    site = Site("one", "src/lib.rs", Span(0, 9), heat=context.heat(reasons, in_tests))
    site = replace(site, in_tests=in_tests)
    assert site_json(site, SOURCE)["heat"] == words
    shown = snippet(site, SOURCE)
    assert (f"heat: {', '.join(words)}" in shown) if words else "heat" not in shown
