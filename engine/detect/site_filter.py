"""Which sites a run is about: those that a change brought, those that no baseline holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.base.counts import count
from engine.base.model import Proposal, Site

if TYPE_CHECKING:
    from engine.detect.baseline import Baseline
    from engine.detect.newness import Newness

# Asked about each site of a plan, with its offsets in the user's own text.
Wanted = Callable[[Site], bool]


@dataclass(frozen=True)
class SiteFilter:
    """The ``Wanted`` of the command line: ``--since`` and ``--baseline`` (None: not given).

    Any callable will do as ``Wanted``; this one also says why it does not want a site.
    """

    newness: Newness | None = None
    baseline: Baseline | None = None

    def __call__(self, site: Site) -> bool:
        if self.baseline is not None and site in self.baseline:
            return False
        return self.newness is None or self.newness.is_new(site)

    def hopeless(self, paths: Iterable[str]) -> bool:
        """Is it sure that no site in ``paths`` is wanted, since the change touched none of these
        files?"""
        newness = self.newness
        return newness is not None and not any(map(newness.changed, dict.fromkeys(paths)))

    def words(self, old: Sequence[Site]) -> tuple[str, ...]:
        """How many of ``old``, the sites that were left alone, were so for which reason."""
        held = sum(1 for s in old if self.baseline is not None and s in self.baseline)
        found: list[str] = []
        if held and self.baseline is not None:
            found.append(f"{count(held, 'site')} of the baseline {self.baseline.path.name}")
        if len(old) > held and self.newness is not None:
            found.append(
                f"{count(len(old) - held, 'site')} that the change since {self.newness.words} left as they were"
            )
        return tuple(found)


def old_words(wanted: Wanted | None, old: Sequence[Site]) -> tuple[str, ...]:
    """What is said of the sites that were not wanted; () for none."""
    if isinstance(wanted, SiteFilter):
        return wanted.words(old)
    return (f"{count(len(old), 'site')} that nobody asked for",) if old else ()


@dataclass
class ProposalFilter:
    """The proposals of a run, over its passes, that hold a wanted site. ``refused`` are the others,
    as the first pass planned them."""

    wanted: Wanted | None
    refused: tuple[Proposal, ...] = ()
    _ids: frozenset[str] | None = None  # of what was refused

    def of(self, proposals: Sequence[Proposal]) -> list[Proposal]:
        """The proposals to go on with. Those of a later pass must have the ids that their sites had
        in the first (see ``SiteTracker``)."""
        if self.wanted is None:
            return list(proposals)
        if self._ids is None:
            asked = [(p, any(map(self.wanted, p.sites))) for p in proposals]
            self.refused = tuple(p for p, taken in asked if not taken)
            self._ids = frozenset(site.id for p in self.refused for site in p.sites)
            return [p for p, taken in asked if taken]
        return [p for p in proposals if any(site.id not in self._ids for site in p.sites)]
