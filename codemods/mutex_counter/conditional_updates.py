"""Critical sections in which the value decides: ``fetch_max``, ``fetch_update``, a swapped flag."""

from __future__ import annotations

from tree_sitter import Node

from codemods.mutex_counter.atomic_change import Change, bare, conditional, impure, new_value
from codemods.mutex_counter.critical_section import CriticalSection, Mention, diverges
from codemods.mutex_counter.guard_access import Refused
from codemods.mutex_counter.section_rewrite import (
    Found,
    SectionRewrite,
    disturbed,
    moved,
    reads_outside,
    single,
)
from codemods.mutex_counter.temporary_guard import LockUse
from engine.base.model import Edit, Span
from engine.rust.codegen import block, indent_step, reindented, replaced, without_statement
from engine.rust.nodes import outward
from engine.rust.syntax import COMMENTS, Source, span_of

_INVERSE = {b"<": b">=", b">=": b"<", b">": b"<=", b"<=": b">", b"==": b"!=", b"!=": b"=="}


def _branches(node: Node) -> tuple[Node, Node, Node, Node | None] | None:
    """(if, condition, consequence, else's block) of an ``if`` statement or tail."""
    if node.type == "expression_statement":
        node = node.named_children[0]
    if node.type != "if_expression":
        return None
    condition = node.child_by_field_name("condition")
    consequence = node.child_by_field_name("consequence")
    other = node.child_by_field_name("alternative")
    if condition is None or consequence is None or condition.type in ("let_condition", "let_chain"):
        return None
    block = other.named_children[-1] if other is not None and other.named_children else None
    return node, condition, consequence, block


def _inside(block: Node) -> list[Node]:
    return [n for n in block.named_children if n.type not in COMMENTS]


def if_changes(use: LockUse, section: CriticalSection) -> Found:
    """``if n > *g { *g = n; }``: fetch_max, or fetch_update that gives up."""
    if len(section.writes) != 1:
        return None
    write = section.writes[0]
    statement = section.statements[write.statement]
    parts = _branches(statement)
    if parts is None or parts[3] is not None:
        return None
    node, condition, consequence, _ = parts
    inside = _inside(consequence)
    if len(inside) != 1 or reads_outside(section, span_of(node)):
        return None
    if write.access.node not in (inside[0], *inside[0].named_children):
        return None
    if use.source.comments_in(span_of(node)):
        return Refused("a comment stands inside the text that would be replaced")
    change = conditional(
        use.source, condition, write.access, section.is_read, use.inner, section.name
    )
    if isinstance(change, Refused):
        return change
    if not moved(use, section, write.statement):
        return Refused("a name in the lock's path is bound anew before the value is changed")
    head = b"let _ = " if change.kind == "update" else b""
    text = head + change.call(use.receiver, use.orders) + b";"
    put = Edit(use.source.path, statement.start_byte, statement.end_byte, text)
    sole = text if len(section.statements) == 1 else None
    return SectionRewrite(frozenset({change.told}), (put,), sole=sole)


def _attempt(
    use: LockUse, section: CriticalSection, condition: Node, write: Mention, negated: bool
) -> tuple[str, bytes] | Refused:
    """(kind, a condition that is true when the write did not happen).

    ``condition`` tells when it does not happen (``negated``: when it does).
    """
    source, orders = use.source, use.orders
    operand = write.access.operand
    if use.inner == "bool" and write.access.kind == "assign" and operand is not None:
        value = source.text(operand)
        wanted = bare(condition)
        plain = section.is_read(wanted) is not None
        if not plain and source.text(wanted).startswith(b"!"):
            inner = bare(wanted.named_children[0])
            if section.is_read(inner) is not None and value == (b"true" if negated else b"false"):
                sign = b"" if negated else b"!"
                return "swap", sign + Change("swap", value).call(use.receiver, orders, True)
        if plain and value == (b"false" if negated else b"true"):
            sign = b"!" if negated else b""
            return "swap", sign + Change("swap", value).call(use.receiver, orders, True)
    bad = impure(source, condition)
    if bad is not None:
        return bad
    changed = new_value(source, write.access, section.is_read, section.name)
    if isinstance(changed, Refused):
        return changed
    reads = {
        span_of(m.access.node): section.name
        for m in section.reads
        if span_of(m.access.node) in span_of(condition)
    }
    test = replaced(source, span_of(condition), reads)
    test = test if negated else _negation(source, condition, reads)
    update = Change("update", old=section.name, body=b"(%s).then(|| %s)" % (test, changed))
    return "update", update.call(use.receiver, orders) + b".is_err()"


def _negation(source: Source, condition: Node, reads: dict[Span, bytes]) -> bytes:
    condition = bare(condition)
    text = replaced(source, span_of(condition), reads)
    if condition.type == "unary_expression" and text.startswith(b"!"):
        return replaced(source, span_of(condition.named_children[0]), reads)
    if condition.type == "binary_expression":
        left, right = condition.child_by_field_name("left"), condition.child_by_field_name("right")
        sign = condition.child_by_field_name("operator")
        inverse = _INVERSE.get(source.text(sign)) if sign is not None else None
        if inverse is not None and left is not None and right is not None:
            sides = (replaced(source, span_of(n), reads) for n in (left, right))
            return inverse.join((next(sides) + b" ", b" " + next(sides)))
    return b"!(%s)" % text


def tried(use: LockUse, section: CriticalSection) -> Found:
    """``if *g >= limit { return false; } *g += 1;``: an update that may be turned down."""
    found = single(section)
    if found is None:
        return None
    write, statement = found
    tests = {m.statement for m in reads_outside(section, span_of(write.access.node))}
    if len(tests) != 1 or next(iter(tests)) >= write.statement:
        return None
    at = next(iter(tests))
    parts = _branches(section.statements[at])
    if parts is None or parts[3] is not None:
        return None
    _, condition, consequence, _ = parts
    inside = _inside(consequence)
    if not inside or not diverges(use.source, inside[-1]):
        return None
    if reads_outside(section, span_of(condition), span_of(write.access.node)):
        return Refused("the value is used in the branch that gives up")
    between = section.statements[at + 1 : write.statement]
    if disturbed(section, between, use.source.text(statement)) or not moved(use, section, at):
        return Refused("the value is read before other steps and changed after them")
    made = _attempt(use, section, condition, write, negated=False)
    if isinstance(made, Refused):
        return made
    kind, test = made
    put = Edit(use.source.path, condition.start_byte, condition.end_byte, test)
    return SectionRewrite(frozenset({kind}), (put, without_statement(use.source, statement)))


def else_leaves(use: LockUse, section: CriticalSection) -> Found:
    """``if *g < limit { *g += 1; true } else { false }`` and its mirror image."""
    if len(section.writes) != 1:
        return None
    write = section.writes[0]
    statement = section.statements[write.statement]
    parts = _branches(statement)
    if parts is None or parts[3] is None or not section.is_tail(statement):
        return None
    node, condition, consequence, other = parts
    assert other is not None
    first, second = _inside(consequence), _inside(other)
    taken = span_of(write.node) in span_of(consequence)
    changing, leaving = (first, second) if taken else (second, first)
    texts = [use.source.text(n) for n in (*changing[1:], *leaving)]
    if len(changing) != 2 or texts not in ([b"true", b"false"], [b"false", b"true"]):
        return None
    if reads_outside(section, span_of(condition), span_of(write.access.node)):
        return None
    if use.source.comments_in(span_of(node)):
        return Refused("a comment stands inside the text that would be replaced")
    made = _attempt(use, section, condition, write, negated=taken)
    if isinstance(made, Refused):
        return made
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


def branches(use: LockUse, section: CriticalSection) -> Found:
    """``if *flag { *flag = false; Some(x) } else { None }``: the attempt is the condition."""
    if len(section.writes) != 1:
        return None
    write = section.writes[0]
    parts = _branches(section.statements[write.statement])
    if parts is None or reads_outside(section, span_of(parts[1]), span_of(write.access.node)):
        return None
    node, condition, consequence, other = parts
    taken = span_of(write.node) in span_of(consequence)
    block = consequence if taken else other
    inside = _inside(block) if block is not None and block.type == "block" else []
    mine = next((n for n in inside if span_of(write.access.node) in span_of(n)), None)
    if mine is None or write.access.node not in mine.named_children:
        return None
    before = inside[: inside.index(mine)]
    if disturbed(section, before, use.source.text(mine)) or use.source.comments_in(span_of(mine)):
        return Refused("the value is read before other steps and changed after them")
    if not moved(use, section, write.statement):
        return Refused("a name in the lock's path is bound anew before the value is changed")
    made = _attempt(use, section, condition, write, negated=taken)
    if isinstance(made, Refused):
        return made
    path = use.source.path
    left = other if taken else consequence
    if len(inside) == 1 and left is not None and not use.source.comments_in(span_of(node)):
        text = b"if " + made[1] + b" " + use.source.text(left)
        put = Edit(path, node.start_byte, node.end_byte, text)
        return SectionRewrite(frozenset({made[0]}), (put,))
    test = _happened(made) if taken else made[1]
    put = Edit(path, condition.start_byte, condition.end_byte, test)
    return SectionRewrite(frozenset({made[0]}), (put, without_statement(use.source, mine)))


def pure(use: LockUse, section: CriticalSection) -> Found:
    """Several steps that are together a pure function of the old value."""
    source = use.source
    if section.later or any(m.captured for m in section.mentions):
        return None
    own = frozenset(span_of(m.access.node) for m in section.writes)
    for statement in section.statements:
        if not _steps(section, statement):
            return None
        bad = impure(source, statement, own)
        if bad is not None:
            return bad
    first, last = section.statements[0], section.statements[-1]
    span = Span(first.start_byte, last.end_byte)
    reads = {span_of(outward(m.access.node)): section.name for m in section.reads}
    targets = {span_of(_target(m)): section.name for m in section.writes}
    if b'"' in source.slice(span) or source.comments_in(span):
        return None
    indent, step = source.indent_of(first.start_byte), indent_step(source, section.block)
    text = reindented(source, span, b"", step, {**reads, **targets}.items())
    ended = b"" if text.endswith((b";", b"}")) else b";"
    body = block(source, b"", text + ended, b"Some(%s)" % section.name, indent, step)
    change = Change("update", old=b"mut " + section.name, body=body)
    made = b"let _ = " + change.call(use.receiver, use.orders) + b";"
    sole = made if section.head is not None else None
    return SectionRewrite(
        frozenset({"update"}), (Edit(source.path, span.start, span.end, made),), sole=sole
    )


def _target(mention: Mention) -> Node:
    left = mention.access.node.child_by_field_name("left")
    return left if left is not None else mention.access.node


def _steps(section: CriticalSection, node: Node) -> bool:
    """Only plain writes of the value, and ``if``s around them."""
    if node.type == "expression_statement":
        node = node.named_children[0]
    if any(
        m.access.node == node and m.access.kind in ("assign", "compound") for m in section.writes
    ):
        return True
    if node.type != "if_expression":
        return False
    parts = _branches(node)
    if parts is None:
        return False
    blocks = [parts[2]]
    other = parts[3]
    if other is not None:
        if other.type == "if_expression":
            return all(_steps(section, n) for n in _inside(parts[2])) and _steps(section, other)
        blocks.append(other)
    return all(_steps(section, n) for block in blocks for n in _inside(block))
