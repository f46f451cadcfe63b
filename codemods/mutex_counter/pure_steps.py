"""Critical sections that are a pure function of the old value: ``fetch_update``, whose closure may run
again. What the value was before it, or is behind it, may be used."""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node

from codemods.mutex_counter.atomic_change import (
    Change,
    free_name,
    new_value,
    old_value,
    reads_in,
    require_pure,
    words_beside,
)
from codemods.mutex_counter.conditional_updates import branches
from codemods.mutex_counter.critical_section import CriticalSection
from codemods.mutex_counter.float_bits import decoded, encoded, is_float
from codemods.mutex_counter.section_rewrite import (
    Found,
    SectionRewrite,
    is_value,
    let_text,
    reads_outside,
    receiver_stays,
    renamed,
    single,
    taken,
)
from codemods.mutex_counter.temporary_guard import LockUse
from engine.base.model import Edit, Span
from engine.rust import nodes, statement_nodes
from engine.rust.codegen import (
    block,
    first_free,
    identifiers,
    indent_step,
    reindented,
    without_statement,
)
from engine.rust.effects import looks_at_clock
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.syntax import Source, span_of

_STEP = (b"step", b"next_value", b"changed", b"new_value", b"value_after")
_OPS = frozenset({"update"})


@dataclass(frozen=True, slots=True)
class _Steps:
    """Statements that change the value and do nothing else."""

    statements: tuple[Node, ...]
    first: int  # the index of the first of them in the section

    @property
    def span(self) -> Span:
        return Span(self.statements[0].start_byte, self.statements[-1].end_byte)

    @property
    def behind(self) -> int:
        """The index of the statement behind them."""
        return self.first + len(self.statements)


@dataclass(frozen=True, slots=True)
class _Function:
    """A pure function as a closure's parameter and text."""

    old: bytes
    mutable: bool
    text: bytes

    def closure(self, inner: str) -> bytes:
        mut = b"mut " if self.mutable else b""
        return b"|%s%s: %s| %s" % (mut, self.old, inner.encode(), self.text)


def pure_steps(use: LockUse, section: CriticalSection) -> Found:
    """Several steps that are together a pure function of the old value, and nothing else."""
    found = _steps_of(section)
    if found is None or len(found.statements) != len(section.statements) or section.later:
        return None
    change = _update(use, section, found)
    if change is None:
        return None
    made = b"let _ = " + change.call(use.receiver, use.orders) + b";"
    sole = made if section.head is not None else None
    put = Edit(use.source.path, found.span.start, found.span.end, made)
    return SectionRewrite(_OPS, (put,), sole=sole)


def steps_old_used(use: LockUse, section: CriticalSection) -> Found:
    """``let id = *g; if *g == MAX { *g = 1; } else { *g += 1; } id``."""
    found, alias = _steps_of(section), taken(section, 0)
    if found is None or found.first != 1 or alias is None:
        return None
    outside = reads_outside(section, found.span)
    if len(outside) != 1 or alias in identifiers(use.source.slice(found.span)):
        return None
    change = _update(use, section, found)
    if change is None:
        return None
    node = nodes.outward(outside[0].access.node)
    text = change.call(use.receiver, use.orders, want_old=True)
    gone = (without_statement(use.source, each) for each in found.statements)
    last = section.statements[-1]
    whole = len(section.statements) == found.behind + 1 and section.is_tail(last)
    sole = text if whole and use.source.text(last) == alias else None
    put = Edit(use.source.path, node.start_byte, node.end_byte, text)
    return SectionRewrite(_OPS, (put, *gone), sole=sole)


def steps_new_used(use: LockUse, section: CriticalSection) -> Found:
    """``*g = if *g == MAX { 1 } else { *g + 1 }; *g``: the function gets a name, which is called once more
    with the old value that the operation returns."""
    found = _steps_of(section)
    if found is None:
        return None
    outside = reads_outside(section, found.span)
    if not outside or any(m.statement < found.behind for m in outside):
        return None
    function = _function(use.source, section, found)
    if function is None:
        return None
    if any(looks_at_clock(use.source, each) is not None for each in found.statements):
        raise Refused("the new value is used, and the clock would be looked at twice")
    if not receiver_stays(use, section, found.first):
        raise Refused("a name in the lock's path is bound anew before the value is changed")
    step = _free(use, section)
    old, value = function.old, decoded(use.inner, function.old)
    if is_float(use.inner):
        old, value = old_value(old, {step}, use.inner)
    result = encoded(use.inner, b"%s(%s)" % (step, value))
    again = Change("update", old=old, body=b"Some(%s)" % result, inner=use.inner)
    text = b"%s(%s)" % (step, again.call(use.receiver, use.orders, want_old=True))
    named, path = let_text(step, function.closure(use.inner)), use.source.path
    following = section.statements[found.behind]
    if len(outside) == 1 and outside[0].statement == found.behind:
        tail = section.is_tail(following) and is_value(section, outside[0], following)
        if tail or taken(section, found.behind) is not None:
            node = nodes.outward(outside[0].access.node)
            edits = (
                Edit(path, found.span.start, found.span.end, named),
                Edit(path, node.start_byte, node.end_byte, text),
            )
            return SectionRewrite(_OPS, edits)
    indent = use.source.newline + use.source.indent_of(found.span.start)
    lines = named + indent + let_text(section.name, text)
    put = Edit(path, found.span.start, found.span.end, lines)
    return SectionRewrite(_OPS, (put, *renamed(section, outside)))


def _free(use: LockUse, section: CriticalSection) -> bytes:
    """A name for the function that nothing in the section or before it has."""
    start = section.statements[0].start_byte
    used = identifiers(use.source.slice(span_of(section.block)))
    function = use.source.fn_item_of(section.block)
    scopes = use.scopes(function) if function is not None else None
    return first_free(
        _STEP,
        lambda name: name not in used and (scopes is None or scopes.resolve(name, start) is None),
    )


def _steps_of(section: CriticalSection) -> _Steps | None:
    """The statements that write the value, when these are one behind the other and do nothing else."""
    at = sorted({m.statement for m in section.writes})
    if not at or any(m.captured is not None and m.statement in at for m in section.mentions):
        return None
    found = section.statements[at[0] : at[-1] + 1]
    if len(found) != len(at) or not all(_is_step(section, each) for each in found):
        return None
    return _Steps(found, at[0])


def _is_step(section: CriticalSection, statement: Node) -> bool:
    """Only plain writes of the value, and ``if``s around them."""
    node = statement_nodes.expression_in(statement)
    plain = (m for m in section.writes if m.access.kind in ("assign", "compound"))
    if any(m.access.node == node for m in plain):
        return True
    found = branches(node)
    if found is None:
        return False
    _, consequence, other = found[1]
    inside = nodes.named_children(consequence)
    if other is not None:
        inside += [other] if other.type == "if_expression" else nodes.named_children(other)
    return all(_is_step(section, n) for n in inside)


def _update(use: LockUse, section: CriticalSection, steps: _Steps) -> Change | None:
    """The steps as one ``fetch_update``. Raises Refused."""
    result, old, lead = b"Some(%s)" % encoded(use.inner, section.name), b"mut " + section.name, b""
    if is_float(use.inner):
        old, value = old_value(old, identifiers(use.source.slice(steps.span)), use.inner)
        lead = b"let mut %s = %s;" % (section.name, value)
    text = _block(use.source, section, steps, result, lead)
    return Change("update", old=old, body=text, inner=use.inner) if text is not None else None


def _function(source: Source, section: CriticalSection, steps: _Steps) -> _Function | None:
    """The steps as a function from the old value to the new one. Raises Refused."""
    if single(section) is not None:
        what = section.writes[0].access
        if what.kind == "assign" and not any(span_of(m.node) in steps.span for m in section.reads):
            return None  # a store
        given, taken = what.operand, frozenset[bytes]()
        if given is not None:
            taken = words_beside(source, given, reads_in(source, given, section.is_read))
        old = free_name(section.name, taken)
        return _Function(old, False, new_value(source, what, section.is_read, old))
    text = _block(source, section, steps, section.name)
    return _Function(section.name, True, text) if text is not None else None


def _block(
    source: Source, section: CriticalSection, steps: _Steps, result: bytes, lead: bytes = b""
) -> bytes | None:
    """The steps on a name of their own, that ``lead`` gives, and a result behind them. Raises Refused."""
    own = frozenset(span_of(m.access.node) for m in section.writes)
    for statement in steps.statements:
        require_pure(source, statement, own)
    span = steps.span
    if b'"' in source.slice(span) or source.comments_in(span):
        return None
    inside = (m for m in section.reads if span_of(m.node) in span)
    reads = {span_of(nodes.outward(m.access.node)): section.name for m in inside}
    writes = (nodes.operation_of(source, m.access.node) for m in section.writes)
    targets = {span_of(write.left): section.name for write in writes if write is not None}
    first = steps.statements[0]
    indent, step = source.indent_of(first.start_byte), indent_step(source, section.block)
    text = reindented(source, span, b"", step, {**reads, **targets}.items())
    ended = b"" if text.endswith((b";", b"}")) else b";"
    first_line = lead + source.newline + indent + step if lead else b""
    return block(source, b"", first_line + text + ended, result, indent, step)
