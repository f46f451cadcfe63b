"""What a future does to what others may see, and what it looks at that others may change, told by types: the
effects of :mod:`engine.rust.effects`, without those on places that are the future's own, and with the
looks at what changes behind a shared reference (an atomic's ``load``, ``Cell::get``, a concurrent map's ``get``,
``OnceLock::get``), whatever the method is called.

A function of the workspace is looked into, some calls deep: one that does nothing that others see only looks.
Text that is filled through ``&mut``, ``write!`` into it, and an operator of the user's own (``m += 1``) are effects.
Where rustc told no type, a name tells, to the careful side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.calls import Calls
from engine.rust.effects import Effect, effect_of, outward_effects, parts_of
from engine.rust.format_macros import format_call
from engine.rust.inner_cells import inside
from engine.rust.item_nodes import all_parameters
from engine.rust.items import Items
from engine.rust.known_calls import (
    changes_receiver,
    computes_on_its_way,
    is_conventional_method,
    is_inert_macro,
    is_inert_method,
    is_maker,
    is_reading_method,
    looks_at_disk,
)
from engine.rust.known_types import Nature, key_of, known, of_std_alone
from engine.rust.nodes import (
    arguments_of,
    borrowed,
    call_of,
    callee_name,
    has_token,
    macro_name,
    method_call,
    operation_of,
)
from engine.rust.own_places import OwnPlaces
from engine.rust.places import place_of
from engine.rust.statement_nodes import body_of
from engine.rust.syntax import Source, is_async, span_of, walk_all
from engine.rust.type_facts import is_data
from engine.rust.types import Type

_DEPTH = 3  # calls of the workspace's functions that are followed
_WRITING = frozenset({b"write", b"writeln"})
_RUNNING_THREADS = frozenset({"std::thread::JoinHandle", "std::thread::ScopedJoinHandle"})


def asked_of_effects(source: Source, body: Node) -> Iterator[Span]:
    """The expressions of a future's body whose types tell of its effects: what methods are called on, what is
    lent to a call, and what leads to it."""
    pending = [body]
    while pending:
        node = pending.pop()
        if node.type == "async_block" and node != body:
            continue
        for part in _told_by(source, node):
            place = place_of(source, part)
            yield from map(span_of, place.prefixes if place is not None else (part,))
        pending.extend(parts_of(source, node))


def _told_by(source: Source, node: Node) -> Iterator[Node]:
    """The parts of a node whose types tell what it does."""
    call, operation = method_call(source, node), operation_of(source, node)
    if call is not None:
        yield call.receiver
    for given in arguments_of(node):
        yield borrowed(given) or given
    if operation is not None and node.type != "binary_expression":
        yield operation.left
    if node.type == "macro_invocation" and macro_name(source, node) in _WRITING:
        target = _written_to(source, node)
        if target is not None:
            yield target


def _written_to(source: Source, macro: Node) -> Node | None:
    """``out`` of ``write!(out, ..)``."""
    call = format_call(source, macro)
    target = source.node_at(call.before[0]) if call is not None and call.before else None
    return (borrowed(target) or target) if target is not None else None


@dataclass(frozen=True)
class SharedEffects:
    """Of one future, whose places ``own`` knows."""

    own: OwnPlaces
    items: Items
    calls: Calls

    def effects(self) -> Iterator[Effect]:
        """All of the body's, closures that it makes included, in the order of the text: "read" is a look at what
        others may change."""
        source, body = self.own.source, self.own.body
        pending = [body]
        while pending:
            node = pending.pop()
            if node.type == "async_block" and node != body:
                continue
            found = self._effect(node)
            if found is not None:
                yield found
            pending.extend(reversed(parts_of(source, node)))

    def _effect(self, node: Node) -> Effect | None:
        source = self.own.source
        found = effect_of(source, node)
        if node.type == "call_expression":
            called = method_call(source, node)
            return (
                self._of_method(node, found) if called is not None else self._of_path(node, found)
            )
        if node.type == "macro_invocation" and macro_name(source, node) in _WRITING:
            target = _written_to(source, node)
            outward = target is None or not (self.own.owns(target) and self._is_text(target))
            return Effect("write", node, _shown(source, node)) if outward else None
        operation = operation_of(source, node)
        if operation is None or node.type == "binary_expression":
            return found
        if operation.left.type == "identifier":
            if operation.operator == b"=" or not self._may_run_code(operation.left):
                return None
            return Effect("call", node, f"`{_text(source, node)}`")
        return None if self.own.owns(operation.left) else found

    def _may_run_code(self, left: Node) -> bool:
        """May ``left += ..`` run a function of the workspace, or of another crate?"""
        type_ = self.own.type_at(span_of(left))
        if type_ is None:
            return False
        base = type_.behind_refs()[1]
        entry = known(base.name)
        return base.kind == "path" and (entry is None or not (entry.copy or is_data(base)))

    def _of_method(self, node: Node, found: Effect | None) -> Effect | None:
        source = self.own.source
        called = method_call(source, node)
        assert called is not None
        receiver, name = called.receiver, called.method
        if found is not None and found.what == "lock":
            return found
        type_ = self.own.type_at(span_of(receiver))
        data = type_ is not None and _is_data(type_)
        shown = _shown(source, node)
        if (
            changes_receiver(name)
            and (data or type_ is None)
            and not self._only_computes(name, type_)
        ):
            return None if self.own.owns(receiver) else Effect("call", node, shown)
        if found is not None and found.what == "convention" and type_ is None:
            outward = any(found.span == each.span for each in outward_effects(source, node))
            return found if outward else None
        alone = type_ is not None and _is_stds(type_) and self.own.owns(receiver)
        if type_ is not None and alone and not looks_at_disk(name):
            told = inside(self.items, type_)
            if told.cell is None and told.unseen is None:
                return None
        if data:
            return None if _is_known(name) and not looks_at_disk(name) else found
        if type_ is not None and name == b"join" and _is_thread(type_):
            return Effect("call", node, shown)
        if found is None or found.what == "convention" or is_reading_method(name):
            looked = self._looks_at_shared(receiver) if _reads(name, type_) else False
            return Effect("read", node, shown) if looked else None
        return self._of_function(node, found, receiver)

    def _only_computes(self, name: bytes, type_: Type | None) -> bool:
        """``replace`` of a text, ``take`` of an iterator."""
        if type_ is None:
            return computes_on_its_way(name) or name == b"replace"
        base = type_.behind_refs()[1]
        text = any(step.name == "str" for step in base.deref_chain())
        return text and name in (b"replace", b"take", b"find")

    def _of_path(self, node: Node, found: Effect | None) -> Effect | None:
        if found is None or found.what != "call":
            return None
        given = arguments_of(node)
        if _is_swap(self.own.source, node):
            places = [inner for each in given if (inner := borrowed(each)) is not None]
            return None if all(map(self.own.owns, places)) and places else found
        return self._of_function(node, found, *given)

    def _of_function(self, node: Node, found: Effect, *given: Node) -> Effect | None:
        """What a call does, by the body of the workspace's function that it means."""
        name = callee_name(node)
        if name is None or not is_quiet_call(self.own.source, name, self.calls):
            return found
        if only_computes(self.own.source, name, self.calls):
            return None
        every = (*given, *arguments_of(node))
        looks = any(self._looks_at_shared(borrowed(each) or each) for each in every)
        return Effect("read", node, found.words) if looks else None

    def _looks_at_shared(self, expression: Node) -> bool:
        """Is it of a type that changes behind a shared reference (or may, as far as is seen), and does somebody
        else have it?"""
        type_ = self.own.type_at(span_of(expression))
        if type_ is None:
            place = place_of(self.own.source, expression)
            return place is not None and not self.own.owns(expression)
        found = inside(self.items, type_)
        if found.cell is None and found.unseen is None:
            return False
        return not self.own.owns(expression)

    def _is_text(self, target: Node) -> bool:
        type_ = self.own.type_at(span_of(target))
        return type_ is None or is_data(type_.behind_refs()[1])


def _is_known(name: bytes) -> bool:
    """Is it a method of std's data that only reads, computes or changes what it is called on?"""
    return (
        is_inert_method(name)
        or is_reading_method(name)
        or is_conventional_method(name, True)
        or computes_on_its_way(name)
        or changes_receiver(name)
    )


def _is_data(type_: Type) -> bool:
    """Data of std's, or a number, behind references and counted pointers."""
    base = type_
    while base.is_ref or (key_of(base.name) in _COUNTED and base.args):
        base = base.args[0]
    entry = known(base.name)
    return (
        is_data(base)
        or base.kind in ("infer", "closure", "never")
        or (base.kind == "path" and entry is not None and entry.copy)
    )


_COUNTED = frozenset({"std::sync::Arc", "std::rc::Rc", "std::boxed::Box"})


def _is_stds(type_: Type) -> bool:
    """Is it, with all its arguments, a type of std's whose methods run no code of others?"""
    return type_.kind == "path" and of_std_alone(type_)


def _is_thread(type_: Type) -> bool:
    return key_of(type_.behind_refs()[1].name) in _RUNNING_THREADS


def _reads(name: bytes, type_: Type | None) -> bool:
    """Does a method of this name look into the value? A ``clone`` of a handle does not."""
    if name not in (b"clone", b"as_ref", b"to_owned", b"into"):
        return True
    entry = known(type_.behind_refs()[1].name) if type_ is not None else None
    return entry is not None and entry.nature is Nature.CELL


def _is_swap(source: Source, call: Node) -> bool:
    called = call_of(call)
    path = b"".join(source.text(called.callee).split()) if called is not None else b""
    return path.rpartition(b"::")[2] in (b"take", b"replace", b"swap") and b"mem" in path


def is_quiet_call(source: Source, name: Node, calls: Calls, depth: int = _DEPTH) -> bool:
    """Does the call by the identifier ``name`` surely run functions of the workspace that do nothing which others
    see, beside looking?"""
    meant = list(calls.callees(source, name, sure=True))
    return bool(meant) and all(_is_quiet(place, fn, calls, depth) for place, fn in meant)


def _is_quiet(source: Source, function: Node, calls: Calls, depth: int) -> bool:
    body = body_of(function)
    if body is None or depth == 0 or is_async(function):
        return False
    for parameter in all_parameters(function):
        if b"&mut" in b"".join(source.text(parameter).split()) or (
            parameter.type == "self_parameter" and has_token(parameter, "mutable_specifier")
        ):
            return False
    for effect in outward_effects(source, body):
        method = method_call(source, effect.node)
        if effect.what in ("log", "convention"):
            continue
        reads = method is not None and is_reading_method(method.method)
        if method is not None and reads and not looks_at_disk(method.method):
            continue
        name = callee_name(effect.node) if effect.what == "call" else None
        if name is None or not is_quiet_call(source, name, calls, depth - 1):
            return False
    return True


# Of texts and paths, of what is made of them, and of options: nothing that changes while it is shared has them.
_OF_TEXTS = frozenset(
    b"""join with_extension with_file_name parent file_name file_stem extension components starts_with ends_with
    strip_prefix strip_suffix trim trim_start trim_end trim_matches trim_start_matches trim_end_matches split
    rsplit split_once rsplit_once splitn split_whitespace to_lowercase to_uppercase to_ascii_lowercase as_str
    to_ascii_uppercase as_path as_ref as_bytes as_deref as_os_str to_string to_owned to_path_buf to_str
    to_string_lossy display parse repeat replace chars bytes lines into clone unwrap expect unwrap_or
    unwrap_or_default unwrap_or_else ok ok_or ok_or_else map map_err and_then filter collect next rev
    is_absolute push push_str min max""".split()
)


def only_computes(source: Source, name: Node, calls: Calls, depth: int = _DEPTH) -> bool:
    """Does the call by the identifier ``name``, a quiet one, surely run functions of the workspace that look at texts,
    paths and numbers alone?"""
    meant = list(calls.callees(source, name, sure=True))
    return bool(meant) and all(_only_computes(place, fn, calls, depth) for place, fn in meant)


def _only_computes(source: Source, function: Node, calls: Calls, depth: int) -> bool:
    body = body_of(function)
    if body is None or depth == 0:
        return False
    for node in walk_all(source, body):
        if node.type == "identifier" and source.text(node).isupper():
            return False  # a static, perhaps
        if node.type == "macro_invocation" and not is_inert_macro(macro_name(source, node)):
            return False
        if node.type != "call_expression":
            continue
        method, name = method_call(source, node), callee_name(node)
        if method is not None and method.method in _OF_TEXTS:
            continue
        if method is None and is_maker(source, node):
            continue
        if name is None or not only_computes(source, name, calls, depth - 1):
            return False
    return True


def _shown(source: Source, node: Node) -> str:
    called = call_of(node)
    if called is not None:
        return f"`{_text(source, called.callee)}(..)`"
    return f"`{macro_name(source, node).decode('utf-8', 'replace')}!(..)`"


def _text(source: Source, node: Node) -> str:
    text = b"".join(source.text(node).split()).decode("utf-8", "replace")
    return text if len(text) <= 40 else text[:18] + ".." + text[-18:]
