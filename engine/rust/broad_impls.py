"""Traits of the workspace that are implemented for pointers, guards or every type, so that a method call finds
them before it looks through the pointer: what stands around a value then decides whose method it is.
"""

from __future__ import annotations

from engine.rust import item_nodes, nodes
from engine.rust.definitions import type_parameter_names
from engine.rust.files import Files
from engine.rust.items import FUNCTIONS, Items
from engine.rust.syntax import walk_all

_POINTERS = frozenset(
    b"""Arc Rc Box MutexGuard RwLockReadGuard RwLockWriteGuard MappedMutexGuard MappedRwLockReadGuard
    MappedRwLockWriteGuard Ref RefMut Guard""".split()
)


def broad_trait(files: Files, items: Items, method: bytes) -> str:
    """The first trait of the workspace with a ``method`` and such an impl; "" for none."""
    traits = {f.owner for f in items.named(method, *FUNCTIONS) if f.in_trait}
    for trait in sorted(traits):
        for source in files.containing(b"impl", trait):
            for impl in walk_all(source, source.root):
                named = item_nodes.trait_of(impl) if impl.type == "impl_item" else None
                type_ = item_nodes.type_of(impl) if impl.type == "impl_item" else None
                if named is None or type_ is None:
                    continue
                head = nodes.generic_head(named)
                if nodes.last_segment(source.text(head)) != trait:
                    continue
                text = source.text(nodes.generic_head(type_)).decode("utf-8", "replace")
                generic = text in type_parameter_names(source, impl)
                last = nodes.last_segment(text.encode())
                if generic or last in _POINTERS or type_.type == "reference_type":
                    return trait.decode("utf-8", "replace")
    return ""
