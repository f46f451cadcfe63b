"""Methods of a struct of counters: a lock was held around each call, and each does its own operation now.

A method's body is a critical section, whose guard is ``self``: it becomes an atomic operation as any
other does, and ``&mut self`` becomes ``&self``. Who calls several methods, or one and looks at a field, in
one lock scope needs them together, unless all only look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tree_sitter import Node

from codemods.mutex_counter.critical_section import section_of_self
from codemods.mutex_counter.group_rewrite import Rewritten
from codemods.mutex_counter.guard_access import Method
from codemods.mutex_counter.orderings import RELAXED
from codemods.mutex_counter.struct_sections import fields_rewrite
from codemods.mutex_counter.struct_uses import StructUses
from codemods.mutex_counter.temporary_guard import Field, LockUse
from engine.base.model import Edit, Span
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.declared_types import DeclaredTypes
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.syntax import Source, attributes, span_of, walk_all

# Methods of std's traits that every type has, or every type that can be shown.
_OF_ANYTHING = frozenset(
    {b"into", b"try_into", b"type_id", b"borrow", b"borrow_mut", b"to_string", b"to_owned"}
)
_SHOWING = frozenset({b"Display", b"Debug", b"LowerHex", b"UpperHex", b"LowerExp", b"Binary"})


@dataclass(frozen=True, slots=True)
class _Found:
    source: Source
    function: Node
    receiver: Node
    shows: bool  # it is of a trait that writes the value


def is_shown_by(source: Source, trait: Node) -> bool:
    """Is ``trait`` one whose methods only look at a value in order to write it?"""
    return nodes.last_name(source, trait) in _SHOWING


def methods_of(
    uses: StructUses, by_field: Mapping[bytes, Field]
) -> tuple[Mapping[bytes, Method], tuple[Rewritten, ...]]:
    """The struct's methods, and their rewrites. Raises Refused where one needs the lock of its caller."""
    pending = list(_found(uses))
    for each in pending:
        name = _name(each)
        if not each.shows and (name in _OF_ANYTHING or _of_a_trait(uses, name)):
            place = uses.located.place(each.source.path, each.function.start_byte)
            raise Refused(
                f"{place}: `{name.decode('utf-8', 'replace')}` is also a trait's method, which a guard "
                "may have"
            )
    known: dict[bytes, Method] = {}
    parts: list[Rewritten] = []
    while pending:
        later: list[_Found] = []
        refused: Refused | None = None
        for each in pending:
            name = _name(each)
            place = uses.located.place(each.source.path, each.function.start_byte)
            try:
                part, method = _rewritten(uses, each, by_field, known)
            except Refused as why:
                refused = refused or Refused(
                    f"{place}: the method `{name.decode('utf-8', 'replace')}` needs the lock: "
                    f"{why.reason}"
                )
                later.append(each)
                continue
            parts.append(part)
            if name in known and known[name] != method:
                raise Refused(f"{place}: there are several methods of this name")
            known[name] = method
        if refused is not None and len(later) == len(pending):
            raise refused
        pending = later
    return known, tuple(parts)


def _of_a_trait(uses: StructUses, name: bytes) -> bool:
    """Does a trait of the workspace have a method of this name?"""
    return any(item.of_trait for item in uses.located.facts.items.named(name, "fn"))


def _name(found: _Found) -> bytes:
    named = item_nodes.name_of(found.function)
    return found.source.text(named) if named is not None else b""


def _found(uses: StructUses) -> Iterator[_Found]:
    for source, impl in uses.impls():
        trait, body = item_nodes.trait_of(impl), statement_nodes.body_of(impl)
        if trait is not None and not is_shown_by(source, trait):
            continue  # refused elsewhere, or a maker's
        for item in nodes.named_children(body) if body is not None else ():
            receiver = item_nodes.self_parameter(item) if item.type == "function_item" else None
            if receiver is not None:
                yield _Found(source, item, receiver, trait is not None)


def _rewritten(
    uses: StructUses, found: _Found, by_field: Mapping[bytes, Field], known: Mapping[bytes, Method]
) -> tuple[Rewritten, Method]:
    source, function = found.source, found.function
    body = statement_nodes.body_of(function)
    by_reference = nodes.has_token(found.receiver, "&")
    if body is None or not by_reference or found.receiver.type != "self_parameter":
        raise Refused("it takes the struct by value")
    if any(b"cfg" in source.text(a) for a in attributes(function)):
        raise Refused("it hangs on `cfg`")
    edits = list(_signature(source, found.receiver))
    own = [n for n in walk_all(source, body) if _is_self(source, n, function)]
    if not own:
        return Rewritten(tuple(edits)), Method(frozenset(), frozenset())
    located = uses.located
    use = LockUse(
        source, b"self", "?", RELAXED, located.facts, located.influence, _references(uses, source, body),
        by_field, methods=known,
    )  # fmt: skip
    section = section_of_self(source, body, own, use.plain, known, _formatter(found))
    made = fields_rewrite(use, section, use.scopes(function))
    edits += made.edits
    if made.lead is not None:
        indent = source.newline + source.indent_of(section.statements[0].start_byte)
        edits.append(
            Edit(source.path, body.start_byte + 1, body.start_byte + 1, indent + made.lead)
        )
    names = (op.rpartition(".")[0].encode() for op in made.ops if "." in op)
    notes = tuple(f"{source.path}: {note}" for note in section.notes)
    return Rewritten(tuple(edits), made.ops, notes), Method(frozenset(names), made.ops)


def _is_self(source: Source, node: Node, function: Node) -> bool:
    """Is it a ``self`` of this function, read as Rust (in a macro call, as its argument)?"""
    token = node.parent is not None and node.parent.type == "token_tree"
    return node.type == "self" and not token and source.fn_item_of(node) == function


def _formatter(found: _Found) -> bytes:
    """``f`` of ``fn fmt(&self, f: &mut Formatter)``, of a trait that writes the value."""
    given = item_nodes.parameters_of(found.function) if found.shows else []
    return found.source.text(given[0].pattern) if given else b""


def _references(uses: StructUses, source: Source, body: Node) -> frozenset[Span]:
    """What is added and is declared as a reference to a number."""
    facts = uses.located.facts
    declared = DeclaredTypes(facts.sources, facts.items, facts.calls)
    changes = (nodes.operation_of(source, node) for node in walk_all(source, body))
    return frozenset(
        span_of(change.right)
        for change in changes
        if change is not None
        and change.operator.endswith(b"=")
        and any(t.type == "reference_type" for _, t in declared.of_place(source, change.right))
    )


def _signature(source: Source, receiver: Node) -> Iterator[Edit]:
    """``&self`` for ``&mut self``."""
    if nodes.is_mut(receiver):
        mut = next(n for n in receiver.children if n.type == "mutable_specifier")
        name = next(n for n in receiver.children if n.type == "self")
        yield Edit(source.path, mut.start_byte, name.start_byte, b"")
