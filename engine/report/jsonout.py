"""The JSON contracts: ``spikeproof/scan/1`` and ``spikeproof/diff/1``, an object a workspace. Paths
are relative to its ``root``.

Lines and columns count from 1, columns in characters, ends exclusive. Paths that are not UTF-8
carry surrogate escapes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.base.model import Evidence, Outcome, Proposal, Site, Skip, Verdict
from engine.detect.suppress import UnusedAllowance
from engine.rust.syntax import Source

if TYPE_CHECKING:
    from engine.base.bench_report import BenchReport
    from engine.base.measured import Measured
    from engine.base.reach import Reach
    from engine.detect.baseline import BaselineEntry


def _place(source: Source, offset: int) -> dict[str, int]:
    line, column = source.position(offset)
    return {"line": line, "column": column}


def site_json(site: Site, source: Source) -> dict[str, object]:
    """One site as ``scan`` and ``diff`` have it: lines and columns from 1, columns in
    characters."""
    return {
        "id": site.id,
        "codemod": site.codemod,
        "path": site.path,
        "start": _place(source, site.span.start),
        "end": _place(source, site.span.end),
        "level": str(site.level),
        "message": site.message,
        "reason": site.reason,
        "heat": list(site.heat_words),
    }


@dataclass(frozen=True)
class Omissions:
    """What both contracts say beside the sites: how many were left alone, and what is to be
    tidied up."""

    silenced: int = 0  # by comments
    in_tests: int = 0  # because no traffic reaches them
    configured: int = 0  # where the config turns the codemod off
    old: int = 0  # not new, or of the baseline
    unused: Sequence[UnusedAllowance] = ()
    stale: Sequence[BaselineEntry] = ()

    def json(self) -> dict[str, object]:
        """The keys of both contracts for it."""
        return {
            "left_alone": {
                "silenced": self.silenced,
                "in_tests": self.in_tests,
                "configured": self.configured,
                "old": self.old,
            },
            "unused_allowances": [
                {"path": u.path, "line": u.line, "codemod": u.codemod, "reason": u.reason}
                for u in self.unused
            ],
            "stale_baseline": [
                {"id": e.id, "codemod": e.codemod, "path": e.path, "message": e.message}
                for e in self.stale
            ],
        }


def _skip_json(skip: Skip) -> dict[str, object]:
    """What was left out; with its line where it is a part of a file."""
    line = {"line": skip.line} if skip.line else {}
    return {"path": skip.path, **line, "reason": skip.reason}


def scan_json(
    root: Path,
    sites: Sequence[Site],
    skipped: Iterable[Skip],
    source: Callable[[str], Source],
    omissions: Omissions,
) -> dict[str, object]:
    """The sites of one workspace."""
    return {
        "schema": "spikeproof/scan/1",
        "root": str(root),
        "sites": [site_json(site, source(site.path)) for site in sites],
        "skipped": [_skip_json(skip) for skip in skipped],
        **omissions.json(),
    }


def verdict_json(
    verdict: Verdict, sites: Sequence[Site], source: Callable[[str], Source], diff: bytes
) -> dict[str, object]:
    """One fix with its outcome; ``sites`` are its sites in the texts of ``source``, ``diff`` is what
    it changes alone (empty when nothing)."""
    evidence = verdict.evidence
    fix = verdict.fix
    return {
        "id": verdict.proposal.id,
        "codemod": verdict.proposal.codemod,
        "level": str(fix.level if fix is not None else "report"),
        "dismissed": verdict.proposal.dismissed,
        "outcome": str(verdict.outcome),
        "proof": str(verdict.proof) if verdict.proof is not None else None,
        "reason": verdict.reason,
        "alternative": fix.label if fix is not None else None,
        "note": fix.note if fix is not None else "",
        "sites": [site_json(site, source(site.path)) for site in sites],
        "files": list(fix.paths) if fix is not None else [],
        "diff": diff.decode("utf-8", "replace"),
        "evidence": {
            "check": evidence.check,
            "tests": evidence.tests,
            "reach": _reach(evidence.reach),
            "bench": evidence.bench,
            "measured": _measured(evidence.measured),
            "diagnostics": [
                {"code": d.code, "message": d.message, "rendered": d.rendered}
                for d in evidence.diagnostics
            ],
            "failed_tests": list(evidence.failed_tests),
        },
    }


def dismissal_json(site: Site, source: Callable[[str], Source]) -> dict[str, object]:
    """What syntax took for a site and is none, as ``verdict_json`` has what is left alone."""
    proposal = Proposal((site,), reason=site.reason, dismissed=True)
    evidence = Evidence(check="not run", tests="not run")
    verdict = Verdict(proposal, None, Outcome.UNVERIFIED, site.reason, evidence)
    return verdict_json(verdict, (site,), source, b"")


def _reach(reach: Reach | None) -> dict[str, object] | None:
    """Which tests reach a fix; None where no test was run for it."""
    if reach is None:
        return None
    return {
        "words": reach.words(),
        "ran": reach.ran,
        "tests": list(reach.tests),
        "tests_of": list(reach.some),
        "unknown": reach.unknown,
    }


def _measured(own: Measured | None) -> dict[str, object] | None:
    if own is None:
        return None
    from engine.measure.text import row_json

    return {
        "rung": own.rung,
        "with_other_fixes": own.others,
        "reach_unknown": own.unknown,
        "alternatives": own.alternatives,
        "rows": [{**row_json(row), "shared_with": own.shared_with(row)} for row in own.rows],
    }


def diff_json(
    root: Path,
    fixes: Sequence[dict[str, object]],
    diff: bytes,
    skipped: Iterable[Skip],
    runs: dict[str, object],
    omissions: Omissions,
    measurement: BenchReport | None = None,
    test_runner: str = "",
) -> dict[str, object]:
    """The fixes of one workspace. What was measured, how often cargo ran (a test that failed once is
    run again), and what tests reach that do not do the same each time, can differ between runs;
    nothing else does."""
    from engine.measure.text import report_plain

    return {
        "schema": "spikeproof/diff/1",
        "root": str(root),
        "fixes": list(fixes),
        "diff": diff.decode("utf-8", "replace"),
        "skipped": [_skip_json(skip) for skip in skipped],
        "runs": runs,
        "test_runner": test_runner or "cargo test",
        **omissions.json(),
        "measurement": None if measurement is None else report_plain(measurement),
    }


def dump(value: object) -> str:
    """``value`` as text, the same for equal values."""
    # surrogates (odd file names) are escaped by ensure_ascii, so any stdout takes the text
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"
