"""What a piece of code uses of the function around it, and how a closure that outlives the function could own
all of that: by a move, a copy or a clone, or not.

A *place* is a name, or fields of one (``self.config.root``): as much of it as each use names. A clone may
stand for the value where nobody can tell them apart: text, plain data, a handle that is counted. A value is
moved only where nothing behind the code uses it, and nobody sees that it is dropped with the closure.

Not answered: whether a type is ``Send`` and ``'static`` (rustc tells), and what the code does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.codegen import first_free, words_around
from engine.rust.item_nodes import self_parameter
from engine.rust.known_calls import changes_receiver, is_inert_method, is_reading_method
from engine.rust.known_types import Cost, Nature, key_of
from engine.rust.late_drops import is_locked
from engine.rust.nodes import (
    access_of,
    borrowed,
    is_callee,
    is_mut,
    method_on,
    operation_of,
    unwrapped,
)
from engine.rust.scopes import Binding, Scopes, scopes_of
from engine.rust.syntax import Source, span_of, walk_all
from engine.rust.type_facts import TypeFacts
from engine.rust.types import Type

# They own a file: one that is moved is closed with the closure.
_FILES = frozenset(
    {"std::fs::File", "std::fs::OpenOptions", "std::fs::DirEntry", "std::fs::ReadDir"}
)
_AROUND_FILES = frozenset({"std::io::BufReader", "std::io::BufWriter", "std::io::LineWriter"})
# Views, with the method that gives one of the owned value.
_VIEWS = {
    "str": b".as_str()",
    "std::path::Path": b".as_path()",
    "std::ffi::OsStr": b".as_os_str()",
}
_MOST_FIELDS = 4


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the function that the code uses at ``uses``. ``binding`` is the name that it begins with,
    None for ``self``; ``text`` is how it is written, without blanks."""

    text: bytes
    binding: Binding | None
    uses: tuple[Span, ...]
    captured: bool = False  # one use is a name in a format string

    @property
    def is_name(self) -> bool:
        """Is it a name as a whole?"""
        return b"." not in self.text


@dataclass(frozen=True, slots=True)
class Owned:
    """A place as a closure owns it, under ``name``: after ``before`` (a statement in front of the closure, ""
    where the name itself is moved) and ``head`` (one at the closure's beginning, that gives the name the
    type that it had). ``cost`` is that of the copy."""

    place: Place
    name: bytes
    before: bytes
    head: bytes
    cost: Cost


def places_used(source: Source, scopes: Scopes, region: Span) -> tuple[Place, ...]:
    """Places that are declared outside of ``region`` and used in it, in the order of their first uses.
    Where one is part of another that is used too (``a`` and ``a.b``), the larger one is meant."""
    found: dict[tuple[bytes, Binding | None], list[Span]] = {}
    captured: set[tuple[bytes, Binding | None]] = set()
    for binding in scopes.bindings:
        if binding.decl in region:
            continue
        for use in scopes.uses(binding):
            if use.span not in region:
                continue
            node = source.innermost(use.span)
            place = node if use.capture else _whole(source, node)
            key = (_written(source, place) if not use.capture else binding.name, binding)
            found.setdefault(key, []).append(use.span if use.capture else span_of(place))
            if use.capture:
                captured.add(key)
    for node in _selves(source, scopes.function, region):
        place = _whole(source, node)
        found.setdefault((_written(source, place), None), []).append(span_of(place))
    ordered = sorted(found.items(), key=lambda item: (len(item[0][0]), min(item[1])))
    kept: dict[tuple[bytes, Binding | None], list[Span]] = {}
    for (text, origin), spans in ordered:
        outer = next((k for k in kept if k[1] == origin and text.startswith(k[0] + b".")), None)
        if outer is None:
            kept[text, origin] = spans
        else:  # `a` is used as a whole: each `a.b` is one of its uses
            kept[outer] += [Span(span.start, span.start + len(outer[0])) for span in spans]
    places = (
        Place(text, origin, tuple(sorted(spans)), (text, origin) in captured)
        for (text, origin), spans in kept.items()
    )
    return tuple(sorted(places, key=lambda place: place.uses[0]))


def _selves(source: Source, function: Node, region: Span) -> Iterator[Node]:
    for root in (function, *source.embedded_in(region)):
        for node in walk_all(source, root) if root == function else _walk(root):
            if (
                node.type == "self"
                and span_of(node) in region
                and source.fn_item_of(node) == function
            ):
                yield node


def _walk(root: Node) -> Iterator[Node]:
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(node.named_children)


def _whole(source: Source, node: Node) -> Node:
    """The longest chain of fields that begins at ``node``."""
    place = node
    for _ in range(_MOST_FIELDS):
        parent = place.parent
        access = access_of(parent) if parent is not None else None
        if parent is None or access is None or access.base != place or is_callee(parent):
            break
        place = parent
    return place


def _written(source: Source, node: Node) -> bytes:
    return b"".join(source.text(node).split())


def used_behind(scopes: Scopes, place: Place, region: Span, within: Span) -> bool:
    """Is the name that the place begins with used in ``within`` behind ``region``? (What a loop around the
    region comes to again counts, where the name is declared outside of it.)"""
    binding = place.binding
    if binding is None:
        return True
    loops = [
        span_of(loop)
        for loop in scopes.source.loops_around(
            scopes.source.innermost(Span(region.start, region.end))
        )
        if binding.decl not in span_of(loop)
    ]
    if loops:
        return True
    return any(use.span.start >= region.end and use.span in within for use in scopes.uses(binding))


def may_change(source: Source, place: Place) -> bool:
    """May one of the uses change the place itself: does it assign to it, lend it as ``&mut``, or call what is
    not known to only read?"""
    return _changed(
        source, place, lambda name: not (is_reading_method(name) or is_inert_method(name)), True
    )


def surely_changes(source: Source, place: Place) -> bool:
    """Does one of the uses change the place: assign to it, lend it as ``&mut``, or call a method by whose name
    std's collections change?"""
    return _changed(source, place, changes_receiver, False)


def _changed(
    source: Source, place: Place, by_method: Callable[[bytes], bool], by_chain: bool
) -> bool:
    for use in place.uses:
        node = source.node_at(use)
        if node is None:
            continue  # in a format string
        child, parent = unwrapped(node)
        if parent is None:
            continue
        operation = operation_of(source, parent) if parent.type != "binary_expression" else None
        if operation is not None and operation.left == child:
            return True
        if borrowed(parent) == child and is_mut(parent):
            return True
        called = method_on(source, node)
        if called is not None and by_method(called[0]):
            return True
        access = access_of(parent)
        if by_chain and access is not None and called is None:
            return True  # a longer chain than is followed
    return False


def owned(
    scopes: Scopes,
    place: Place,
    type_: Type | None,
    types: TypeFacts,
    behind: bool,
    taken: Iterable[bytes] = (),
) -> Owned | str:
    """How a closure owns ``place``, a ``type_``; in words why it cannot. ``behind``: the name is used behind
    the closure. ``taken`` are names that other places have."""
    source, shown = scopes.source, place.text.decode("utf-8", "replace")
    if type_ is None:
        return f"the type of `{shown}` is not known"
    name = _name_for(source, scopes, place, frozenset(taken))
    count, base = type_.behind_refs()
    if any(part.is_mut_ref for part in type_.walk()):
        return f"`{shown}` is a mutable reference"
    if count > 1:
        return f"`{shown}` is a reference to a reference"
    found = (
        _of_reference(place, name, base, types)
        if count
        else _of_value(source, scopes.function, place, name, type_, types, behind)
    )
    if found is None:
        return f"`{shown}`, a `{type_.short(60)}`, is nothing that another thread can be given a copy of"
    return found


def _name_for(source: Source, scopes: Scopes, place: Place, taken: frozenset[bytes]) -> bytes:
    """The name of a place in the closure: its own, or that of its last field."""
    words = words_around(source, scopes.function.children[0])
    if place.text == b"self":
        return first_free((b"this", b"own_self"), lambda name: name not in words)
    if place.is_name:
        return place.text
    last = place.text.rpartition(b".")[2]
    locals_ = taken.union(binding.name for binding in scopes.bindings)
    if not last[:1].isdigit() and last not in locals_:  # no tuple's field
        return last
    wanted = b"own_value" if last[:1].isdigit() else b"own_" + last
    return first_free((wanted,), lambda name: name not in words | taken)


def _of_reference(place: Place, name: bytes, base: Type, types: TypeFacts) -> Owned | None:
    """Of ``&T``."""
    view = _VIEWS.get(key_of(base.name)) if base.kind == "path" else None
    text = place.text
    if view is not None:
        made = b"let " + name + b" = " + text + b".to_owned();"
        return Owned(place, name, made, b"let " + name + b" = " + name + view + b";", Cost.TEXT)
    lent = b"let " + name + b" = &" + name + b";"
    if base.kind == "slice":
        if not types.is_copy(base.args[0]) or _borrows(base):
            return None
        made = b"let " + name + b" = " + text + b".to_vec();"
        return Owned(place, name, made, b"let " + name + b" = " + name + b".as_slice();", Cost.DEEP)
    if _borrows(base):
        return None
    if types.is_copy(base):
        return Owned(place, name, b"let " + name + b" = *" + text + b";", lent, Cost.NONE)
    found = types.ownership(base)
    if types.is_cheap(base) or (found.nature is Nature.PLAIN and found.cost is not Cost.UNKNOWN):
        return Owned(place, name, b"let " + name + b" = " + text + b".clone();", lent, found.cost)
    return None


def _of_value(
    source: Source,
    function: Node,
    place: Place,
    name: bytes,
    type_: Type,
    types: TypeFacts,
    behind: bool,
) -> Owned | None:
    if _borrows(type_):
        return None
    if types.is_copy(type_):
        changed = place.binding is None or place.binding.mutable or not place.is_name
        if changed and may_change(source, place):
            return None
        before = (
            b""
            if place.is_name and place.text != b"self"
            else b"let " + name + b" = " + place.text + b";"
        )
        return Owned(place, name, before, b"", Cost.NONE)
    if place.is_name and not behind and place.binding is not None:
        unseen = types.drop_is_seen(type_) is False or _is_file(type_)
        if not unseen or is_locked(scopes_of(source, function), place.binding):
            return None
        return Owned(place, name, b"", b"", Cost.NONE)
    found = types.ownership(type_)
    same = types.is_cheap(type_) or (
        found.nature is Nature.PLAIN and found.cost is not Cost.UNKNOWN
    )
    if not same or (_is_changeable(source, function, place) and may_change(source, place)):
        return None
    return Owned(place, name, b"let " + name + b" = " + place.text + b".clone();", b"", found.cost)


def _is_changeable(source: Source, function: Node, place: Place) -> bool:
    if place.binding is not None:
        return place.binding.mutable or not place.is_name
    declared = self_parameter(function)
    return declared is None or is_mut(declared)


def _borrows(type_: Type) -> bool:
    """Is a reference in it, whose life is not known?"""
    return any(part.kind in ("ref", "ptr", "dyn", "impl", "opaque") for part in type_.walk())


def _is_file(type_: Type) -> bool:
    key = key_of(type_.name)
    if key in _AROUND_FILES and type_.args:
        return _is_file(type_.args[0])
    return key in _FILES


TypeAt = Callable[[Span], Type | None]


@dataclass(frozen=True, slots=True)
class Result:
    """A name that the code declares and that is used behind it; ``mutable``: it is changed there, as far as is
    told by what is done (a method of any name may do it, too). ``outside`` is the name that it has there, "" for its
    own."""

    name: bytes
    mutable: bool
    declared: Span
    outside: bytes = b""


def results_of(scopes: Scopes, statements: Sequence[Node]) -> tuple[Result, ...]:
    """Names that the ``let`` statements among ``statements`` declare and that are used behind them."""
    end = statements[-1].end_byte
    found: list[Result] = []
    for binding in scopes.bindings:
        if not any(binding.statement == span_of(statement) for statement in statements):
            continue
        later = [use for use in scopes.uses(binding) if use.span.start >= end]
        if later:
            uses = tuple(use.span for use in later)
            changed = binding.mutable and surely_changes(
                scopes.source, Place(binding.name, binding, uses)
            )
            found.append(Result(binding.name, changed, binding.decl))
    return tuple(found)
