"""The review and the job's summary: GitHub's limits, the diff rule, and Markdown that holds nothing but
what it should, as a CommonMark parser reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from engine.base.model import Level, Outcome
from engine.report.finding import Suggestion
from engine.report.github_review import MAX_BODY, mark, review
from engine.report.markdown import code, diff, fence, prose, tame
from engine.report.step_summary import step_summary
from engine.rewrite.pulldiff import PullDiff
from tests.findings import HOSTILE, finding, hostile, report

WITHIN = PullDiff({"src/lib.rs": ((1, 200),), "src/b.rs": ((10, 20), (40, 50))})


def tokens(text: str) -> Iterator[Token]:
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        yield token
        yield from token.children or ()


def innocent(text: str) -> None:
    """Nothing in ``text`` is a link, an image, a tag or comment but ours, a mention or a number."""
    tags = r"</?(?:details|summary)>|<br>|<!-- spikeproof:[a-z0-9:/-]+ -->"
    for token in tokens(text):
        assert token.type not in ("link_open", "image"), token
        if token.type in ("html_block", "html_inline"):
            # A block goes on to the next empty line: what stands behind the tag is escaped text.
            rest = re.sub(tags, "", token.content)
            assert not re.search(r"<[A-Za-z/!?]", rest), token.content
        if token.type == "text":
            assert not re.search(r"@\w", token.content), token.content
            assert not re.search(r"#\d|(?i:(?<![a-z])gh-\d)", token.content), token.content
            address = r"(?i)(?<![a-z])(https?:|ftp:|mailto:|xmpp:|www\.)"
            assert not re.search(address, token.content), token


# -- where comments stand --------------------------------------------------------------------------


def test_a_suggestion_on_its_lines() -> None:
    three = Suggestion("src/b.rs", 10, 12, ("a", "", "b"))
    made = review(report(finding(), finding("b", suggestions=(three,))), WITHIN)
    one, several = (comment.request() for comment in made.comments)
    assert {k: v for k, v in one.items() if k != "body"} == {
        "path": "src/lib.rs",
        "side": "RIGHT",
        "line": 3,
    }
    assert {k: v for k, v in several.items() if k != "body"} == {
        "path": "src/b.rs",
        "side": "RIGHT",
        "start_line": 10,
        "start_side": "RIGHT",
        "line": 12,
    }
    assert "```suggestion\na\n\nb\n```" in str(several["body"])
    assert "- check: passed" in str(one["body"])
    assert str(one["body"]).endswith(mark("mutex-counter-a"))
    assert made.request()["event"] == "COMMENT"


def test_a_suggestion_that_deletes_and_one_that_leaves_an_empty_line() -> None:
    gone = finding(suggestions=(Suggestion("src/lib.rs", 3, 4, ()),))
    empty = finding("b", line=9, suggestions=(Suggestion("src/lib.rs", 9, 9, ("",)),))
    bodies = [comment.body for comment in review(report(gone, empty), WITHIN).comments]
    assert "```suggestion\n```" in bodies[0]
    assert "```suggestion\n\n```" in bodies[1]


@pytest.mark.parametrize(("first", "last"), [(9, 10), (15, 45), (20, 21), (39, 40), (300, 300)])
def test_lines_outside_of_one_hunk_get_no_suggestion(first: int, last: int) -> None:
    outside = Suggestion("src/b.rs", first, last, ("a",))
    made = review(report(finding(path="src/b.rs", line=15, suggestions=(outside,))), WITHIN)
    (comment,) = made.comments  # the site itself is in the diff: the patch, folded
    assert (comment.first, comment.last) == (15, 15)
    assert "```suggestion" not in comment.body
    assert "<details>" in comment.body
    elsewhere = review(report(finding(path="src/b.rs", line=300, suggestions=(outside,))), WITHIN)
    assert elsewhere.comments == ()
    assert "`src/b.rs:300`" in elsewhere.body
    assert "```diff" in elsewhere.body


def test_a_second_suggestion_for_a_line_is_folded() -> None:
    made = review(report(finding(), finding("b")), WITHIN)
    assert ["```suggestion" in comment.body for comment in made.comments] == [True, False]


def test_a_fix_in_parts_is_whole_or_folded() -> None:
    parts = (Suggestion("src/lib.rs", 3, 3, ("a",)), Suggestion("src/b.rs", 15, 15, ("b",)))
    made = review(report(finding(suggestions=parts)), WITHIN)
    assert [comment.id for comment in made.comments] == ["mutex-counter-a/1", "mutex-counter-a/2"]
    assert "Part 2 of 2" in made.comments[1].body
    apart = (parts[0], Suggestion("src/b.rs", 99, 99, ("b",)))
    (folded,) = review(report(finding(suggestions=apart)), WITHIN).comments
    assert "```suggestion" not in folded.body


def test_what_was_not_proven_is_listed_with_the_reason() -> None:
    failed = finding(
        outcome=Outcome.TESTS_FAILED,
        word="tests-failed",
        reason="fails with this fix: app::lib::t",
        suggestions=(),
    )
    waits = finding("b", level=Level.REVIEW, outcome=Outcome.UNVERIFIED, word="needs --review")
    made = review(report(failed, waits), WITHIN)
    assert made.comments == ()
    assert "fails with this fix: app::lib::t" in made.body
    assert "needs --review" in made.body


def test_nothing_new_is_an_empty_review() -> None:
    assert review(report(finding(new=False)), WITHIN).empty
    assert review(report(finding()), WITHIN, known={"mutex-counter-a"}).empty


def test_what_is_there_already_is_not_said_again() -> None:
    made = review(report(finding(), finding("b", line=9)), WITHIN, known={"mutex-counter-a"})
    assert [comment.id for comment in made.comments] == ["mutex-counter-b"]
    assert "1 fix told before" in made.body


def test_the_body_is_known_again_on_another_commit() -> None:
    outside = finding(path="src/c.rs")
    one = review(report(outside, commit="a" * 40), WITHIN)
    other = review(report(outside, commit="b" * 40), WITHIN)
    assert one.id == other.id
    assert one.id != review(report(finding("b", path="src/c.rs")), WITHIN).id
    assert mark(one.id) in one.body


# -- limits ----------------------------------------------------------------------------------------


def test_at_most_a_hundred_comments() -> None:
    many = report(*(finding(f"{n}", line=n + 1, suggestions=()) for n in range(130)))
    made = review(many, WITHIN)
    assert len(made.comments) == 100
    assert made.body.count("\n- `src/lib.rs:") == 30


def test_texts_are_cut_with_words() -> None:
    long = finding(
        message="m" * 9_000,
        note="`" * 40_000,
        patch="+" + "ü" * 80_000 + "\n",
        suggestions=(),
        apart="3 places change together",
    )
    outside = [finding(f"{n}", path="src/c.rs", message="m" * 5_000) for n in range(200)]
    made = review(report(long, *outside), WITHIN)
    (comment,) = made.comments
    assert len(comment.body.encode()) <= MAX_BODY
    assert "too long for a comment" in comment.body
    assert "… (cut)" in comment.body
    assert len(made.body.encode()) <= MAX_BODY
    assert re.search(r"^- and \d+ more: no room here", made.body, re.MULTILINE)
    listed = made.body.count("\n- `src/c.rs:3`")
    assert f"- and {200 - listed} more" in made.body


def test_a_suggestion_that_is_too_long_is_folded_in_words() -> None:
    long = Suggestion("src/lib.rs", 3, 3, ("x" * 70_000,))
    (comment,) = review(report(finding(suggestions=(long,))), WITHIN).comments
    assert "```suggestion" not in comment.body
    assert len(comment.body) <= MAX_BODY


def test_the_summary_keeps_to_its_room() -> None:
    many = report(*(finding(f"{n}", message="m" * 700) for n in range(500)))
    whole = step_summary(many)
    assert whole.count(b"\n| `src/lib.rs:3` |") == 500
    small = step_summary(many, 60_000)
    assert len(small) <= 60_000
    rows = small.count(b"\n| `src/lib.rs:3` |")
    assert b"and more: no room for %d of them here" % (500 - rows) in small
    patches = report(*(finding(f"{n}", patch="+" + "x" * 30_000) for n in range(80)))
    cut = step_summary(patches)
    assert len(cut) <= 2**20
    shown = cut.count(b"<details>")
    assert b"%d patches are too long for this summary" % (80 - shown) in cut
    assert step_summary(many, 100) == b""


def test_the_summary_has_the_evidence_of_each_finding() -> None:
    text = step_summary(report(finding(), finding("b", new=False), suppressed=2)).decode()
    assert "1 new finding, 1 verified fix; 1 older one left as it is." in text
    assert "check: passed<br>tests: passed: 41 tests of 2 packages" in text
    assert "silenced: 2 sites" in text


# -- hostile text ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_seen_and_not_interpreted(text: str) -> None:
    made = report(hostile(text), notes=(text,))
    everywhere = PullDiff({hostile(text).path: ((1, 9),)})
    (comment,) = review(made, everywhere).comments
    innocent(comment.body)
    assert comment.body.endswith(mark("mutex-counter-a"))
    assert [t.info for t in tokens(comment.body) if t.type == "fence"] == ["diff"]
    body = review(made, PullDiff()).body
    innocent(body)
    summary = step_summary(made).decode()
    innocent(summary)
    rows = [t for t in tokens(summary) if t.type == "tr_open"]
    assert len(rows) == 2  # the head and one finding
    cells = [t for t in tokens(summary) if t.type == "td_open"]
    assert len(cells) == 5
    for shown in (comment.body, body, summary):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028]", shown)


@given(st.text())
def test_prose_holds_nothing_but_text_and_code(text: str) -> None:
    innocent(f"x {prose(text)}")
    for row in (
        f"| a |\n|---|\n| {prose(text, cell=True)} |",
        f"| a |\n|---|\n| {code(text, cell=True)} |",
    ):
        innocent(row)
        assert sum(token.type == "td_open" for token in tokens(row)) == 1


@given(st.text(alphabet=st.sampled_from("`~a\n \t<@#")))
def test_a_fence_holds_its_text_byte_for_byte(text: str) -> None:
    (block,) = [t for t in tokens(f"{fence(text, 'suggestion')}\n\n@after") if t.type == "fence"]
    assert block.info == "suggestion"
    assert block.content == (text if not text or text.endswith("\n") else f"{text}\n")


@given(st.text())
def test_a_diff_is_one_block(text: str) -> None:
    blocks = [token.type for token in tokens(diff(text)) if token.type in ("fence", "code_block")]
    assert blocks == ["fence"]
    innocent(diff(text))


@given(st.text())
def test_tame_text_is_harmless_when_rendered(text: str) -> None:
    innocent(f"x {tame(text)}")
