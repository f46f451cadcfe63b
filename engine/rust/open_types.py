"""What a written type leaves open of the value that it is for: nothing, its traits, or all of it.

``Arc<dyn Any>``, ``*const T`` and ``_`` do not tell which type a value has; ``T: Flush`` and ``impl
Flush`` take any type that has the trait. Read off the syntax; aliases are not followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import nodes
from engine.rust.codegen import replaced
from engine.rust.definitions import type_parameter_names
from engine.rust.item_nodes import type_parameters
from engine.rust.queries import walk
from engine.rust.syntax import Source, span_of

# Traits that say nothing of what is done, or that a value of another type has as well.
_MARKERS = frozenset(
    {b"Send", b"Sync", b"Sized", b"Unpin", b"Clone", b"Copy", b"Default", b"UnwindSafe"}
    | {b"RefUnwindSafe"}
)
# Handles and collections of std, and what else only holds its parameter.
_HOLDING = frozenset(
    b"""Arc Rc Box Option Vec Weak Pin Result VecDeque HashMap BTreeMap HashSet BTreeSet LazyLock Lazy
    OnceLock OnceCell LazyCell CachePadded Mutex RwLock RefCell Cell ArcSwap ArcSwapAny DashMap
    IndexMap Cow ManuallyDrop AssertUnwindSafe ThreadLocal Cached Slab SmallVec LinkedList
    MutexGuard RwLockReadGuard RwLockWriteGuard Ref RefMut PhantomData JoinHandle Sender Receiver
    """.split()
)
_LOCKS = frozenset({b"Mutex", b"RwLock"})
_ADDRESSES = frozenset({b"usize", b"isize", b"u64", b"i64", b"_"})
_UNTYPED = re.compile(rb"(?<!\w)(?:c_void|NonNull|AtomicPtr|dyn)(?!\w)")
# Functions that are told a type to find a value of it, or to see whether one is, behind an erased one.
_FINDING = re.compile(
    rb"downcast\w*|is|of|type_name_\w+|(?:size|align)_of_\w+|transmute\w*|cast\w*|from_raw\w*|get\w*"
    rb"|insert|remove|take|contains\w*|state|try_state|provide\w*|context|extension|data|app_data"
    rb"|resource\w*|world|resolve|fetch|req_local|local_cache|expect_context|use_context|from_ref|from_mut"
)
# Functions of a type that make a value of it from an address: ``Arc::<T>::from_raw(p)``.
_ADDRESSED = re.compile(rb"from_raw\w*|from_ptr|from_address|with_addr")
_TYPE_NAMES = frozenset({"type_identifier", "scoped_type_identifier"})


def erased_as(source: Source, type_: Node, cast: bool = False) -> str:
    """The part of a written type that no longer tells what the value is; "" when there is none. In a
    ``cast``, that is an integer and ``_``, too. What stands behind a lock is another value."""
    behind: list[Span] = []
    for node in walk(type_):
        if node.type == "generic_type" and nodes.last_name(source, node) in _LOCKS:
            behind.append(span_of(node))
        inside = any(span_of(node) in lock for lock in behind)
        if node.type in ("dynamic_type", "pointer_type") and not inside:
            return f"`{source.quoted(span_of(node))}`"
    text = source.text(type_)
    outside = replaced(source, span_of(type_), dict.fromkeys(behind, b""))
    if (cast and text in _ADDRESSES) or _UNTYPED.search(outside):
        return f"`{source.quoted(span_of(type_))}`"
    return ""


def tuple_part(type_: Node | None, at: int) -> Node | None:
    """The part ``at`` of a tuple's type; any other type as it is."""
    parts = nodes.named_children(type_) if type_ is not None and type_.type == "tuple_type" else []
    return parts[at] if 0 <= at < len(parts) else type_


def holds_only(source: Source, type_: Node) -> bool:
    """Is the generic type one of std's (or a known crate's) that only holds its parameter?"""
    return nodes.last_name(source, type_) in _HOLDING


def abstract_types(type_: Node) -> list[Node]:
    """The ``impl Trait``s in a written type."""
    return [node for node in walk(type_) if node.type == "abstract_type"]


def traits_in(source: Source, bounds: Node) -> Iterator[bytes]:
    """The traits in a bound or an ``impl Trait`` that are more than markers."""
    listed = bounds.named_children if bounds.type == "trait_bounds" else [bounds]
    for bound in listed:
        if bound.type in ("lifetime", "removed_trait_bound"):
            continue
        for node in walk(bound):
            if node.type in _TYPE_NAMES:
                name = nodes.last_name(source, node)
                if name not in _MARKERS:
                    yield name
                break


def parameters_in(source: Source, item: Node, type_: Node) -> frozenset[bytes]:
    """The type parameters of ``item``, and of what it stands in, that the written type names."""
    known: set[bytes] = set()
    for above in (item, *source.ancestors(item)):
        if type_parameters(above) is not None:
            known |= {name.encode() for name in type_parameter_names(source, above)}
    named = (source.text(node) for node in walk(type_) if node.type == "type_identifier")
    return frozenset(name for name in named if name in known)


def opened_type(source: Source, callee: Node, type_: Node) -> bytes:
    """``Mutex<T>`` of ``&Mutex<T>``: what a written type with a parameter in it holds that is no mere
    handle or collection; b"" where there is no such thing."""
    names = parameters_in(source, callee, type_)
    for node in walk(type_):
        if node.type == "generic_type" and parameters_in(source, callee, node) & names:
            last = nodes.last_name(source, node)
            if not holds_only(source, node) or last in (b"Mutex", b"RwLock"):
                return source.text(node)
    return b""


def named_to_find(source: Source, type_: Node) -> Node | None:
    """The pointer, the cast or the call (``downcast::<T>()``, ``TypeId::of::<T>()``, a map by type) that
    names the written ``type_`` in order to find a value of it again where its type was erased. (What is
    asked about a type alone: :mod:`engine.rust.layout_questions`.)"""
    for up in source.ancestors(type_):
        if up.type in ("pointer_type", "type_cast_expression"):
            return up
        if up.type == "generic_function":
            call = nodes.call_through(up.named_children[0]) or up
            name = nodes.last_name(source, up.named_children[0])
            access = nodes.access_of(up.named_children[0])
            name = source.text(access.name) if access is not None else name
            return call if _FINDING.fullmatch(name) else None
        if up.type == "generic_type" and nodes.last_name(source, up) in (b"NonNull", b"AtomicPtr"):
            return up
        path = nodes.path_of(up) if up.type == "scoped_identifier" else None
        if path is not None and _ADDRESSED.fullmatch(source.text(path[1])):
            return nodes.call_through(up) or up
        if up.type in ("block", "function_item", "call_expression"):
            return None
    return None
