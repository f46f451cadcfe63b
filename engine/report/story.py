"""The story of a run for people: what was fixed, what was not and why, what was run for it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from engine import __version__
from engine.model import Level, Outcome, Verdict
from engine.report.counts import count, silenced, spared
from engine.report.measurements import Table, table
from engine.report.measurements import lines as measurements
from engine.report.plain import printable
from engine.report.snippet import style

if TYPE_CHECKING:
    from engine.pipeline import Result

_COLOR = {
    Outcome.VERIFIED: "green",
    Outcome.UNVERIFIED: "cyan",
    Outcome.NOT_COMPILED: "cyan",
}


def place(result: Result, verdict: Verdict) -> str:
    """``path:line`` of the verdict's first site."""
    site = verdict.proposal.sites[0]
    line, _ = result.sources.get(site.path).position(site.span.start)
    return f"{printable(site.path)}:{line}"


def word(verdict: Verdict) -> str:
    """The outcome in a word: a site that was only found is ``reported`` or waits for review."""
    if verdict.outcome is not Outcome.UNVERIFIED:
        return str(verdict.outcome)
    waiting = verdict.fix is not None and verdict.fix.level is Level.REVIEW
    return "needs --review" if waiting else "reported"


def story(result: Result, color: bool, verbose: int) -> list[str]:
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
        if verdict.evidence.measured is not None and verdict.outcome is Outcome.VERIFIED:
            lines.append(f"    measured: {printable(verdict.evidence.bench)}")
        if verdict.evidence.tests and verdict.outcome is Outcome.VERIFIED and verbose:
            lines.append(f"    tests: {printable(verdict.evidence.tests)}")
        if verbose > 1:
            for diagnostic in verdict.evidence.diagnostics:
                lines += [
                    f"    | {row}"
                    for row in printable(diagnostic.rendered, keep_newlines=True).splitlines()
                ]
    if lines:
        lines.append("")
    return lines + summary(result)


def summary(result: Result) -> list[str]:
    """Per codemod and level: found, verified, refused by reason; then what was run."""
    lines: list[str] = []
    by_codemod: dict[str, list[Verdict]] = {}
    for verdict in result.verdicts:
        by_codemod.setdefault(verdict.proposal.codemod, []).append(verdict)
    for name, verdicts in sorted(by_codemod.items()):
        words = Counter(word(v) for v in verdicts)
        lines.append(
            f"{name}: {len(verdicts)} found: "
            + ", ".join(f"{n} {w}" for w, n in sorted(words.items()))
        )
    if not result.verdicts:
        lines.append("nothing to do: no new site" if result.old else "nothing to do: no site found")
    lines += [printable(note) for note in result.notes]
    if result.suppressed:
        lines.append(f"silenced: {silenced(result.suppressed)}")
    if result.in_tests:
        lines.append(f"left alone: {spared(result.in_tests)}")
    lines += [f"left alone: {printable(words)}" for words in result.old_words]
    if result.runs:
        kinds = ", ".join(f"{kind} {n}" for kind, n in result.runs.items() if n)
        lines.append(f"cargo ran {result.cargo_runs} times ({kinds}) with {result.toolchain}")
    if result.gauge is not None and result.gauge.report is not None:
        lines += [f"measured: {printable(note)}" for note in result.gauge.report.notes]
    if result.gauge is not None and result.gauge.error:
        lines.append(f"not measured: {printable(result.gauge.error)}")
    waiting = sum(1 for v in result.verdicts if word(v) == "needs --review")
    if waiting:
        lines.append(f"next: `--review` takes {waiting} more, after you read their notes")
    elif result.patch:
        lines.append("next: pipe the patch into `git apply`")
    return lines


def _measured(verdict: Verdict, shown: Table) -> str:
    own = verdict.evidence.measured
    if own is None or not own.rows:
        return printable(verdict.evidence.bench)
    return shown.of(own)


def patch_head(result: Result) -> bytes:
    """What a reviewer reads in ten seconds, above the diff, where ``git apply`` ignores it."""
    verified = [v for v in result.verdicts if v.outcome is Outcome.VERIFIED]
    measured = table(verified)
    rows = [f"spikeproof {__version__}: {count(len(verified), 'verified fix', 'verified fixes')}"]
    for verdict in verified:
        assert verdict.fix is not None
        rows.append(
            f"{verdict.proposal.codemod} {place(result, verdict)} "
            f"[{verdict.fix.level}: {verdict.fix.label}]"
        )
        if verdict.fix.note:
            rows.append(f"    {printable(verdict.fix.note)}")
        if verdict.reason:
            rows.append(f"    {printable(verdict.reason)}")
        if verdict.evidence.measured is not None:
            rows.append(f"    {_measured(verdict, measured)}")
    rows.append("")
    checks = sorted({v.evidence.check for v in verified if v.evidence.check})
    tests = sorted({v.evidence.tests for v in verified if v.evidence.tests})
    rows += [f"check: {printable(text)} ({result.toolchain})" for text in checks]
    rows += [f"tests: {printable(text)}" for text in tests]
    if result.gauge is not None and result.gauge.report is not None:
        told = measurements(measured, result.gauge.report, len(verified))
        rows += [printable(line) for line in told]
    else:
        why = f" ({result.gauge.error})" if result.gauge is not None and result.gauge.error else ""
        words = "nothing was measured; whether it helps your traffic is not shown here"
        rows.append(f"bench: {words}{printable(why)}")
    return "".join(f"# {row}".rstrip() + "\n" for row in rows).encode("utf-8", "backslashreplace")
