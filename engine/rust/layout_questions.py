"""What a program asks about a type alone, with no value of it: ``size_of::<T>()``, ``type_name::<T>()``.

For who wants to give some values of a type another one: such a question finds none of them. Its answer
matters to them only where it leads to memory without their type (a size that is added to a pointer), or,
of a name, where anything is done with it but to show it: values can be kept by the name of their type.
Followed are names: the function, constant or type that the question stands in, and what uses that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import item_nodes, nodes
from engine.rust.format_macros import format_call
from engine.rust.syntax import ITEMS, Source, span_of
from engine.rust.value_steps import next_step

Mentions = Callable[[bytes], Iterator[tuple[Source, Node]]]

_SIZES = re.compile(rb"(?:size|align|min_align|pref_align)_of|needs_drop")
_NAMES = frozenset({b"type_name"})
_RAW = re.compile(
    rb"\bunsafe\b|\*\s*(?:const|mut)\b|\b(?:Layout|NonNull|AtomicPtr|c_void|MaybeUninit)\b"
)
# What these show has no other use. (The text of a `format!` may be anything, a key too.)
_TELLING = re.compile(rb"(?:debug_)?assert(?:_eq|_ne)?|e?println?|trace|debug|info|warn|error|log")
_CONTAINERS = frozenset({"mod_item", "impl_item", "trait_item", "macro_definition"})
_ITEMS = 200  # more than a size is ever used by knowingly


def question_about(source: Source, type_: Node) -> Node | None:
    """The call that asks about the written ``type_``, or one that holds it, and is given no value of it."""
    for up in source.ancestors(type_):
        if up.type == "generic_function":
            path = up.named_children[0]
            call = nodes.call_through(path)
            name = nodes.last_name(source, path)
            asks = _SIZES.fullmatch(name) is not None or name in _NAMES
            return call if call is not None and asks and not nodes.arguments_of(call) else None
        if up.type in ITEMS or up.type in ("block", "call_expression"):
            return None
    return None


def leads_to_values(source: Source, call: Node, mentions: Mentions) -> bool:
    """May the answer of the question ``call`` lead to values of the type? ``mentions`` finds the
    identifiers of the workspace that are spelled in one way."""
    if _is_told(source, call):
        return False
    named = nodes.callee_name(call)
    if named is None or source.text(named) in _NAMES:
        return True
    return _reaches_memory(source, call, mentions)


def _is_told(source: Source, node: Node) -> bool:
    """Is it, or what is computed from it alone, only shown or asserted?"""
    while (step := next_step(source, node)) is not None and step.way in ("value", "operand"):
        node = step.node
    macro = source.enclosing(node, ("macro_invocation",)) if step and step.way != "let" else None
    call = format_call(source, macro) if macro is not None else None
    return call is not None and _TELLING.fullmatch(call.name) is not None


def _reaches_memory(source: Source, node: Node, mentions: Mentions) -> bool:
    """Does the item around ``node``, or one that names it, handle memory without types?"""
    seen: set[tuple[str, Span]] = set()
    pending = [(source, node)]
    while pending:
        place, inner = pending.pop()
        item = _item_around(place, inner)
        if item is None or (place.path, span_of(item)) in seen:
            continue
        seen.add((place.path, span_of(item)))
        if _RAW.search(place.text(item)) or len(seen) > _ITEMS:
            return True
        named = item_nodes.name_of(item)
        if named is not None and _gives(item):
            pending.extend(mentions(place.text(named)))
    return False


def _item_around(source: Source, node: Node) -> Node | None:
    """The outermost function, constant or type around ``node``."""
    around = [node, *source.ancestors(node)]
    items = (up for up in around if up.type in ITEMS and up.type not in _CONTAINERS)
    return next(iter(list(items)[::-1]), None)


def _gives(item: Node) -> bool:
    """May the answer leave the item: as a result, as a constant, as a part of a type?"""
    return item.type != "function_item" or item_nodes.return_type(item) is not None
