"""A struct of counters behind one lock: what one lock scope does with its fields."""

from __future__ import annotations

from dataclasses import replace

from codemods.mutex_counter.guards import Refused, field_of
from codemods.mutex_counter.moment import Use, of_field
from codemods.mutex_counter.ops import free_name
from codemods.mutex_counter.region import Region, looped
from codemods.mutex_counter.shape import Shape, moved
from codemods.mutex_counter.shapes import shape_of
from engine.base.model import Edit
from engine.rust.evaluation_order import names_declared
from engine.rust.scopes import Scopes


def fields_shape(use: Use, region: Region, scopes: Scopes) -> Shape | Refused:
    """The shape of a scope that touches one field, or that only reads several."""
    names = list(dict.fromkeys(field_of(region.source, m.node) for m in region.mentions))
    if any(name not in use.fields for name in names):
        return Refused("the struct behind the lock is used as a whole")
    if len(names) > 1:
        return _several(use, region, scopes, names)
    name = names[0]
    made = shape_of(use.narrowed(name), replace(region, name=_local(region, scopes, name)))
    if isinstance(made, Refused):
        return made
    return replace(made, ops=of_field(name, region.words(made.ops, use.influence)))


def _local(region: Region, scopes: Scopes, name: bytes) -> bytes:
    """``name`` for the field's value, or another where that is taken."""
    start = region.statements[0].start_byte
    taken = {name} if scopes.resolve(name, start) is not None else set()
    return free_name(name, taken | names_declared(region.source, region.statements))


def _several(use: Use, region: Region, scopes: Scopes, names: list[bytes]) -> Shape | Refused:
    """Several fields that are only read: each is loaded once, one after the other."""
    source = region.source
    if region.writes:
        shown = ", ".join(f"`{name.decode('utf-8', 'replace')}`" for name in names)
        return Refused(f"{shown} are used in one critical section that changes them")
    once = all([field_of(source, m.node) for m in region.reads].count(n) == 1 for n in names)
    ops = {"snapshot"}
    edits: list[Edit] = []
    loads: dict[bytes, bytes] = {}
    for mention in region.reads:
        name, node = field_of(source, mention.node), mention.access.node
        one = use.narrowed(name)
        text = b"%s.load(%s)" % (one.receiver, one.orders.of("load"))
        ops |= of_field(name, use.read(node))
        again = looped(source, mention.node, region.statements[mention.statement])
        if not once or again or not moved(use, region, mention.statement):
            local = _local(region, scopes, name)
            loads[name] = b"let %s = %s;" % (local, text)
            text = local
        edits.append(Edit(source.path, node.start_byte, node.end_byte, text))
    head = region.head if region.head is not None else region.statements[0]
    indent = source.newline + source.indent_of(head.start_byte)
    lead = indent.join(loads.values()) if loads else None
    return Shape(frozenset(ops), tuple(edits), lead)
