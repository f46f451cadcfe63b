"""The judge that runs ``cargo check``: attributes errors, asks codemods for larger fixes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.base.errors import SpikeproofError
from engine.base.model import Diagnostic, Edit, Fix, Outcome
from engine.cargo.cargo_results import CheckRun, Driver
from engine.detect.codemod import Problem, Refusal
from engine.rewrite import edits
from engine.verify.culprits import Clue, CulpritFinder, Error, describe
from engine.verify.search import Blame, Judge, Split, halves
from engine.verify.values import Attempt, Failure, Follow, Reader
from engine.verify.warnings import fresh, shared_out

# How often one fix is enlarged after the errors that it brought.
_ROUNDS = 6
# Messages shown for one dropped fix: the first ones tell, the rest follow from them.
_SHOWN = 5


class Alternatives:
    """The alternatives that may be tried, by proposal; why ``follow`` refused, with the errors that
    it was asked about."""

    def __init__(self, alternatives: Mapping[int, Sequence[Attempt]]) -> None:
        self._alternatives = {index: tuple(found) for index, found in alternatives.items()}
        self._refusals: dict[Attempt, list[tuple[str, frozenset[object]]]] = {}

    def first(self) -> list[Attempt]:
        """The best alternative of each proposal."""
        return [found[0] for found in self._alternatives.values() if found]

    def refuse(self, attempt: Attempt, reason: str, errors: Iterable[Error]) -> None:
        """Note that ``follow`` refused to go on with ``attempt``, asked about ``errors``."""
        about = frozenset(error.key for error in errors)
        self._refusals.setdefault(attempt, []).append((reason, about))

    def refusal(self, attempt: Attempt, errors: Iterable[Error]) -> str:
        """The latest refusal that was about one of ``errors``, "" without any."""
        keys = frozenset(error.key for error in errors)
        refused = reversed(self._refusals.get(attempt, ()))
        return next((reason for reason, about in refused if about & keys), "")

    def after(self, attempt: Attempt) -> Attempt | None:
        """The next alternative behind ``attempt``'s."""
        following = (a for a in self._alternatives[attempt.index] if a.rank > attempt.rank)
        return next(following, None)


@dataclass(frozen=True)
class CheckTrial:
    """One tree that was checked: the attempts in it, and the errors, each with who may have caused it."""

    ok: bool
    order: tuple[Attempt, ...]  # what was applied, in this order
    left_out: frozenset[Attempt]
    errors: tuple[Error, ...]
    judge: CheckJudge
    broken: Mapping[Attempt, Failure] = field(default_factory=dict)  # could not be applied

    def blame(self, group: Sequence[Attempt], mended: Iterable[Attempt]) -> Blame:
        """Those that alone can have caused an error are proven guilty; those with the strongest
        clue are suspected."""
        if self.broken:
            return Blame(proven=self.broken)
        finder = self.judge.finder
        explained = set(mended)
        proof: dict[Attempt, list[Error]] = {}
        open_errors: list[Error] = []
        for error in self.errors:
            possible = finder.possible(error, group)
            if len(possible) == 1 and not error.leaks and not possible & explained:
                proof.setdefault(next(iter(possible)), []).append(error)
            else:
                open_errors.append(error)
        if len(group) == 1:  # a trial of its own needs no proof by rule
            proof = {}
        explained |= proof.keys()
        suspects: set[Attempt] = set()
        for error in open_errors:
            if not finder.possible(error, group) & finder.suspects(error, group).keys() & explained:
                suspects |= finder.to_set_aside(error, group)
        proven = {a: self.judge.drop(a, self, found) for a, found in proof.items()}
        return Blame(proven, frozenset(suspects - explained))

    def narrow(self, part: Sequence[Attempt], whole: Sequence[Attempt]) -> CheckTrial | None:
        """This trial with the errors that only ``part`` of ``whole`` can have caused; None
        without any."""
        own: list[Error] = []
        for error in self.errors:
            possible = self.judge.finder.possible(error, whole)
            if possible and possible <= set(part):
                own.append(error)
        return replace(self, errors=tuple(own)) if own else None

    def mend(self, group: Sequence[Attempt]) -> dict[Attempt, Attempt]:
        """Larger attempts that the codemods made for the errors of this trial."""
        return self.judge.mend(self, group)

    def split(self, group: Sequence[Attempt]) -> Split:
        """A failed group in parts, by where its attempts stand."""
        return self.judge.split(self, group)

    def failure(self, attempt: Attempt) -> Failure:
        """Why ``attempt`` fails: the errors, those that point at it first."""

        def strength(error: Error) -> int:
            return self.judge.finder.suspects(error, [attempt]).get(attempt, len(Clue))

        return self.judge.drop(attempt, self, sorted(self.errors, key=strength))

    def rejoin(self) -> bool:
        """False: parts of a check are never split by a guess that each of them is bad."""
        return False  # it bets on nothing

    def still_shows(self, attempt: Attempt) -> bool:
        """Does an error that ``attempt`` was dropped for show here without it? Only of errors
        that do not keep to the rules."""
        finder = self.judge.finder
        items = finder.footprint(attempt).items
        grounds = self.judge.grounds.get(attempt, frozenset())
        return any(
            finder.unreliable(error) and (error.key in grounds or error.items & items)
            for error in self.errors
        )


class CheckJudge(Judge):
    """Judges sets of attempts by ``cargo check`` and remembers what it found. A warning that a fix
    brings counts as an error does: under ``-D warnings`` it is one.

    ``before`` is the check of the tree without them. ``keeps`` says in words why a larger fix may
    not be tried ("" when it may).
    """

    def __init__(
        self,
        before: CheckRun,
        driver: Driver,
        reader: Reader,
        alternatives: Alternatives,
        follow: Follow,
        keeps: Callable[[Fix], str],
        tell: Callable[[int], None],
    ) -> None:
        self.finder = CulpritFinder(reader)
        self.grounds: dict[Attempt, frozenset[object]] = {}  # the errors an attempt was dropped for
        self.runs = 0
        self._before = before
        self._driver = driver
        self._reader = reader
        self._alternatives = alternatives
        self._follow = follow
        self._keeps = keeps
        self._tell = tell
        self._asked: set[tuple[Attempt, frozenset[object]]] = set()
        self._known: dict[frozenset[Attempt], CheckTrial] = {}
        self._known[frozenset()] = CheckTrial(True, (), frozenset(), (), self)

    # -- judging -------------------------------------------------------------------------------

    def try_with(self, kept: Sequence[Attempt], group: Sequence[Attempt]) -> CheckTrial:
        trial = self._trial(kept, group)
        self.finder.note(trial.errors, [a for a in group if a not in trial.left_out])
        return trial

    def _trial(self, kept: Sequence[Attempt], group: Sequence[Attempt]) -> CheckTrial:
        wanted = (*kept, *group)
        known = self._known.get(frozenset(wanted))
        if known is not None:  # a set that was applied whole, so nothing of it is left out
            return known
        try:
            applied = self.apply(wanted)
        except ValueError:
            return self._unfit(wanted, group)
        order = tuple(a for n, a in enumerate(wanted) if n in applied.accepted)
        left_out = frozenset(wanted) - frozenset(order)
        same = self._known.get(frozenset(order))
        if same is not None:
            trial = CheckTrial(same.ok, same.order, left_out, same.errors, self)
        else:
            trial = self._run(applied, wanted, order, left_out)
            self._known[frozenset(order)] = CheckTrial(
                trial.ok, order, frozenset(), trial.errors, self
            )
        return trial

    def apply(self, order: Sequence[Attempt]) -> edits.Applied:
        """The texts with all of ``order`` applied that fit together. Raises ValueError when an
        attempt's own edits do not fit its files."""
        fixes = [attempt.fix for attempt in order]
        paths = {path for fix in fixes for path in fix.paths}
        return edits.apply(self._reader.texts(paths), fixes)

    def _run(
        self,
        applied: edits.Applied,
        wanted: Sequence[Attempt],
        order: tuple[Attempt, ...],
        left_out: frozenset[Attempt],
    ) -> CheckTrial:
        self._tell(len(order))
        self._driver.write({**self._reader.base, **applied.files})
        ran = self._driver.runs
        run = self._driver.check()
        self.runs += self._driver.runs - ran
        if run.timed_out:
            raise SpikeproofError(
                "cargo check ran into the time limit, which it had kept without the fixes: "
                "try again, or with a longer limit",
                run.output,
            )
        if run.ok:
            news = fresh(self._before, run, self.finder, applied, wanted)
            brought = shared_out(news, self.finder, order)
            if brought:
                told = {diagnostic for found in brought.values() for diagnostic in found}
                warned = tuple(error for error in news if error.diagnostic in told)
                return CheckTrial(False, order, left_out, warned, self)
            return CheckTrial(True, order, left_out, (), self)
        found = errors_of(run)
        errors = tuple(self.finder.error(each, applied, wanted) for each in found)
        if not errors:  # cargo itself gave up: a manifest, a build script
            bare = Diagnostic("error", "", _cargo_words(run.output), (), run.output)
            errors = (self.finder.error(bare, applied, wanted),)
        return CheckTrial(False, order, left_out, errors, self)

    def _unfit(self, wanted: Sequence[Attempt], group: Sequence[Attempt]) -> CheckTrial:
        """A codemod's own mistake costs its fix alone."""
        broken: dict[Attempt, Failure] = {}
        for attempt in group:
            try:
                self.apply([attempt])
            except ValueError as error:
                words = f"the codemod's edits do not fit the file ({error}): please report this"
                broken[attempt] = Failure(Outcome.UNVERIFIED, words)
        if not broken:
            raise SpikeproofError("fixes that fit alone do not fit together: please report this")
        return CheckTrial(False, tuple(wanted), frozenset(), (), self, broken)

    def drop(self, attempt: Attempt, trial: CheckTrial, errors: Sequence[Error]) -> Failure:
        """The failure of ``attempt`` because of ``errors``, kept as the grounds for it."""
        self.grounds[attempt] = frozenset(error.key for error in errors)
        if attempt in trial.broken:
            return trial.broken[attempt]
        diagnostics = tuple(error.diagnostic for error in errors[:_SHOWN])
        said = describe(diagnostics[0]) if diagnostics else "cargo check failed"
        if diagnostics and all(each.level == "warning" for each in diagnostics):
            said = f"it brings a new warning: {said}"
        reason = self._alternatives.refusal(attempt, errors) or said
        return Failure(Outcome.CHECK_FAILED, reason, diagnostics)

    def after(self, attempt: Attempt) -> Attempt | None:
        return self._alternatives.after(attempt)

    def split(self, trial: CheckTrial, group: Sequence[Attempt]) -> Split:
        """Bodies before declarations: each body's errors are then its own, and all bodies share
        the runs. One by one where each wrote an erroneous place, else halves."""
        local = [a for a in group if self.finder.footprint(a).local]
        if local and len(local) < len(group):
            return Split((local, [a for a in group if a not in local]))
        disjoint = self.finder.disjoint(group)
        if local and 1 < len(disjoint) < len(group):
            return Split(disjoint, apart=True)
        if self._erring(trial, group) >= set(group):
            return Split([[attempt] for attempt in group])
        return halves(group)

    def _erring(self, trial: CheckTrial, group: Sequence[Attempt]) -> set[Attempt]:
        """Those of ``group`` with an error in their own text and in nobody else's."""
        found: set[Attempt] = set()
        for error in trial.errors:
            marks = self.finder.suspects(error, group)
            first = [a for a, strength in marks.items() if strength is Clue.PRIMARY]
            if len(first) == 1:
                found.update(first)
        return found

    # -- following -----------------------------------------------------------------------------

    def mend(self, trial: CheckTrial, group: Sequence[Attempt]) -> dict[Attempt, Attempt]:
        """Ask the codemods of those that the errors speak against for larger fixes; each error
        is handed on until a fix touches one of its places."""
        by_attempt: dict[Attempt, list[tuple[Clue, Error]]] = {}
        for error in trial.errors:
            if error.diagnostic.level == "warning":
                continue  # a larger fix would not take it back
            possible = self.finder.possible(error, group)
            suspects = self.finder.suspects(error, [a for a in group if a in possible])
            if not suspects and not error.leaks:  # a declaration reaches further than any clue
                suspects = dict.fromkeys(possible, Clue.FILE)
            for attempt, strength in suspects.items():
                by_attempt.setdefault(attempt, []).append((strength, error))
        mended: dict[Attempt, Attempt] = {}
        handled: set[int] = set()
        ordered = sorted(by_attempt, key=lambda a: (min(s for s, _ in by_attempt[a]), a.index))
        for attempt in ordered:
            errors = [error for _, error in by_attempt[attempt] if id(error) not in handled]
            answer = self._ask(attempt, errors)
            if answer is None:
                continue
            mended[attempt] = answer
            new = [edit for edit in answer.fix.edits if edit not in attempt.fix.edits]
            for error in errors:
                if any(
                    place.path == edit.path and _near(place.span.start, place.span.end, edit)
                    for place in error.places
                    for edit in new
                ):
                    handled.add(id(error))
        return mended

    def _ask(self, attempt: Attempt, errors: Sequence[Error]) -> Attempt | None:
        question = (attempt, frozenset(error.key for error in errors))
        if not errors or attempt.grown >= _ROUNDS or question in self._asked:
            return None
        self._asked.add(question)
        problems = [problem for error in errors for problem in problems_of(error, attempt)]
        answer = self._follow(attempt.proposal, attempt.fix, problems) if problems else None
        if isinstance(answer, Refusal):
            self._alternatives.refuse(attempt, answer.reason, errors)
            return None
        if answer is None or set(answer.edits) == set(attempt.fix.edits):
            return None
        words = self._keeps(answer)
        if words:
            self._alternatives.refuse(attempt, f"it would have to change more: {words}", errors)
            return None
        return Attempt(attempt.index, attempt.rank, attempt.grown + 1, answer, attempt.proposal)


def problems_of(error: Error, attempt: Attempt) -> list[Problem]:
    """``error`` as the codemod of ``attempt`` sees it: one problem a place."""
    code, message = error.diagnostic.code, error.diagnostic.message
    return [
        Problem(
            place.path,
            place.span,
            attempt in place.authors,
            place.primary,
            code,
            message,
            place.label,
        )
        for place in error.places
    ]


def errors_of(run: CheckRun) -> list[Diagnostic]:
    """Its errors, once each: a library is compiled for its tests as well."""
    found: dict[object, Diagnostic] = {}
    for each in run.diagnostics:
        if each.level.startswith("error"):
            found.setdefault((each.code, each.message, each.spans), each)
    return list(found.values())


def _near(start: int, end: int, edit: Edit) -> bool:
    return edit.start <= end and start <= edit.end


def _cargo_words(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    error = next((line for line in lines if line.startswith("error")), lines[-1] if lines else "")
    return error.removeprefix("error:").strip() or "cargo check failed and said nothing"
