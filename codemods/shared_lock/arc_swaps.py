"""``RwLock<T>`` that is replaced whole -> ``ArcSwap<T>``, where the package uses arc-swap already: nobody locks."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from codemods.shared_lock.group import LockGroup
from codemods.shared_lock.kinds import Used
from codemods.shared_lock.retyped import given_values, heads
from codemods.shared_lock.snapshot_edits import in_front_of, through
from engine.base.model import Edit, Span
from engine.rewrite.use_declarations import name
from engine.rust import nodes
from engine.rust.lock_groups.guard_sections import GuardSection
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.lock_groups.lock_places import LocatedCall
from engine.rust.queries import walk
from engine.rust.syntax import Source

LABEL = "arc-swap"
NOTE = (
    "Reading takes no lock at all. Who loads, changes and stores in steps of his own loses what others stored in "
    "between (`rcu` does not). arc-swap had a use after free until March 2026: see that your version is newer."
)


def edits_of(group: LockGroup) -> tuple[Edit, ...]:
    """All edits. Raises Refused where the package has no arc-swap, or a use has no twin."""
    home = group.direct_dependency(LABEL)
    if not home:
        raise Refused("the package does not use arc-swap")
    if group.refused:
        raise Refused("the value is taken out of the lock")
    if group.family == "tokio":
        raise Refused("the awaits of the lock would go")
    found = [*heads(group, name(home + b"::ArcSwap"))]
    for new, _ in given_values(group):
        source = group.places.source(new.file)
        node = source.node_at(new.whole)
        callee = nodes.callee_of(node) if node is not None else None
        path = nodes.path_of(callee) if callee is not None else None
        assert path is not None  # given_values
        found.append(Edit(new.file, path[1].start_byte, path[1].end_byte, b"from_pointee"))
    for used, call in group.known:
        found += _call(group, used, call)
    return tuple(sorted(set(found)))


def _call(group: LockGroup, used: Used, call: LocatedCall) -> Iterator[Edit]:
    source, section = group.places.source(call.path), used.section
    assert section is not None  # require_known
    if section.guard.form != "value":
        raise Refused(f"{group.at(call)}: the guard comes out of a pattern")
    if not used.reads:
        yield from _stored(group, call, source, section)
        return
    tail = Span(call.receiver.end, section.guard.node.end_byte)
    if source.comments_in(tail):
        raise Refused(f"{group.at(call)}: a comment stands inside what would be replaced")
    if used.long and section.scope.kind != "let":
        taken = source.slice(call.receiver) + b".load_full()"
        yield from in_front_of(group, call, section, taken)
        return
    yield Edit(call.path, tail.start, tail.end, b".load_full()" if used.long else b".load()")
    for use in section.uses:
        yield from through(source, use, b"" if used.long else b"*")


def _stored(
    group: LockGroup, call: LocatedCall, source: Source, section: GuardSection
) -> Iterator[Edit]:
    """``*l.write().unwrap() = v;`` -> ``l.store(Arc::new(v));``"""
    use = section.uses[0]
    value, target = use.value, nodes.outward(use.place)
    up = target.parent
    receiver = source.node_at(call.receiver)
    plain = section.scope.kind == "temporary" and len(section.uses) == 1 and receiver is not None
    assigns = up is not None and up.type == "assignment_expression"
    if value is None or up is None or not plain or not assigns:
        raise Refused(f"{group.at(call)}: what is stored depends on what was there")
    if receiver is None or any(_runs(node) for node in walk(receiver)):
        raise Refused(f"{group.at(call)}: the lock's path is computed by a call")
    gap = Span(call.receiver.end, value.start_byte)
    if source.comments_in(gap) or source.comments_in(Span(up.start_byte, call.receiver.start)):
        raise Refused(f"{group.at(call)}: a comment stands inside what would be replaced")
    yield Edit(call.path, up.start_byte, call.receiver.start, b"")
    yield Edit(call.path, gap.start, gap.end, b".store(" + name(b"std::sync::Arc") + b"::new(")
    yield Edit(call.path, value.end_byte, value.end_byte, b"))")


def _runs(node: Node) -> bool:
    return node.type in ("call_expression", "macro_invocation", "index_expression")
