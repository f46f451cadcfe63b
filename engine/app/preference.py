"""``--prefer``: which alternative of a fix a person wants first, by its label, and what is said where
it cannot be had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from engine.base.model import Level, Proposal
from engine.detect.facts import Sources


def preferred(proposal: Proposal, labels: Sequence[str]) -> Proposal:
    """The proposal with the alternatives of these labels before the others, in the order of
    ``labels``."""
    if not labels:
        return proposal
    rank = {label: at for at, label in reversed(list(enumerate(labels)))}
    ordered = sorted(proposal.fixes, key=lambda fix: rank.get(fix.label, len(labels)))
    return replace(proposal, fixes=tuple(ordered))


def unmet(
    proposals: Iterable[Proposal],
    labels: Sequence[str],
    take: frozenset[Level],
    sources: Sources,
) -> Iterator[str]:
    """In words: where a preferred alternative is not there, or not of the levels that are taken, and
    labels that no alternative has."""
    listed = list(proposals)
    known = {fix.label for proposal in listed for fix in proposal.fixes}
    known |= {label for proposal in listed for label in proposal.lacking}
    for label in labels:
        if label not in known:
            there = f": there are {', '.join(sorted(known))}" if known else ""
            yield f"--prefer {label}: no fix here has an alternative of that name{there}"
            continue
        waiting = [
            fix
            for proposal in listed
            for fix in proposal.fixes
            if fix.label == label and fix.level not in take
        ]
        if waiting:
            yield f"--prefer {label}: of level review, which `--review` takes: {len(waiting)}"
        for proposal in listed:
            if reason := proposal.lacking.get(label):
                site = proposal.sites[0]
                line = sources.get(site.path).position(site.span.start)[0]
                yield f"no alternative `{label}` at {site.path}:{line}: {reason}"
