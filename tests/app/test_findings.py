"""From a run's result to what is reported: places, order, evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.app.findings import report_of
from engine.app.suggest import StandaloneFix
from engine.base.model import Edit, Evidence, Fix, Level, Outcome, Proposal, Site, Span, Verdict
from engine.detect.facts import Facts, Sources
from engine.report.finding import Position, Suggestion
from engine.report.result import Result, VerifyPass

TEXT = """\
use std::sync::Mutex;

pub struct Größe {
    /* 𐐀ß */ hits: Mutex<u64>,
}
"""
SOURCES = Sources(("src/lib.rs",), lambda path: TEXT.encode())
START = TEXT.encode().index(b"hits")
SPAN = Span(START, START + len(b"hits: Mutex<u64>"))


def verdict(
    name: str, level: Level = Level.SAFE, outcome: Outcome = Outcome.VERIFIED, span: Span = SPAN
) -> Verdict:
    site = Site(
        "mutex-counter",
        "src/lib.rs",
        span,
        item="struct Größe",
        message="m",
        id=f"mutex-counter-{name}",
    )
    fix = Fix("atomic", level, (Edit("src/lib.rs", span.start, span.end, b""),), "note")
    evidence = Evidence(check="passed", tests="passed: 1 test")
    return Verdict(Proposal((site,), (fix,)), fix, outcome, "", evidence)


def result(*verdicts: Verdict, **more: Any) -> Result:
    return Result(Path("/x"), SOURCES, verdicts, **more)


def test_places_in_characters_utf16_and_bytes() -> None:
    (found,) = report_of(result(verdict("a")), {}, "top/", "c" * 40, "main").findings
    (region,) = found.regions
    assert region.path == "top/src/lib.rs"
    assert region.start == Position(line=4, column=14, utf16=15, byte=18)
    assert region.end == Position(line=4, column=30, utf16=31, byte=34)


def test_what_was_planned_on_other_fixes_is_shown_where_the_user_has_it() -> None:
    """Its offsets count in a text that nobody has seen."""
    text = b"// new\n\n" + TEXT.encode()
    late = verdict("a", span=Span(SPAN.start + 8, SPAN.end + 8))
    facts = Facts(SOURCES, lambda *_: None, lambda *_: "", lambda _: None)
    passes = (VerifyPass(frozenset({"mutex-counter-a"}), {"src/lib.rs": text}, facts),)
    made = result(late, later=frozenset({"mutex-counter-a"}), passes=passes)
    assert report_of(made, {}, "", "", "main").findings[0].line == 4


def test_verified_safe_fixes_come_first_and_old_sites_last() -> None:
    old = verdict("old").proposal.sites
    made = report_of(
        result(
            verdict("a", outcome=Outcome.TESTS_FAILED),
            verdict("b", level=Level.REVIEW),
            verdict("c"),
            old=old,
        ),
        {},
        "",
        "",
        "main",
    )
    assert [f.id.removeprefix("mutex-counter-") for f in made.findings] == ["c", "b", "a", "old"]
    assert [f.new for f in made.findings] == [True, True, True, False]
    assert made.summaries.keys() == made.rules.keys() == {"mutex-counter"}


def test_only_a_suggestion_says_that_it_was_compiled_alone() -> None:
    made = StandaloneFix(b"+x\n", (Suggestion("src/lib.rs", 4, 4, ("x",)),))
    with_one, without = (
        report_of(result(verdict("a")), apart, "", "", "main").findings[0]
        for apart in ({"mutex-counter-a": made}, {})
    )
    assert with_one.check == "passed, and with this fix alone"
    assert with_one.patch == "+x\n"
    assert without.check == "passed"
    failed = verdict("a", outcome=Outcome.CHECK_FAILED)
    (found,) = report_of(result(failed), {"mutex-counter-a": made}, "", "", "main").findings
    assert found.suggestions == ()
    assert found.patch == ""


def test_a_patch_that_is_too_long_is_named() -> None:
    long = StandaloneFix(b"+" + b"x" * 300_000, (), "2 places change together")
    made = report_of(result(verdict("a")), {"mutex-counter-a": long}, "", "", "main")
    assert made.findings[0].patch == ""
    assert made.findings[0].apart == "Its patch is too long to be shown"
