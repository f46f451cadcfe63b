"""A verified patch measured: what makes the program worse gives way, what is better takes its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from engine.app.passes import total, verify_in_passes
from engine.app.request import RunRequest
from engine.app.session import Session, Tally
from engine.base.model import Fix, Outcome, Site, Verdict
from engine.measure.alternatives import AlternativesResult, choose_alternatives
from engine.measure.attribution import Measurements
from engine.measure.measure_fixes import measure_fixes
from engine.measure.settings import MeasureSettings
from engine.measure.verdicts import added, behind, in_place_of, refused, with_evidence
from engine.report.result import Result


def measured(
    session: Session,
    request: RunRequest,
    sites: Sequence[Site],
    settings: MeasureSettings,
    done: Result,
) -> tuple[Result, Tally]:
    """Measure what was verified in ``done``. What makes the program worse gives way to its next
    alternative, or is left out; an alternative that is better takes the place of what was chosen.
    The rest is proven and measured again: what is emitted is what was measured. The tally is of the
    plans that were made for that.

    Raises KeyboardInterrupt where Ctrl-C ended the measuring while a fix was found to be bad and
    its culprit not yet: what to leave out is then not known.
    """
    return _MeasuredRun(session, request, sites, settings).run(done)


@dataclass
class _MeasuredRun:
    session: Session
    request: RunRequest
    sites: Sequence[Site]
    settings: MeasureSettings
    refusals: dict[str, Verdict] = field(default_factory=dict)  # by proposal, as all below
    orders: dict[str, tuple[Fix, ...]] = field(default_factory=dict)  # alternatives still to try
    before: dict[str, str] = field(default_factory=dict)  # what those showed that were left
    tally: Tally = field(default_factory=Tally)  # of all that was proven here
    chosen: AlternativesResult | None = None  # None while alternatives were not compared

    def run(self, done: Result) -> tuple[Result, Tally]:
        while done.patch:
            found = self._measured(done)
            again = self._give_way(done, found)
            if not again and self.chosen is None:
                self.chosen = self._choose(done, found)
                done = replace(done, runs=total(done.runs, {"check": self.chosen.checks}))
                again = bool(self.chosen.winners)
            if not again:
                best = self.chosen or AlternativesResult()
                told = tuple(with_evidence(v, found, best) for v in done.verdicts)
                done = replace(done, verdicts=told, measurements=found)
                break
            left = frozenset(self.refusals)
            proven, tally = verify_in_passes(
                self.session, self.request, self.sites, left, self.orders
            )
            self.tally = self.tally.joined(tally)
            done = replace(proven, runs=total(done.runs, proven.runs), measurements=found)
        verdicts = (*done.verdicts, *self.refusals.values())
        told = tuple(added(v, self.before.get(v.proposal.id, "")) for v in verdicts)
        return replace(done, verdicts=told), self.tally

    def _measured(self, done: Result) -> Measurements:
        fixes = {name: v.fix for name, v in _verified(done).items() if v.fix is not None}
        found = measure_fixes(self.session, fixes, done.later, done.files, self.settings)
        if found.report is not None and found.report.interrupted and found.regressed:
            raise KeyboardInterrupt  # what to leave out is not known
        return found

    def _give_way(self, done: Result, found: Measurements) -> bool:
        """Note the next alternative of each fix that is refused, or its refusal. Is there one?"""
        any_refused = False
        for name, verdict in _verified(done).items():
            refusal = refused(verdict, found, self.settings)
            if refusal is None:
                continue
            any_refused = True
            rest = () if name in done.later else behind(refusal, self.request.proof.take)
            if rest:
                self.orders[name] = rest
                self.before[name] = in_place_of(refusal)
            else:
                self.refusals[name] = refusal
        return any_refused

    def _choose(self, done: Result, found: Measurements) -> AlternativesResult:
        """Compare the alternatives, and put each that is better before the others; what a person
        preferred stays."""
        take, prefer = self.request.proof.take, self.request.proof.prefer
        open_ = [v for v in done.verdicts if v.fix is None or v.fix.label not in prefer]
        best = choose_alternatives(self.session, open_, done.later, found, take, self.settings)
        verified = _verified(done)
        for name, fix in best.winners.items():
            others = verified[name].proposal.fixes
            self.orders[name] = (fix, *(other for other in others if other != fix))
        return best


def _verified(done: Result) -> dict[str, Verdict]:
    """The verdicts on verified fixes, by proposal."""
    return {v.proposal.id: v for v in done.verdicts if v.outcome is Outcome.VERIFIED}
