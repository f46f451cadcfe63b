"""After rustc has spoken: places that the flow analysis missed join the group, and all is planned
anew, so that orderings, level and refusals are those of the whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from codemods.mutex_counter.atomic_types import has_atomic, may_have_atomic
from codemods.mutex_counter.groups import inners_of
from codemods.mutex_counter.located import Located
from codemods.mutex_counter.plan import proposal_of, surveyed
from engine.base.model import Fix, Span
from engine.detect.codemod import Problem, Refusal
from engine.detect.facts import Facts
from engine.rust import nodes
from engine.rust.lock_groups.lock_guards import DIRECT
from engine.rust.lock_groups.lock_places import Constructor, Declaration, LocatedCall
from engine.rust.lock_groups.lock_sets import Group
from engine.rust.syntax import Source, span_of

# What rustc says when a type went on and a use did not: no such method, mismatched types, a trait
# that is not implemented, an associated type or closure that no longer fits, wrong operand of `*`.
_CODES = frozenset({"E0599", "E0308", "E0277", "E0271", "E0614", "E0609", "E0631"})


def follow(fix: Fix, problems: Sequence[Problem], facts: Facts) -> Fix | Refusal | None:
    """A larger fix that holds the places of ``problems`` too."""
    located, groups = surveyed(facts)
    mine = _group_of(fix, groups)
    if mine is None:
        return None
    told = [p for p in problems if p.code in _CODES and not p.inside and _near(located, mine, p)]
    joined = Group(
        list(mine.declarations),
        list(mine.constructors),
        list(mine.lock_calls),
        list(mine.locals),
    )
    for group in _touched(located, groups, told, mine):
        if inners_of(group) and inners_of(mine) and not inners_of(group) & inners_of(mine):
            continue
        joined.declarations += (d for d in group.declarations if d not in joined.declarations)
        joined.constructors += (n for n in group.constructors if n not in joined.constructors)
        joined.lock_calls += (c for c in group.lock_calls if c not in joined.lock_calls)
        joined.locals += (key for key in group.locals if key not in joined.locals)
    joined.lock_calls += (c for c in _calls(located, told) if c not in joined.lock_calls)
    joined.constructors += (n for n in _news(located, told) if n not in joined.constructors)
    proposal = proposal_of(located, joined, groups)
    if proposal is None or not proposal.fixes:
        return Refusal(proposal.reason if proposal is not None else "no counter is left of it")
    larger = proposal.fixes[0]
    return larger if set(larger.edits) > set(fix.edits) or _grown(larger, fix) else None


def _near(located: Located, mine: Group, problem: Problem) -> bool:
    """May the place be one of the group's: in a file of its own, or in one that names what it is
    reached by? Fixes that are checked together bring errors of the same words."""
    paths = {decl.path for decl in mine.declarations} | {call.path for call in mine.lock_calls}
    if problem.path in paths | {new.file for new in mine.constructors}:
        return True
    data = located.facts.sources.data(problem.path)
    return any(re.search(_reached_by(decl), data) for decl in mine.declarations if decl.name)


def _reached_by(decl: Declaration) -> bytes:
    """A pattern for how other places spell the declared place."""
    name = re.escape(decl.name)
    if decl.kind == "field":
        return rb"\.\s*" + name + rb"(?!\w)"
    return rb"(?<!\w)" + name + rb"(?!\w)" if decl.kind != "local" else rb"(?!)"


def _grown(larger: Fix, fix: Fix) -> bool:
    """More places than before (their orderings may have changed)."""
    before = {(e.path, e.start, e.end) for e in fix.edits}
    return before < {(e.path, e.start, e.end) for e in larger.edits}


def _group_of(fix: Fix, groups: Sequence[Group]) -> Group | None:
    """The group that ``fix`` was made for: it retypes all of the group's declarations."""
    places = {(edit.path, edit.start, edit.end) for edit in fix.edits}
    best: Group | None = None
    for group in groups:
        wanted = {(d.path, s.start, s.end) for d in group.declarations for s in d.types}
        wanted |= {(n.file, n.path.start, n.path.end) for n in group.constructors}
        if wanted and wanted <= places:
            return group
        if wanted & places:
            best = group
    return best


def _hit(problems: Sequence[Problem], path: str, *spans: Span) -> bool:
    return any(p.path == path and any(p.span.overlaps(s) for s in spans) for p in problems)


def _touched(
    located: Located, groups: Sequence[Group], problems: Sequence[Problem], mine: Group
) -> Iterator[Group]:
    for group in groups:
        if group is mine:
            continue
        declarations = any(_hit(problems, d.path, *_spans(d)) for d in group.declarations)
        if declarations or any(_hit(problems, n.file, n.whole) for n in group.constructors):
            yield group


def _spans(decl: Declaration) -> tuple[Span, ...]:
    """Where an error that means this declaration points: its types, or the whole parameter."""
    return (*decl.types, decl.node) if decl.kind in ("parameter", "local") else decl.types


def _calls(located: Located, problems: Sequence[Problem]) -> Iterator[LocatedCall]:
    missing = [p for p in problems if p.code in ("E0599", "E0614", "E0308")]
    for call in located.lock_calls:
        if call.lock is None or not has_atomic(call.lock):
            continue
        if _hit(missing, call.path, _with_unwrap(located.source(call.path), call)):
            yield call


def _with_unwrap(source: Source, call: LocatedCall) -> Span:
    """The lock call with the method that is called on what it gives: of ``n.get_mut().unwrap()``, which is
    a method of both, that one is missing on an atomic."""
    node = source.node_at(call.span) if call.method in DIRECT else None
    named = nodes.method_on(source, node) if node is not None else None
    return span_of(named[1]) if named is not None else call.span


def _news(located: Located, problems: Sequence[Problem]) -> Iterator[Constructor]:
    wrong = [p for p in problems if p.code in ("E0308", "E0277") and p.primary]
    for new in located.constructors:
        if may_have_atomic(new.lock) and _hit(wrong, new.file, new.whole):
            yield new
