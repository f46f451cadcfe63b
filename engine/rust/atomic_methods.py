"""Methods of the workspace's traits that a call of an atomic's method, or of another cell's, would find first.

At each step of the search a method of the type itself comes first, then a trait's; and a handle
(``Arc<AtomicU32>``, ``&AtomicU32``) is a step before the atomic that it derefs to (Rust reference,
"Method-call expressions"). So a trait that gives a handle a ``load`` answers ``count.load(..)`` in place of
the atomic, and compiles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tree_sitter import Node

from engine.rust import item_nodes
from engine.rust.definitions import Item
from engine.rust.files import Files
from engine.rust.items import Items
from engine.rust.syntax import Source

METHODS = (
    *(b"load", b"store", b"swap", b"fetch_add", b"fetch_sub", b"fetch_and", b"fetch_or"),
    *(b"fetch_xor", b"fetch_nand", b"fetch_max", b"fetch_min", b"fetch_update"),
    *(b"compare_exchange", b"compare_exchange_weak", b"get_mut", b"into_inner"),
)
_HANDLE = re.compile(
    rb"^&|(?<!\w)(?:Arc|Rc|Box|Pin|Cow|LazyLock|Lazy|OnceLock|Atomic\w+|CachePadded)(?!\w)"
)


class FoundFirst(NamedTuple):
    """``method`` of the trait ``trait``, given by the impl on line ``line`` of ``path``."""

    method: str
    trait: Item
    path: str
    line: int


def found_first(
    files: Files, items: Items, methods: Iterable[bytes] = METHODS
) -> Iterator[FoundFirst]:
    """Impls for a handle, for an atomic or for all types of traits of the workspace that have one of the
    ``methods`` (an atomic's). Traits of other crates are not seen."""
    declared: dict[Item, bytes] = {}  # the traits, and one such method of each
    for method in methods:
        for source in files.containing(b"trait", b"fn", method):
            for trait in _items(source, "trait_item"):
                item = items.at(source, trait)
                if item is not None and _declares(source, trait, method):
                    declared[item] = method
    for item, method in declared.items():
        for source in files.containing(b"impl", b"for", item.name):
            for impl in _items(source, "impl_item"):
                given, of = item_nodes.trait_of(impl), item_nodes.type_of(impl)
                if given is None or of is None or not _is_handle(source, impl, of):
                    continue
                if item.name in re.findall(rb"\w+", source.text(given)):
                    line = source.position(impl.start_byte)[0]
                    yield FoundFirst(method.decode(), item, source.path, line)


def _items(source: Source, kind: str) -> Iterator[Node]:
    pending = [source.root]
    while pending:
        for node in pending.pop().named_children:
            if node.type == kind:
                yield node
            elif node.type in ("mod_item", "declaration_list", "function_item", "block"):
                pending.append(node)


def _declares(source: Source, trait: Node, method: bytes) -> bool:
    return re.search(rb"(?<!\w)fn\s+" + method + rb"(?!\w)", source.text(trait)) is not None


def _is_handle(source: Source, impl: Node, of: Node) -> bool:
    text = source.text(of)
    if _HANDLE.search(text):
        return True
    parameters = item_nodes.type_parameters(impl)
    return parameters is not None and text in re.findall(rb"\w+", source.text(parameters))
