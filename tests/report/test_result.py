"""A result's fixes in the user's own text, also those that were planned on the result of others."""

from __future__ import annotations

import json
from pathlib import Path

from engine.base.codemod_options import Options
from engine.base.model import Edit, Fix, Level, Outcome, Proposal, Site, Span, Verdict
from engine.detect.facts import Facts, Sources
from engine.report.render import render
from engine.report.result import Result, VerifyPass
from engine.report.story import story
from engine.rewrite.patch import git_apply, make_patch
from tests.trees import build

PATH = "src/lib.rs"
OLD = b"a\nb one\nc\nd two\n"
FIRST = b"a\nnew\nlines\nb ONE\nc\nd two\n"
LAST = b"a\nnew\nlines\nb ONE\nc\nd TWO\n"


def verdict(text: bytes, word: bytes, written: bytes) -> Verdict:
    at = text.index(word)
    site = Site("seed", PATH, Span(at, at + len(word)), id=f"seed-{word.decode()}")
    fix = Fix("other", Level.SAFE, (Edit(PATH, at, at + len(word), written),), "note")
    return Verdict(Proposal((site,), (fix,)), fix, Outcome.VERIFIED, "")


def made() -> Result:
    sources = Sources((PATH,), lambda _: OLD)
    facts = Facts(sources, lambda p, s: None, lambda p, s: "", lambda p: None, Options())
    one, two = verdict(OLD, b"b one", b"new\nlines\nb ONE"), verdict(FIRST, b"two", b"TWO")
    return Result(
        Path("/r"),
        sources,
        (one, two),
        make_patch([(PATH, OLD, LAST)]),
        {PATH: LAST},
        later=frozenset({two.proposal.id}),
        passes=(
            VerifyPass(frozenset({one.proposal.id, two.proposal.id}), {}, facts),
            VerifyPass(frozenset({two.proposal.id}), {PATH: FIRST}, facts),
        ),
    )


def test_a_later_fix_is_shown_where_it_stands_in_the_users_text() -> None:
    result = made()
    assert [result.sites_of(v)[0].span for v in result.verdicts] == [Span(2, 7), Span(12, 15)]
    told = "\n".join(story(result, False, 0))
    assert "verified seed src/lib.rs:2" in told
    assert "verified seed src/lib.rs:4" in told
    found = json.loads(render(result, "json"))
    assert [fix["sites"][0]["start"]["line"] for fix in found["fixes"]] == [2, 4]
    assert b"# seed src/lib.rs:4 " in render(result, "patch")


def test_a_fix_alone_is_a_diff_of_the_text_that_it_was_planned_on(tmp_path: Path) -> None:
    result = made()
    build(tmp_path, {PATH: OLD})
    for verdict_, text in zip(result.verdicts, (FIRST, LAST), strict=True):
        git_apply(result.alone(verdict_), tmp_path)
        assert (tmp_path / PATH).read_bytes() == text
