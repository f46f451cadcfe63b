"""Text of Rust code that is written: indents, blocks, statements taken out, parentheses, names.

What is written follows the file's own line ending and indentation. Line widths are rustfmt's
defaults; where the file is rustfmt-clean, rustfmt has the last word on layout later. Nothing here
asks whether a rewrite is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rust.format_macros import FormatCall
from engine.rust.format_templates import STRINGS, captures_in
from engine.rust.nodes import bare, borrowed, outward
from engine.rust.queries import walk
from engine.rust.scopes import Scopes
from engine.rust.statement_nodes import let_of
from engine.rust.syntax import COMMENTS, Source, span_of

LINE_WIDTH = 100  # rustfmt's `max_width`
CHAIN_WIDTH = 60  # rustfmt's `chain_width`

_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")
_LINE = re.compile(rb"(?<=\n)[^\S\n]*\S")  # the head of one that is not blank
_BREAK = re.compile(rb"\s*\n\s*(?=[.?])")
_TRAILING = re.compile(rb"[ \t]*(?://[^\r\n]*|/\*[^\r\n]*?\*/(?=[ \t\r]*$))")


# -- parts of the text that is there -----------------------------------------------------------------


def replaced(source: Source, span: Span, changes: Mapping[Span, bytes]) -> bytes:
    """The text of ``span`` with the parts in ``changes`` replaced. Of two that overlap the first
    counts; one that is not inside ``span`` is left out."""
    parts: list[bytes] = []
    at = span.start
    for part in sorted(changes):
        if part in span and part.start >= at:
            parts += (source.data[at : part.start], changes[part])
            at = part.end
    parts.append(source.data[at : span.end])
    return b"".join(parts)


def identifiers(text: bytes) -> frozenset[bytes]:
    """All words of ``text`` that could be names: keywords and words in strings too."""
    return frozenset(_WORD.findall(text))


def one_line(text: bytes) -> bytes:
    """``text`` with the lines of a method chain joined; as it is where a comment or a string in it
    could be meant by a line's end."""
    if b"\n" not in text or b'"' in text or b"//" in text or b"/*" in text:
        return text
    return _BREAK.sub(b"", text)


def width(text: bytes) -> int:
    """In characters, as rustfmt's settings are."""
    return len(text.decode("utf-8", "replace"))


def trailing_comment(source: Source, end: int) -> int:
    """The end of a comment that stands behind ``end`` on the same line (``end`` when none does)."""
    hit = _TRAILING.match(source.data[end : source.line_end(end)])
    return end + hit.end() if hit is not None else end


def is_annotated(source: Source, statement: Node) -> bool:
    """Does a comment in the statement, or a comment or attribute directly before it, belong to it?"""
    previous = statement.prev_sibling
    before = previous is not None and (
        previous.type == "attribute_item" or previous.type in COMMENTS
    )
    return before or bool(source.comments_in(span_of(statement)))


def has_comment_around(source: Source, whole: Span, kept: Span) -> bool:
    """Does a comment stand in ``whole`` beside the part that is ``kept``, so that it would be lost?"""
    around = (Span(whole.start, kept.start), Span(kept.end, whole.end))
    return any(source.comments_in(side) for side in around)


# -- indentation -------------------------------------------------------------------------------------


def indent_step(source: Source, block: Node) -> bytes:
    """One step of indentation, judged by ``block`` and its first statement."""
    outer = source.indent_of(block.start_byte)
    for child in block.named_children:
        inner = source.indent_of(child.start_byte)
        if child.start_point[0] > block.start_point[0] and inner.startswith(outer):
            step = inner[len(outer) :]
            if step:
                return step
    return b"\t" if outer.startswith(b"\t") else b"    "


def reindented(
    source: Source, span: Span, cut: bytes, add: bytes, instead: Iterable[tuple[Span, bytes]] = ()
) -> bytes:
    """``span`` with each further line's indentation ``cut`` replaced by ``add``, and some places
    replaced. Lines that start inside a string literal keep their content."""
    node = source.root.descendant_for_byte_range(span.start, span.end) or source.root
    kept = [span_of(n) for n in walk(node) if n.type in STRINGS and span_of(n).overlaps(span)]
    changes = dict(instead)
    for line in _LINE.finditer(source.data, span.start, span.end):
        start = line.start()
        if any(literal.start < start < literal.end for literal in kept):
            continue
        if source.data.startswith(cut, start, span.end):
            changes[Span(start, start + len(cut))] = add
        elif add.startswith(cut):
            changes[Span(start, start)] = add[len(cut) :]
    return replaced(source, span, changes)


def block(
    source: Source, header: bytes, inner: bytes, tail: bytes, indent: bytes, step: bytes
) -> bytes:
    """``header { inner tail };`` (without ``header`` a plain block). ``inner`` and ``tail`` start
    at the inner indentation, which is not written before them yet."""
    deeper = source.newline + indent + step
    parts = [header, b"{", deeper, inner]
    if tail:
        parts += [deeper if inner else b"", tail]
    parts += [source.newline, indent, b"};" if header else b"}"]
    return b"".join(parts)


def chained(text: bytes, suffix: bytes) -> bytes:
    """``text`` with ``suffix`` behind it, a method chain on one line where rustfmt would have it so,
    else with the suffix on a line of its own."""
    if b"\n" not in text:
        return text + suffix
    joined = one_line(text) + suffix
    if b"\n" not in joined and width(joined) <= CHAIN_WIDTH:
        return joined
    last = text.rpartition(b"\n")[2]
    indent = last[: len(last) - len(last.lstrip())]
    if suffix and last.lstrip().startswith(b"."):
        newline = b"\r\n" if b"\r\n" in text else b"\n"
        return text + b"".join(newline + indent + b"." + part for part in suffix.split(b".")[1:])
    return text + suffix


# -- statements --------------------------------------------------------------------------------------


def in_front(source: Source, statement: Node, text: bytes) -> Edit:
    """``text`` as a statement of its own before ``statement`` (attributes and comments directly in
    front of it stay with it)."""
    at = statement.start_byte
    inline = source.data[source.line_start(at) : at].strip()
    gap = b" " if inline else source.newline + source.indent_of(at)
    return Edit(source.path, at, at, text + gap)


def without_statement(source: Source, statement: Node) -> Edit:
    """Delete a statement: its whole line where nothing else stands on it, and the blank lines that
    would be left at the head of a block. What belongs to it is not looked at: ``is_annotated``."""
    start, end = statement.start_byte, statement.end_byte
    lines = whole_lines(source, span_of(statement))
    if lines is None:
        while source.data[end : end + 1] in (b" ", b"\t"):
            end += 1
        return Edit(source.path, start, end, b"")
    if source.data[: lines.start].rstrip().endswith(b"{"):
        lines = Span(lines.start, _blank_lines_behind(source, lines.end))
    return Edit(source.path, lines.start, lines.end, b"")


def whole_lines(source: Source, span: Span) -> Span | None:
    """The lines of ``span`` with their ends; None when something else stands on them."""
    start, end = source.line_start(span.start), source.line_end(span.end)
    if source.data[start : span.start].strip() or source.data[span.end : end].strip():
        return None
    return Span(start, min(end + 1, len(source.data)))


def _blank_lines_behind(source: Source, end: int) -> int:
    while end < len(source.data):
        following = min(source.line_end(end) + 1, len(source.data))
        if source.data[end:following].strip():
            break
        end = following
    return end


# -- expressions -------------------------------------------------------------------------------------

_ATOMS = frozenset(
    {"identifier", "integer_literal", "boolean_literal", "char_literal", "string_literal"}
    | {"call_expression", "field_expression"}
    | {"parenthesized_expression", "index_expression", "scoped_identifier", "macro_invocation"}
    | {"try_expression", "await_expression", "self"}
)
_OPERATIONS = frozenset(
    {"binary_expression", "unary_expression", "type_cast_expression", "reference_expression"}
)
# Bind less than a prefix operator (Rust reference, "Expression precedence").
_LOOSE = frozenset(
    {"binary_expression", "type_cast_expression", "range_expression", "closure_expression"}
    | {"assignment_expression", "compound_assignment_expr"}
)
# Where an expression may stand without parentheses, whatever its operators.
_OPEN = frozenset(
    {"let_declaration", "arguments", "return_expression", "block", "expression_statement"}
    | {"field_initializer", "assignment_expression", "match_arm", "closure_expression"}
    | {"parenthesized_expression", "tuple_expression", "array_expression", "static_item"}
    | {"const_item", "compound_assignment_expr", "break_expression", "source_file"}
)


def operand(source: Source, node: Node) -> bytes:
    """The text of ``node``, in parentheses where an operator beside it would bind tighter."""
    text = source.text(node)
    return text if node.type in _ATOMS else b"(" + text + b")"


def needs_parentheses(node: Node) -> bool:
    """Does the expression need parentheses behind a ``&``, which binds tighter than it?"""
    return node.type in _LOOSE


def operand_at(source: Source, span: Span) -> bytes:
    """As ``operand``, of what stands at ``span``: an expression, or the name in a format string."""
    node = source.node_at(span)
    return operand(source, node) if node is not None else source.slice(span)


def lent_at(source: Source, span: Span) -> tuple[bytes, int]:
    """As ``operand_at``, of what is borrowed there, and how often: (``x``, 2) of ``&(&x)``."""
    node, count = source.node_at(span), 0
    while node is not None:
        within = bare(node)
        if (value := borrowed(within)) is None:
            return operand(source, within), count
        node, count = value, count + 1
    return source.slice(span), 0


def write_instead(
    source: Source, whole: Span, call: FormatCall, head: bytes, target: bytes, tail: bytes
) -> tuple[bytes, list[Edit]]:
    """(macro, edits) that put ``head write!(target, ..)tail`` in the place of ``whole``, with the
    arguments of the ``format!`` in it, which are left as they stand (one a line, where they are). It is
    ``writeln!`` where the template ends with the line end that this adds."""
    end = call.template.line_end(source) if call.template is not None else None
    macro = b"write" if end is None else b"writeln"
    inside = call.inside
    lines = re.match(rb"\s*\n\s*", source.slice(inside))
    opening = lines[0] + target + b"," if lines else target + b", "
    edits = [
        Edit(source.path, whole.start, inside.start, head + macro + b"!(" + opening),
        Edit(source.path, inside.end, whole.end, b")" + tail),
    ]
    if end is not None:
        edits.append(Edit(source.path, end.start, end.end, b""))
    return macro, edits


def is_operation(expression: bytes) -> bool:
    """Is it an operator's (``a + b``, ``!a``, ``a as T``, ``&a``), not a call or a name? What does
    not parse is taken for one."""
    parsed = Source("", b"fn f() { let _ = " + expression + b"; }")
    let = next((found for n in walk(parsed.root) if (found := let_of(n)) is not None), None)
    return let is None or let.value is None or let.value.type in _OPERATIONS


def put(source: Source, node: Node, expression: bytes, operation: bool) -> Edit:
    """``expression`` in the place of ``node``: an ``operation`` (``is_operation``) in parentheses
    where an operator beside it needs them, anything else without those around ``node``."""
    if not operation:
        node = outward(node)
    elif (up := source.parent(node)) is not None and up.type not in _OPEN:
        expression = b"(" + expression + b")"
    return Edit(source.path, node.start_byte, node.end_byte, expression)


# -- names -------------------------------------------------------------------------------------------


def first_free(wanted: Sequence[bytes], is_free: Callable[[bytes], bool]) -> bytes:
    """The first of ``wanted`` that is free, else the last one with the first number that makes it
    so (from 2)."""
    for name in wanted:
        if is_free(name):
            return name
    number = 2
    while not is_free(name := wanted[-1] + b"_%d" % number):
        number += 1
    return name


def words_around(source: Source, node: Node) -> frozenset[bytes]:
    """All words of the function that holds ``node``, with those around it: a name that is none of them
    neither hides nor is hidden, wherever it is declared there."""
    functions = [a for a in source.ancestors(node) if a.type == "function_item"]
    return identifiers(source.text(functions[-1]) if functions else source.data)


def is_free(
    source: Source,
    scopes: Scopes,
    name: bytes,
    where: Span,
    gone: Iterable[Span] = (),
    meant: Iterable[Span] = (),
) -> bool:
    """May ``let name`` stand at the head of ``where`` without catching a name meant for another, and
    is it what the name means where it will be written, at ``meant``?

    ``gone`` are places inside that will not be there any more. Captures in format strings count.
    """
    leave = tuple(gone)
    for place in meant:
        hiding = scopes.resolve(name, place.start)
        if hiding is not None and hiding.decl.start >= where.start:
            return False
    word = re.compile(rb"(?<![\w.#])" + re.escape(name) + rb"(?![\w!])(?!\s*::)")
    for hit in word.finditer(source.data, where.start, where.end):
        at = Span(hit.start(), hit.end())
        if any(at in place for place in leave) or _means_no_local(source, at):
            continue
        binding = scopes.resolve(name, at.start)
        declared = any(b.decl == at for b in scopes.bindings)
        if not declared and (binding is None or binding.decl.start < where.start):
            return False
    return True


def _means_no_local(source: Source, at: Span) -> bool:
    """A comment's word, a plain string's, a field's name in ``S { name: .. }``."""
    node = source.root.descendant_for_byte_range(at.start, at.end)
    if node is None:
        return False
    if node.type in ("line_comment", "block_comment", "field_identifier", "type_identifier"):
        return True
    literal = node.parent if node.type == "string_content" else node
    if literal is not None and literal.type in STRINGS:
        return at not in (place for _, place in captures_in(source, literal))
    return span_of(node) != at
