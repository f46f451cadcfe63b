"""Verification from first to last: baseline, check, tests, proof of the patch as it is emitted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from engine.base.errors import SpikeproofError
from engine.base.model import Fix, Outcome, Proposal, Verdict
from engine.base.reach import Reach
from engine.cargo.cargo_results import CheckRun, TestRun
from engine.verify import verdicts
from engine.verify.checks import Alternatives, CheckJudge, errors_of
from engine.verify.culprits import describe
from engine.verify.proof import Prover
from engine.verify.retrial import Retrial
from engine.verify.search import Search
from engine.verify.suite import Suite
from engine.verify.values import (
    Attempt,
    Emitted,
    Failure,
    Follow,
    ProvenPatch,
    Reader,
    VerifyResult,
    VerifySettings,
    VerifyTools,
)

# Alternatives tried after the tests have dropped a fix: each costs builds and test runs.
_SECOND_CHANCES = 1


def verify(
    proposals: Sequence[Proposal],
    tools: VerifyTools,
    settings: VerifySettings,
    follow: Follow,
    base: Mapping[str, bytes] | None = None,
    baseline: CheckRun | None = None,
) -> VerifyResult:
    """Find the largest set of fixes that compiles and passes the tests, and prove its patch.

    ``follow`` is asked for a larger fix before one is dropped for the errors that it brought.
    ``base`` holds texts that an earlier pass accepted: the proposals' offsets count in them.
    ``baseline`` is a check of that tree where the caller has one already. Nothing but the driver's
    scratch tree is written; with nothing to try, nothing is run.

    Raises SpikeproofError when the workspace does not compile as it is, or when cargo check hits
    its limit; KeyboardInterrupt passes through.
    """
    reader = Reader(tools.read, base or {})
    return _Verification(tuple(proposals), reader, tools, settings, follow).run(baseline)


class _Verification:
    def __init__(
        self,
        proposals: tuple[Proposal, ...],
        reader: Reader,
        tools: VerifyTools,
        settings: VerifySettings,
        follow: Follow,
    ) -> None:
        self._proposals = proposals
        self._reader = reader
        self._driver = tools.driver
        self._follow = follow
        self._settings = settings
        self._progress = tools.progress
        self._tools = tools
        self._prover = Prover(reader, tools.format_files, tools.prove, tools.progress)
        self._suite = Suite(tools.driver, settings, reader, tools.progress)
        self._early: dict[int, Verdict] = {}  # decided without being tried
        self._checks = 0

    def run(self, baseline: CheckRun | None) -> VerifyResult:
        taken = self._taken()
        if not taken:
            return self._result(self._early)
        before = self._baseline(baseline)
        compiled = self._compiled(taken, before)
        alternatives = Alternatives(compiled)
        first = alternatives.first()
        if not first:
            return self._result(self._early)
        fixes = (attempt.fix for attempts in compiled.values() for attempt in attempts)
        self._suite.probe(fixes, self._tools.reach, self._tools.runner)
        self._suite.cover(_paths(first))
        judge = CheckJudge(
            before,
            self._driver,
            self._reader,
            alternatives,
            self._follow,
            lambda fix: _uncompiled(fix, before.compiled),
            self._tell,
        )
        search = Search(judge)
        search.run(first)
        failures = dict(search.dropped)
        proof = self._proof(search, judge, failures)
        self._checks += judge.runs
        builder = verdicts.VerdictBuilder(self._suite, proof, search.kept, search.waiting, failures)
        decided = {index: builder.verdict(index) for index in taken if index not in self._early}
        if proof.broken:
            note = (proof.broken,)
            return self._result({**self._early, **decided}, notes=note)
        return self._result({**self._early, **decided}, proof)

    # -- before the first change ---------------------------------------------------------------

    def _taken(self) -> dict[int, list[Attempt]]:
        """Alternatives of the levels that are taken; a verdict for proposals without one."""
        found: dict[int, list[Attempt]] = {}
        for index, proposal in enumerate(self._proposals):
            attempts = [
                Attempt(index, rank, 0, fix, proposal)
                for rank, fix in enumerate(proposal.fixes)
                if fix.level in self._settings.take
            ]
            if attempts and proposal.outcome is None:
                found[index] = attempts
            else:
                self._early[index] = verdicts.not_tried(proposal, self._settings.take)
        return found

    def _baseline(self, baseline: CheckRun | None) -> CheckRun:
        run = baseline
        if run is None:
            self._progress("Checking", "the tree as it is")
            self._driver.write(self._reader.base)
            ran = self._driver.runs
            run = self._driver.check()
            self._checks += self._driver.runs - ran
        if run.timed_out:
            message = "cargo check did not end within the time limit, without any change: "
            raise SpikeproofError(message + "try again with a longer limit", run.output)
        if not run.ok:
            said = "\n".join(error.rendered or error.message for error in errors_of(run))
            message = "the workspace does not compile as it is: make `cargo check` pass first"
            raise SpikeproofError(message, said or run.output)
        return run

    def _compiled(
        self, taken: Mapping[int, Sequence[Attempt]], before: CheckRun
    ) -> dict[int, list[Attempt]]:
        compiled, partly = before.compiled, before.left_out is not None
        found: dict[int, list[Attempt]] = {}
        for index, attempts in taken.items():
            good = [a for a in attempts if not _uncompiled(a.fix, compiled)]
            if good:
                found[index] = good
            else:
                reason = _uncompiled(attempts[0].fix, compiled)
                why = "not part of this configuration" + (
                    ", or of a target that does not compile" * partly
                )
                self._early[index] = verdicts.untried(
                    attempts[0], Outcome.NOT_COMPILED, f"{why}: {reason}"
                )
        return found

    def _tell(self, count: int) -> None:
        self._progress("Checking", f"{count} fix{'es' * (count != 1)}")

    # -- tests and proof -----------------------------------------------------------------------

    def _proof(
        self, search: Search, judge: CheckJudge, failures: dict[Attempt, Failure]
    ) -> ProvenPatch:
        """Prove what is kept; while tests fail, drop the culprits and prove the rest.

        The tests come first: a tree that fails them is not emitted, so it is not checked again.
        What is emitted is checked in any case.
        """
        chances: Counter[int] = Counter()

        def following(dropped: Iterable[Attempt]) -> list[Attempt]:
            found = [judge.after(a) for a in dropped if chances[a.index] < _SECOND_CHANCES]
            return [attempt for attempt in found if attempt is not None]

        retrial = Retrial(
            self._suite,
            self._prover,
            self._settings,
            lambda order: judge.apply(order).files,
            lambda dropped: not following(dropped),
            self._progress,
        )
        while search.kept:
            self._suite.cover(_paths(search.kept))
            failures.update(self._untested(search))
            kept = sorted(search.kept, key=lambda attempt: attempt.index)
            if not kept:
                break
            packages = self._suite.packages_for(_paths(kept))
            emitted = self._prover.emitted(judge.apply(kept).files)
            if packages is None:
                return _proven(emitted, self._prover.check(emitted), None)
            run = self._prover.test(emitted, packages)
            if not run.built and not (check := self._prover.check(emitted)).ok:
                return _proven(emitted, check, None)
            tested = retrial.search(kept, run, packages)
            dropped: Mapping[Attempt, Failure] = {}
            if tested is not None:
                search.kept, dropped = tested.kept, tested.dropped
                failures.update(dropped)
            again = self._rehabilitated(failures, search)
            late = self._untested(search, run)
            failures.update(late)
            if tested is None and not again and not late:
                return _proven(emitted, self._prover.check(emitted), run)
            others = following(attempt for attempt in dropped if attempt in failures)
            chances.update(attempt.index for attempt in others)
            search.run([*again, *others])  # and who waited: what they overlapped may be gone
            failures.update(search.dropped)
        return ProvenPatch(self._prover.unchanged())

    def _untested(self, search: Search, run: TestRun | None = None) -> dict[Attempt, Failure]:
        """Where each fix needs a test: take out those that none is known to reach."""
        if not self._settings.tested:
            return {}
        found: dict[Attempt, Failure] = {}
        for attempt in search.kept:
            reach = self._suite.reach_of(attempt.fix, run) or Reach(0)
            if not reach.known:
                reason = f"{reach.words()}, and `--require tests` asks for one that does"
                found[attempt] = Failure(Outcome.UNVERIFIED, reason, reach=reach)
        search.kept = [attempt for attempt in search.kept if attempt not in found]
        return found

    def _rehabilitated(self, failures: dict[Attempt, Failure], search: Search) -> list[Attempt]:
        """Take back failures that rest on nothing but tests which turned out to be flaky."""
        flaky = self._suite.set_aside
        void = [a for a, why in failures.items() if why.tests and flaky.issuperset(why.tests)]
        for attempt in void:
            del failures[attempt]
        settled = {attempt.index for attempt in (*search.kept, *search.waiting)}
        return [attempt for attempt in void if attempt.index not in settled]

    def _result(
        self,
        decided: Mapping[int, Verdict],
        proof: ProvenPatch | None = None,
        notes: tuple[str, ...] = (),
    ) -> VerifyResult:
        proof = proof or ProvenPatch(self._prover.unchanged())
        ordered = tuple(decided[index] for index in range(len(self._proposals)))
        return VerifyResult(
            verdicts=ordered,
            files=proof.emitted.files,
            patch=proof.emitted.patch,
            check=proof.check,
            runs={"check": self._checks, "test": self._suite.runs, "prove": self._prover.runs},
            notes=(*self._suite.notes, *notes),
            deferred=tuple(v.proposal for v in ordered if v.outcome is Outcome.CONFLICT),
        )


def _paths(attempts: Iterable[Attempt]) -> tuple[str, ...]:
    return tuple(sorted({path for attempt in attempts for path in attempt.fix.paths}))


def _uncompiled(fix: Fix, compiled: frozenset[str]) -> str:
    """Which Rust files of ``fix`` the check did not compile, in words; "" for none."""
    missing = [path for path in fix.paths if path.endswith(".rs") and path not in compiled]
    return f"rustc did not compile {', '.join(missing)}" if missing else ""


def _proven(emitted: Emitted, check: CheckRun, tests: TestRun | None) -> ProvenPatch:
    if check.ok:
        return ProvenPatch(emitted, check, tests)
    errors = errors_of(check)
    said = describe(errors[0]) if errors else "cargo check failed"
    said = "cargo check ran into its time limit" if check.timed_out else said
    broken = f"the patch does not hold in a clean copy of the tree: {said}"
    return ProvenPatch(emitted, check, tests, broken)
