"""mutex-counter"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from codemods.mutex_counter.follow import follow
from codemods.mutex_counter.locate import asked, locate
from codemods.mutex_counter.plan import plan
from engine.codemod import Codemod, Match, Problem, Refusal
from engine.facts import Facts
from engine.model import Fix, Proposal, Site, Span
from engine.syntax import Source


class MutexCounter(Codemod):
    """``Mutex<u64>`` -> ``AtomicU64``, with every use."""

    name = "mutex-counter"
    summary = "a lock around one number or flag becomes an atomic"
    literals = (
        (b"Mutex", b"RwLock", b"const_mutex", b"const_rwlock", b"lock", b"read", b"write",
         b"get_mut", b"into_inner", b"is_poisoned", b"clear_poison"),
    )  # fmt: skip

    def locate(self, source: Source, matches: Sequence[Match]) -> Iterable[Site]:
        return locate(source, matches)

    def questions(self, site: Site, source: Source) -> Iterable[Span]:
        return asked(site, source)

    def plan(self, sites: Sequence[Site], facts: Facts) -> Iterable[Proposal]:
        return plan(sites, facts)

    def follow(self, fix: Fix, problems: Sequence[Problem], facts: Facts) -> Fix | Refusal | None:
        return follow(fix, problems, facts)


CODEMOD = MutexCounter()
