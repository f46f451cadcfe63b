"""The story of a run for people: what was fixed, what was not and why, what was run for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import __version__
from engine.base.counts import count
from engine.base.model import Outcome, Verdict
from engine.base.plain import printable
from engine.report.measurements import Table, table
from engine.report.measurements import lines as measurements
from engine.report.proof_words import proof_counts, proof_words
from engine.report.snippet import style
from engine.report.summary import dismissals, place, summary, word

if TYPE_CHECKING:
    from engine.report.result import Result

_COLOR = {
    Outcome.VERIFIED: "green",
    Outcome.UNVERIFIED: "cyan",
    Outcome.NOT_COMPILED: "cyan",
}


def story(result: Result, color: bool, verbose: int, advise: bool = True) -> list[str]:
    """One block a verdict, then the summary."""
    lines: list[str] = []
    for verdict in sorted(result.verdicts, key=lambda v: v.outcome is not Outcome.VERIFIED):
        site = verdict.proposal.sites[0]
        shade = _COLOR.get(verdict.outcome, "red")
        head = style(word(verdict), color, fg=shade, bold=True)
        level = f" [{verdict.fix.level}: {verdict.fix.label}]" if verdict.fix is not None else ""
        lines.append(f"{head} {verdict.proposal.codemod} {place(result, verdict)}{level}")
        lines.append(f"    {printable(site.message)}")
        if verdict.fix is not None and verdict.fix.note:
            lines.append(f"    fix: {printable(verdict.fix.note)}")
        if verdict.reason:
            lines.append(f"    why: {printable(verdict.reason)}")
        if verdict.proof is not None:
            lines.append(f"    {printable(proof_words(verdict))}")
        if verdict.evidence.measured is not None and verdict.outcome is Outcome.VERIFIED:
            lines.append(f"    bench: {printable(verdict.evidence.bench)}")
            if verdict.evidence.measured.alternatives and verbose:
                lines.append(f"    bench: {printable(verdict.evidence.measured.alternatives)}")
        if verdict.evidence.tests and verdict.outcome is Outcome.VERIFIED and verbose:
            lines.append(f"    tests: {printable(verdict.evidence.tests)}")
        if verbose > 1:
            for diagnostic in verdict.evidence.diagnostics:
                lines += [
                    f"    | {row}"
                    for row in printable(diagnostic.rendered, keep_newlines=True).splitlines()
                ]
    lines += dismissals(result)
    if lines:
        lines.append("")
    return lines + summary(result, reasons=False, advise=advise)


def _measured(verdict: Verdict, shown: Table) -> str:
    own = verdict.evidence.measured
    if own is None or not own.rows:
        return printable(verdict.evidence.bench)
    return shown.of(own)


def placed_at(result: Result, verdict: Verdict) -> str:
    """As ``place``, with the path that the emitted patch has."""
    folder = f"{printable(result.folder)}/" if result.folder else ""
    return folder + place(result, verdict)


def patch_head(result: Result) -> bytes:
    """What a reviewer reads in ten seconds, above the diff, where ``git apply`` ignores it."""
    verified = [v for v in result.verdicts if v.outcome is Outcome.VERIFIED]
    measured = table(verified)
    fixes = count(len(verified), "verified fix", "verified fixes")
    rows = [f"spikeproof {__version__}: {fixes}: {proof_counts(verified)}"]
    if result.folder:
        rows.append(f"in {printable(result.folder)}; paths below are from the repository's top")
    for verdict in verified:
        assert verdict.fix is not None
        rows.append(
            f"{verdict.proposal.codemod} {placed_at(result, verdict)} "
            f"[{verdict.fix.level}: {verdict.fix.label}]"
        )
        if verdict.fix.note:
            rows.append(f"    {printable(verdict.fix.note)}")
        if verdict.reason:
            rows.append(f"    {printable(verdict.reason)}")
        rows.append(f"    {printable(proof_words(verdict))}")
        if verdict.evidence.measured is not None:
            rows.append(f"    {_measured(verdict, measured)}")
    rows.append("")
    checks = sorted({v.evidence.check for v in verified if v.evidence.check})
    tests = sorted({v.evidence.tests for v in verified if v.evidence.tests})
    rows += [f"check: {printable(text)} ({result.toolchain})" for text in checks]
    runner = f" ({result.test_runner})" if result.test_runner else ""
    rows += [f"tests: {printable(text + runner)}" for text in tests]
    if result.measurements is not None and result.measurements.report is not None:
        told = measurements(measured, result.measurements.report, len(verified))
        rows += [printable(line) for line in told]
    else:
        why = (
            f" ({result.measurements.error})"
            if result.measurements is not None and result.measurements.error
            else ""
        )
        words = "nothing was measured; whether it helps your traffic is not shown here"
        rows.append(f"bench: {words}{printable(why)}")
    return "".join(f"# {row}".rstrip() + "\n" for row in rows).encode("utf-8", "backslashreplace")
