"""Edits: what overlaps, what the text becomes, and that every place finds its way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.base.model import Edit, Fix, Level, Span
from engine.rewrite.edits import Applied, apply

P = "src/lib.rs"


def fix(*edits: tuple[int, int, bytes], path: str = P) -> Fix:
    return Fix("x", Level.SAFE, tuple(Edit(path, a, b, r) for a, b, r in edits), "")


def result(data: bytes, *fixes: Fix) -> Applied:
    return apply({P: data}, fixes)


def test_edits_of_several_fixes_are_applied_together() -> None:
    done = result(b"abcdef", fix((0, 1, b"X")), fix((3, 5, b"")), fix((6, 6, b"!")))
    assert done.files == {P: b"Xbcf!"}
    assert done.conflicts == ()


def test_an_overlapping_fix_waits_whole() -> None:
    late = fix((0, 1, b"Z"), (2, 4, b"Y"))
    done = result(b"abcdef", fix((1, 3, b"X")), late)
    assert done.files == {P: b"aXdef"}
    assert done.conflicts == (late,)
    assert done.accepted == {0}


def test_the_same_edit_from_two_fixes_is_applied_once() -> None:
    done = result(b"abc", fix((0, 1, b"X")), fix((0, 1, b"X"), (2, 3, b"Y")))
    assert done.files == {P: b"XbY"}
    assert done.origin(P, Span(0, 1)).owners == {0, 1}


def test_two_insertions_at_one_place_conflict_unless_one_fix_makes_both() -> None:
    assert result(b"ab", fix((1, 1, b"X")), fix((1, 1, b"Y"))).files == {P: b"aXb"}
    assert result(b"ab", fix((1, 1, b"X"), (1, 1, b"Y"))).files == {P: b"aXYb"}


def test_an_insertion_may_touch_a_replacement_but_not_lie_in_it() -> None:
    assert result(b"abcd", fix((1, 3, b"-")), fix((3, 3, b"+"))).files == {P: b"a-+d"}
    assert result(b"abcd", fix((1, 3, b"-")), fix((1, 1, b"+"))).files == {P: b"a+-d"}
    assert result(b"abcd", fix((1, 3, b"-")), fix((2, 2, b"+"))).files == {P: b"a-d"}


def test_a_fix_that_contradicts_itself_or_leaves_the_file_is_a_bug() -> None:
    with pytest.raises(ValueError, match="own edits overlap"):
        result(b"abcd", fix((0, 2, b""), (1, 3, b"")))
    with pytest.raises(ValueError, match="outside"):
        result(b"abcd", fix((3, 9, b"")))


edits = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 6), st.binary(max_size=5)), max_size=4
)


@given(st.text(max_size=60), st.lists(edits, max_size=6))
def test_accepted_edits_never_overlap_and_all_copied_bytes_find_their_origin(
    text: str, plans: list[list[tuple[int, int, bytes]]]
) -> None:
    data = text.encode("utf-8", "surrogatepass")
    fixes = []
    for plan in plans:
        candidate = fix(
            *(
                (min(a, len(data)), min(a + n, len(data)), r.replace(b"\0", b"-"))
                for a, n, r in plan
            )
        )
        try:
            apply({P: data}, [candidate])
        except ValueError:
            continue
        fixes.append(candidate)
    done = apply({P: data}, fixes)
    assert len(done.accepted) + len(done.conflicts) == len(fixes)
    text_after = done.texts.get(P)
    if text_after is None:
        assert not any(fixes[i].edits for i in done.accepted)
        return
    position = 0
    covered = bytearray()
    for piece in text_after.pieces:
        assert piece.start == position
        position = piece.end
        if not piece.owners:
            copied = text_after.data[piece.start : piece.end]
            assert copied == data[piece.origin.start : piece.origin.end]
            covered += copied
    assert position == len(text_after.data)
    # What no accepted edit replaced is still there, in order.
    gone = bytearray(data)
    spans = {(e.start, e.end) for i in done.accepted for e in fixes[i].edits}
    for start, end in sorted(spans, reverse=True):
        del gone[start:end]
    assert bytes(covered) == bytes(gone)
