"""What a float's lock is given to beside locking it: nothing that may do something with any value, and would
take the bits for the number (``self.load.serialize(s)``, ``Json(&self.load)``)."""

from __future__ import annotations

import re

from tree_sitter import Node

from codemods.mutex_counter.located import Located
from engine.rust import item_nodes, nodes
from engine.rust.items import TYPES
from engine.rust.lock_groups.lock_places import Declaration
from engine.rust.lock_groups.lock_sites import METHODS
from engine.rust.open_types import holds_only
from engine.rust.syntax import Source
from engine.rust.value_flow import THROUGH, holds
from engine.rust.value_steps import next_step

_STEPS = 60
_OWN = frozenset(METHODS)
_LOCKS = re.compile(rb"\.\s*(?:blocking_)?(?:lock|read|write)\(\)")
# Methods of handles and collections that move what they hold, or count it, whatever it is.
_PLAIN = frozenset(
    b"""push push_back push_front insert extend append set get_or_insert send try_send or_insert_entry
    len is_empty is_some is_none contains_key contains keys clear retain drain capacity reserve
    truncate resize_with swap replace key swap_remove remove_entry pop_front pop_back front back
    first_mut last_mut get_or_init get_or_insert_with wait strong_count weak_count is_ok is_err
    for_each sum count all any fold max_by min_by sort_by position filter map split_at split_off""".split()
)


def given_as_any(located: Located, source: Source, node: Node) -> Node | None:
    """Where the lock that ``node`` is gets to what may do something with any value; None for nowhere on the
    way that is seen from here."""
    for _ in range(_STEPS):
        step = next_step(source, node)
        if step is None:
            return None
        up = step.node
        match step.way:
            case "value" | "tried" | "element":
                node = up
            case "receiver":
                method = nodes.method_call(source, up)
                if method is None or method.method in _OWN:
                    return None
                if any(_LOCKS.search(source.text(given)) for given in method.arguments):
                    return None  # a closure that gives what is behind the lock
                if method.method not in THROUGH:
                    return up if method.method not in _PLAIN else None
                node = up
            case "argument":
                if not holds(source, up):
                    named = nodes.callee_name(up)
                    makes = named is not None and source.text(named)[:1].isupper()
                    callee = nodes.callee_of(up)
                    taken = makes and callee is not None and _holds_any(located, source, callee)
                    return up if taken else None
                node = up
            case "initializes":
                literal = source.enclosing(up, ["struct_expression"])
                named = item_nodes.name_of(literal) if literal is not None else None
                return up if named is not None and _holds_any(located, source, named) else None
            case _:
                return None
    return None


def _holds_any(located: Located, source: Source, path: Node) -> bool:
    """May the struct or variant that ``path`` names hold a value of any type? (One that is not of the
    workspace may.)"""
    text = b"".join(source.text(path).split()).partition(b"::<")[0]
    if text.partition(b"::")[0] == b"Self":
        return False
    for name in (text, text.rpartition(b"::")[0]):
        for item in located.facts.items.resolve(source, path, name, *TYPES) if name else ():
            return item_nodes.type_parameters(located.facts.items.open(item)[1]) is not None
    return True


def written_around(located: Located, decl: Declaration) -> Node | None:
    """The type around a declared lock that is no mere handle or collection: ``Json<Mutex<f64>>``."""
    source = located.source(decl.path)
    for span in decl.types:
        lock = source.node_at(span)
        for holder in source.ancestors(lock) if lock is not None else ():
            if holder.type == "generic_type" and not holds_only(source, holder):
                return holder
            if holder.type not in ("generic_type", "type_arguments", "reference_type", "tuple_type",
                                   "array_type"):  # fmt: skip
                break
    return None
