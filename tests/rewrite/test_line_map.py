"""The way from a text back to an older one, line by line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.base.model import Span
from engine.rewrite.line_map import LineMap
from tests.examples import examples

LINES = st.lists(st.sampled_from(["a", "b", "c", "", "}", "x\x0cy", "\u2028"]), max_size=12)
ENDS = st.sampled_from(["\n", "\r\n"])
TEXTS = st.builds(
    lambda lines, end, final: (end.join(lines) + (end if final and lines else "")).encode(),
    LINES,
    ENDS,
    st.booleans(),
)


@examples(300)
@given(TEXTS, TEXTS)
def test_an_untouched_line_is_found_where_it_was(old: bytes, new: bytes) -> None:
    lines = LineMap.between(old, new)
    said = lines.ranges()
    at = 0
    last = -1
    there = new.split(b"\n")
    for number, line in enumerate(there if there[-1] else there[:-1], 1):
        before = lines.before(at)
        touched = any(first <= number <= end for first, end in said)
        assert (before is None) == touched
        assert lines.touched(Span(at, at + len(line))) == touched
        if before is not None:
            assert before > last or before == last == 0  # in the order of the old text
            assert old[before:].split(b"\n")[0].rstrip(b"\r") == line.rstrip(b"\r")
            assert before == 0 or old[before - 1 : before] == b"\n"
            last = before
        at += len(line) + 1


def test_a_line_taken_out_of_a_span_touches_it_and_one_beside_it_does_not() -> None:
    old, new = b"1\n2\n3\n4\n5\n", b"1\n2\n4\n5\n"
    lines = LineMap.between(old, new)
    assert lines.ranges() == ()
    spans = {
        text: Span(new.index(text), new.index(text) + len(text))
        for text in (b"2\n4", b"1\n2", b"4\n5")
    }
    assert {text for text, span in spans.items() if lines.touched(span)} == {b"2\n4"}
    assert lines.before(new.index(b"4")) == old.index(b"4")


def test_other_line_ends_touch_nothing() -> None:
    lines = LineMap.between(b"a\nb\n", b"a\r\nb\r\n")
    assert lines.blocks == ()
    assert lines.before(3) == 2


@examples(200)
@given(TEXTS, TEXTS, st.data())
def test_a_span_has_a_place_in_the_old_text(old: bytes, new: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(new)))
    end = data.draw(st.integers(start, len(new)))
    lines = LineMap.between(old, new)
    found = lines.origin(Span(start, end))
    assert 0 <= found.start <= found.end <= len(old)
    if not lines.touched(Span(start, end)) and new[start:end].count(b"\n") == 0 and start < end:
        assert old[found.start : found.end].strip(b"\r\n") == new[start:end].strip(b"\r\n")


def test_a_rewritten_line_is_placed_where_the_old_one_stood() -> None:
    old, new = b"1\ntwo\n3\n", b"0\n1\nnew\nmore\n3\n"
    lines = LineMap.between(old, new)
    at = new.index(b"more")
    found = lines.origin(Span(at, at + 4))
    assert old[found.start : found.end] == b"two"
    assert lines.origin(Span(new.index(b"1"), len(new))) == Span(0, len(old))
    begun = lines.origin(Span(new.index(b"1"), new.index(b"more") + 1))
    assert old[begun.start : begun.end] == b"two"


def test_of_several_lines_the_most_alike_is_the_place() -> None:
    old = b"fn a() { s.push(x) }\nfn b() { t.push(y) }\n"
    new = b"fn a() { w(s, x) }\nfn b() { w(t, y);\n let q = t.len() }\n"
    lines = LineMap.between(old, new)
    for text, line in ((b"w(s", 0), (b"w(t", 1), (b"t.len", 1)):
        found = lines.origin(Span(new.index(text), new.index(text) + len(text)))
        assert old[found.start : found.end] == old.splitlines()[line]
