"""What one lock call's guard is used for: as far as the guard can be followed, each use of it, the first field on
the way, and whether the use sets all that is guarded, sets or changes a part of it, or is known to look only.

By syntax. Whether a use that is not known to look changes something is the compiler's to tell
(:data:`engine.rust.questions.ONLY_LOOKED_AT`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import known_calls, nodes, statement_nodes
from engine.rust.format_macros import shown_by
from engine.rust.guard_scopes import OF_GUARDS, GuardScope, guard_scope
from engine.rust.lock_groups.lock_guards import Guard, Refused, guard_from
from engine.rust.lock_groups.lock_types import Family
from engine.rust.locks import with_tails
from engine.rust.read_places import is_only_read, place_from
from engine.rust.syntax import Source, span_of

# Does a method of a name, called on the place that is given to it, take it by `&self` or as a copy?
Reads = Callable[[Node, bytes], bool]
_MEM = (b"", b"mem", b"std::mem", b"core::mem")
_REPLACE = frozenset((path, b"replace") for path in _MEM)
_EXCHANGES = frozenset((path, name) for path in _MEM for name in (b"replace", b"take", b"swap"))


@dataclass(frozen=True, slots=True)
class GuardUse:
    """One use. ``node`` is the guard, or its name; ``place`` all of the place that begins at it
    (``(*g).a.b``), ``field`` its first field (b"": all that is guarded). ``value`` is what ``*g = value`` sets
    all to; ``looks``: it is known to look only."""

    node: Node
    place: Node
    field: bytes
    looks: bool
    value: Node | None = None


@dataclass(frozen=True, slots=True)
class GuardSection:
    """The section that a lock call opens. ``guard`` is how the guard comes out of it."""

    guard: Guard
    scope: GuardScope
    uses: tuple[GuardUse, ...]

    @property
    def fields(self) -> frozenset[bytes]:
        """The fields that are used; b"" where all that is guarded is."""
        return frozenset(use.field for use in self.uses)

    @property
    def sets_all(self) -> bool:
        """Does it set all that is guarded, and change nothing beside that?"""
        others = (use for use in self.uses if use.value is None)
        return any(use.value is not None for use in self.uses) and all(u.looks for u in others)

    def is_on_value(self, source: Source, call: Node) -> bool:
        """Is the call one of a method on what is guarded, on a part of it, or on what such a call gave, or
        does it only exchange a part?"""
        callee = nodes.callee_of(call)
        if callee is not None and source.text(callee).rpartition(b"::")[::2] in _EXCHANGES:
            return any(span_of(use.node) in span_of(call) for use in self.uses)
        on = {span_of(nodes.outward(use.place)) for use in self.uses}
        while (called := nodes.method_call(source, nodes.bare(call))) is not None:
            if span_of(called.receiver) in on:
                return True
            call = called.receiver
        return False

    @property
    def looks(self) -> bool:
        """Is each use known to look only?"""
        return all(use.looks for use in self.uses)


def section_of(
    source: Source, call: Node, family: Family, method: bytes, reads: Reads
) -> GuardSection:
    """The section that ``call`` (``x.lock()``) opens. Raises Refused where the guard is not followed: given
    away, mapped, kept, its type written out."""
    guard = guard_from(source, call, family, method)
    try:
        scope = scope_of(source, guard, call)
    except RecursionError:
        raise Refused("the code is nested too deeply") from None
    require_followed(source, scope, guard.node)
    if scope.kind == "let" and not scope.uses:
        raise Refused("the lock is taken as a gate: its value is not used", locks=True)
    mentions = [source.innermost(span) for span in sorted(scope.uses)]
    if scope.kind in ("temporary", "extended"):
        mentions = [scope.node]
    dropped = {span_of(given) for drop in scope.trace.drops for given in nodes.arguments_of(drop)}
    uses = (_use(source, node, reads) for node in mentions if span_of(node) not in dropped)
    return GuardSection(guard, scope, tuple(uses))


def scope_of(source: Source, guard: Guard, call: Node) -> GuardScope:
    """How long the guard lives. Raises Refused where that is not followed, RecursionError on absurdly nested
    code."""
    if guard.form == "map":
        raise Refused("what a closure does with its guard is not followed")
    node = guard.node if guard.form == "value" else with_tails(source, call)
    scope = guard_scope(source, node)
    if scope is None:
        raise Refused("where its guard goes is not followed")
    return scope


def require_followed(source: Source, scope: GuardScope, node: Node) -> None:
    """Raises Refused where the guard, which is the value of ``node``, does not stay what it is, where it is."""
    turned = nodes.method_on(source, nodes.outward(node))
    if turned is not None and turned[0] in OF_GUARDS:
        raise Refused(f"`.{turned[0].decode()}()` makes another guard of it")
    _, up = nodes.unwrapped(node)
    let = statement_nodes.let_of(up) if up is not None else None
    if let is not None and let.type is not None and scope.kind == "let":
        raise Refused("the guard's type is written out")
    if scope.kind in ("passed", "parameter"):
        raise Refused(f"the guard is given away: `{source.quoted(span_of(scope.holder))}`")
    if scope.trace.moves:
        moved = scope.trace.moves[0]
        around = nodes.call_around(moved)
        raise Refused(f"the guard is given away: `{source.quoted(span_of(around or moved))}`")
    if scope.trace.reassigned:
        raise Refused("another guard is assigned to the guard's name")


def _use(source: Source, node: Node, reads: Reads) -> GuardUse:
    if node.type == "string_content":  # a format string shows it
        return GuardUse(node, node, b"", True)
    place = place_from(source, node)
    field = _first_field(source, node, place)
    value = _set_to(source, node, place) if not field else None
    looks = value is None and (
        is_only_read(source, node, reads) or shown_by(source, place) is not None
    )
    return GuardUse(node, place, field, looks, value)


def _first_field(source: Source, node: Node, place: Node) -> bytes:
    """``a`` of ``(*g).a.b``; b"" where the place is the guard, or begins with an index."""
    while span_of(node) != span_of(place):
        up = source.parent(node)
        if up is None:
            break
        access, index = nodes.access_of(up), nodes.indexed(up)
        if access is not None and access.base == node:
            return source.text(access.name)
        if index is not None:
            return b""
        node = up
    return b""


def _set_to(source: Source, node: Node, place: Node) -> Node | None:
    """The value of ``*g = value``, and of ``mem::replace(&mut *g, value)``."""
    pointed = nodes.dereferenced(nodes.bare(place))
    if pointed is None or nodes.bare(pointed) != nodes.bare(node):
        return None
    whole, up = nodes.unwrapped(place)
    operation = nodes.operation_of(source, up) if up is not None else None
    if operation is not None and operation.operator == b"=" and operation.left == whole:
        return operation.right
    call = nodes.call_around(up) if up is not None and nodes.is_mut(up) else None
    callee = nodes.callee_of(call) if call is not None else None
    given = nodes.arguments_of(call) if call is not None else ()
    if callee is None or up is None or nodes.borrowed(up) != whole or len(given) != 2:
        return None
    replaces = source.text(callee).rpartition(b"::")[::2] in _REPLACE
    return given[1] if replaces and given[0] == up else None


def reads_by_name(_: Node, method: bytes) -> bool:
    """Does a method of this name only read, as far as that tells?"""
    return (
        known_calls.is_reading_method(method)
        or method in known_calls.COPYING
        or known_calls.is_pure_method(method)
        or method == b"load"
    )


def inside(scope: GuardScope, span: Span) -> bool:
    """Is what stands at ``span`` evaluated while the guard lives, by the order of the text?"""
    end = max((drop.start_byte for drop in scope.trace.drops), default=scope.region.end_byte)
    return span.start < end and span.end > scope.node.end_byte
