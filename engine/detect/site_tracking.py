"""Where a site that was planned on the result of other fixes stood in the user's own text."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from engine.base.model import Proposal, Site
from engine.detect.facts import Sources
from engine.rewrite.line_map import LineMap


@dataclass
class SiteTracker:
    """The sites of the first pass, by place."""

    original: Sources
    _sites: dict[tuple[str, str, int], Site] = field(default_factory=dict)
    _lines: dict[tuple[str, bytes], LineMap] = field(default_factory=dict)

    def remember(self, proposals: Sequence[Proposal]) -> None:
        """``proposals`` are those of the first pass."""
        for site in (site for proposal in proposals for site in proposal.sites):
            self._sites[_place(site, site.span.start)] = site

    def of(self, site: Site, sources: Sources) -> Site | None:
        """The site of the first pass that ``site``, planned on ``sources``, is; None when its line
        was rewritten."""
        at = self._before(site, sources)
        return self._sites.get(_place(site, at)) if at is not None else None

    def named(
        self, proposals: Sequence[Proposal], sources: Sources, settled: Collection[str]
    ) -> list[Proposal]:
        """Proposals of a later pass, each site with the id that it had before: an id has the number
        among equals in it, so that the rewrite of one of them gives the next one its id.

        A site on a rewritten line keeps the id that it came with, unless that is another's:
        ``settled`` are those of earlier proposals that are done with.
        """
        origins = {
            _place(site, site.span.start): origin.id
            for proposal in proposals
            for site in proposal.sites
            if (origin := self.of(site, sources)) is not None
        }
        taken = {*settled, *origins.values()}

        def name(site: Site) -> str:
            known = origins.get(_place(site, site.span.start))
            if known is not None:
                return known
            found = site.id
            while found in taken:
                digest = hashlib.sha256(f"{found}\0later".encode()).hexdigest()
                found = f"{site.codemod}-{digest[:12]}"
            taken.add(found)
            return found

        return [
            replace(each, sites=tuple(replace(site, id=name(site)) for site in each.sites))
            for each in proposals
        ]

    def _before(self, site: Site, sources: Sources) -> int | None:
        before, now = self.original.data(site.path), sources.data(site.path)
        if before == now:
            return site.span.start
        key = (site.path, now)
        if key not in self._lines:
            self._lines[key] = LineMap.between(before, now)
        return self._lines[key].before(site.span.start)


def _place(site: Site, at: int) -> tuple[str, str, int]:
    return site.codemod, site.path, at
