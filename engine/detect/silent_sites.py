"""Sites that were shown and of which no plan speaks: none of them vanishes without a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from engine.base.model import Level, Proposal, Site

NO_SITE = "what the compiler tells of it shows that there is nothing to change here"


def dismissals(sites: Iterable[Site], proposals: Iterable[Proposal]) -> Iterator[Proposal]:
    """A dismissal for each of the shown ``sites`` that none of ``proposals`` is about."""
    told = {site.id for proposal in proposals for site in proposal.sites}
    for site in sites:
        if site.role == "site" and site.id not in told:
            yield Proposal((site,), reason=NO_SITE, dismissed=True)


def dismissed_sites(proposals: Iterable[Proposal]) -> tuple[Site, ...]:
    """The sites of those that are dismissed, in order of place, with the reason."""
    found: list[Site] = []
    for proposal in proposals:
        if proposal.dismissed:
            found += (dismissed(site, proposal.reason) for site in proposal.sites)
    return tuple(sorted(found, key=lambda site: (site.path, site.span, site.codemod)))


def dismissed(site: Site, reason: str) -> Site:
    """``site``, with the reason why it is none."""
    return replace(site, level=Level.REPORT, reason=reason)
