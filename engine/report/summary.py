"""A run in a few lines for people: what was found, what became of it, what was left alone, what to
do next."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from engine.base.counts import configured_words, count, silenced, spared
from engine.base.measured import Measured
from engine.base.model import Level, Outcome, Verdict
from engine.base.plain import printable
from engine.report.proof_words import proof_counts

if TYPE_CHECKING:
    from engine.report.result import Result

WAITING = "needs --review"
REPORTED = "reported"
UNTESTED = "not tested"
# Told in this order.
_REFUSED = (Outcome.CONFLICT, Outcome.CHECK_FAILED, Outcome.TESTS_FAILED, Outcome.REGRESSED)
_WORDS = (
    *map(
        str, (Outcome.VERIFIED, WAITING, *_REFUSED, Outcome.NO_GAIN, UNTESTED, Outcome.NOT_COMPILED)
    ),
    REPORTED,
)
_NAMES = re.compile(r"`[^`]*`|\S+\.rs:\d+|\(?\bline \d+\)?|\b\d+\b")


def place(result: Result, verdict: Verdict) -> str:
    """``path:line`` of the verdict's first site."""
    site = result.sites_of(verdict)[0]
    line, _ = result.sources.get(site.path).position(site.span.start)
    return f"{printable(site.path)}:{line}"


def word(verdict: Verdict) -> str:
    """The outcome in a word. A site that was not tried is ``reported`` when there is no fix, or
    ``needs --review`` when there is one of that level; what was left out for want of tests is ``not
    tested``."""
    if verdict.outcome is not Outcome.UNVERIFIED:
        return str(verdict.outcome)
    if verdict.untested:
        return UNTESTED
    waiting = verdict.fix is not None and verdict.fix.level is Level.REVIEW
    return WAITING if waiting else REPORTED


def level(verdict: Verdict) -> Level:
    """The level of the fix; of what has none, ``report``."""
    return verdict.fix.level if verdict.fix is not None else Level.REPORT


def dismissals(result: Result) -> list[str]:
    """What syntax took for a site and is none, each with its place and the reason."""
    lines: list[str] = []
    for site in result.dismissed:
        line, _ = result.sources.get(site.path).position(site.span.start)
        where = f"{site.codemod} {printable(site.path)}:{line}"
        lines.append(f"no site {where}: {printable(site.message)}, but {printable(site.reason)}")
    return lines


_COST = "at a cost"  # some row shows more, whatever others show
_MEASURED = (
    *("measured better", "better together with others", "no difference", "not reached"),
    *("not known what runs it", _COST),
)


def summary(result: Result, reasons: bool = True, advise: bool = True) -> list[str]:
    """Per codemod and level: found, what became of it, with which evidence; how far all that is
    verified was proven; with ``reasons``, why the others were refused, like ones together; then what was left alone, what was run, and, with
    ``advise``, what to do next."""
    lines: list[str] = []
    by_codemod: dict[str, list[Verdict]] = {}
    for verdict in result.verdicts:
        by_codemod.setdefault(verdict.proposal.codemod, []).append(verdict)
    for name, verdicts in sorted(by_codemod.items()):
        lines.append(f"{name}: {len(verdicts)} found")
        for kind in Level:
            mine = [verdict for verdict in verdicts if level(verdict) is kind]
            if mine:
                lines.append(f"    {kind}: {_outcomes(mine)}{_evidence(mine)}")
    proven = proof_counts(result.verdicts)
    if proven:
        verified = sum(verdict.proof is not None for verdict in result.verdicts)
        lines.append(f"{verified} verified: {proven}")
    if reasons:
        lines += [*_reasons(result), *dismissals(result)]
    if not result.verdicts:
        lines.append("nothing to do: no new site" if result.old else "nothing to do: no site found")
    lines += [printable(note) for note in result.notes]
    if result.suppressed:
        lines.append(f"silenced: {silenced(result.suppressed)}")
    if result.in_tests:
        lines.append(f"left alone: {spared(result.in_tests)}")
    if result.configured:
        lines.append(f"left alone: {configured_words(result.configured)}")
    lines += [f"left alone: {printable(words)}" for words in result.old_words]
    if result.runs:
        kinds = ", ".join(f"{kind} {n}" for kind, n in result.runs.items() if n)
        ran = f"ran {count(result.cargo_runs, 'time')} ({kinds}) with" if kinds else "was not run;"
        tests = f", tests by {result.test_runner}" if result.test_runner else ""
        lines.append(f"cargo {ran} {printable(result.toolchain + tests)}")
    if result.measurements is not None and result.measurements.report is not None:
        lines += [f"measured: {printable(note)}" for note in result.measurements.report.notes]
    if result.measurements is not None and result.measurements.error:
        lines.append(f"not measured: {printable(result.measurements.error)}")
    return [*lines, *(_next(result) if advise else ())]


def _outcomes(verdicts: Sequence[Verdict]) -> str:
    words = Counter(map(word, verdicts))
    proven = {str(Outcome.VERIFIED): f" ({proof_counts(verdicts)})"}
    return ", ".join(f"{words[w]} {w}{proven.get(w, '')}" for w in _WORDS if words[w])


def _evidence(verdicts: Iterable[Verdict]) -> str:
    """What measuring said of those that were verified; "" where nothing was to be measured."""
    words: Counter[str] = Counter()
    for verdict in verdicts:
        own = verdict.evidence.measured
        if verdict.outcome is Outcome.VERIFIED and own is not None:
            words[_measured(own)] += 1
            words[_COST] += bool(own.costs)
    told = ", ".join(f"{words[w]} {w}" for w in _MEASURED if words[w])
    return f" ({told})" if told else ""


def _measured(own: Measured) -> str:
    """The best that is known of one fix."""
    if not own.rows:
        return "not known what runs it" if own.unknown else "not reached"
    if own.better:
        return "measured better"
    return "better together with others" if own.shares_gain else "no difference"


def _reasons(result: Result) -> list[str]:
    """Why what is not in the patch is not: reasons that differ in names and numbers alone are one,
    told by the first of them."""
    groups: dict[tuple[str, str, str], list[Verdict]] = {}
    for verdict in result.verdicts:
        if verdict.outcome is not Outcome.VERIFIED and word(verdict) != WAITING:
            key = (verdict.proposal.codemod, word(verdict), _NAMES.sub("_", verdict.reason))
            groups.setdefault(key, []).append(verdict)
    ordered = sorted(groups.items(), key=lambda entry: (entry[0][1], -len(entry[1]), entry[0]))
    lines = ["why not:"] if ordered else []
    for (name, outcome, _), verdicts in ordered:
        first = verdicts[0]
        more = f" and {count(len(verdicts) - 1, 'more like it', 'more like it')}"
        where = place(result, first) + (more if len(verdicts) > 1 else "")
        reason = printable(first.reason) or "no reason was given"
        lines.append(f"    {len(verdicts)} {outcome} ({name}, {where}): {reason}")
    return lines


def _next(result: Result) -> list[str]:
    """One line on what to do."""
    waiting = sum(1 for verdict in result.verdicts if word(verdict) == WAITING)
    untested = sum(1 for verdict in result.verdicts if verdict.untested)
    failed = [v for v in result.verdicts if v.outcome in (Outcome.CHECK_FAILED, Outcome.CONFLICT)]
    if result.patch:
        take = "pipe the patch into `git apply`, or answer fix by fix: `spikeproof apply`"
        more = f"; `--review` takes {waiting} more, after you read their notes" if waiting else ""
        return [f"next: {take}{more}"]
    if untested:
        return [f"next: without `--require tests`, {count(untested, 'fix', 'fixes')} more"]
    if waiting:
        return [
            f"next: `--review` takes {count(waiting, 'fix', 'fixes')}, after you read the notes"
        ]
    if failed:
        return ["next: -vv shows what cargo said of the fixes that were refused"]
    if result.verdicts:
        reported = "what is left to a person is above; `spikeproof explain NAME` says what to do"
        return [f"next: {reported}, `spikeproof baseline` leaves it alone from now on"]
    return []
