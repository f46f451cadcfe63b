"""The shapes of a critical section that one atomic operation can stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from codemods.mutex_counter.guards import Refused, outward
from codemods.mutex_counter.moment import Use, as_statement, call_edits, load
from codemods.mutex_counter.ops import (
    Change,
    bare,
    change_of,
    conditional,
    impure,
    new_value,
)
from codemods.mutex_counter.region import Mention, Region, diverges, exits, looped, written
from codemods.mutex_counter.text import declared_in, replaced, without_line, words
from engine.model import Edit, Span
from engine.syntax import COMMENTS, Source, span_of

_INVERSE = {b"<": b">=", b">=": b"<", b">": b"<=", b"<=": b">", b"==": b"!=", b"!=": b"=="}


@dataclass(frozen=True, slots=True)
class Shape:
    """Edits inside the region, without the guard's own ``let``.

    ``lead`` is the statement in its place (None: it goes). ``sole``: text for the region as a
    whole when it is nothing but this operation: a statement with ``;`` or an expression.
    """

    ops: frozenset[str]
    edits: tuple[Edit, ...]
    lead: bytes | None = None
    sole: bytes | None = None
    drops: tuple[bytes, ...] = ()


Found = Shape | Refused | None  # None: this shape it is not


def shape_of(use: Use, region: Region) -> Shape | Refused:
    """The first shape that fits, or why none does."""
    if not region.writes:
        return _loaded(use, region)
    shapes: tuple[Callable[[Use, Region], Found], ...] = (
        _one_change, _old_used, _new_used, _if_changes, _tried, _else_leaves, _pure,
    )  # fmt: skip
    reason = ""
    for shape in shapes:
        found = shape(use, region)
        if isinstance(found, Shape):
            return found
        if isinstance(found, Refused) and not reason:
            reason = found.reason
    line = region.source.position(region.writes[0].node.start_byte)[0]
    return Refused(
        reason
        or f"what is read and written under the lock (line {line}) is not one "
        "operation: a decision or a second change comes between"
    )


def _change(use: Use, region: Region, mention: Mention, alias: bytes = b"") -> Change | Refused:
    """The operation of one write; ``alias`` is a name that holds the old value too."""
    operand = mention.access.operand
    by_ref = operand is not None and span_of(operand) in use.references

    def is_read(node: Node) -> Span | None:
        if alias and node.type == "identifier" and use.source.text(node) == alias:
            return span_of(node)
        return region.is_read(node)

    name = alias or region.name
    return change_of(use.source, mention.access, is_read, use.inner, name, by_ref)


def _reads_outside(region: Region, *spans: Span) -> list[Mention]:
    return [m for m in region.reads if not any(span_of(m.node) in span for span in spans)]


def _renamed(region: Region, mentions: Sequence[Mention]) -> Iterator[Edit]:
    """``*g`` becomes ``g``: the name now holds the value."""
    source = region.source
    for mention in mentions:
        node = outward(mention.access.node)
        if mention.captured or node == mention.node:
            continue
        up = node.parent
        if up is not None and up.type == "field_initializer":
            field = up.child_by_field_name("field")
            if field is not None and source.text(field) == region.name:
                node = up
        yield Edit(source.path, node.start_byte, node.end_byte, region.name)


def _let(name: bytes, value: bytes) -> bytes:
    return b"let %s = %s;" % (name, value)


def _is_value(region: Region, mention: Mention, node: Node) -> bool:
    return outward(mention.access.node) == node and not mention.captured


def _loaded(use: Use, region: Region) -> Shape:
    """Only read: one load, and the name holds the value."""
    ops = frozenset({"load"})
    reads = region.reads
    only = reads[0] if len(reads) == 1 else None
    first = region.statements[0]
    alone = len(region.statements) == 1 and region.is_tail(first)
    if only is not None and alone and _is_value(region, only, first):
        edit = Edit(use.source.path, first.start_byte, first.end_byte, load(use))
        return Shape(ops, (edit,), sole=load(use))
    if region.head is None and only is not None and not only.captured:
        again = looped(use.source, only.node, region.statements[only.statement])
        if not again and _moved(use, region, only.statement):
            node = outward(only.access.node)
            edit = Edit(use.source.path, node.start_byte, node.end_byte, load(use))
            return Shape(ops, (edit,))
    return Shape(ops, tuple(_renamed(region, reads)), lead=_let(region.name, load(use)))


def _disturbed(region: Region, statements: Sequence[Node], text: bytes) -> bool:
    """Would ``text`` mean something else in front of ``statements``, or be evaluated although one
    of them leaves early?"""
    source = region.source
    named = words(text)
    if declared_in(source, statements) & named or any(exits(n) for n in statements):
        return True
    pending = list(statements)
    while pending:
        node = pending.pop()
        if node.type in ("assignment_expression", "compound_assignment_expr"):
            left = node.child_by_field_name("left")
            if left is not None and left.type == "identifier" and source.text(left) in named:
                return True
        pending.extend(node.named_children)
    return False


def _moved(use: Use, region: Region, upto: int) -> bool:
    """The receiver, written at statement ``upto``, still means what it meant at the lock."""
    return not declared_in(use.source, region.statements[:upto]) & words(use.receiver)


def _exclusive(left: Node, right: Node) -> bool:
    """No path runs both: they stand in different branches of one ``if`` or ``match``."""
    ancestors: list[Node] = []
    node: Node | None = left
    while node is not None:
        ancestors.append(node)
        node = node.parent
    child: Node = right
    up = right.parent
    while up is not None and up not in ancestors:
        child, up = up, up.parent
    if up is None:
        return False
    if up.type == "match_block":
        return True
    consequence = up.child_by_field_name("consequence")
    other = ancestors[ancestors.index(up) - 1]
    return (
        up.type == "if_expression"
        and consequence in (child, other)
        and ("else_clause" in (child.type, other.type))
    )


def _one_change(use: Use, region: Region) -> Found:
    """Written once on any path and read nowhere else: the write becomes the operation."""
    source = use.source
    inside = [span_of(m.access.node) for m in region.writes]
    if _reads_outside(region, *inside):
        return None
    writes = region.writes
    for index, mention in enumerate(writes):
        if looped(source, mention.node, region.statements[mention.statement]):
            return Refused("the value is changed in a loop or closure while the lock is held")
        if any(not _exclusive(m.access.node, mention.access.node) for m in writes[:index]):
            return None
        if not _moved(use, region, mention.statement):
            return Refused("a name in the lock's path is bound anew before the value is changed")
    edits: list[Edit] = []
    ops: set[str] = set()
    drops: list[bytes] = []
    for mention in writes:
        change = _change(use, region, mention)
        if isinstance(change, Refused):
            return change
        head = tail = b""
        if mention.access.kind in ("assign", "compound"):
            placed = as_statement(source, mention.access.node, change)
            if placed is None:
                return Refused("the change stands where a value is expected")
            head, tail = placed
        elif mention.access.kind == "swap" and mention.access.operand is not None:
            head = source.text(mention.access.operand) + b" = "
        else:
            drops += [b"std::mem", b"std::mem::" + mention.access.kind.encode()]
        made = call_edits(use, mention.access.node, change, head, tail)
        if isinstance(made, Refused):
            return made
        edits += made
        ops.add(change.told)
    sole = None
    if len(region.statements) == 1:
        statement = region.statements[0]
        sole = replaced(source, span_of(statement), {e.span: e.replacement for e in edits})
        if len(writes) > 1 or not _simple(region, statement, writes[0]):
            sole = None
    return Shape(frozenset(ops), tuple(edits), sole=sole, drops=tuple(drops))


def _simple(region: Region, statement: Node, mention: Mention) -> bool:
    """The statement is the access and nothing more."""
    return written(region, mention) is not None or outward(mention.access.node) == statement


def _taken(region: Region, index: int) -> bytes | None:
    """``X`` when statement ``index`` is ``let X = *g;``."""
    if index >= len(region.statements):
        return None
    node = region.statements[index]
    if node.type != "let_declaration" or node.child_by_field_name("alternative") is not None:
        return None
    pattern, value = node.child_by_field_name("pattern"), node.child_by_field_name("value")
    mine = [m for m in region.reads if m.statement == index]
    if pattern is None or value is None or pattern.type != "identifier" or len(mine) != 1:
        return None
    if any(child.type == "mutable_specifier" for child in node.children):
        return None
    return region.source.text(pattern) if _is_value(region, mine[0], value) else None


def _single(region: Region) -> tuple[Mention, Node] | None:
    """The only write, when it is a statement of its own (and holds no comment that would go)."""
    if len(region.writes) != 1:
        return None
    statement = written(region, region.writes[0])
    if statement is None or region.source.comments_in(span_of(statement)):
        return None
    return region.writes[0], statement


def _whole(use: Use, change: Change) -> bytes:
    """The operation as an expression for the old value."""
    call = change.call(use.receiver, use.orders, want_old=True)
    return call + b".unwrap()" if change.kind == "update" else call


def _old_used(use: Use, region: Region) -> Found:
    """``let id = *g; *g += 1; id``: the operation returns the value before it."""
    single = _single(region)
    if single is None:
        return None
    write, statement = single
    at = write.statement
    outside = _reads_outside(region, span_of(write.access.node))
    if not outside or any(m.statement >= at for m in outside):
        return None
    alias = _taken(region, 0) if at == 1 and len(outside) == 1 else None
    change = _change(use, region, write, alias or b"")
    if isinstance(change, Refused):
        return change
    text, path = _whole(use, change), use.source.path
    ops = frozenset({"swap" if change.kind == "store" else change.told})
    gone = without_line(use.source, statement)
    if alias is not None:
        node = outward(outside[0].access.node)
        put = Edit(path, node.start_byte, node.end_byte, text)
        sole = None
        if len(region.statements) == 3 and region.is_tail(region.statements[2]):
            sole = text if use.source.text(region.statements[2]) == alias else None
        return Shape(ops, (put, gone), sole=sole)
    if _disturbed(region, region.statements[:at], change.operand + change.body):
        return Refused("the value is read before other steps and changed after them")
    edits = (*_renamed(region, outside), gone)
    return Shape(ops, edits, lead=_let(region.name, text))


def _new_used(use: Use, region: Region) -> Found:
    """``*g += 1; *g``: the new value is told from the old one that the operation returns."""
    single = _single(region)
    if single is None:
        return None
    write, statement = single
    at = write.statement
    outside = _reads_outside(region, span_of(write.access.node))
    if not outside or any(m.statement <= at for m in outside):
        return None
    change = _change(use, region, write)
    if isinstance(change, Refused):
        return change
    if change.kind in ("store", "swap", "update"):
        return None
    text = change.after(_whole(use, change))
    if text is None:
        return Refused("the new value is used, and its operand would be evaluated twice")
    if not _moved(use, region, at):
        return Refused("a name in the lock's path is bound anew before the value is changed")
    path, ops = use.source.path, frozenset({change.told})
    following = region.statements[at + 1]
    if len(outside) == 1 and outside[0].statement == at + 1:
        node = outward(outside[0].access.node)
        tail = region.is_tail(following) and _is_value(region, outside[0], following)
        if tail or _taken(region, at + 1) is not None:
            put = Edit(path, node.start_byte, node.end_byte, text)
            sole = text if tail and len(region.statements) == 2 else None
            return Shape(ops, (without_line(use.source, statement), put), sole=sole)
    put = Edit(path, statement.start_byte, statement.end_byte, _let(region.name, text))
    return Shape(ops, (put, *_renamed(region, outside)))


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


def _if_changes(use: Use, region: Region) -> Found:
    """``if n > *g { *g = n; }``: fetch_max, or fetch_update that gives up."""
    if len(region.writes) != 1:
        return None
    write = region.writes[0]
    statement = region.statements[write.statement]
    parts = _branches(statement)
    if parts is None or parts[3] is not None:
        return None
    node, condition, consequence, _ = parts
    inside = _inside(consequence)
    if len(inside) != 1 or _reads_outside(region, span_of(node)):
        return None
    if write.access.node not in (inside[0], *inside[0].named_children):
        return None
    if use.source.comments_in(span_of(node)):
        return Refused("a comment stands inside the text that would be replaced")
    change = conditional(
        use.source, condition, write.access, region.is_read, use.inner, region.name
    )
    if isinstance(change, Refused):
        return change
    if not _moved(use, region, write.statement):
        return Refused("a name in the lock's path is bound anew before the value is changed")
    head = b"let _ = " if change.kind == "update" else b""
    text = head + change.call(use.receiver, use.orders) + b";"
    put = Edit(use.source.path, statement.start_byte, statement.end_byte, text)
    sole = text if len(region.statements) == 1 else None
    return Shape(frozenset({change.told}), (put,), sole=sole)


def _attempt(
    use: Use, region: Region, condition: Node, write: Mention, negated: bool
) -> tuple[str, bytes] | Refused:
    """(kind, a condition that is true when the write did not happen).

    ``condition`` tells when it does not happen (``negated``: when it does).
    """
    source, orders = use.source, use.orders
    operand = write.access.operand
    if use.inner == "bool" and write.access.kind == "assign" and operand is not None:
        value = source.text(operand)
        wanted = bare(condition)
        plain = region.is_read(wanted) is not None
        if not plain and source.text(wanted).startswith(b"!"):
            inner = bare(wanted.named_children[0])
            if region.is_read(inner) is not None and value == (b"true" if negated else b"false"):
                sign = b"" if negated else b"!"
                return "swap", sign + Change("swap", value).call(use.receiver, orders, True)
        if plain and value == (b"false" if negated else b"true"):
            sign = b"!" if negated else b""
            return "swap", sign + Change("swap", value).call(use.receiver, orders, True)
    bad = impure(source, condition)
    if bad is not None:
        return bad
    changed = new_value(source, write.access, region.is_read, region.name)
    if isinstance(changed, Refused):
        return changed
    reads = {
        span_of(m.access.node): region.name
        for m in region.reads
        if span_of(m.access.node) in span_of(condition)
    }
    test = replaced(source, span_of(condition), reads)
    test = test if negated else _negation(source, condition, reads)
    update = Change("update", old=region.name, body=b"(%s).then(|| %s)" % (test, changed))
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


def _tried(use: Use, region: Region) -> Found:
    """``if *g >= limit { return false; } *g += 1;``: an update that may be turned down."""
    single = _single(region)
    if single is None:
        return None
    write, statement = single
    tests = {m.statement for m in _reads_outside(region, span_of(write.access.node))}
    if len(tests) != 1 or next(iter(tests)) >= write.statement:
        return None
    at = next(iter(tests))
    parts = _branches(region.statements[at])
    if parts is None or parts[3] is not None:
        return None
    _, condition, consequence, _ = parts
    inside = _inside(consequence)
    if not inside or not diverges(use.source, inside[-1]):
        return None
    if _reads_outside(region, span_of(condition), span_of(write.access.node)):
        return Refused("the value is used in the branch that gives up")
    between = region.statements[at + 1 : write.statement]
    if _disturbed(region, between, use.source.text(statement)) or not _moved(use, region, at):
        return Refused("the value is read before other steps and changed after them")
    made = _attempt(use, region, condition, write, negated=False)
    if isinstance(made, Refused):
        return made
    kind, test = made
    put = Edit(use.source.path, condition.start_byte, condition.end_byte, test)
    return Shape(frozenset({kind}), (put, without_line(use.source, statement)))


def _else_leaves(use: Use, region: Region) -> Found:
    """``if *g < limit { *g += 1; true } else { false }`` and its mirror image."""
    if len(region.writes) != 1:
        return None
    write = region.writes[0]
    statement = region.statements[write.statement]
    parts = _branches(statement)
    if parts is None or parts[3] is None or not region.is_tail(statement):
        return None
    node, condition, consequence, other = parts
    assert other is not None
    first, second = _inside(consequence), _inside(other)
    taken = span_of(write.node) in span_of(consequence)
    changing, leaving = (first, second) if taken else (second, first)
    texts = [use.source.text(n) for n in (*changing[1:], *leaving)]
    if len(changing) != 2 or texts not in ([b"true", b"false"], [b"false", b"true"]):
        return None
    if _reads_outside(region, span_of(condition), span_of(write.access.node)):
        return None
    if use.source.comments_in(span_of(node)):
        return Refused("a comment stands inside the text that would be replaced")
    made = _attempt(use, region, condition, write, negated=taken)
    if isinstance(made, Refused):
        return made
    kind, test = made
    if texts[0] == b"true":
        test = test.removesuffix(b".is_err()") + b".is_ok()" if kind == "update" else _not(test)
    put = Edit(use.source.path, node.start_byte, node.end_byte, test)
    sole = test if len(region.statements) == 1 else None
    return Shape(frozenset({kind}), (put,), sole=sole)


def _not(test: bytes) -> bytes:
    return test[1:] if test.startswith(b"!") else b"!" + test


def _pure(use: Use, region: Region) -> Found:
    """Several steps that are together a pure function of the old value."""
    source = use.source
    if region.later or any(m.captured for m in region.mentions):
        return None
    own = frozenset(span_of(m.access.node) for m in region.writes)
    for statement in region.statements:
        if not _steps(region, statement):
            return None
        bad = impure(source, statement, own)
        if bad is not None:
            return bad
    first, last = region.statements[0], region.statements[-1]
    span = Span(first.start_byte, last.end_byte)
    reads = {span_of(outward(m.access.node)): region.name for m in region.reads}
    targets = {span_of(_target(m)): region.name for m in region.writes}
    text = replaced(source, span, {**reads, **targets})
    if b'"' in text or source.comments_in(span):
        return None
    newline, indent = source.newline, source.indent_of(first.start_byte)
    inner = newline.join(
        b"    " + line if line.strip() else line for line in (indent + text).splitlines()
    )
    ended = b"" if text.endswith((b";", b"}")) else b";"
    body = b"{%s%s%s%s    %sSome(%s)%s%s}" % (
        newline, inner, ended, newline, indent, region.name, newline, indent,
    )  # fmt: skip
    change = Change("update", old=b"mut " + region.name, body=body)
    made = b"let _ = " + change.call(use.receiver, use.orders) + b";"
    sole = made if region.head is not None else None
    return Shape(frozenset({"update"}), (Edit(source.path, span.start, span.end, made),), sole=sole)


def _target(mention: Mention) -> Node:
    left = mention.access.node.child_by_field_name("left")
    return left if left is not None else mention.access.node


def _steps(region: Region, node: Node) -> bool:
    """Only plain writes of the value, and ``if``s around them."""
    if node.type == "expression_statement":
        node = node.named_children[0]
    if any(
        m.access.node == node and m.access.kind in ("assign", "compound") for m in region.writes
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
            return all(_steps(region, n) for n in _inside(parts[2])) and _steps(region, other)
        blocks.append(other)
    return all(_steps(region, n) for block in blocks for n in _inside(block))
