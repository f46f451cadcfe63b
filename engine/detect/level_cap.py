"""The highest level that a config lets the fixes of a codemod have: it lowers levels, and never
raises one."""

from __future__ import annotations

from dataclasses import replace

from engine.base.model import Level, Proposal, Site
from engine.cargo.config import LEVELS
from engine.cargo.workspace import Workspace


def lowered(site: Site, workspace: Workspace) -> Site:
    """The site at the highest level that the config allows."""
    highest = workspace.rule(site.codemod, site.path).level
    if LEVELS.index(site.level) >= LEVELS.index(highest):
        return site
    return replace(site, level=Level(highest), reason=site.reason or _words(highest))


def capped(proposal: Proposal, workspace: Workspace) -> Proposal:
    """The proposal with no fix above the level that the config allows: the lowest of those that it
    allows at its sites."""
    levels = (workspace.rule(site.codemod, site.path).level for site in proposal.sites)
    highest = max(levels, key=LEVELS.index)
    if not any(LEVELS.index(fix.level) < LEVELS.index(highest) for fix in proposal.fixes):
        return proposal
    sites = tuple(lowered(site, workspace) for site in proposal.sites)
    if highest == "report":
        note = f"{_words(highest)}; the fix would be: {proposal.fixes[0].note}"
        return replace(proposal, sites=sites, fixes=(), reason=note)
    fixes = tuple(
        replace(fix, level=Level.REVIEW) if fix.level is Level.SAFE else fix
        for fix in proposal.fixes
    )
    return replace(proposal, sites=sites, fixes=fixes)


def _words(level: str) -> str:
    return f'the config says `level = "{level}"` for this codemod'
