"""Methods of the workspace's traits that a call of an atomic's method would find first.

At each step of the search a method of the type itself comes first, then a trait's; and a handle
(``Arc<AtomicU32>``, ``&AtomicU32``) is a step before the atomic that it derefs to (Rust reference,
"Method-call expressions"). So a trait that gives a handle a ``load`` answers ``count.load(..)`` in place of
the atomic, and compiles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from engine.rust import item_nodes
from engine.rust.files import Files
from engine.rust.syntax import Source

METHODS = (
    *(b"load", b"store", b"swap", b"fetch_add", b"fetch_sub", b"fetch_and", b"fetch_or"),
    *(b"fetch_xor", b"fetch_nand", b"fetch_max", b"fetch_min", b"fetch_update"),
    *(b"compare_exchange", b"compare_exchange_weak", b"get_mut", b"into_inner"),
)
_HANDLE = re.compile(
    rb"^&|(?<!\w)(?:Arc|Rc|Box|Pin|Cow|LazyLock|Lazy|OnceLock|Atomic\w+|CachePadded)(?!\w)"
)

_GLOB = re.compile(rb"(?<!\w)use\s+([^;]*?)\*")
_ROOTS = ("lib", "main")


class FoundFirst(NamedTuple):
    """``method`` of the trait ``trait``, given by the impl on line ``line`` of ``path``. ``modules`` are the
    names of the files that speak of the trait, as a path to them ends ("" for a crate's root)."""

    method: str
    trait: str
    path: str
    line: int
    modules: frozenset[str]

    def may_answer(self, source: Source) -> bool:
        """May the trait be in scope in a file: is it named there, or does a glob bring in what is in a file
        that names it?"""
        if re.search(rb"(?<!\w)" + self.trait.encode() + rb"(?!\w)", source.data):
            return True
        for glob in _GLOB.finditer(source.data):
            words = set(re.findall(r"\w+", glob[1].decode("utf-8", "replace")))
            words -= {"pub", "crate", "self", "super"}
            if words & self.modules or (not words and self.modules & {"", _above(source.path)}):
                return True
        return False


def _module(path: str) -> str:
    """What a path to the file's module ends with; "" for a crate's root."""
    parts = path.removesuffix(".rs").split("/")
    name = parts[-2] if parts[-1] == "mod" and len(parts) > 1 else parts[-1]
    return "" if name in _ROOTS else name


def _above(path: str) -> str:
    """As :func:`_module`, of the module that a file's is in."""
    parts = path.removesuffix(".rs").split("/")
    above = parts[:-2] if parts[-1] == "mod" else parts[:-1]
    return "" if not above or above[-1] == "src" else above[-1]


def found_first(files: Files) -> Iterator[FoundFirst]:
    """Impls for a handle, for an atomic or for all types of traits of the workspace that have a method
    with a name of an atomic's. Traits of other crates are not seen."""
    declared: dict[bytes, bytes] = {}  # the traits, and one such method of each
    for method in METHODS:
        for source in files.containing(b"trait", b"fn", method):
            for trait in _items(source, "trait_item"):
                named = item_nodes.name_of(trait)
                if named is not None and _declares(source, trait, method):
                    declared[source.text(named)] = method
    for name, method in declared.items():
        for source in files.containing(b"impl", b"for", name):
            for impl in _items(source, "impl_item"):
                given, of = item_nodes.trait_of(impl), item_nodes.type_of(impl)
                if given is None or of is None or not _is_handle(source, impl, of):
                    continue
                if name in re.findall(rb"\w+", source.text(given)):
                    line = source.position(impl.start_byte)[0]
                    modules = frozenset(_module(each.path) for each in files.containing(name))
                    yield FoundFirst(method.decode(), name.decode(), source.path, line, modules)


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
