"""One review from its first question to its files: asked about, or taken whole."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from engine.app.request import ProofSettings
from engine.app.review.finish import Finish, Ready
from engine.app.review.items import Answer, Item, Kind, displaced_of, items_of
from engine.app.review.memory import Memory
from engine.app.review.queue import Queue
from engine.app.review.resume import after_writing, kept, resumed
from engine.base.counts import count
from engine.base.errors import SpikeproofError
from engine.base.plain import printable
from engine.base.ui import Ui
from engine.detect import baseline
from engine.detect.baseline import BaselineEntry
from engine.report.snippet import style
from engine.report.story import story
from engine.report.summary import summary

if TYPE_CHECKING:
    from engine.app.review.prompt import Asker
    from engine.app.review.proof import ReviewProver
    from engine.app.review.screen import Screen
    from engine.app.review.shell import Shell
    from engine.report.result import Result

_REST = "Write the rest, which holds [y: write it, k: go back, n: write nothing]?"


@dataclass(frozen=True)
class ApplySettings:
    """What the command line asks of ``apply``: to ask about each fix, to take all, or to take the
    last apply back (``mode``); ``resume`` goes on with the answers of the last session, ``remember``
    puts skipped fixes into the baseline; the last two allow a tree that git has not recorded."""

    mode: Literal["ask", "all", "undo"] = "ask"
    proof: ProofSettings = field(default_factory=ProofSettings)
    resume: bool = False
    remember: bool = False
    allow_dirty: bool = False
    allow_no_vcs: bool = False


class ApplyRun:
    """One run of ``apply``, after the proof. ``stamps`` show whether the user's tree is still the one
    that ``result`` was proven in; ``remembered`` is the baseline that skipped fixes go into."""

    def __init__(
        self,
        prover: ReviewProver,
        result: Result,
        memory: Memory,
        ui: Ui,
        stamps: Mapping[str, tuple[int, ...]],
        settings: ApplySettings,
        remembered: Path | None = None,
    ) -> None:
        self._result = result
        self._settings = settings
        self._memory = memory
        self._ui = ui
        self._remembered = remembered
        self._prover = prover
        self._texts = prover.texts
        self._items = items_of(result.verdicts, (each.ids for each in result.passes))
        self._displaced = displaced_of(each.displaced for each in result.passes)
        self._finish = Finish(result.root, prover.texts, prover, memory, result.files, stamps)

    # -- without asking ------------------------------------------------------------------------

    def everything(self) -> bool:
        """Write all items. Was that all of them?"""
        for line in story(self._result, self._ui.color(sys.stderr), self._ui.verbose, advise=False):
            self._ui.line(line)
        with self._ui.busy():
            ready = self._finish.ready(self._items)
        self._tell_rest(ready)
        self._write(ready, self._items)
        return not (ready.dropped or ready.left_out or ready.failed)

    # -- asking --------------------------------------------------------------------------------

    def asked(self) -> bool:
        """Ask about every item, then write. Was all that was taken written, or nothing wanted?"""
        from engine.app.review.prompt import Terminal
        from engine.app.review.screen import Screen
        from engine.app.review.shell import Shell

        color = self._ui.color(sys.stdout)
        screen, terminal = Screen(color), Terminal(color)
        shell = Shell(
            self._start(),
            self._texts,
            self._prover,
            terminal,
            screen,
            frozenset(map(str, self._settings.proof.take)),
            self._keep,
        )
        for line in summary(self._result, reasons=False, advise=False):
            self._ui.line(line)
        try:
            with terminal.session():
                terminal.discard()
                return self._ask(shell, screen, terminal)
        except EOFError:
            raise SpikeproofError(
                "the terminal is gone: nothing was written; `spikeproof apply --resume` goes on"
            ) from None

    def _ask(self, shell: Shell, screen: Screen, asker: Asker) -> bool:
        while True:
            if not shell.run():
                screen.say("nothing was written; `spikeproof apply --resume` goes on from here")
                return True
            queue = shell.queue
            if not queue.taken:
                screen.say("nothing was applied, so nothing was written")
                self._close(queue)
                return True
            done = self._end(queue, screen, asker)
            if done is not None:
                return done

    def _start(self) -> Queue:
        if not self._settings.resume:
            if self._memory.answers_kept():
                self._ui.say(
                    "Note", "an earlier session has answers: --resume goes on there", "cyan"
                )
            return Queue(self._items, displaced=self._displaced).arranged()
        found = resumed(self._memory.answers(), self._items, self._texts, self._displaced)
        self._ui.say("Resuming", f"with {count(found.held, 'answer')} of the last session")
        if found.stale:
            self._ui.say("Note", f"changed since, so asked again: {', '.join(found.stale)}", "cyan")
        if found.other:
            fixes = count(found.other, "fix is", "fixes are")
            self._ui.say("Note", f"{fixes} planned otherwise now, so asked again", "cyan")
        if found.gone:
            self._ui.say("Note", f"{count(found.gone, 'fix', 'fixes')} no longer there", "cyan")
        return found.queue

    def _keep(self, queue: Queue) -> None:
        self._memory.keep(kept(queue, self._texts))

    def _end(self, queue: Queue, screen: Screen, asker: Asker) -> bool | None:
        """Prove and write what was taken; None to go back to the questions."""
        try:
            with self._ui.busy():
                ready = self._finish.ready(queue.taken)
        except KeyboardInterrupt:
            raise SpikeproofError(
                "broken off before anything was written; `spikeproof apply --resume` goes on"
            ) from None
        asker.discard()
        self._tell_rest(ready, screen)
        if ready.failed:
            key = asker.key(_REST) if ready.files else "n"
            if key == "k":
                return None
            if key != "y":
                screen.say("nothing was written; `spikeproof apply --resume` goes on from here")
                return False
        self._write(ready, queue.taken)
        self._close(queue, ready)
        open_ = len(queue.items) - len(queue.answers)
        if open_:
            left = count(open_, "fix has", "fixes have")
            self._ui.say("Note", f"{left} no answer yet: `spikeproof apply --resume`", "cyan")
        return not (ready.dropped or ready.left_out or ready.failed)

    # -- afterwards ----------------------------------------------------------------------------

    def _tell_rest(self, ready: Ready, screen: Screen | None = None) -> None:
        """What was taken and cannot be written, and why: told also when nothing else is."""
        for path in ready.stale:
            self._warn(f"{path} changed since the scan: it is not overwritten")
        for item in ready.dropped:
            self._warn(f"{self._name(item)}: left, for it changes such a file")
        for item in ready.left_out:
            self._warn(f"{self._name(item)}: left, for it cannot stand with the others")
        for tried in ready.failed:
            self._warn(f"{self._name(tried.item)}: left, for it does not hold: {tried.why}")
            if screen is not None:
                screen.diagnostics(tried.said)

    def _warn(self, text: str) -> None:
        head = style("warning", self._ui.color(sys.stderr), fg="red", bold=True)
        click.echo(f"{head}: {printable(text)}", err=True, color=True)

    def _write(self, ready: Ready, items: Sequence[Item]) -> None:
        self._finish.write(ready.files)
        lost = {item.key for item in (*ready.dropped, *ready.left_out)}
        lost |= {tried.item.key for tried in ready.failed}
        if ready.tests:
            self._ui.say("Proven", f"what you chose: check passed; tests {ready.tests}")
        for path in sorted(ready.files):
            number = len({i.id for i in items if i.key not in lost and path in i.fix.paths})
            self._ui.say("Fixed", f"{path} ({count(number, 'fix', 'fixes')})")
        if ready.files:
            self._ui.say("Note", "`spikeproof apply --undo` takes it back", "cyan")

    def _close(self, queue: Queue, ready: Ready | None = None) -> None:
        """What is to be remembered of a session that is over."""
        files = ready.files if ready is not None else {}
        answers = after_writing(queue, self._texts, files)
        if answers.given:
            self._memory.keep(answers)
        else:
            self._memory.forget()
        if self._remembered is not None:
            whole = (Kind.PLANNED, Kind.DISPLACED)
            skipped = [i for i in queue.with_answer(Answer.SKIP) if i.kind in whole]
            sites = [site for item in skipped for site in item.verdict.proposal.sites]
            if sites:
                baseline.add(self._remembered, map(BaselineEntry.of, sites))
                self._ui.say(
                    "Remembered", f"{count(len(sites), 'site')} in {self._remembered.name}"
                )

    def _name(self, item: Item) -> str:
        from engine.app.review.screen import name_of

        return name_of(item, self._texts.source(item))
