"""The search for the largest set of fixes that holds: all at once, then by evidence, then halves.

The judge (cargo check, or cargo test) sees the kept fixes plus a group on trial. What is known
about a set is never asked twice, so a half whose other half passed is known to fail. Fixes that
cannot be each other's cause (in different functions) are searched in the same runs. So runs grow
with the number of bad fixes in one place: one that the language proves guilty costs none of its
own, one of several in its function a run, one that nothing points at the logarithm of the group.

Whoever is dropped by proof and not by a trial of its own is heard again as soon as what was held
against it shows without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from engine.verify.values import Attempt, Failure


@dataclass(frozen=True)
class Blame:
    """Whom a failed trial speaks against: ``proven`` are dropped at once, ``suspects`` set aside
    and tried again when the rest is clean. Neither: nothing points at anyone."""

    proven: Mapping[Attempt, Failure] = field(default_factory=dict)
    suspects: frozenset[Attempt] = frozenset()


@dataclass(frozen=True)
class Split:
    """Parts of a failed group. ``blind``: nothing says that more than one of them is bad.
    ``apart``: none can cause what another shows, so all are searched in the same runs. ``bet``:
    each is thought to be bad, until a trial says ``rejoin``."""

    parts: Sequence[Sequence[Attempt]]
    blind: bool = False
    apart: bool = False
    bet: bool = False


class Trial(Protocol):
    """What the judge found about the kept attempts plus a group."""

    @property
    def ok(self) -> bool:
        """Does all of it hold?"""
        ...

    @property
    def left_out(self) -> frozenset[Attempt]:
        """Those of the group that were not applied: their edits overlap others'."""
        ...

    def blame(self, group: Sequence[Attempt], mended: Iterable[Attempt]) -> Blame:
        """Errors that a ``mended`` attempt may account for are taken as explained."""
        ...

    def narrow(self, part: Sequence[Attempt], whole: Sequence[Attempt]) -> Trial | None:
        """This trial of ``whole`` as one of ``part``: with the errors that nobody else can have
        caused. None without any."""
        ...

    def mend(self, group: Sequence[Attempt]) -> Mapping[Attempt, Attempt]:
        """Larger attempts that may put right what went wrong, by those that they replace."""
        ...

    def split(self, group: Sequence[Attempt]) -> Split:
        """A failed group of two or more, in at least two parts to be tried one by one."""
        ...

    def failure(self, attempt: Attempt) -> Failure:
        """Why ``attempt`` fails, when it was alone on trial."""
        ...

    def rejoin(self) -> bool:
        """After one part of a ``bet`` was decided: may the others be tried together, since they are
        likely to be good, or since the bet turned out to rest on nothing?"""
        ...

    def still_shows(self, attempt: Attempt) -> bool:
        """Was ``attempt``, which is not on trial, proven guilty of what still shows here?"""
        ...


class Judge(Protocol):
    """What tells whether a set of attempts holds: cargo check, or cargo test."""

    def try_with(self, kept: Sequence[Attempt], group: Sequence[Attempt]) -> Trial:
        """Judge ``kept`` (known to hold) plus ``group``."""
        ...

    def after(self, attempt: Attempt) -> Attempt | None:
        """What to try instead of a dropped attempt."""
        ...


class Search:
    """One search. Each attempt that it was run for ends ``kept``, ``dropped`` (with why) or
    ``waiting`` (it overlaps one that is kept)."""

    def __init__(self, judge: Judge, kept: Iterable[Attempt] = ()) -> None:
        self._judge = judge
        self.kept: list[Attempt] = list(kept)
        self.dropped: dict[Attempt, Failure] = {}
        self.waiting: list[Attempt] = []  # they overlap what is kept
        self._trusted: set[Attempt] = set()  # dropped by proof, not by a trial of their own
        self._appeals: list[Attempt] = []
        self._heard: set[Attempt] = set()

    def run(self, group: Iterable[Attempt]) -> None:
        """Decide about every attempt of ``group``."""
        self._settle(list(group))
        self._hear()
        while self.waiting:  # what they overlapped may have been dropped
            known = {a.index for a in self.kept}
            again, self.waiting = [a for a in self.waiting if a.index not in known], []
            self._settle(again)
            self._hear()
            if len(self.waiting) >= len(again):
                break

    def _settle(self, everyone: Sequence[Attempt]) -> None:
        self._work([_Lane([_Part(everyone)])])

    def _work(self, lanes: list[_Lane]) -> None:
        """Decide about all that is in ``lanes``, each trial with the next part of every lane."""
        while tops := [(lane, part) for lane in lanes if (part := lane.take()) is not None]:
            whole = sorted((a for _, part in tops for a in part.group), key=_by_index)
            trial = self._judge.try_with(self.kept, whole)
            self.waiting += [a for a in whole if a in trial.left_out]
            whole = [a for a in whole if a not in trial.left_out]
            if trial.ok or not whole:
                self.kept += whole
                for lane, part in tops:
                    if part.bet and trial.rejoin():
                        lane.join(bets=True)
                continue
            self._reopen(trial, whole)
            tops = [(lane, part.without(trial.left_out)) for lane, part in tops]
            if len(tops) == 1:
                self._step(*tops[0], trial, alone=True)
                continue
            views = [trial.narrow(part.group, whole) for _, part in tops]
            if not any(views):  # they are not as far apart as it seemed: one after the other
                lanes = [_Lane.joined(lanes, halves(whole))]
                continue
            for (lane, part), view in zip(tops, views, strict=True):
                if view is None:
                    lane.parts.append(part)
                else:
                    self._step(lane, part, view, alone=False)

    def _step(self, lane: _Lane, part: _Part, trial: Trial, *, alone: bool) -> None:
        """Learn from the failure of one lane's part. ``alone``: nothing else was on trial."""
        group = part.group
        mended = trial.mend(group)
        blame = trial.blame(group, mended)
        suspects = [a for a in group if a in blame.suspects and a not in mended]
        rest = [mended.get(a, a) for a in group if a not in suspects and a not in blame.proven]
        if mended or blame.proven:
            for attempt, failure in blame.proven.items():
                rest += self._drop(attempt, failure, trusted=True)
            if part.suspected and suspects:
                lane.parts.append(_Part(sorted([*rest, *suspects], key=_by_index), suspected=True))
            else:
                lane.aside += suspects
                lane.parts.append(_Part(sorted(rest, key=_by_index), part.blind, bet=part.bet))
        elif suspects and rest and not part.suspected:
            lane.aside += suspects
            lane.parts.append(_Part(rest, part.blind, bet=part.bet))
        elif len(group) == 1:
            failure = trial.failure(group[0])
            lane.spare += self._drop(group[0], failure, trusted=not alone)
            bets = trial.rejoin()
            if part.blind or bets:
                lane.join(bets=bets)
        else:
            split = trial.split(group)
            if split.apart:
                self._work([_Lane([_Part(each)]) for each in split.parts])
            else:
                lane.push(split, part.suspected)

    def _drop(self, attempt: Attempt, failure: Failure, *, trusted: bool) -> list[Attempt]:
        self.dropped[attempt] = failure
        if trusted:
            self._trusted.add(attempt)
        following = self._judge.after(attempt)
        if following is None or following in self.dropped:
            return []
        return [following]

    def _reopen(self, trial: Trial, group: Sequence[Attempt]) -> None:
        """Proof against an attempt is void when the same shows without it."""
        on_trial = {a.index for a in group}
        for attempt in sorted(self._trusted, key=lambda a: (a.index, a.rank)):
            if attempt.index not in on_trial and trial.still_shows(attempt):
                self._trusted.discard(attempt)
                self._appeals.append(attempt)

    def _hear(self) -> None:
        """Appeals: all at once first, the best alternative of each; who is dropped by proof
        again and appeals again gets a trial of its own."""
        while self._appeals:
            queue, self._appeals = sorted(self._appeals, key=lambda a: (a.rank, a.index)), []
            batch: dict[int, Attempt] = {}
            for attempt in queue:
                now = next((a for a in self.kept if a.index == attempt.index), None)
                if attempt.index in batch:
                    self._appeals.append(attempt)
                elif now is not None or attempt in self._heard:
                    self._retry(attempt, now)
                else:
                    batch[attempt.index] = attempt
            for attempt in batch.values():
                self._heard.add(attempt)
                del self.dropped[attempt]
            self._settle(sorted(batch.values(), key=_by_index))

    def _retry(self, attempt: Attempt, now: Attempt | None) -> None:
        """A trial of its own, in the place of a lower-ranked alternative that was kept instead."""
        if now is not None and now.rank <= attempt.rank:
            return
        others = [a for a in self.kept if a is not now]
        trial = self._judge.try_with(others, [attempt])
        if trial.ok and not trial.left_out:
            del self.dropped[attempt]
            self.waiting = [a for a in self.waiting if a.index != attempt.index]
            self.kept = [*others, attempt]
        elif not trial.ok:
            self.dropped[attempt] = trial.failure(attempt)
            self._reopen(trial, [attempt])
        elif now is None and all(a.index != attempt.index for a in self.waiting):
            del self.dropped[attempt]
            self.waiting.append(attempt)


@dataclass(frozen=True)
class _Part:
    """A group to be tried. ``suspected``: all of it was set aside before. For the others see
    ``Split``."""

    group: Sequence[Attempt]
    blind: bool = False
    suspected: bool = False
    bet: bool = False

    def without(self, left_out: frozenset[Attempt]) -> _Part:
        return replace(self, group=[a for a in self.group if a not in left_out])


@dataclass
class _Lane:
    """What is still to be tried, the last part first; then the suspects, then next alternatives of
    those that nothing pointed at."""

    parts: list[_Part]
    aside: list[Attempt] = field(default_factory=list)
    spare: list[Attempt] = field(default_factory=list)

    def take(self) -> _Part | None:
        while self.parts:
            part = self.parts.pop()
            if part.group:
                return part
        group, self.aside, suspected = self.aside, [], bool(self.aside)
        if not group:
            group, self.spare = self.spare, []
        return _Part(sorted(group, key=_by_index), suspected=suspected) if group else None

    def push(self, split: Split, suspected: bool = False) -> None:
        self.parts += [
            _Part(each, split.blind, suspected, split.bet) for each in reversed(split.parts)
        ]

    def join(self, *, bets: bool) -> None:
        """One of the blind parts on top: now that a culprit is found, they may all be clean. Of
        the ``bets`` too, when these are off."""
        group: list[Attempt] = []
        while self.parts and (self.parts[-1].blind or (bets and self.parts[-1].bet)):
            group += self.parts.pop().group
        self.parts.append(_Part(sorted(group, key=_by_index), blind=True))

    @staticmethod
    def joined(lanes: Iterable[_Lane], first: Split) -> _Lane:
        """One lane of several, with ``first`` on top."""
        one = _Lane([])
        for lane in lanes:
            one.parts += lane.parts
            one.aside += lane.aside
            one.spare += lane.spare
        one.push(first)
        return one


def _by_index(attempt: Attempt) -> int:
    return attempt.index


def halves(group: Sequence[Attempt]) -> Split:
    """Two halves; nothing says that both are bad."""
    middle = (len(group) + 1) // 2
    return Split((group[:middle], group[middle:]), blind=True)
