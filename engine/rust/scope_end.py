"""A guard that a ``drop`` ends, with an await behind it in its scope. To rustc (1.95) a guard that was borrowed is a part of the
future up to the end of its scope, dropped or not, and a future with a guard of std's or parking_lot's is not
``Send``: a library's compiles, and its users no longer can spawn it. A block in the place of the ``drop``
ends the scope."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rust import statement_nodes
from engine.rust.codegen import indent_step
from engine.rust.format_templates import STRINGS
from engine.rust.guard_scopes import GuardScope
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.nodes import bare, borrowed, macro_name, operation_of, unwrapped
from engine.rust.queries import walk
from engine.rust.scopes import Binding, scopes_of
from engine.rust.suspension import suspends
from engine.rust.syntax import FUNCTIONS, ITEMS, Source, attributes, span_of
from engine.rust.value_flow import value_of

_NO_BLOCK = "a block would have to end the guard in front of the await"
_LINE = re.compile(rb"(?<=\n)(?=[^\n])")


@dataclass(frozen=True, slots=True)
class Ended:
    """The block around a section: its edits, and the names that end with it, which lived on before."""

    edits: tuple[Edit, ...]
    gone: tuple[Binding, ...]


def lingers(source: Source, scope: GuardScope) -> bool:
    """Is there an await behind the lock in the guard's scope, in which it is dropped by then?"""
    if scope.kind not in ("let", "extended"):
        return (
            scope.kind == "pattern" and bool(scope.trace.drops) and suspends(source, scope.region)
        )
    after = scope.holder.end_byte
    return any(
        suspends(source, node) for node in scope.region.named_children if node.start_byte >= after
    )


def ended(source: Source, scope: GuardScope) -> Ended:
    """The block that ends the guard. Raises Refused where there is none."""
    drop = _statement(scope)
    if drop is None or next(attributes(scope.holder), None) is not None:
        raise Refused(
            "the guard ends by a `drop`, but its scope goes on over an await: with std's guard in it the "
            "future would not be `Send` (a block around the section would end it)"
        )
    let, inside = scope.holder, Span(scope.holder.end_byte, drop.start_byte)
    kept = [n for n in scope.region.named_children if span_of(n) in inside]
    names = list(_declared(source, scope, kept))
    taken = [b for b, later in names if later]
    _require_whole(source, kept, [b for b, _ in names], taken)
    gone = tuple(b for b, later in names if not later)
    indent, step = source.indent_of(let.start_byte), indent_step(source, scope.region)
    deeper = source.newline + indent + step
    head, tail = b"{", b"}"
    edits: list[Edit] = []
    last = statement_nodes.let_of(kept[-1]) if kept else None
    alone = len(taken) == 1 and taken[0].plain and taken[0].statement == span_of(kept[-1])
    if alone and last is not None and last.value is not None and last.alternative is None:
        start, value = kept[-1].start_byte, last.value
        head, tail = source.data[start : value.start_byte] + b"{", b"};"
        edits.append(Edit(source.path, start, value.start_byte, b""))
        edits.append(Edit(source.path, value.end_byte, kept[-1].end_byte, b""))
    elif taken:
        end = drop.end_byte
        each = [(b"mut " if _is_changed(source, scope, b, end) else b"") + b.name for b in taken]
        head = b"let " + _tuple(each) + b" = {"
        tail = step + _tuple([b.name for b in taken]) + source.newline + indent + b"};"
    edits.append(Edit(source.path, let.start_byte, let.start_byte, head + deeper))
    edits.append(Edit(source.path, drop.start_byte, drop.end_byte, tail))
    edits += _indented(source, Span(let.start_byte, source.line_start(drop.start_byte)), step)
    return Ended(tuple(edits), gone)


def _require_whole(
    source: Source, kept: list[Node], names: list[Binding], taken: list[Binding]
) -> None:
    """Raises Refused where what follows needs something of the section that cannot come out of a block."""
    for node in kept:
        if node.type in ITEMS or node.type == "use_declaration":
            line = source.position(node.start_byte)[0]
            raise Refused(f"{_NO_BLOCK}, and the item in line {line} would be seen in that alone")
        macro = next((n for n in walk(node) if macro_name(source, n) == b"pin"), None)
        if macro is not None:
            line = source.position(macro.start_byte)[0]
            raise Refused(f"{_NO_BLOCK}, and what is pinned in line {line} would not outlive that")
    inside = {binding.name for binding in names}
    for binding in taken:
        value = value_of(source, binding)
        lent = borrowed(bare(value)) if value is not None and binding.plain else None
        words = {source.text(n) for n in walk(lent) if n.type == "identifier"} if lent else set()
        if found := words & inside:
            one = min(found).decode("utf-8", "replace")
            name = binding.name.decode("utf-8", "replace")
            raise Refused(
                f"{_NO_BLOCK}, and `{name}` borrows from `{one}`, which would end in that"
            )


def _is_changed(source: Source, scope: GuardScope, binding: Binding, start: int) -> bool:
    """May the name be changed behind ``start``, so that it must be declared ``mut`` there?"""
    function = source.enclosing(scope.holder, FUNCTIONS)
    if not binding.mutable or function is None:
        return False
    for use in scopes_of(source, function).uses(binding):
        if use.span.start < start or use.capture:
            continue
        node = source.innermost(use.span)
        # Arithmetic and arguments only read; of methods, references and the rest it is not known.
        up = unwrapped(node)[1]
        operation = operation_of(source, up) if up is not None else None
        reads = operation is not None and (
            up is not None and (up.type == "binary_expression" or operation.right == node)
        )
        tail = up is not None and up.type in (
            "block",
            "arguments",
            "return_expression",
            "tuple_expression",
        )
        if not (reads or tail):
            return True
    return False


def _tuple(names: list[bytes]) -> bytes:
    return names[0] if len(names) == 1 else b"(" + b", ".join(names) + b")"


def _statement(scope: GuardScope) -> Node | None:
    """The one ``drop`` of the guard, as a statement beside its ``let``."""
    if scope.kind != "let" or len(scope.trace.drops) != 1:
        return None
    statement = scope.trace.drops[0].parent
    beside = statement is not None and statement.parent == scope.region
    return statement if beside else None


def _declared(
    source: Source, scope: GuardScope, inside: list[Node]
) -> Iterator[tuple[Binding, bool]]:
    """The names that the statements ``inside`` declare for what follows, and whether it uses them."""
    function = source.enclosing(scope.holder, FUNCTIONS)
    scopes = scopes_of(source, function) if function is not None else None
    lets = {span_of(node) for node in inside if node.type == "let_declaration"}
    end = max((node.end_byte for node in inside), default=0)
    for binding in scopes.bindings if scopes is not None else ():
        if binding.kind == "let" and binding.statement in lets:
            yield (
                binding,
                any(use.span.start > end for use in scopes.uses(binding)) if scopes else False,
            )


def _indented(source: Source, lines: Span, step: bytes) -> Iterator[Edit]:
    """One more step in front of each line but the first; those that begin inside a text stay."""
    node = source.root.descendant_for_byte_range(lines.start, lines.end) or source.root
    texts = [span_of(n) for n in walk(node) if n.type in STRINGS]
    for line in _LINE.finditer(source.data, lines.start, lines.end):
        at = line.start()
        if at < lines.end and not any(text.start < at < text.end for text in texts):
            yield Edit(source.path, at, at, step)
