"""The loop: show an item, take a key, do what it says. What is pure is in ``queue``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from engine.app.review import hunks
from engine.app.review.items import Answer, Item, Kind, alternative, alternatives
from engine.app.review.prompt import ENTER, LEAVE, QUIT, REDRAW, Asker
from engine.app.review.proof import Tried
from engine.app.review.queue import Queue
from engine.app.review.screen import ItemView, Screen, name_of
from engine.app.review.texts import Texts
from engine.base.counts import count
from engine.base.errors import SpikeproofError, Terminated
from engine.base.plain import printable
from engine.detect.codemod import registry

_ASKED = "Apply this fix? [y]es [n]o [a]ll in file [t]ry another [u]ndo [q]uit [? more]?"
_DONE = "Write these changes [y: write, n: write nothing, u: undo, k: go back]?"
_NARROW = {_ASKED: "Apply this fix [? lists keys]?", _DONE: "Write these changes [y,n,u,k]?"}
_ENTER = "Enter answers nothing: `y` applies the fix, `n` skips it, `?` lists the keys"


class ItemProver(Protocol):
    """Proves single items while a person waits; ``proof.ReviewProver`` is one."""

    def try_alone(self, item: Item) -> Tried:
        """Does ``item`` compile by itself?"""
        ...

    def linked_hunks(self, item: Item) -> tuple[Item, ...]:
        """The hunks of ``item``, in groups that compile without each other."""
        ...


class Shell:
    """One review at a terminal. ``keep`` hears of every change of the queue, ``levels`` are those
    that alternatives may have."""

    def __init__(
        self,
        queue: Queue,
        texts: Texts,
        prover: ItemProver,
        asker: Asker,
        screen: Screen,
        levels: frozenset[str],
        keep: Callable[[Queue], None],
    ) -> None:
        self.queue = queue
        self._texts = texts
        self._prover = prover
        self._asker = asker
        self._screen = screen
        self._levels = levels
        self._keep = keep
        self._drafts: dict[str, bytes] = {}  # edited texts that did not hold, by item
        self._keys: dict[str, Callable[[], bool]] = {
            "y": lambda: self._answer(Answer.TAKE),
            "n": lambda: self._answer(Answer.SKIP),
            "a": lambda: self._rest(Answer.TAKE, "file", lambda item: item.path),
            "d": lambda: self._rest(Answer.SKIP, "file", lambda item: item.path),
            "A": lambda: self._rest(Answer.TAKE, "codemod", lambda item: item.codemod),
            "D": lambda: self._rest(Answer.SKIP, "codemod", lambda item: item.codemod),
            "s": self._split,
            "t": self._alternative,
            "e": self._edit,
            "u": self._undo,
            "i": self._evidence,
            "x": self._explain,
            "j": lambda: self._move(1),
            "k": lambda: self._move(-1),
            "/": self._find,
            "?": self._help,
            REDRAW: lambda: True,
        }

    def run(self) -> bool:
        """Ask until the person is done. Is what was taken to be written?

        KeyboardInterrupt and EOFError pass through: the program or the terminal is to end.
        """
        show = True
        while True:
            item = self.queue.current
            if item is None:
                write = self._end()
                if write is not None:
                    return write
                show = True
                continue
            if show:
                self._show(item)
            key = self._ask(_ASKED)
            if key == QUIT:
                if taken := len(self.queue.taken):
                    self._screen.say(
                        f"to be written: {count(taken, 'fix', 'fixes')} that you applied"
                    )
                return True
            if key == LEAVE:
                return False
            action = self._keys.get(key)
            if action is None:
                no = f"`{printable(key)}` is no answer here: `?` lists the keys"
                self._screen.say(_ENTER if key == ENTER else no)
                show = False
                continue
            before = self.queue
            show = self._guarded(action)
            if self.queue is not before:
                self._keep(self.queue)

    def _end(self) -> bool | None:
        """Behind the last item; None to go on asking."""
        queue = self.queue
        self._screen.overview(queue.taken, len(queue.with_answer(Answer.SKIP)))
        self._asker.discard()  # a key too many for the fixes must not write files
        while True:
            key = self._ask(_DONE)
            if key in ("y", "w", QUIT):
                return True
            if key in ("n", LEAVE):
                return False
            if key == "u" and queue.past is not None:
                self.queue = queue.past
                self._keep(self.queue)
                return None
            if key == "k":
                self.queue = queue.move(-1)
                return None
            if key == REDRAW:
                return None
            self._screen.say(
                "y writes, n writes nothing (the answers are kept), u undoes, k goes back"
            )

    def _ask(self, question: str) -> str:
        room = self._screen.width - 2  # the cursor, and the key
        return self._asker.key(question if len(question) <= room else _NARROW[question])

    def _guarded(self, action: Callable[[], bool]) -> bool:
        """Ctrl-C while cargo or the editor runs breaks that off, and nothing else."""
        try:
            return action()
        except SpikeproofError as error:
            self._screen.complain(str(error))
        except Terminated:
            raise
        except KeyboardInterrupt:
            self._screen.say("broken off: nothing was changed by it")
        return False

    # -- answers -------------------------------------------------------------------------------

    def _answer(self, answer: Answer) -> bool:
        if answer is Answer.TAKE and not self._may_take():
            return False
        self.queue = self.queue.give(answer)
        return True

    def _rest(self, answer: Answer, what: str, same: Callable[[Item], object]) -> bool:
        if answer is Answer.TAKE and not self._may_take():
            return False
        before = len(self.queue.answers)
        self.queue, left = self.queue.give_rest(answer, same)
        word = "apply" if answer is Answer.TAKE else "skip"
        more = len(self.queue.answers) - before
        self._screen.say(f"{count(more, 'answer')} for this {what}: {word}", "bold")
        if left:
            names = ", ".join(self._name(item) for item in left)
            self._screen.say(f"left open, for they need a look of their own: {names}")
        return True

    def _may_take(self) -> bool:
        """Can the current item be taken? What is not proven yet is checked now."""
        item = self._current()
        why = self._why_not(item)
        if why:
            self._screen.say(f"not now: {why}")
            return False
        if item.proven:
            return True
        tried = self._prover.try_alone(item)
        self._asker.discard()
        if not tried.ok:
            self._refuse(tried)
            return False
        clash = self.queue.clash(tried.item)
        if clash is not None:  # it grew into another one
            self._screen.say(f"not now: it overlaps {self._name(clash)}, which you apply")
            return False
        self.queue = self.queue.proven(tried.item)
        return True

    def _why_not(self, item: Item) -> str:
        clash = self.queue.clash(item)
        if clash is not None:
            return f"it overlaps {self._name(clash)}, which you apply"
        if not self._texts.possible(item, self.queue.taken):
            return (
                "it was planned on the result of other fixes in "
                f"{', '.join(map(printable, item.fix.paths))}: apply these first, all of them"
            )
        return ""

    def _refuse(self, tried: Tried) -> None:
        self._screen.say(f"it does not hold: {printable(tried.why)}", "bold")
        self._screen.diagnostics(tried.said)

    def _undo(self) -> bool:
        past = self.queue.undo()
        if past is None:
            self._screen.say("nothing to undo")
            return False
        self.queue = past
        return True

    # -- other shapes of a fix -----------------------------------------------------------------

    def _split(self) -> bool:
        item = self._current()
        if item.kind is not Kind.PLANNED:
            self._screen.say(f"this is {_KINDS[item.kind]}: it cannot be split (`u` takes it back)")
            return False
        if len(hunks.cut(item.fix, lambda path: self._texts.base(item, path))) < 2:
            self._screen.say("this fix is one hunk: nothing to split")
            return False
        self._screen.say("seeing which hunks compile without the others ...")
        parts = self._prover.linked_hunks(item)
        self._asker.discard()
        if len(parts) < 2:
            self._screen.say("its hunks are linked: none compiles without the others")
            return False
        self.queue = self.queue.swap(*parts)
        return True

    def _alternative(self) -> bool:
        item = self._current()
        found = alternatives(item, self._levels)
        if len(found) < 2:
            more = len(item.verdict.proposal.fixes) > len(found)
            self._screen.say(
                "its only other alternative is of level review: `--review` takes such"
                if more
                else "there is no other alternative"
            )
            for label, reason in item.verdict.proposal.lacking.items():
                self._screen.say(printable(f"no `{label}`: {reason}"))
            return False
        labels = [fix.label for fix in found]
        at = labels.index(item.fix.label) if item.kind is not Kind.HUNKS else 0
        self.queue = self.queue.swap(alternative(item, found[(at + 1) % len(found)]))
        return True

    def _edit(self) -> bool:
        item = self._current()
        before, after = self._texts.alone(item)
        draft = self._drafts.get(item.key) or hunks.to_edit(before, after)
        text = self._asker.edit(draft)
        if text is None or not text.strip():
            self._screen.say("the editor saved nothing: not changed")
            return False
        if text == hunks.to_edit(before, after):
            self._screen.say("not changed")
            return False
        self._drafts[item.key] = text
        try:
            edits = hunks.from_edit(before, after, text)
        except SpikeproofError as error:
            self._screen.say(f"not taken: {error}; `e` opens your text again")
            return False
        if not edits:
            self._screen.say("that is the text as it was: `n` skips the fix")
            return False
        fix = replace(item.fix, edits=edits, exact=True)
        made = replace(item, fix=fix, kind=Kind.EDITED, proven=False)
        tried = self._prover.try_alone(made)
        self._asker.discard()
        if not tried.ok:
            self._refuse(tried)
            self._screen.say("`e` opens your text again")
            return False
        del self._drafts[item.key]
        self.queue = self.queue.swap(tried.item)
        return True

    # -- looking -------------------------------------------------------------------------------

    def _move(self, by: int) -> bool:
        moved = self.queue.move(by)
        if moved.at == self.queue.at:
            self._screen.say("this is the last one" if by > 0 else "this is the first one")
            return False
        self.queue = moved
        return True

    def _find(self) -> bool:
        words = (self._asker.line("Find:") or "").strip()
        if not words:
            return False
        found = self.queue.find(words)
        if found is None:
            self._screen.say(f"no fix speaks of `{printable(words)}`")
            return False
        self.queue = found
        return True

    def _evidence(self) -> bool:
        item = self._current()
        self._screen.evidence(item, self._texts.source(item), self._texts.diff(item))
        return False

    def _explain(self) -> bool:
        loaded = registry()[self._current().codemod]
        self._screen.docs(loaded.name, loaded.docs)
        return False

    def _help(self) -> bool:
        self._screen.help()
        return False

    def _show(self, item: Item) -> None:
        queue = self.queue
        self._screen.item(
            ItemView(
                item,
                queue.at + 1,
                len(queue.items),
                self._texts.source(item),
                self._texts.diff(item),
                queue.answer(item),
                len(alternatives(item, self._levels)) - 1,
                self._why_not(item),
            )
        )

    def _current(self) -> Item:
        item = self.queue.current
        assert item is not None
        return item

    def _name(self, item: Item) -> str:
        return name_of(item, self._texts.source(item))


_KINDS = {
    Kind.ALTERNATIVE: "another alternative than the one that was verified",
    Kind.HUNKS: "a hunk already",
    Kind.EDITED: "your own text",
    Kind.DISPLACED: "a fix that was not verified",
}
