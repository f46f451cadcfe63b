"""The queue of items with its answers. Every step gives a new value; nothing is read or written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.app.review.items import Answer, Item


@dataclass(frozen=True)
class Queue:
    """``at`` is the item that is asked about, ``len(items)`` behind the last one. ``displaced`` are
    items that overlap others, in the order of precedence: each comes into the queue behind what it
    overlaps when all of that is skipped. ``past`` is the queue before the last thing that was done
    (moving about is not a thing done)."""

    items: tuple[Item, ...]
    answers: Mapping[str, Answer] = field(default_factory=dict)  # by key
    at: int = 0
    displaced: tuple[Item, ...] = ()
    past: Queue | None = field(default=None, repr=False, compare=False)

    @property
    def current(self) -> Item | None:
        """The item that is asked about; None behind the last one."""
        return self.items[self.at] if self.at < len(self.items) else None

    @property
    def complete(self) -> bool:
        """Has every item an answer?"""
        return len(self.answers) == len(self.items)

    def answer(self, item: Item) -> Answer | None:
        """What was said to ``item``; None when nothing was yet."""
        return self.answers.get(item.key)

    def with_answer(self, answer: Answer) -> tuple[Item, ...]:
        """The items that were answered so, in order."""
        return tuple(item for item in self.items if self.answers.get(item.key) is answer)

    @property
    def taken(self) -> tuple[Item, ...]:
        """The items to apply, in order."""
        return self.with_answer(Answer.TAKE)

    def clash(self, item: Item) -> Item | None:
        """A taken item that cannot stand beside ``item``."""
        return next((t for t in self.taken if t.key != item.key and t.clashes(item)), None)

    # -- answers -------------------------------------------------------------------------------

    def give(self, answer: Answer) -> Queue:
        """Answer the current item and go to the next one without an answer, from here on and then
        from the top; behind the last one when there is none.

        Raises ValueError for taking what is not proven, or what clashes with a taken item: ask
        ``clash`` before.
        """
        item = self.items[self.at]
        if answer is Answer.TAKE and (not item.proven or self.clash(item) is not None):
            raise ValueError(f"{item.key} cannot be taken")
        answers = {**self.answers, item.key: answer}
        return replace(self, answers=answers, past=self).arranged()._onwards()

    def give_rest(
        self, answer: Answer, same: Callable[[Item], object]
    ) -> tuple[Queue, tuple[Item, ...]]:
        """As ``give``, for all others without an answer too that are the ``same`` as the current
        one. Those that cannot be taken (see ``give``) are left open and returned."""
        now = self.give(answer)
        alike = same(self.items[self.at])
        left: list[Item] = []
        for item in self.items:
            if item.key in now.answers or same(item) != alike:
                continue
            if answer is Answer.TAKE and (not item.proven or now.clash(item) is not None):
                left.append(item)
            else:
                now = replace(now, answers={**now.answers, item.key: answer})
        found = replace(now, items=self.items, at=self.at, past=self).arranged()
        return found._onwards(), tuple(item for item in left if item in found.items)

    def undo(self) -> Queue | None:
        """As it was before the last answer, split, edit or alternative; None at the beginning."""
        return self.past

    def _onwards(self) -> Queue:
        count = len(self.items)
        order = [*range(self.at + 1, count), *range(min(self.at + 1, count))]
        free = (index for index in order if self.items[index].key not in self.answers)
        return replace(self, at=next(free, count))

    # -- what an item is -----------------------------------------------------------------------

    def swap(self, *items: Item) -> Queue:
        """Other items in the place of the current one, whose answer goes with it."""
        old = self.items[self.at]
        answers = {key: answer for key, answer in self.answers.items() if key != old.key}
        rest = (*self.items[: self.at], *items, *self.items[self.at + 1 :])
        return replace(self, items=rest, answers=answers, past=self).arranged()

    def proven(self, item: Item) -> Queue:
        """The queue with ``item``, which was found to hold, in the place of the current one. That
        cannot be undone."""
        items = (*self.items[: self.at], item, *self.items[self.at + 1 :])
        return replace(self, items=items)

    # -- what was displaced --------------------------------------------------------------------

    def arranged(self) -> Queue:
        """With those of ``displaced`` in the queue whose time has come, and no others, but for what is
        taken. The current item stays the current one where it can."""
        items, answers, current = list(self.items), dict(self.answers), self.current
        gone: set[str] = set()
        for number, one in enumerate(self.displaced):
            mine = [item for item in items if item.id == one.id]
            if any(answers.get(item.key) is Answer.TAKE for item in mine):
                continue
            others = [i for i in items if not i.displaced and i.clashes(one)]
            earlier = [i for i in self.displaced[:number] if i.clashes(one)]
            before = [*others, *(i for d in earlier for i in items if i.id == d.id)]
            hidden = any(i.id in gone for i in earlier)
            if hidden or any(answers.get(i.key) is not Answer.SKIP for i in before):
                gone.add(one.id)
                items = [item for item in items if item.id != one.id]
            elif not mine:
                place = max((items.index(i) + 1 for i in before), default=len(items))
                ranked = {other.id for other in self.displaced[:number]}
                while place < len(items) and items[place].id in ranked:
                    place += 1
                items.insert(place, one)
        keys = {item.key for item in items}
        answers = {key: answer for key, answer in answers.items() if key in keys}
        at = items.index(current) if current in items else min(self.at, len(items))
        return replace(self, items=tuple(items), answers=answers, at=at)

    # -- moving about --------------------------------------------------------------------------

    def move(self, by: int) -> Queue:
        """Later (positive) or earlier items, answered ones too; stops at the ends."""
        last = len(self.items) if self.complete else len(self.items) - 1
        return replace(self, at=max(0, min(self.at + by, last)))

    def find(self, words: str) -> Queue | None:
        """At the next item that speaks of ``words``, round about; None when no item does."""
        count = len(self.items)
        order: Sequence[int] = [(self.at + 1 + step) % count for step in range(count)]
        hit = next((index for index in order if self.items[index].matches(words)), None)
        return None if hit is None else replace(self, at=hit)
