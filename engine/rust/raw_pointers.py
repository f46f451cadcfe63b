"""Raw pointers, handles and unsafe code: has one looked into a value, so that it must stay where it is?

rustc does not tell: ``let p = name.as_ptr(); give_away(name); unsafe { read(p) }`` compiles. What makes
a pointer is known by the names that std gives it (``as_ptr``, ``as_raw_fd``, ``NonNull::from``), by
``&raw``, ``addr_of!``, casts and declared pointer types; unsafe code may have made one of whatever it
names. Names that are made of the value are followed, and so are those that are made of a pointer: it is
kept when it is used later, stored, or given to a call. Not answered: what a function of another crate
keeps of a reference that it is lent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.item_nodes import type_of
from engine.rust.nodes import (
    COMPARISONS,
    access_of,
    arguments_of,
    borrowed,
    call_around,
    call_of,
    callee_name,
    has_token,
    last_segment,
    macro_name,
    method_call,
    operation_of,
)
from engine.rust.scopes import Binding, Scopes
from engine.rust.statement_nodes import let_of, patterns_of, value_matched
from engine.rust.syntax import Source, span_of, walk_all
from engine.rust.value_steps import next_step

# By the identifier of a call: may what it calls keep a pointer to the argument at this index (-1: to
# the receiver)?
MayKeep = Callable[[Source, Node, int], bool]

_POINTERS = re.compile(
    rb"as_(?:mut_)?ptr(?:_range)?|as_non_null|as_raw(?:_\w+)?|as_fd|as_handle|as_socket"
    rb"|addr_of(?:_mut)?"
)
# Functions of these names are `ptr`'s and `NonNull`'s alone where they make one.
_QUALIFIED = re.compile(rb"(?:.*::)?(?:ptr|NonNull(?:::<.*>)?)::(?:from|from_ref|from_mut)")
# Calls that make a pointer, a wrapper or a view of the pointer that they are given.
_MAKING_OF_ONE = frozenset(
    b"""new new_unchecked from from_ptr from_raw_parts from_raw_parts_mut slice_from_raw_parts
    slice_from_raw_parts_mut Some Ok""".split()
)
# Methods and functions that only ask one.
_ASKING = frozenset(
    b"is_null is_aligned addr offset_from eq ne cmp partial_cmp addr_eq ptr_eq".split()
)
_POINTER_TYPE = re.compile(rb"\*\s*(?:const|mut)\b|\bNonNull\b|\bRaw(?:Fd|Handle|Socket)\b")
_IN_BODY = re.compile(
    rb"\bunsafe\b|\*\s*(?:const|mut)\b|\bNonNull\b|\bRaw(?:Fd|Handle|Socket)\b|\bptr::|&raw\b"
    rb"|\b(?:as_(?:mut_)?ptr|as_raw_\w+|addr_of(?:_mut)?)\b"
)


@dataclass(frozen=True, slots=True)
class RawLook:
    """Where a pointer to a value is made that is kept, or may be; ``what`` says it to the user."""

    span: Span
    what: str


def raw_look(
    source: Source,
    scopes: Scopes,
    name: bytes,
    uses: Iterable[Span],
    at: int | None = None,
    may_keep: MayKeep = lambda *_: False,
) -> RawLook | None:
    """The first of the ``uses`` of the value ``name`` in front of offset ``at`` that makes a raw pointer
    or handle to it, or hands it to unsafe code, so that this may be used at ``at`` or later. Without
    ``at``: of all uses, so that it may be used in another expression."""
    until = at if at is not None else scopes.function.end_byte
    return _Looks(source, scopes, name, until, at is None, may_keep).among(uses)


def unsafe_after(source: Source, scopes: Scopes, value: Span, at: int) -> Span | None:
    """A place behind offset ``at`` where unsafe code names ``self`` or a parameter other than the one
    declared at ``value``: either may have been given with a pointer into that one."""
    others = [b for b in scopes.bindings if b.kind == "param" and b.decl != value]
    named = [use.span for binding in others for use in scopes.uses(binding)]
    named += (span_of(node) for node in walk_all(source, scopes.function) if node.type == "self")
    for span in sorted(named):
        if span.start >= at and is_unsafe(source, source.innermost(span)):
            return span
    return None


def is_unsafe(source: Source, node: Node) -> bool:
    """Does ``node`` stand in an ``unsafe`` block, or in a function that is ``unsafe`` as a whole?"""
    for ancestor in source.ancestors(node):
        if ancestor.type == "unsafe_block":
            return True
        if ancestor.type == "function_item":
            return _is_unsafe_function(source, ancestor)
    return False


def looks_raw(source: Source, function: Node) -> bool:
    """Is there unsafe code in ``function``, or does its text make, take or return a raw pointer?"""
    return _IN_BODY.search(source.text(function)) is not None


def is_pointer_type(text: bytes) -> bool:
    """Is this written type a raw pointer or handle, or made of one?"""
    return _POINTER_TYPE.search(text) is not None


def _is_unsafe_function(source: Source, function: Node) -> bool:
    return re.search(rb"\bunsafe\b", source.text(function).partition(b"(")[0]) is not None


@dataclass(frozen=True)
class _Looks:
    """Follows a value, and what is made of it, to where a pointer to it is made and kept."""

    source: Source
    scopes: Scopes
    name: bytes
    at: int
    anywhere: bool
    may_keep: MayKeep

    def among(self, uses: Iterable[Span]) -> RawLook | None:
        """The first, in the order of the text."""
        pending, seen = sorted(uses), set[Span]()
        while pending:
            use = pending.pop(0)
            if use in seen or use.start >= self.at:
                continue
            seen.add(use)
            node = self.source.innermost(use)
            found = self._made_at(node)
            if found is not None:
                return RawLook(use, found)
            pending = sorted({*pending, *self._uses_of(self._names_around(node))})
        return None

    def _made_at(self, root: Node) -> str | None:
        """What is said of the pointer that the use at ``root`` makes and that is kept."""
        source, child = self.source, root
        line = source.position(root.start_byte)[0]
        name = self.name.decode("utf-8", "replace")
        if is_unsafe(source, root):
            return f"unsafe code at line {line} looks into `{name}` and may keep a pointer to it"
        for up in source.ancestors(root):
            if up.type in ("function_item", "block", "match_arm"):
                return None
            made = self._pointer(up, child)
            if made is not None:
                kept = self._is_kept(made, frozenset())
                return f"a raw pointer to `{name}`, taken at line {line}, is kept" if kept else None
            if self._lent_to_keeper(up, child):
                return f"what is called at line {line} may keep a raw pointer to `{name}`"
            child = up
        return None

    # -- making one ----------------------------------------------------------------------------

    def _pointer(self, up: Node, child: Node) -> Node | None:
        """The expression that is a pointer to ``child``, which is right in ``up``."""
        source = self.source
        if (call := call_of(up)) is not None:
            access = access_of(call.callee)
            path = b"".join(source.text(access.name if access is not None else call.callee).split())
            makes = _POINTERS.fullmatch(last_segment(path)) or _QUALIFIED.fullmatch(path)
            return up if makes else None
        if up.type == "macro_invocation":
            return up if _POINTERS.fullmatch(macro_name(source, up)) else None
        if up.type == "type_cast_expression":
            cast = type_of(up)
            return up if cast is not None and cast.type == "pointer_type" else None
        if (let := let_of(up)) is not None:
            typed = let.type is not None and is_pointer_type(source.text(let.type))
            return child if typed and let.value == child else None
        return up if borrowed(up) is not None and has_token(up, "raw") else None

    def _lent_to_keeper(self, up: Node, child: Node) -> bool:
        """Is ``child`` the receiver or an argument, within ``up``, of what may keep a pointer?"""
        call = call_around(child)
        if call is not None:
            index = arguments_of(call).index(child)
        else:
            found = method_call(self.source, up.parent) if up.parent is not None else None
            if found is None or found.receiver != child:
                return False
            call, index = up.parent, -1
        name = callee_name(call) if call is not None else None
        return name is not None and self.may_keep(self.source, name, index)

    # -- keeping it ----------------------------------------------------------------------------

    def _is_kept(self, pointer: Node, seen: frozenset[Span]) -> bool:
        """May the value of ``pointer``, or one that is made of it, be used at ``at`` or later?"""
        source, node = self.source, pointer
        while (step := next_step(source, node)) is not None:
            up = step.node
            match step.way:
                case "operand":
                    operation = operation_of(source, up)
                    if operation is not None and operation.operator in COMPARISONS:
                        return False
                case "dropped" | "condition":
                    return False
                case "let" | "scrutinee":
                    return self._names_are_kept(self._names_of(up), seen)
                case "macro":
                    return False  # shown, or compared by an assertion
                case "argument" | "receiver":
                    name = callee_name(up)
                    word = source.text(name) if name is not None else b""
                    if word in _ASKING:
                        return False
                    if step.way == "argument" and word not in _MAKING_OF_ONE:
                        return True
                case "initializes":
                    literal = source.enclosing(up, ["struct_expression"])
                    if literal is None:
                        return True
                    up = literal
                case "value" | "member" | "element" | "tried":
                    if up.type == "closure_expression":
                        return True
                case _:
                    return True
            node = up
        return True

    def _names_are_kept(self, bound: Iterable[Binding], seen: frozenset[Span]) -> bool:
        for binding in bound:
            for use in self.scopes.uses(binding) if binding.decl not in seen else ():
                node = self.source.innermost(use.span)
                if self.anywhere or use.span.start >= self.at:
                    return True
                if not use.capture and self._is_kept(node, seen | {binding.decl}):
                    return True
        return False

    # -- names ---------------------------------------------------------------------------------

    def _names_around(self, node: Node) -> tuple[Binding, ...]:
        """The names that are bound to something that ``node`` is a part of."""
        child = node
        for up in self.source.ancestors(node):
            if up.type == "function_item":
                return ()
            if patterns_of(up) and value_matched(up) == child:
                return self._names_of(up)
            child = up
        return ()

    def _names_of(self, holder: Node) -> tuple[Binding, ...]:
        spans = [span_of(pattern) for pattern in patterns_of(holder)]
        return tuple(b for b in self.scopes.bindings if any(b.decl in span for span in spans))

    def _uses_of(self, bound: Iterable[Binding]) -> Iterator[Span]:
        return (u.span for b in bound for u in self.scopes.uses(b) if not u.capture)
