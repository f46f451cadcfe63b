"""Critical sections in which the value decides: ``fetch_max``, ``fetch_update``, a swapped flag."""

from __future__ import annotations

from tree_sitter import Node

from codemods.mutex_counter.atomic_change import (
    Change,
    conditional,
    new_value,
    old_value,
    require_pure,
)
from codemods.mutex_counter.critical_section import CriticalSection, Mention
from codemods.mutex_counter.float_bits import encoded, is_float
from codemods.mutex_counter.section_rewrite import (
    Found,
    SectionRewrite,
    must_stay_behind,
    reads_outside,
    receiver_stays,
    single,
)
from codemods.mutex_counter.temporary_guard import LockUse, require_no_comment
from engine.base.model import Edit, Span
from engine.rust import nodes, statement_nodes
from engine.rust.codegen import identifiers, replaced, without_statement
from engine.rust.control_flow import diverges
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.syntax import Source, span_of

_INVERSE = {b"<": b">=", b">=": b"<", b">": b"<=", b"<=": b">", b"==": b"!=", b"!=": b"=="}


def branches(statement: Node) -> tuple[Node, statement_nodes.Branches] | None:
    """The ``if`` of a statement or tail, when it looks at a plain condition."""
    node = statement_nodes.expression_in(statement)
    parts = statement_nodes.branches_of(node)
    if parts is None or parts.condition.type in ("let_condition", "let_chain"):
        return None
    return node, parts


def _only_write(section: CriticalSection) -> tuple[Mention, Node, statement_nodes.Branches] | None:
    """The only write, and the ``if`` that it stands in."""
    if len(section.writes) != 1:
        return None
    write = section.writes[0]
    found = branches(section.statements[write.statement])
    return (write, *found) if found is not None else None


def conditional_change(use: LockUse, section: CriticalSection) -> Found:
    """``if n > *g { *g = n; }``: fetch_max, or fetch_update that gives up."""
    found = _only_write(section)
    if found is None or found[2].alternative is not None:
        return None
    write, node, parts = found
    inside = nodes.named_children(parts.consequence)
    if len(inside) != 1 or reads_outside(section, span_of(node)):
        return None
    if write.access.node not in (inside[0], statement_nodes.expression_in(inside[0])):
        return None
    require_no_comment(use.source, span_of(node))
    statement = section.statements[write.statement]
    change = conditional(
        use.source, parts.condition, write.access, section.is_read, use.inner, section.name
    )
    if not receiver_stays(use, section, write.statement):
        raise Refused("a name in the lock's path is bound anew before the value is changed")
    head = b"let _ = " if change.updates else b""
    text = head + change.call(use.receiver, use.orders) + b";"
    put = Edit(use.source.path, statement.start_byte, statement.end_byte, text)
    sole = text if len(section.statements) == 1 else None
    return SectionRewrite(frozenset({change.told}), (put,), sole=sole)


def _attempt(
    use: LockUse, section: CriticalSection, condition: Node, write: Mention, negated: bool
) -> tuple[str, bytes]:
    """(kind, a condition that is true when the write did not happen).

    ``condition`` tells when it does not happen (``negated``: when it does).
    """
    source, orders = use.source, use.orders
    operand = write.access.operand
    if use.inner == "bool" and write.access.kind == "assign" and operand is not None:
        value = source.text(operand)
        wanted = nodes.bare(condition)
        plain = section.is_read(wanted) is not None
        if not plain and source.text(wanted).startswith(b"!"):
            inner = nodes.bare(wanted.named_children[0])
            if section.is_read(inner) is not None and value == (b"true" if negated else b"false"):
                sign = b"" if negated else b"!"
                return "swap", sign + Change("swap", value).call(use.receiver, orders, True)
        if plain and value == (b"false" if negated else b"true"):
            sign = b"!" if negated else b""
            return "swap", sign + Change("swap", value).call(use.receiver, orders, True)
    require_pure(source, condition)
    old = value = section.name
    if is_float(use.inner):
        words = identifiers(source.slice(span_of(section.block)))
        old, value = old_value(old, words, use.inner)
    changed = encoded(use.inner, new_value(source, write.access, section.is_read, value))
    reads = {
        span_of(m.access.node): value
        for m in section.reads
        if span_of(m.access.node) in span_of(condition)
    }
    test = replaced(source, span_of(condition), reads)
    test = test if negated else _negation(source, condition, reads, not is_float(use.inner))
    update = Change("update", old=old, body=b"(%s).then(|| %s)" % (test, changed), inner=use.inner)
    return "update", update.call(use.receiver, orders) + b".is_err()"


def _negation(source: Source, condition: Node, reads: dict[Span, bytes], total: bool) -> bytes:
    """The condition turned round; ``total``: of two values one is the larger one, or they are equal (no
    NaN is)."""
    condition = nodes.bare(condition)
    text = replaced(source, span_of(condition), reads)
    if condition.type == "unary_expression" and text.startswith(b"!"):
        return replaced(source, span_of(condition.named_children[0]), reads)
    test = nodes.operation_of(source, condition)
    if test is None or test.operator not in _INVERSE or not total:
        return b"!(%s)" % text
    left, right = (replaced(source, span_of(n), reads) for n in (test.left, test.right))
    return b"%s %s %s" % (left, _INVERSE[test.operator], right)


def attempt_or_leave(use: LockUse, section: CriticalSection) -> Found:
    """``if *g >= limit { return false; } *g += 1;``: an update that may be turned down."""
    found = single(section)
    if found is None:
        return None
    write, statement = found
    tests = {m.statement for m in reads_outside(section, span_of(write.access.node))}
    if len(tests) != 1 or next(iter(tests)) >= write.statement:
        return None
    at = next(iter(tests))
    found_at = branches(section.statements[at])
    if found_at is None or found_at[1].alternative is not None:
        return None
    condition, consequence, _ = found_at[1]
    inside = nodes.named_children(consequence)
    if not inside or not diverges(use.source, inside[-1]):
        return None
    if reads_outside(section, span_of(condition), span_of(write.access.node)):
        raise Refused("the value is used in the branch that gives up")
    between = section.statements[at + 1 : write.statement]
    if must_stay_behind(section, between, use.source.text(statement)) or not receiver_stays(
        use, section, at
    ):
        raise Refused("the value is read before other steps and changed after them")
    kind, test = _attempt(use, section, condition, write, negated=False)
    put = Edit(use.source.path, condition.start_byte, condition.end_byte, test)
    return SectionRewrite(frozenset({kind}), (put, without_statement(use.source, statement)))


def attempt_as_value(use: LockUse, section: CriticalSection) -> Found:
    """``if *g < limit { *g += 1; true } else { false }`` and its mirror image."""
    found = _only_write(section)
    if found is None or not section.is_tail(section.statements[found[0].statement]):
        return None
    write, node, (condition, consequence, other) = found
    if other is None:
        return None
    first, second = nodes.named_children(consequence), nodes.named_children(other)
    taken = span_of(write.node) in span_of(consequence)
    changing, leaving = (first, second) if taken else (second, first)
    texts = [use.source.text(n) for n in (*changing[1:], *leaving)]
    if len(changing) != 2 or texts not in ([b"true", b"false"], [b"false", b"true"]):
        return None
    if reads_outside(section, span_of(condition), span_of(write.access.node)):
        return None
    require_no_comment(use.source, span_of(node))
    made = _attempt(use, section, condition, write, negated=taken)
    kind, test = made
    test = _happened(made) if texts[0] == b"true" else test
    put = Edit(use.source.path, node.start_byte, node.end_byte, test)
    sole = test if len(section.statements) == 1 else None
    return SectionRewrite(frozenset({kind}), (put,), sole=sole)


def _happened(attempt: tuple[str, bytes]) -> bytes:
    """The condition of an attempt (true when it failed), turned round."""
    kind, test = attempt
    if kind == "update":
        return test.removesuffix(b".is_err()") + b".is_ok()"
    return test[1:] if test.startswith(b"!") else b"!" + test


def attempt_as_condition(use: LockUse, section: CriticalSection) -> Found:
    """``if *flag { *flag = false; Some(x) } else { None }``: the attempt is the condition."""
    found = _only_write(section)
    if found is None:
        return None
    write, node, (condition, consequence, other) = found
    if reads_outside(section, span_of(condition), span_of(write.access.node)):
        return None
    taken = span_of(write.node) in span_of(consequence)
    block = consequence if taken else other
    inside = nodes.named_children(block) if block is not None and block.type == "block" else []
    mine = next((n for n in inside if span_of(write.access.node) in span_of(n)), None)
    if mine is None or write.access.node not in mine.named_children:
        return None
    before = inside[: inside.index(mine)]
    if must_stay_behind(section, before, use.source.text(mine)) or use.source.comments_in(
        span_of(mine)
    ):
        raise Refused("the value is read before other steps and changed after them")
    if not receiver_stays(use, section, write.statement):
        raise Refused("a name in the lock's path is bound anew before the value is changed")
    made = _attempt(use, section, condition, write, negated=taken)
    path = use.source.path
    left = other if taken else consequence
    if len(inside) == 1 and left is not None and not use.source.comments_in(span_of(node)):
        text = b"if " + made[1] + b" " + use.source.text(left)
        put = Edit(path, node.start_byte, node.end_byte, text)
        return SectionRewrite(frozenset({made[0]}), (put,))
    test = _happened(made) if taken else made[1]
    put = Edit(path, condition.start_byte, condition.end_byte, test)
    return SectionRewrite(frozenset({made[0]}), (put, without_statement(use.source, mine)))
