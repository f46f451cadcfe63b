"""The result of a run: what reports are made of, and what an interactive review goes on with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.base.model import Outcome, Site, Skip, Verdict
from engine.detect.baseline import BaselineEntry
from engine.detect.facts import Facts, Sources
from engine.detect.suppress import UnusedAllowance
from engine.measure.attribution import Measurements
from engine.rewrite import edits
from engine.rewrite.line_map import LineMap
from engine.rewrite.patch import make_patch, placed
from engine.rewrite.patch_series import Step


@dataclass(frozen=True)
class VerifyPass:
    """One pass of verification: ``ids`` are the proposals that it tried. The offsets of their edits
    count in ``base`` where it has a path, else in the user's own text. ``displaced`` overlapped what
    was kept, and were left for the next pass."""

    ids: frozenset[str]
    base: Mapping[str, bytes]
    facts: Facts
    displaced: tuple[Verdict, ...] = ()


@dataclass(frozen=True)
class Result:
    """What a run made: verdicts, the patch and the text behind it, and how it was proven."""

    root: Path
    sources: Sources
    verdicts: tuple[Verdict, ...] = ()
    patch: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict)  # changed files only
    skipped: tuple[Skip, ...] = ()
    suppressed: int = 0  # sites that a comment silenced
    unused: tuple[
        UnusedAllowance, ...
    ] = ()  # `spikeproof: allow(..)` comments that silence nothing
    stale: tuple[
        BaselineEntry, ...
    ] = ()  # entries of the baseline that match nothing, when asked for
    in_tests: int = 0  # sites left alone because no traffic reaches them
    configured: int = 0  # sites where the config turns their codemod off
    dismissed: tuple[Site, ...] = ()  # what syntax took for sites and is none, with the reason
    old: tuple[Site, ...] = ()  # sites that the caller did not want: neither checked nor emitted
    old_words: tuple[str, ...] = ()  # why, with how many of them, for people
    # Ids of all sites that syntax or types show; None where rustc was not asked, so that some lack.
    present: frozenset[str] | None = frozenset()
    notes: tuple[str, ...] = ()
    runs: Mapping[str, int] = field(default_factory=dict)  # what was asked of cargo, by kind
    cargo_runs: int = 0  # processes of cargo (those that build for measuring apart)
    later: frozenset[str] = frozenset()  # fixes planned on the result of others
    passes: tuple[
        VerifyPass, ...
    ] = ()  # the passes in their order; ``later`` are all but the first
    measurements: Measurements | None = None  # what was measured; None when nobody asked
    steps: tuple[Step, ...] = ()  # the patch in steps, when asked for
    toolchain: str = ""
    test_runner: str = ""  # where it is not cargo
    folder: str = ""  # of the workspace in its repository: where the emitted patch begins

    @property
    def emitted(self) -> bytes:
        """The patch as it was proven and is to be applied at the repository's top."""
        return placed(self.patch, self.folder)

    @property
    def unwanted(self) -> int:
        """How many sites were found and not wanted."""
        return len(self.old)

    def base_of(self, verdict: Verdict) -> Mapping[str, bytes]:
        """The texts that the verdict's offsets count in, where these are not the user's own."""
        if verdict.proposal.id not in self.later:
            return {}
        planned = (each.base for each in reversed(self.passes) if verdict.proposal.id in each.ids)
        return next(planned, {})

    def sites_of(self, verdict: Verdict) -> tuple[Site, ...]:
        """Its sites with their places in the user's own text; on a line that another fix rewrote,
        the line that stood there."""
        base = self.base_of(verdict)
        return tuple(
            replace(
                site,
                span=LineMap.between(self.sources.data(site.path), base[site.path]).origin(
                    site.span
                ),
            )
            if site.path in base
            else site
            for site in verdict.proposal.sites
        )

    def alone(self, verdict: Verdict) -> bytes:
        """The diff of one verified fix by itself, unformatted (b"" for any other); of one that was
        planned on the result of others, from that result."""
        if verdict.outcome is not Outcome.VERIFIED or verdict.fix is None:
            return b""
        base = self.base_of(verdict)
        before = {
            path: base[path] if path in base else self.sources.data(path)
            for path in verdict.fix.paths
        }
        after = edits.apply(before, [verdict.fix]).files
        return make_patch((path, before[path], text) for path, text in sorted(after.items()))
