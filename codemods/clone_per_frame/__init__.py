"""Clones and copies of values that are only read, or not used again, on hot paths.

What it finds
    x

Why it breaks under load
    x

Example
    x

Instead
    x

Fix safety
    x

When to leave it
    x
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from engine.codemod import Codemod, Match, Problem, Refusal
from engine.model import Fix, Proposal, Site, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.facts import Facts
    from engine.syntax import Source


class ClonePerFrame(Codemod):
    """See the module's documentation."""

    name: ClassVar[str] = "clone-per-frame"
    summary: ClassVar[str] = "clones of values that are only read, or not used again, on hot paths"
    literals: ClassVar[tuple[tuple[bytes, ...], ...]] = (
        (b"clone", b"to_vec", b"to_owned", b"to_string", b"copy_from_slice"),
    )
    options: ClassVar[Mapping[str, str]] = {
        "reuse": "true: let a loop's buffer own its frames (BytesMut::split) instead of copying them"
    }

    def locate(self, source: Source, matches: Sequence[Match]) -> Iterable[Site]:
        from .finding import Finder

        return Finder(source).sites(matches)

    def questions(self, site: Site, source: Source) -> Iterable[Span]:
        from .plan import questions

        return questions(site, source)

    def plan(self, sites: Sequence[Site], facts: Facts) -> Iterable[Proposal]:
        from .plan import plan

        return plan(sites, facts)

    def follow(self, fix: Fix, problems: Sequence[Problem], facts: Facts) -> Fix | Refusal | None:
        from .callee import follow

        return follow(fix, problems, facts)


CODEMOD = ClonePerFrame()
