"""The text of a struct that is split: its counters as atomics, the rest in a struct behind the lock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from codemods.mutex_counter.atomic_types import atomic
from engine.base.model import Edit, Span
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.codegen import replaced
from engine.rust.effects import is_pure
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.syntax import COMMENTS, Source, attributes, span_of

_COMMENT = "a comment stands inside the text that would be replaced"
_BASE = "base_field_initializer"
# Widest first.
_VISIBILITIES = (b"pub", b"pub(crate)", b"pub(super)", b"")


@dataclass(frozen=True, slots=True)
class _Member:
    """A field with the attributes and comments in front of it."""

    name: bytes
    text: bytes
    visibility: bytes


def split_definition(
    source: Source,
    struct: Node,
    inners: Mapping[bytes, str],
    field: bytes,
    rest: bytes,
    lock: bytes,
) -> Iterator[Edit]:
    """The struct with its counters (``inners``) as atomics and one ``field`` for the others, which
    the new struct ``rest`` holds behind the ``lock``. Raises Refused."""
    body = statement_nodes.body_of(struct)
    if body is None:
        raise Refused("the struct's definition is not understood")
    if any(b"cfg" in source.text(n) for n in body.named_children if n.type == "attribute_item"):
        raise Refused("a field of the struct hangs on `cfg`")
    members = list(_members(source, body, inners))
    moved = [member for member in members if member.name not in inners]
    seen = _widest([member.visibility for member in moved])
    newline = source.newline + source.indent_of(struct.start_byte)
    step = newline + b"    "
    lines: list[bytes] = []
    for member in members:
        if member.name in inners:
            lines.append(member.text)
        elif member is moved[0]:
            lines.append(seen + field + b": " + lock + b"<" + rest + b">")
    inside = b"".join(step + line + b"," for line in lines)
    told = b"/// What stays behind the lock of [`%s`]." % _name(source, struct)
    derived = [source.text(a) for a in attributes(struct) if source.text(a).startswith(b"#[derive")]
    head = newline.join([told, *derived, seen + b"struct " + rest])
    outside = b"".join(step + member.text + b"," for member in moved)
    text = b"{" + inside + newline + b"}" + source.newline + newline
    text += head + b" {" + outside + newline + b"}"
    yield Edit(source.path, body.start_byte, body.end_byte, text)


def _name(source: Source, struct: Node) -> bytes:
    named = item_nodes.name_of(struct)
    return source.text(named) if named is not None else b""


def _members(source: Source, body: Node, inners: Mapping[bytes, str]) -> Iterator[_Member]:
    start: int | None = None  # of what stands in front of the next field
    last: Node | None = None
    for node in body.named_children:
        named, type_ = item_nodes.name_of(node), item_nodes.type_of(node)
        if node.type != "field_declaration" or named is None or type_ is None:
            if node.type in COMMENTS and last is not None and _same_line(source, last, node):
                raise Refused(_COMMENT)
            start = node.start_byte if start is None else start
            continue
        name = source.text(named)
        span = Span(node.start_byte if start is None else start, node.end_byte)
        changes = {span_of(type_): atomic(inners[name])} if name in inners else {}
        modifier = item_nodes.visibility_of(node)
        seen = source.text(modifier) + b" " if modifier is not None else b""
        yield _Member(name, replaced(source, span, changes), seen)
        start, last = None, node
    if start is not None:
        raise Refused(_COMMENT)


def _same_line(source: Source, left: Node, right: Node) -> bool:
    return source.position(left.end_byte)[0] == source.position(right.start_byte)[0]


def _widest(found: Sequence[bytes]) -> bytes:
    """The visibility that all of ``found`` (with the space behind) can do with. Raises Refused."""
    words = {seen.strip() for seen in found}
    if len(words) == 1:
        return found[0]
    if words - set(_VISIBILITIES):
        raise Refused("its fields are visible in several ways: split it by hand")
    return min(words, key=_VISIBILITIES.index) + b" "


def split_literal(
    source: Source,
    value: Node,
    inners: Mapping[bytes, str],
    names: Sequence[bytes],
    default: bool,
    around: tuple[bytes, bytes, bytes],
) -> Iterator[Edit]:
    """``Meta { counter: 0, name }`` as the split struct has it. ``names`` are all its fields,
    ``default`` tells whether it derives ``Default``; ``around`` is what stands before and behind the
    rest, with the name of its struct in the middle. Raises Refused."""
    body = statement_nodes.body_of(value)
    if body is None or source.comments_in(span_of(value)):
        raise Refused(_COMMENT)
    place = f"line {source.position(value.start_byte)[0]}"
    counters: list[bytes] = []
    behind: list[bytes] = []
    first = 0  # how many counters stand before the rest
    waiting: list[Node] = []  # counters' values that would come behind a later one of the rest
    for part in body.named_children:
        if part.type == _BASE:
            continue
        filled = nodes.initialized(part)
        name = source.text(filled[0]) if filled is not None else source.text(part)
        if name in inners:
            text = source.text(filled[1]) if filled is not None else name
            counters.append(b"%s: %s::new(%s)" % (name, atomic(inners[name]), text))
            waiting += [filled[1]] if filled is not None and behind else []
            continue
        if not behind:
            first = len(counters)
        if not all(is_pure(source, each) for each in waiting):
            raise Refused(f"{place}: the fields would be computed in another order")
        behind.append(source.text(part))
    given = len(counters) + len(behind)
    base = next((source.text(n) for n in body.named_children if n.type == _BASE), b"")
    if base and (b"".join(base.split()) != b"..Default::default()" or not default):
        raise Refused(f"{place}: how the struct is made is not understood")
    if not base and given != len(names):
        raise Refused(f"{place}: how the struct is made is not understood")
    before, rest, after = around
    if len(behind) < len(names) - len(inners):
        behind.append(b"..Default::default()")
    step = (
        source.newline + source.indent_of(value.start_byte) if b"\n" in source.text(value) else b""
    )
    inner = before + rest + b" " + _braced(behind, step + b"    " if step else b"") + after
    counters.insert(first, inner)
    if len(counters) - 1 < len(inners):
        counters.append(b"..Default::default()")
    text = _braced(counters, step)
    yield Edit(source.path, body.start_byte, body.end_byte, text)


def _braced(parts: Sequence[bytes], step: bytes) -> bytes:
    """The parts of a literal in braces, each on a line of its own behind ``step``, the line break with
    the indent of the closing brace (b"": all on one line)."""
    if not step:
        return b"{ " + b", ".join(parts) + b" }"
    ends = (b"" if part.startswith(b"..") else b"," for part in parts)
    lines = (step + b"    " + part + end for part, end in zip(parts, ends, strict=True))
    return b"{" + b"".join(lines) + step + b"}"
