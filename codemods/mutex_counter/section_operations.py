"""The shapes of a critical section that one atomic operation can stand for."""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from codemods.mutex_counter.atomic_change import Change
from codemods.mutex_counter.conditional_updates import (
    attempt_as_condition,
    attempt_as_value,
    attempt_or_leave,
    conditional_change,
)
from codemods.mutex_counter.critical_section import CriticalSection, Mention, written
from codemods.mutex_counter.pure_steps import pure_steps, steps_new_used, steps_old_used
from codemods.mutex_counter.section_rewrite import (
    Found,
    SectionRewrite,
    change_in,
    changed_ahead,
    is_value,
    let_text,
    must_stay_behind,
    reads_outside,
    receiver_stays,
    renamed,
    single,
    taken,
)
from codemods.mutex_counter.temporary_guard import LockUse, as_statement, call_edits, load
from engine.base.model import Edit
from engine.rust import nodes
from engine.rust.codegen import replaced, without_statement
from engine.rust.control_flow import exclusive, repeated
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.syntax import span_of


def section_rewrite(use: LockUse, section: CriticalSection) -> SectionRewrite:
    """The first operation that the section is. Raises Refused with the first reason for none."""
    if not section.writes:
        return _loaded(use, section)
    operations: tuple[Callable[[LockUse, CriticalSection], Found], ...] = (
        _one_change, _old_used, _new_used, conditional_change, attempt_or_leave,
        attempt_as_value, attempt_as_condition, pure_steps, steps_old_used, steps_new_used,
    )  # fmt: skip
    if not use.stays:
        operations = (_one_change, _old_used, _new_used)
    reason = (
        ""
        if use.stays
        else "the lock's path is computed by a call, which would run at another time"
    )
    for operation in operations:
        try:
            found = operation(use, section)
        except Refused as refused:
            reason = reason or refused.reason
        else:
            if found is not None:
                return found
    line = section.source.position(section.writes[0].node.start_byte)[0]
    raise Refused(
        reason
        or f"what is read and written under the lock (line {line}) is not one "
        "operation: a decision or a second change comes between"
    )


def _loaded(use: LockUse, section: CriticalSection) -> SectionRewrite:
    """Only read: one load, and the name holds the value."""
    ops = frozenset({"load"})
    reads = section.reads
    only = reads[0] if len(reads) == 1 else None
    first = section.statements[0]
    alone = len(section.statements) == 1 and section.is_tail(first)
    if only is not None and alone and is_value(section, only, first):
        edit = Edit(use.source.path, first.start_byte, first.end_byte, load(use))
        return SectionRewrite(ops, (edit,), sole=load(use))
    if section.head is None and only is not None and only.captured is None and use.stays:
        again = repeated(use.source, only.node, section.statements[only.statement])
        if not again and receiver_stays(use, section, only.statement):
            node = nodes.outward(only.access.node)
            edit = Edit(use.source.path, node.start_byte, node.end_byte, load(use))
            return SectionRewrite(ops, (edit,))
    return SectionRewrite(
        ops, tuple(renamed(section, reads)), lead=let_text(section.name, load(use))
    )


def _one_change(use: LockUse, section: CriticalSection) -> Found:
    """Written once on any path and read nowhere else: the write becomes the operation."""
    source = use.source
    inside = [span_of(m.access.node) for m in section.writes]
    if reads_outside(section, *inside):
        return None
    writes = section.writes
    for index, mention in enumerate(writes):
        if not use.stays and written(section, mention) is None:
            return None
        if repeated(source, mention.node, section.statements[mention.statement]):
            raise Refused("the value is changed in a loop or closure while the lock is held")
        if any(not exclusive(source, m.access.node, mention.access.node) for m in writes[:index]):
            return None
        if not receiver_stays(use, section, mention.statement):
            raise Refused("a name in the lock's path is bound anew before the value is changed")
    edits: list[Edit] = []
    ops: set[str] = set()
    bound = False
    for mention in writes:
        change = change_in(use, section, mention)
        head = tail = b""
        if mention.access.kind in ("assign", "compound"):
            head, tail = as_statement(source, mention.access.node, change)
        elif mention.access.kind == "swap" and mention.access.operand is not None:
            head = source.text(mention.access.operand) + b" = "
        edits += call_edits(use, mention.access.node, change, head, tail)
        ops.add(change.told)
        bound = bound or change.bound
    sole = None
    if len(section.statements) == 1 and not bound:
        statement = section.statements[0]
        sole = replaced(source, span_of(statement), {e.span: e.replacement for e in edits})
        if len(writes) > 1 or not _simple(section, statement, writes[0]):
            sole = None
    return SectionRewrite(frozenset(ops), tuple(edits), sole=sole)


def _simple(section: CriticalSection, statement: Node, mention: Mention) -> bool:
    """The statement is the access and nothing more."""
    return written(section, mention) is not None or nodes.outward(mention.access.node) == statement


def _whole(use: LockUse, change: Change) -> bytes:
    """The operation as an expression for the old value."""
    if change.bound:
        raise Refused("what is added would be computed at another time")
    return change.call(use.receiver, use.orders, want_old=True)


def _old_used(use: LockUse, section: CriticalSection) -> Found:
    """``let id = *g; *g += 1; id``: the operation returns the value before it."""
    found = single(section)
    if found is None:
        return None
    write, statement = found
    at = write.statement
    outside = reads_outside(section, span_of(write.access.node))
    if not outside or any(m.statement >= at for m in outside):
        return None
    alias = taken(section, 0) if at == 1 and len(outside) == 1 else None
    change = change_in(use, section, write, alias or b"")
    text, path = _whole(use, change), use.source.path
    ops = frozenset({"swap" if change.kind == "store" else change.told})
    gone = without_statement(use.source, statement)
    if alias is not None:
        node = nodes.outward(outside[0].access.node)
        put = Edit(path, node.start_byte, node.end_byte, text)
        sole = None
        if len(section.statements) == 3 and section.is_tail(section.statements[2]):
            sole = text if use.source.text(section.statements[2]) == alias else None
        return SectionRewrite(ops, (put, gone), sole=sole)
    if must_stay_behind(section, section.statements[:at], change.operand + change.body):
        raise Refused("the value is read before other steps and changed after them")
    edits = (*renamed(section, outside), gone)
    notes = tuple(changed_ahead(use.source, section.statements[:at]))
    return SectionRewrite(ops, edits, lead=let_text(section.name, text), notes=notes)


def _new_used(use: LockUse, section: CriticalSection) -> Found:
    """``*g += 1; *g``: the new value is told from the old one that the operation returns."""
    found = single(section)
    if found is None:
        return None
    write, statement = found
    at = write.statement
    outside = reads_outside(section, span_of(write.access.node))
    if not outside or any(m.statement <= at for m in outside):
        return None
    change = change_in(use, section, write)
    if change.kind in ("store", "swap", "update") or change.bound:
        return None
    text = change.after(_whole(use, change))
    if text is None:
        raise Refused("the new value is used, and its operand would be evaluated twice")
    if not receiver_stays(use, section, at):
        raise Refused("a name in the lock's path is bound anew before the value is changed")
    path, ops = use.source.path, frozenset({change.told})
    following = section.statements[at + 1]
    if len(outside) == 1 and outside[0].statement == at + 1:
        node = nodes.outward(outside[0].access.node)
        tail = section.is_tail(following) and is_value(section, outside[0], following)
        if tail or taken(section, at + 1) is not None:
            put = Edit(path, node.start_byte, node.end_byte, text)
            sole = text if tail and len(section.statements) == 2 else None
            return SectionRewrite(ops, (without_statement(use.source, statement), put), sole=sole)
    put = Edit(path, statement.start_byte, statement.end_byte, let_text(section.name, text))
    return SectionRewrite(ops, (put, *renamed(section, outside)))
