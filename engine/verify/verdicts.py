"""Verdicts: what became of each proposal, in words that say why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.base.model import Evidence, Level, Outcome, Proposal, Verdict
from engine.rewrite.edits import compatible
from engine.verify.culprits import describe
from engine.verify.suite import Suite
from engine.verify.values import Attempt, Failure, ProvenPatch

_NOT_RUN = Evidence(check="not run", tests="not run")


def not_tried(proposal: Proposal, take: Iterable[Level]) -> Verdict:
    """A proposal without a fix, or with none of a level that is taken."""
    fix = proposal.fixes[0] if proposal.fixes else None
    reason = proposal.reason
    if fix is not None and proposal.outcome is None:
        allowed = ", ".join(sorted(take)) or "no level"
        reason = f"not tried: its level is {fix.level}, and {allowed} is taken"
    return Verdict(proposal, fix, proposal.outcome or Outcome.UNVERIFIED, reason, _NOT_RUN)


def untried(attempt: Attempt, outcome: Outcome, reason: str) -> Verdict:
    """A verdict without any evidence: nothing was run for ``attempt``."""
    return Verdict(attempt.proposal, attempt.fix, outcome, reason, _NOT_RUN)


class VerdictBuilder:
    """What the search and the proof found, by proposal."""

    def __init__(
        self,
        suite: Suite,
        proof: ProvenPatch,
        kept: Sequence[Attempt],
        waiting: Sequence[Attempt],
        failures: Mapping[Attempt, Failure],
    ) -> None:
        self._suite = suite
        self._proof = proof
        self._kept = {attempt.index: attempt for attempt in kept}
        self._waiting = {attempt.index: attempt for attempt in waiting}
        self._dropped: dict[int, tuple[Attempt, Failure]] = {}
        for attempt in sorted(failures, key=lambda a: (a.rank, a.grown)):
            self._dropped[attempt.index] = attempt, failures[attempt]  # the last tried stays

    def verdict(self, index: int) -> Verdict:
        """What became of the proposal with this index: verified, waiting for another pass, or
        dropped."""
        if index in self._kept:
            return self._verified(self._kept[index])
        if index in self._waiting:
            return self._conflict(self._waiting[index])
        return _failed(*self._dropped[index])

    def _verified(self, attempt: Attempt) -> Verdict:
        proposal, fix = attempt.proposal, attempt.fix
        tests = self._suite.evidence(fix.paths, self._proof.tests)
        reach = self._suite.reach_of(fix, self._proof.tests) if self._proof.tests else None
        if self._proof.broken:
            evidence = Evidence(check="failed: in a clean copy", tests=tests)
            return Verdict(proposal, fix, Outcome.UNVERIFIED, self._proof.broken, evidence)
        evidence = Evidence(check="passed", tests=tests, reach=reach)
        return Verdict(proposal, fix, Outcome.VERIFIED, "", evidence)

    def _conflict(self, attempt: Attempt) -> Verdict:
        for other in self._kept.values():
            if any(not compatible(a, b) for a in other.fix.edits for b in attempt.fix.edits):
                site = other.proposal.sites[0]
                who = f"the fix of {other.proposal.codemod} in {site.item or site.path}"
                break
        else:
            who = "another fix"
        reason = f"overlaps {who}: it has to be planned anew over the result"
        return untried(attempt, Outcome.CONFLICT, reason)


def _failed(attempt: Attempt, failure: Failure) -> Verdict:
    if failure.outcome is Outcome.TESTS_FAILED:
        count = len(failure.tests)
        evidence = Evidence(
            check="passed",
            tests=f"failed: {count} test{'s' * (count != 1)}",
            failed_tests=failure.tests,
        )
    elif failure.outcome is Outcome.CHECK_FAILED:
        said = describe(failure.diagnostics[0]) if failure.diagnostics else failure.reason
        evidence = Evidence(f"failed: {said}", "not run", diagnostics=failure.diagnostics)
    elif failure.reach is not None:
        evidence = Evidence("passed", "not run with it", reach=failure.reach)
    else:
        evidence = _NOT_RUN
    return Verdict(attempt.proposal, attempt.fix, failure.outcome, failure.reason, evidence)
