"""From what a run proved to what is reported: places, evidence, suggestions, new or old."""

from __future__ import annotations

from collections.abc import Mapping

from engine.app.suggest import StandaloneFix
from engine.base.model import Level, Outcome, Site, Verdict
from engine.detect.codemod import registry
from engine.report.finding import Finding, Position, Region, Report
from engine.report.markdown import size
from engine.report.proof_words import reach_words
from engine.report.result import Result
from engine.report.summary import word
from engine.rust.syntax import Source

_PATCH = 200_000  # bytes of one fix's patch: what is longer is in the job's patch alone


def report_of(
    result: Result, alone: Mapping[str, StandaloneFix], prefix: str, commit: str, base: str
) -> Report:
    """All findings of ``result``. ``prefix`` is the workspace's folder in the repository, "" or
    ``path/``; ``base`` names what "new" was measured against."""
    new = [_finding(result, verdict, alone, prefix) for verdict in _ordered(result)]
    old = [_old(result, site, prefix) for site in result.old]
    loaded = registry()
    names = {finding.codemod for finding in (*new, *old)}
    return Report(
        findings=(*new, *sorted(old, key=lambda f: (f.path, f.regions[0].start, f.id))),
        commit=commit,
        base=base,
        toolchain=result.toolchain,
        skipped=result.skipped,
        notes=result.notes,
        suppressed=result.suppressed,
        in_tests=result.in_tests,
        rules={name: loaded[name].docs.strip() for name in names},
        summaries={name: loaded[name].codemod.summary for name in names},
    )


def _ordered(result: Result) -> list[Verdict]:
    """Verified ones first, safe before review, hottest first."""
    rank = {Level.SAFE: 0, Level.REVIEW: 1, Level.REPORT: 2}

    def key(verdict: Verdict) -> tuple[object, ...]:
        site = verdict.proposal.sites[0]
        level = rank[verdict.fix.level if verdict.fix is not None else Level.REPORT]
        verified = verdict.outcome is Outcome.VERIFIED
        return not verified, level, -site.heat.score, site.path, site.span, site.codemod

    return sorted(result.verdicts, key=key)


def _finding(
    result: Result, verdict: Verdict, alone: Mapping[str, StandaloneFix], prefix: str
) -> Finding:
    proposal, fix, evidence = verdict.proposal, verdict.fix, verdict.evidence
    sites = result.sites_of(verdict)
    first = sites[0]
    verified = verdict.outcome is Outcome.VERIFIED
    made = alone.get(proposal.id, StandaloneFix()) if verified else StandaloneFix()
    patch, why = _text(made.patch), made.why
    if size(patch) > _PATCH:
        patch, why = "", "Its patch is too long to be shown"
    check = evidence.check
    if verified and made.suggestions and check:
        check += ", and with this fix alone"
    return Finding(
        id=proposal.id,
        codemod=proposal.codemod,
        level=fix.level if fix is not None else Level.REPORT,
        outcome=verdict.outcome,
        word=word(verdict),
        new=True,
        message=first.message,
        regions=tuple(_region(result, site, prefix) for site in sites),
        note=fix.note if fix is not None else "",
        reason=verdict.reason,
        proof=verdict.proof,
        reach=reach_words(verdict) if verified else "",
        check=check,
        tests=evidence.tests,
        bench=evidence.bench,
        suggestions=made.suggestions,
        patch=patch,
        apart=why,
    )


def _old(result: Result, site: Site, prefix: str) -> Finding:
    return Finding(
        id=site.id,
        codemod=site.codemod,
        level=site.level,
        outcome=Outcome.UNVERIFIED,
        word="not new",
        new=False,
        message=site.message,
        regions=(_region(result, site, prefix),),
        reason=site.reason,
    )


def _region(result: Result, site: Site, prefix: str) -> Region:
    source = result.sources.get(site.path)
    start, end = _position(source, site.span.start), _position(source, site.span.end)
    return Region(prefix + site.path, start, end)


def _position(source: Source, offset: int) -> Position:
    line, column = source.position(offset)
    before = source.data[source.line_start(offset) : offset]
    utf16 = len(before.decode("utf-8", "replace").encode("utf-16-le")) // 2 + 1
    return Position(line, column, utf16, len(before) + 1)


def _text(patch: bytes) -> str:
    return patch.decode("utf-8", "replace")
