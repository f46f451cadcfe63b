"""The summary: what was found, what became of it, why not, what next."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.base.bench_report import Row
from engine.base.measured import Measured
from engine.base.model import Edit, Evidence, Fix, Level, Outcome, Proposal, Site, Span, Verdict
from engine.detect.facts import Sources
from engine.report.render import render
from engine.report.result import Result
from engine.report.story import story
from engine.report.summary import summary

TEXT = b"".join(b"line %d\n" % n for n in range(50))


def verdict(
    line: int,
    outcome: Outcome = Outcome.VERIFIED,
    level: Level | None = Level.SAFE,
    reason: str = "",
    codemod: str = "seed",
    rows: tuple[Row, ...] | None = None,
    unknown: str = "",
) -> Verdict:
    at = TEXT.index(b"line %d\n" % line)
    site = Site(codemod, "src/a\x1b.rs", Span(at, at + 4), id=f"{codemod}-{line}")
    edits = (Edit("src/a\x1b.rs", at, at + 4, b"new"),)
    fix = Fix("other", level, edits, "note") if level is not None else None
    evidence = Evidence(measured=Measured(rows, unknown=unknown) if rows is not None else None)
    return Verdict(Proposal((site,), (fix,) if fix else (), reason), fix, outcome, reason, evidence)


def result(*verdicts: Verdict, patch: bytes = b"") -> Result:
    return Result(Path("/r"), Sources(("src/a\x1b.rs",), lambda _: TEXT), verdicts, patch)


def row(verdict_: str) -> Row:
    return Row("k::bench/b::x", "divan", "time", 2.0, 1.0, 0.5, None, 0.1, 20, verdict_, 0.1)


def measured(*rows_: tuple[str, int]) -> Verdict:
    """A verified fix with rows of these verdicts, each shared with so many others."""
    rows = tuple(replace(row(word), name=f"k::bench/b::{n}") for n, (word, _) in enumerate(rows_))
    own = Measured(rows, 16, tuple(others for _, others in rows_))
    found = verdict(1)
    return replace(found, evidence=Evidence(measured=own))


def test_a_gain_that_many_share_is_nobodys_and_a_cost_is_told_beside_it() -> None:
    told = summary(
        result(
            measured(("faster", 0)),
            measured(("faster", 16), ("no-difference", 0)),
            measured(("faster", 16), ("faster", 0), ("more", 0)),
            measured(("no-difference", 3)),
            patch=b"x",
        ),
        reasons=False,
    )
    assert told[1].endswith(
        "(2 measured better, 1 better together with others, 1 no difference, 1 at a cost)"
    )


def test_codemods_levels_and_outcomes() -> None:
    told = summary(
        result(
            verdict(1),
            verdict(2),
            verdict(3, level=Level.REVIEW),
            verdict(4, Outcome.CHECK_FAILED, reason="E0308"),
            verdict(5, Outcome.UNVERIFIED, Level.REVIEW),
            verdict(6, Outcome.UNVERIFIED, None, "why"),
            verdict(7, Outcome.TESTS_FAILED, codemod="other", reason="fails"),
            patch=b"x",
        ),
        reasons=False,
    )
    assert told == [
        "other: 1 found",
        "    safe: 1 tests-failed",
        "seed: 6 found",
        "    safe: 2 verified (2 compiled only), 1 check-failed",
        "    review: 1 verified (1 compiled only), 1 needs --review",
        "    report: 1 reported",
        "3 verified: 3 compiled only",
        "next: pipe the patch into `git apply`, or answer fix by fix: `spikeproof apply`; "
        "`--review` takes 1 more, after you read their notes",
    ]


def test_evidence_is_counted_for_what_was_verified() -> None:
    told = summary(
        result(
            verdict(1, rows=(row("faster"),)),
            verdict(2, rows=(row("no-difference"),)),
            verdict(3, rows=(row("no-difference"),)),
            verdict(4, rows=()),
            verdict(6, rows=(), unknown="has no function of its own"),
            verdict(5, Outcome.REGRESSED, reason="slower", rows=(row("slower"),)),
        )
    )
    assert told[1] == (
        "    safe: 5 verified (3 measured, 2 compiled only), 1 regressed "
        "(1 measured better, 2 no difference, 1 not reached, 1 not known what runs it)"
    )


def test_reasons_that_differ_in_names_alone_are_one() -> None:
    told = summary(
        result(
            *(
                verdict(n, Outcome.UNVERIFIED, None, f"`guard_{n}` is used again on line {n}")
                for n in (1, 2, 3)
            ),
            verdict(4, Outcome.UNVERIFIED, None, "src/b.rs:30: another lock runs"),
            verdict(5, Outcome.CHECK_FAILED, reason="E0308: bad\x1b[2J"),
        )
    )
    at = told.index("why not:")
    assert told[at + 1 : at + 4] == [
        "    1 check-failed (seed, src/a\\u{1b}.rs:6): E0308: bad\\u{1b}[2J",
        "    3 reported (seed, src/a\\u{1b}.rs:2 and 2 more like it): "
        "`guard_1` is used again on line 1",
        "    1 reported (seed, src/a\\u{1b}.rs:5): src/b.rs:30: another lock runs",
    ]


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (result(verdict(1), patch=b"x"), "next: pipe the patch"),
        (result(verdict(1, Outcome.UNVERIFIED, Level.REVIEW)), "next: `--review` takes 1 fix"),
        (result(verdict(1, Outcome.CHECK_FAILED, reason="no")), "next: -vv shows"),
        (result(verdict(1, Outcome.UNVERIFIED, None, "no")), "next: what is left to a person"),
        (result(), "nothing to do: no site found"),
        (
            replace(result(), old=(Site("seed", "a.rs", Span(0, 1)),), old_words=("1 site old",)),
            "left alone: 1 site old",
        ),
    ],
)
def test_the_last_line_says_what_to_do(made: Result, says: str) -> None:
    assert summary(made)[-1].startswith(says)


def test_all_that_was_left_alone_is_told() -> None:
    made = replace(
        result(), suppressed=2, in_tests=1, configured=3, old_words=("4 sites of the baseline b",)
    )
    told = "\n".join(summary(made))
    for words in ("silenced: 2 sites", "1 site in tests", "3 sites where the config", "4 sites of"):
        assert words in told


def test_what_is_no_site_is_told_with_its_reason_in_text_and_json() -> None:
    at = TEXT.index(b"line 3\n")
    site = Site("seed", "src/a\x1b.rs", Span(at, at + 4), message="a copy", id="seed-3")
    site = replace(site, level=Level.REPORT, reason="the types show no copy: `&str`")
    made = replace(result(verdict(1, reason="x")), dismissed=(site,))
    line = "no site seed src/a\\u{1b}.rs:4: a copy, but the types show no copy: `&str`"
    assert line in summary(made)
    assert line in story(made, False, 0)
    first, second = json.loads(render(made, "json"))["fixes"]
    assert (first["dismissed"], second["dismissed"]) == (False, True)
    assert (second["id"], second["level"], second["outcome"]) == ("seed-3", "report", "unverified")
    assert second["reason"] == second["sites"][0]["reason"] == site.reason
