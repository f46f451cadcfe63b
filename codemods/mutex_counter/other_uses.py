"""What is done with a counter's lock beside locking it: nothing that an atomic in its place would do
otherwise, nor, for a float, take its bits for the number."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tree_sitter import Node

from codemods.mutex_counter.float_bits import is_float, require_same_traits
from codemods.mutex_counter.float_uses import given_as_any, written_around
from codemods.mutex_counter.groups import inners_of
from codemods.mutex_counter.located import Located
from codemods.mutex_counter.type_names import number_of
from engine.base.model import Span
from engine.rust import item_nodes, nodes
from engine.rust.lock_groups import lock_uses
from engine.rust.lock_groups.lock_flow import LockFlow
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.lock_groups.lock_sets import Group
from engine.rust.lock_groups.lock_uses import Uses, other_build, require_no_macro
from engine.rust.syntax import Source, span_of
from engine.rust.value_ends import End

_STRUCTS = frozenset({"struct_item", "enum_item", "union_item"})


def require_seen(located: Located, group: Group, others: Sequence[Group]) -> tuple[str, ...]:
    """What to look at of the uses of a group's locks that are no locking. Raises Refused where one may
    mean something else for an atomic, or locks it unseen; ``others`` are all groups of the workspace."""
    require_no_macro(located, group)
    floats = any(map(is_float, inners_of(group)))
    if floats:
        _require_bits_alone(located, group)
        _require_no_other(located, group)
    refused = _of_bits if floats else _nothing
    uses = Uses("an atomic", partial(_named_alike, located), _alike, refused)
    left = lock_uses.require_seen(located, group, others, uses)
    notes = [
        f"{located.place(e.source.path, e.node.start_byte)}: {e.words}, now as the bare value"
        for e in left
    ]
    if found := other_build(located, group):
        notes.append(f"{found}, or have no such atomic")
    return tuple(dict.fromkeys(notes))


def _nothing(_: End) -> str:
    return ""


def _of_bits(end: End) -> str:
    return "" if _is_put(end) else "and would take the number's bits for the number"


def _alike(group: Group, other: Group) -> bool:
    return bool(inners_of(other) & inners_of(group))


def _named_alike(located: Located, group: Group, source: Source, lock: Node) -> bool:
    return _number(located, source, lock) in inners_of(group)


def _require_no_other(located: Located, group: Group) -> None:
    """Raises Refused where something that is not seen may take the bits of a float for the number."""
    flow = LockFlow(located)
    uses: list[tuple[Source, Node]] = []
    for decl in group.declarations:
        uses += flow.uses(decl, sure=False)
        if (around := written_around(located, decl)) is not None:
            place = located.place(decl.path, around.start_byte)
            words = located.source(decl.path).quoted(span_of(around))
            raise Refused(f"{place}: `{words}` may take the number's bits for the number")
    for key in group.locals:
        uses += ((s, use) for s, use in flow.local_uses(key) if not isinstance(use, Span))
    for new in group.constructors:
        made = located.source(new.file).node_at(new.whole)
        uses += [(located.source(new.file), made)] if made is not None else []
    for source, node in uses:
        given = given_as_any(located, source, node)
        if given is not None:
            place = located.place(source.path, given.start_byte)
            words = source.quoted(span_of(given))
            raise Refused(f"{place}: `{words}` may take the number's bits for the number")


def _is_put(end: End) -> bool:
    """Does a map, perhaps one by type, get it as it is?"""
    method = nodes.method_call(end.source, end.node) if end.kind == "foreign" else None
    return method is not None and method.method in (b"insert", b"try_insert", b"put")


def _require_bits_alone(located: Located, group: Group) -> None:
    """Raises Refused where others may look at the atomic of a float, and see its bits."""
    if len(inners_of(group)) > 1:
        raise Refused("it is used in one place with locks around other numbers")
    for decl in group.declarations:
        source = located.source(decl.path)
        node = source.node_at(decl.node)
        item = (
            source.enclosing(node, _STRUCTS) if node is not None and decl.kind == "field" else None
        )
        if item is not None:
            require_same_traits(source, item, located.place(decl.path, decl.node.start))


def _number(located: Located, source: Source, lock: Node) -> str:
    """What stands behind the lock type ``lock``."""
    given = item_nodes.type_arguments(lock)
    if not given:
        return ""
    text = source.text(given[-1]).decode("utf-8", "replace")
    return number_of(located.facts.items, source, given[-1]) or text
