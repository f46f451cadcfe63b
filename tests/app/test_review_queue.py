"""The queue of a review: any answers in any order, undo, find. No terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.app.review.items import (
    Answer,
    Item,
    Kind,
    alternative,
    alternatives,
    displaced_of,
    items_of,
)
from engine.app.review.queue import Queue
from engine.base.model import Edit, Level
from tests.reviewkit import displaced, fix, verdict


def item(
    number: int, path: str = "src/a.rs", codemod: str = "one", heat: tuple[str, ...] = ()
) -> Item:
    """Its edit stands at ``number``; items with equal numbers clash in one file (they are edited:
    what was verified never does)."""
    change = fix(
        "good", Edit(path, number * 10, number * 10 + 5, f"new_{number} {codemod}".encode())
    )
    found = verdict(f"{path}-{number}-{codemod}", [change], codemod, heat)
    return Item(found, change, Kind.EDITED)


FOUR = (item(1), item(2, "src/b.rs"), item(3, codemod="two"), item(4, "src/b.rs", "two"))


def keys(queue: Queue) -> dict[str, Answer]:
    return dict(queue.answers)


def test_answers_go_through_the_queue_and_end_behind_it() -> None:
    queue = Queue(FOUR)
    for number, answer in enumerate((Answer.TAKE, Answer.SKIP, Answer.TAKE, Answer.SKIP)):
        assert queue.at == number
        assert not queue.complete
        queue = queue.give(answer)
    assert queue.current is None
    assert queue.complete
    assert queue.taken == (FOUR[0], FOUR[2])
    assert queue.with_answer(Answer.SKIP) == (FOUR[1], FOUR[3])


def test_what_was_passed_over_is_asked_again_before_the_end() -> None:
    queue = Queue(FOUR).move(1).give(Answer.TAKE).give(Answer.TAKE).give(Answer.TAKE)
    assert queue.current == FOUR[0]
    assert queue.give(Answer.SKIP).current is None


def test_a_new_answer_takes_the_place_of_the_old_one() -> None:
    queue = Queue(FOUR).give(Answer.TAKE).move(-1).give(Answer.SKIP)
    assert keys(queue) == {FOUR[0].key: Answer.SKIP}
    assert queue.at == 1


def test_the_rest_of_a_file_and_of_a_codemod() -> None:
    queue, left = Queue(FOUR).give_rest(Answer.TAKE, lambda i: i.path)
    assert (queue.taken, left) == ((FOUR[0], FOUR[2]), ())
    assert queue.current == FOUR[1]
    queue, _ = queue.give_rest(Answer.SKIP, lambda i: i.codemod)  # FOUR[0] has its answer
    assert queue.with_answer(Answer.SKIP) == (FOUR[1],)
    queue, _ = queue.give_rest(Answer.SKIP, lambda i: i.codemod)
    assert queue.complete
    back = queue.undo()
    assert back is not None
    assert back.current == FOUR[3]


def test_the_rest_is_one_answer_to_undo() -> None:
    queue, _ = Queue(FOUR).give_rest(Answer.TAKE, lambda i: None)
    assert len(queue.taken) == 4
    back = queue.undo()
    assert back == Queue(FOUR)
    assert back is not None and back.undo() is None


def test_what_needs_a_look_is_left_open_by_the_rest() -> None:
    unproven = replace(item(5), proven=False)
    clashing = item(1, codemod="three")
    queue, left = Queue((FOUR[0], unproven, clashing)).give_rest(Answer.TAKE, lambda i: None)
    assert queue.taken == (FOUR[0],)
    assert left == (unproven, clashing)
    assert queue.current == unproven
    assert queue.clash(clashing) == FOUR[0]
    skipped, left = Queue((FOUR[0], unproven)).give_rest(Answer.SKIP, lambda i: None)
    assert (len(skipped.answers), left) == (2, ())


@pytest.mark.parametrize("second", [replace(item(5), proven=False), item(1, codemod="three")])
def test_nothing_unproven_or_clashing_is_ever_taken(second: Item) -> None:
    queue = Queue((FOUR[0], second)).give(Answer.TAKE)
    with pytest.raises(ValueError, match="cannot be taken"):
        queue.give(Answer.TAKE)


def test_moving_stops_at_the_ends() -> None:
    queue = Queue(FOUR)
    assert queue.move(-1).at == 0
    assert queue.move(9).at == 3
    done, _ = queue.give_rest(Answer.TAKE, lambda i: None)
    assert done.move(-1).at == 3
    assert done.move(-1).move(1).current is None


def test_find_goes_round_about() -> None:
    queue = Queue(FOUR)
    found = queue.find("B.RS")
    assert found is not None and found.at == 1
    found = found.find("b.rs")
    assert found is not None and found.at == 3
    found = found.find("b.rs")
    assert found is not None and found.at == 1
    assert queue.find("new_3") == replace(queue, at=2)
    assert queue.find("nowhere") is None
    assert Queue(()).find("x") is None


def test_a_swap_takes_the_answer_along_and_can_be_undone() -> None:
    parts = tuple(replace(FOUR[0], part=str(n), kind=Kind.HUNKS) for n in (1, 2))
    before = Queue(FOUR).give(Answer.TAKE).move(-1)
    split = before.swap(*parts)
    assert [i.key for i in split.items[:3]] == [parts[0].key, parts[1].key, FOUR[1].key]
    assert not split.answers
    assert split.undo() == before


def test_the_hottest_come_first_and_those_on_the_result_of_others_last() -> None:
    cold, hot = item(1), item(2, "src/z.rs", heat=("stream",))
    later = item(3, heat=("handler", "loop", "stream"))
    ids = [frozenset({cold.id, hot.id}), frozenset({later.id})]
    found = items_of([cold.verdict, later.verdict, hot.verdict], ids)
    assert [i.id for i in found] == [hot.id, cold.id, later.id]
    assert [i.pass_index for i in found] == [0, 0, 1]


def test_alternatives_keep_to_the_levels_that_are_taken() -> None:
    edit = Edit("src/a.rs", 0, 1, b"x")
    fixes = [fix("a", edit), fix("b", edit, level=Level.REVIEW), fix("c", edit)]
    first = Item(verdict("x", fixes), fixes[0])
    assert alternatives(first, {"safe"}) == (fixes[0], fixes[2])
    assert alternatives(first, {"safe", "review"}) == tuple(fixes)
    assert not first.clashes(replace(first, part="1", kind=Kind.HUNKS))
    other = alternative(first, fixes[2])
    assert (other.kind, other.proven) == (Kind.ALTERNATIVE, False)
    assert alternative(other, fixes[0]) == first
    grown = fix("a", edit, Edit("src/a.rs", 5, 6, b"y"))  # as the proof had enlarged it
    second = Item(replace(first.verdict, fix=grown), grown)
    assert alternatives(second, {"safe"}) == (grown, fixes[2])


# -- what was displaced ----------------------------------------------------------------------------


def behind(number: int, codemod: str = "guard") -> Item:
    """What overlaps the items with this number, and was not tried."""
    change = fix("block", Edit("src/a.rs", number * 10 + 1, number * 10 + 3, codemod.encode()))
    return displaced_of([[displaced(f"{number} {codemod}", [change], codemod)]])[0]


def verified(number: int) -> Item:
    change = fix("good", Edit("src/a.rs", number * 10, number * 10 + 5, b"new"))
    return Item(verdict(f"v {number}", [change]), change)


def test_what_was_displaced_comes_when_the_other_is_skipped() -> None:
    counter, other, guard = verified(1), verified(2), behind(1)
    start = Queue((counter, other), displaced=(guard,)).arranged()
    assert start.items == (counter, other)
    assert start.give(Answer.TAKE).items == (counter, other)
    skipped = start.give(Answer.SKIP)
    assert (skipped.items, skipped.current) == ((counter, guard, other), guard)
    assert not guard.proven and guard.kind is Kind.DISPLACED
    assert skipped.undo() == start
    # Taken after all, it takes its place again.
    back = skipped.move(-1).give(Answer.TAKE)
    assert (back.items, back.taken, back.current) == ((counter, other), (counter,), other)


def test_the_other_cannot_be_taken_beside_it() -> None:
    counter, guard = verified(1), replace(behind(1), proven=True)
    queue = Queue((counter,), displaced=(guard,)).give(Answer.SKIP).give(Answer.TAKE)
    assert (queue.taken, queue.complete) == ((guard,), True)
    again = queue.move(-2)
    assert again.current == counter
    assert again.clash(counter) == guard


def test_of_several_displaced_each_waits_for_what_comes_before_it() -> None:
    counter, first, second, apart = verified(1), behind(1, "a"), behind(1, "b"), behind(3)
    queue = Queue((counter,), displaced=(first, second, apart)).arranged()
    assert queue.items == (counter, apart)  # nothing stands in its way
    queue = queue.give(Answer.SKIP)
    assert (queue.items, queue.current) == ((counter, first, apart), first)
    queue = queue.give(Answer.SKIP)
    assert (queue.items, queue.current) == ((counter, first, second, apart), second)
    assert queue.move(-2).give_rest(Answer.TAKE, lambda i: i.id)[0].items == (counter, apart)


def test_the_rest_of_a_file_brings_what_was_displaced() -> None:
    queue, _ = Queue((verified(1), verified(2)), displaced=(behind(2),)).give_rest(
        Answer.SKIP, lambda i: i.path
    )
    assert queue.current == behind(2)
    assert alternative(queue.current, queue.current.fix) == queue.current


STEPS = st.lists(
    st.tuples(st.sampled_from("ynadADjku/s"), st.sampled_from(["a.rs", "two", "new_2"])),
    max_size=40,
)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.booleans()), max_size=8), STEPS)
def test_any_steps_keep_the_session_sound(
    shape: list[tuple[int, bool, bool]], steps: list[tuple[str, str]]
) -> None:
    """No two taken items clash; nothing unproven is taken; undo is exact; answers are of items."""
    items = {
        found.key: found
        for n, file, code in shape
        if (found := item(n, "src/b.rs" if file else "src/a.rs", "two" if code else "one"))
    }
    queue = Queue(tuple(items.values()), displaced=(behind(1), behind(1, "b"), behind(2)))
    queue = queue.arranged()
    for key, words in steps:
        before = queue
        current = queue.current
        if key in "jk":
            queue = queue.move(1 if key == "j" else -1)
        elif key == "/":
            queue = queue.find(words) or queue
        elif key == "u":
            past = queue.undo()
            assert past is not queue
            queue = past or queue
        elif current is None:
            assert queue.complete
        elif key == "s":
            parts = [replace(current, part=f"{current.part}{n}", kind=Kind.HUNKS) for n in (1, 2)]
            queue = queue.swap(*parts[: 1 + (len(current.part) < 3)])
        else:
            answer = Answer.TAKE if key in "yaA" else Answer.SKIP
            if answer is Answer.TAKE and queue.clash(current):
                continue
            if answer is Answer.TAKE and not current.proven:
                queue = queue.proven(replace(current, proven=True))
                before = queue
            if key in "yn":
                queue = queue.give(answer)
            else:
                same = (lambda i: i.path) if key in "ad" else (lambda i: i.codemod)
                queue, left = queue.give_rest(answer, same)
                assert all(i.key not in queue.answers for i in left)
            assert queue.answers[current.key] is answer
            for waiting in queue.items:
                others = [i for i in queue.items if not i.displaced and i.clashes(waiting)]
                if waiting.displaced and waiting not in queue.taken:
                    assert all(queue.answer(i) is Answer.SKIP for i in others)
            assert queue.past == before
        assert queue.answers.keys() <= {i.key for i in queue.items}
        assert all(queue.clash(taken) is None for taken in queue.taken)
        assert 0 <= queue.at <= len(queue.items)
        assert queue.current is not None or queue.complete
    while (past := queue.undo()) is not None:
        queue = past
    assert not queue.answers
    assert len([i for i in queue.items if not i.displaced]) == len(items)
