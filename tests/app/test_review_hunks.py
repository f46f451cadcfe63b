"""Hunks of a fix: where it is cut, which are linked, text edited by hand; texts of any choice."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.app.review.hunks import cut, from_edit, hit, joined, linked, to_edit
from engine.app.review.items import Item, Kind, alternative
from engine.app.review.texts import Texts
from engine.base.errors import SpikeproofError
from engine.base.model import Edit, Fix, Span
from engine.rewrite.edits import apply
from engine.rewrite.patch import git_apply, hunks, make_patch
from tests.fakecargo import Breaks
from tests.reviewkit import Case, at, fix, name_of, verdict
from tests.reviewroom import FILES, case


def lines(count: int, ending: str = "\n", last: str = "\n") -> bytes:
    return (ending.join(f"line {n}" for n in range(count)) + last).encode()


def line_edit(data: bytes, number: int, path: str = "src/a.rs") -> Edit:
    start = data.index(b"line %d" % number)
    return Edit(path, start, start + 4, b"LINE")


# -- cutting ---------------------------------------------------------------------------------------


@given(st.sets(st.integers(0, 59), min_size=1, max_size=12), st.sampled_from(["\n", "\r\n"]))
def test_a_fix_is_cut_where_git_cuts_its_diff(chosen: set[int], ending: str) -> None:
    data = lines(60, ending)
    whole = fix("x", *(line_edit(data, n) for n in sorted(chosen)))
    after = apply({"src/a.rs": data}, [whole]).files["src/a.rs"]
    parts = cut(whole, lambda path: data)
    assert len(parts) == len(hunks(make_patch([("src/a.rs", data, after)])))
    assert sorted(e for part in parts for e in part.edits) == sorted(whole.edits)
    assert joined(whole, parts) == whole


def test_a_cut_keeps_the_order_of_insertions_at_one_place() -> None:
    data = lines(60)
    twice = Edit("src/a.rs", 0, 0, b"one "), Edit("src/a.rs", 0, 0, b"two ")
    whole = fix("x", line_edit(data, 50), *twice)
    first, second = cut(whole, lambda path: data)
    assert joined(whole, [first]).edits == twice
    assert joined(whole, [second, first]) == whole


def test_a_place_hits_the_hunk_on_its_lines() -> None:
    data = lines(60)
    parts = cut(fix("x", line_edit(data, 1), line_edit(data, 30)), lambda path: data)
    end = data.index(b"line 30") + 7
    assert hit(parts, lambda path: data, "src/a.rs", Span(end - 1, end)) == {1}
    assert hit(parts, lambda path: data, "src/b.rs", Span(end - 1, end)) == set()
    assert hit(parts, lambda path: data, "src/a.rs", Span(data.index(b"line 9"), end)) == {1}
    assert hit(parts, lambda path: data, "src/a.rs", Span(0, len(data))) == {0, 1}


# -- links -----------------------------------------------------------------------------------------

NEEDS = st.dictionaries(st.integers(0, 6), st.sets(st.integers(0, 6), max_size=3))


@given(st.integers(1, 7), NEEDS, st.booleans())
def test_groups_compile_and_cover_all(count: int, needs: dict[int, set[int]], mute: bool) -> None:
    """``needs``: a hunk does not compile without these; ``mute``: errors point nowhere."""
    asked: list[frozenset[int]] = []

    def ask(group: frozenset[int]) -> frozenset[int] | None:
        asked.append(group)
        missing = {n for h in group for n in needs.get(h, ()) if n < count} - group
        if not missing:
            return None
        return frozenset() if mute else frozenset(missing)

    groups = linked(count, ask)
    assert sorted(itertools.chain(*groups)) == list(range(count))
    assert len(asked) <= count * (count + 1) // 2
    for group in groups:
        missing = {n for h in group for n in needs.get(h, ()) if n < count} - set(group)
        assert not missing
    if not any(n < count for h in range(count) for n in needs.get(h, ()) if n != h):
        assert len(groups) == count


def test_a_type_and_its_uses_are_one_group_after_one_question() -> None:
    asked: list[frozenset[int]] = []

    def ask(group: frozenset[int]) -> frozenset[int] | None:
        asked.append(group)
        return frozenset({0, 1, 2, 3}) - group

    assert linked(4, ask) == ((0, 1, 2, 3),)
    assert len(asked) == 1


def test_hunks_of_a_real_proof() -> None:
    made = case()
    pair = made.item("pair")
    parts = made.prover().linked_hunks(pair)
    assert [p.part for p in parts] == ["1,2", "3"]
    assert all(p.kind is Kind.HUNKS and p.proven for p in parts)
    assert sorted(e for p in parts for e in p.fix.edits) == sorted(pair.fix.edits)
    single = made.item("third")
    runs = made.cargo.runs
    assert made.prover().linked_hunks(single) == (single,)
    assert made.cargo.runs == runs


# -- text edited by hand ---------------------------------------------------------------------------


def sides(whole: Fix) -> tuple[dict[str, bytes], dict[str, bytes]]:
    before = {path: FILES[path] for path in whole.paths}
    return before, apply(before, [whole]).files


PAIR = case().item("pair").fix


def edited(before: dict[str, bytes], edits: tuple[Edit, ...]) -> dict[str, bytes]:
    return {**before, **apply(before, [fix("edited", *edits)]).files} if edits else before


def test_text_that_is_left_as_it_is_makes_the_same_fix() -> None:
    before, after = sides(PAIR)
    text = to_edit(before, after)
    assert text.count(b"//~ spikeproof ") == 3
    assert b"src/b.rs' line 1" in text
    assert edited(before, from_edit(before, after, text)) == after


def test_edited_text_changes_what_was_edited_alone() -> None:
    before, after = sides(PAIR)
    text = to_edit(before, after).replace(b"new_use();", b"mine();\n    and_mine();")
    text = text.replace(b"new_free", b"old_free")  # this hunk is taken back
    now = edited(before, from_edit(before, after, text))
    assert now["src/a.rs"] == after["src/a.rs"].replace(b"new_use();", b"mine();\n    and_mine();")
    assert now["src/b.rs"] == before["src/b.rs"]
    untouched = from_edit(before, after, text)
    assert all(b"line 0" not in e.replacement for e in untouched)  # context is no part of it


def test_a_file_without_a_final_newline_keeps_none() -> None:
    before = {"src/a.rs": lines(5, last="")}
    after = {"src/a.rs": before["src/a.rs"].replace(b"line 4", b"last")}
    text = to_edit(before, after)
    assert text.endswith(b"last\n")
    assert edited(before, from_edit(before, after, text)) == after


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ((b"//~ spikeproof 'src/b.rs'", b"// 'src/b.rs'"), "is missing"),
        ((b"new_use", b"a\0b"), "NUL"),
        ((b"new_use", b"\xff"), "not UTF-8"),
        ((b"//~ spikeproof 'src/a.rs' line 2", b"x\n//~ spikeproof"), "above the first"),
    ],
)
def test_text_that_cannot_be_taken_says_why(change: tuple[bytes, bytes], word: str) -> None:
    before, after = sides(PAIR)
    text = to_edit(before, after)
    with pytest.raises(SpikeproofError, match=word):
        from_edit(before, after, text.replace(*change, 1))


def test_an_emptied_hunk_takes_its_lines_away() -> None:
    before = {"src/a.rs": lines(3)}
    after = {"src/a.rs": b"x\n" + before["src/a.rs"]}
    mark = to_edit(before, after).split(b"\n")[0] + b"\n"
    assert edited(before, from_edit(before, after, mark)) == {"src/a.rs": b""}


# -- any choice ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """One way to answer a fix of the case, and what it makes of the words of the files."""

    items: tuple[Item, ...]
    words: tuple[tuple[bytes, bytes], ...] = ()


def ways() -> list[list[Way]]:
    """For each fix, all of them: not taken, whole, some of its hunks, an alternative, edited."""
    made = case()
    hot, pair, third, long = map(made.item, ("hot", "pair", "third", "long"))
    both, free = made.prover().linked_hunks(pair)
    other = made.prover().try_alone(alternative(hot, hot.verdict.proposal.fixes[2])).item
    linked_words = (b"old_decl", b"new_decl"), (b"old_use", b"new_use")
    free_words = ((b"old_free", b"new_free"),)
    mine = by_hand(pair, b"new_use", b"mine")
    return [
        [
            Way(()),
            Way((hot,), ((b"site_1", b"good_1"),)),
            Way((other,), ((b"site_1", b"other_1"),)),
            Way((by_hand(hot, b"good_1", b"mine_1"),), ((b"site_1", b"mine_1"),)),
        ],
        [
            Way(()),
            Way((pair,), (*linked_words, *free_words)),
            Way((both,), linked_words),
            Way((free,), free_words),
            Way((both, free), (*linked_words, *free_words)),
            Way((mine,), (linked_words[0], (b"old_use", b"mine"), *free_words)),
        ],
        [
            Way(()),
            Way((third,), ((b"site_3", b"good_3"),)),
            Way((by_hand(third, b"    good_3();\n", b""),), ((b"    site_3();\n", b""),)),
        ],
        [Way(()), Way((long,), ((b"    site_4();\n", long.fix.edits[0].replacement),))],
    ]


def by_hand(item: Item, old: bytes, new: bytes) -> Item:
    before, after = sides(item.fix)
    edits = from_edit(before, after, to_edit(before, after).replace(old, new))
    return replace(item, fix=fix("edited", *edits), kind=Kind.EDITED)


@given(st.tuples(*(st.sampled_from(found) for found in ways())), st.randoms())
def test_any_choice_is_a_patch_that_git_applies(
    tmp_path_factory: pytest.TempPathFactory, chosen: tuple[Way, ...], mixer: Random
) -> None:
    items = [item for way in chosen for item in way.items]
    mixer.shuffle(items)
    made = case()
    found = made.prover().texts.of(items)
    assert not found.left_out
    patch = make_patch((path, FILES[path], text) for path, text in found.files.items())
    root = made.write(tmp_path_factory.mktemp("tree"))
    git_apply(patch, root)
    for path, text in FILES.items():
        for old, new in (words for way in chosen for words in way.words):
            text = text.replace(old, new)
        assert (root / path).read_bytes() == text


def test_a_fix_on_the_result_of_others_needs_all_of_them() -> None:
    """Its offsets count in a text that only the fixes before it make."""
    files = {"src/a.rs": b"fn f() {\n    one();\n    two();\n}\n"}
    first = verdict("first", [fix("a", at(files, "src/a.rs", "one", "longer_one"))])
    second = verdict("second", [fix("b", at(files, "src/a.rs", "two", "2"))])
    base = apply(files, [f for v in (first, second) if (f := v.fix)]).files
    late = verdict("late", [fix("c", at(base, "src/a.rs", "longer_one", "1"))])
    items = [Item(v, v.fix, pass_index=n) for v, n in ((first, 0), (second, 0), (late, 1)) if v.fix]
    texts = Texts(files.__getitem__, [{}, base], lambda found: found)
    assert texts.of(items).files == {"src/a.rs": b"fn f() {\n    1();\n    2();\n}\n"}
    assert texts.possible(items[2], items[:2])
    for few in ([items[0], items[2]], [items[2]]):
        assert not texts.possible(items[2], few)
        assert texts.of(few).left_out == (items[2],)
    assert texts.of([items[0], items[2]]).files["src/a.rs"].count(b"longer_one") == 1
    assert b"+    1();" in texts.diff(items[2])


def test_rounds_are_proven_one_on_the_other() -> None:
    files = {"src/a.rs": b"fn f() {\n    one();\n    two();\n}\n"}
    first = verdict("first", [fix("a", at(files, "src/a.rs", "one", "longer_one"))])
    second = verdict("second", [fix("b", at(files, "src/a.rs", "two", "2"))])
    made = Case(files, (first, second))
    base = made.prover().texts.of(made.items).files
    late = verdict("late", [fix("c", at(base, "src/a.rs", "longer_one", "1"))])
    assert late.fix is not None
    items = [*made.items, Item(late, late.fix, pass_index=1)]
    prover = made.prover(bases=[{}, base])
    proof = prover.prove(items)
    assert not proof.failed
    assert proof.files == {"src/a.rs": b"fn f() {\n    1();\n    2();\n}\n"}
    assert prover.try_alone(items[2]).ok
    alone = prover.prove([items[0], items[2]])
    assert [t.item for t in alone.failed] == [items[2]]
    assert "rests on another fix" in alone.failed[0].why
    made.cargo.rules = [Breaks((r"\b2\(\)",), (("src/a.rs", r"\b2\(\)"),))]
    broken = prover.prove(items)  # with `second` gone, the text that `late` was planned on is, too
    assert {name_of(t.item) for t in broken.failed} == {"second", "late"}
    assert broken.files == {"src/a.rs": b"fn f() {\n    longer_one();\n    two();\n}\n"}


def test_a_choice_that_breaks_is_found_and_the_rest_proven() -> None:
    made = case()
    prover = made.prover(tests=True)
    hot, third = made.item("hot"), made.item("third")
    fixes = hot.verdict.proposal.fixes
    other = Item(hot.verdict, fixes[2], Kind.ALTERNATIVE, proven=False)
    assert prover.try_alone(other).ok
    bad = prover.try_alone(Item(hot.verdict, fixes[1], Kind.ALTERNATIVE, proven=False))
    assert not bad.ok
    assert "no such thing" in bad.why
    assert bad.said
    proof = prover.prove([other, third])
    assert [t.item.id for t in proof.failed] in ([hot.id], [third.id])
    assert len(proof.files) == 1
    whole = prover.prove([hot, third])
    assert not whole.failed
    assert whole.tests == "passed: 1 test of package app"


def test_the_case_is_what_it_says() -> None:
    made = case()
    assert [name_of(i) for i in made.items] == ["hot", "pair", "long", "third"]
    assert made.prover().prove(made.items).failed == ()
