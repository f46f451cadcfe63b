"""A piece of an async function's code as one closure on a thread that may block, awaited in its place: may it
be one, what does it take along, what comes back, and how is it written?

The closure owns what it uses (``owned_captures``). Its panics go on in the task; its errors leave by the ``?``
that they left by. A *region* is some statements of one block, or one expression whose value is computed in
front of its statement. Not answered: whether the code may run elsewhere, and whether the future may wait there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rust.codegen import (
    first_free,
    in_front,
    indent_step,
    reindented,
    words_around,
)
from engine.rust.control_flow import exits
from engine.rust.item_nodes import return_type, type_arguments
from engine.rust.late_drops import asked_of_locals, living_on
from engine.rust.nodes import generic_head, named_children, outward, tried
from engine.rust.owned_captures import (
    Owned,
    Place,
    Result,
    may_change,
    owned,
    places_used,
    results_of,
    used_behind,
)
from engine.rust.scopes import Binding, Scopes
from engine.rust.statement_nodes import expression_in, let_of
from engine.rust.suspension import suspends
from engine.rust.syntax import ITEMS, Source, span_of
from engine.rust.type_facts import TypeFacts
from engine.rust.types import Type

TypeAt = Callable[[Span], Type | None]


@dataclass(frozen=True)
class Region:
    """What becomes the closure: ``nodes`` are statements of one block, or one expression. Where it is one
    expression in a statement that does more, ``hoisted`` is that statement: the value is computed in front of
    it. ``tail``: its value is the block's. ``late`` are names that it declares and that must live on behind it."""

    source: Source
    scopes: Scopes
    block: Node
    nodes: tuple[Node, ...]
    hoisted: Node | None = None
    tail: bool = False
    late: tuple[Result, ...] = ()

    @property
    def span(self) -> Span:
        """From its first node to its last."""
        return Span(self.nodes[0].start_byte, self.nodes[-1].end_byte)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """What it uses of the function around it."""
        return places_used(self.source, self.scopes, self.span)

    @cached_property
    def results(self) -> tuple[Result, ...]:
        """What it declares that is used behind it, or must live on, in the order of the text."""
        if self.hoisted is not None:
            return ()
        every = (*results_of(self.scopes, self.nodes), *self.late)
        return tuple(sorted(every, key=lambda result: result.declared))

    @cached_property
    def tries(self) -> tuple[Node, ...]:
        """The ``?`` that leave it."""
        found = (leaving for node in self.nodes for leaving in exits(self.source, node))
        return tuple(node for node in found if node.type == "try_expression")

    @property
    def value(self) -> Node | None:
        """Its value, where it is one expression: of a ``let`` of one name that is used behind, of a statement, of a
        tail."""
        if len(self.nodes) != 1:
            return None
        let = let_of(self.nodes[0])
        if let is not None and self.nodes[0].type == "let_declaration":
            plain = let.value is not None and let.alternative is None
            return let.value if plain else None
        return expression_in(self.nodes[0])


def widened(region: Region, place: Place) -> Region | None:
    """The region from the ``let`` of a place on, in the same block, which the code changes and which is then
    made in the closure; None where that stands elsewhere, or an await between."""
    binding = place.binding
    if binding is None or binding.kind != "let" or region.hoisted is not None:
        return None
    inside = named_children(region.block)
    first = inside.index(region.nodes[0])
    at = next((n for n in range(first) if span_of(inside[n]) == binding.statement), None)
    if at is None:
        return None
    wider = replace(region, nodes=(*inside[at:first], *region.nodes))
    return None if hindered(wider) else wider


def hindered(region: Region) -> str:
    """Why the statements cannot become a closure, in words; "" where nothing hinders it."""
    source = region.source
    for node in region.nodes:
        if node.type in ITEMS or node.type in ("use_declaration", "macro_definition"):
            return "an item is declared between the operations"
        if suspends(source, node):
            return "an await stands between the operations"
        for leaving in exits(source, node):
            if leaving.type != "try_expression":
                word = source.text(leaving).split()[0].decode("utf-8", "replace").rstrip(";")
                return f"`{word}` leaves the code that would have to become a closure"
    if region.tail and region.results:
        return "names that it declares are used behind its value"
    return ""


def try_operands(region: Region) -> tuple[Span, ...]:
    """What the ``?`` are put on: their types tell which errors there are."""
    found = (tried(node) for node in region.tries)
    return tuple(span_of(node) for node in found if node is not None)


def asked(region: Region) -> Iterator[Span]:
    """Expressions whose types must be known for the closure, of what it may be widened by as well."""
    for place in region.places:
        yield place.uses[0]
        wider = widened(region, place) if may_change(region.source, place) else None
        if wider is not None:
            yield from asked(wider)
    yield from try_operands(region)
    yield from asked_of_locals(region.nodes)


@dataclass(frozen=True, slots=True)
class Offload:
    """The edits that make a closure of a region. ``copies`` are what is copied for it, in words; ``region``
    is all that is in the closure: it may begin further up than the one that was asked about."""

    edits: tuple[Edit, ...]
    copies: tuple[str, ...]
    region: Region


def offload(
    region: Region,
    body: Node,
    type_at: TypeAt,
    types: TypeFacts,
    tokio: bytes,
    matters: Callable[[Type], bool] = lambda _: False,
) -> Offload | str:
    """The closure; in words why it cannot be one. ``matters`` tells whether it matters when a value is dropped."""
    source, scopes = region.source, region.scopes
    if source.comments_in(region.span) and region.hoisted is not None:
        return "a comment stands inside what would be replaced"
    for place in region.places:
        behind = used_behind(scopes, place, region.span, span_of(scopes.function))
        if behind and may_change(source, place) and (wider := widened(region, place)) is not None:
            return offload(wider, body, type_at, types, tokio, matters)
    taken: list[Owned] = []
    within = span_of(scopes.function)
    for place in region.places:
        behind = used_behind(scopes, place, region.span, within)
        names = [each.name for each in taken]
        found = owned(scopes, place, type_at(place.uses[0]), types, behind, names)
        if isinstance(found, str):
            return found
        taken.append(found)
    fails = _failing(region, body, type_at)
    if isinstance(fails, str):
        return fails
    if len(region.nodes) > 1 and not region.tail:
        late = living_on(scopes, region.block, region.nodes, type_at, matters)
        if isinstance(late, str):
            return late
        region = replace(region, late=tuple(map(_late, late)))
    text = _written(region, taken, fails, tokio)
    copies = tuple(
        each.place.text.decode("utf-8", "replace") for each in taken if each.cost.allocates
    )
    if region.hoisted is None:
        edits: tuple[Edit, ...] = (Edit(source.path, region.span.start, region.span.end, text),)
        return Offload(edits, copies, region)
    words = words_around(source, region.nodes[0])
    name = first_free((b"found", b"done", b"answer"), lambda wanted: wanted not in words)
    place_ = outward(region.nodes[0])
    front = in_front(source, region.hoisted, b"let " + name + b" = " + text + b";")
    edits = (front, Edit(source.path, place_.start_byte, place_.end_byte, name))
    return Offload(edits, copies, region)


def _late(binding: Binding) -> Result:
    unused = binding.name if binding.name.startswith(b"_") else b"_" + binding.name
    return Result(binding.name, False, binding.decl, unused)


@dataclass(frozen=True, slots=True)
class _Fails:
    """How the closure's errors leave: ``result`` is its written type, "" where it needs none; ``outer``: the
    one ``?`` of its value is put on what is awaited."""

    result: bytes = b""
    outer: bool = False
    good: bytes = b"Ok"


def _failing(region: Region, body: Node, type_at: TypeAt) -> _Fails | str:
    tries = region.tries
    if not tries:
        return _Fails()
    value = region.value
    if value is not None and len(tries) == 1 and tries[0] == value:
        return _Fails(outer=True)
    told = [type_at(span) for span in try_operands(region)]
    bases = [type_ for type_ in told if type_ is not None]
    if len(bases) == len(told):
        if all(type_.name.endswith("option::Option") for type_ in bases):
            return _Fails(b"Option<_>", good=b"Some")
        errors = {str(type_.args[1]) for type_ in bases if len(type_.args) == 2}
        plain = all(type_.name.endswith("result::Result") for type_ in bases)
        if plain and len(errors) == 1:
            error = errors.pop()
            if error == "std::io::Error":
                return _Fails(b"std::io::Result<_>")
            if error.startswith(
                "std::"
            ):  # of this crate rustc prints no path that holds everywhere
                return _Fails(b"Result<_, " + error.encode() + b">")
    declared = return_type(body) if body.type == "function_item" else None
    arguments = type_arguments(declared) if declared is not None else []
    source = region.source
    head = source.text(generic_head(declared)) if declared is not None else b""
    if not arguments or not head.endswith(b"Result"):
        return "what its errors become is not written as a `Result` of the function's"
    rest = b"".join(b", " + source.text(each) for each in arguments[1:])
    return _Fails(head + b"<_" + rest + b">")


def _written(region: Region, taken: Sequence[Owned], fails: _Fails, tokio: bytes) -> bytes:
    source = region.source
    start = region.hoisted or region.nodes[0]
    indent, step = source.indent_of(start.start_byte), indent_step(source, region.block)
    line = source.newline
    befores = [each.before for each in taken if each.before]
    base = indent + step if befores else indent
    inner = base + step
    heads = [each.head for each in taken if each.head]
    body = _body(region, taken, fails, indent, inner)
    typed = b" -> " + fails.result + b" " if fails.result else b" "
    lines = b"".join(line + inner + part for part in (*heads, *body))
    one = not heads and len(body) == 1 and not body[0].endswith(b";") and not fails.result
    closure = body[0] if one else b"{" + lines + line + base + b"}"
    asked_ = b"done?" if fails.result or fails.outer else b"done"
    awaited = (
        b"match " + tokio + b"::task::spawn_blocking(move ||" + typed + closure + b").await {"
        + line + inner + b"Ok(done) => " + asked_ + b","
        + line + inner + b"Err(error) => std::panic::resume_unwind(error.into_panic()),"
        + line + base + b"}"
    )  # fmt: skip
    if befores:
        opened = b"".join(line + base + before for before in befores)
        awaited = b"{" + opened + line + base + awaited + line + indent + b"}"
    return _bound(region, awaited)


def _bound(region: Region, awaited: bytes) -> bytes:
    """With the ``let`` in front of it."""
    results = region.results
    if region.hoisted is not None or region.tail:
        return awaited
    let = let_of(region.nodes[0]) if len(region.nodes) == 1 else None
    if let is not None and region.value is not None:
        typed = region.source.slice(Span(region.nodes[0].start_byte, region.value.start_byte))
        return typed + awaited + b";"
    if not results:
        return awaited
    names = [(b"mut " if each.mutable else b"") + (each.outside or each.name) for each in results]
    pattern = names[0] if len(names) == 1 else b"(" + b", ".join(names) + b")"
    return b"let " + pattern + b" = " + awaited + b";"


_BOUND = re.compile(rb"^let (\w+|\([\w, ]+\))(?= = (?:\{|match)\s)")


def with_mutable(written: bytes, name: bytes) -> bytes | None:
    """What ``offload`` wrote, with the result ``name`` bound as ``mut``; None where it binds none of that name, or
    does so already."""
    found = _BOUND.match(written)
    changed = (
        re.sub(rb"(?<!mut )\b%b\b" % re.escape(name), b"mut " + name, found[1]) if found else b""
    )
    if found is None or changed == found[1]:
        return None
    return b"let " + changed + written[found.end() :]


def _body(
    region: Region, taken: Sequence[Owned], fails: _Fails, indent: bytes, inner: bytes
) -> list[bytes]:
    """The closure's statements, each as it stands on lines of its own."""
    source, value = region.source, region.value
    changes = {
        span: each.name
        for each in taken
        if each.name != each.place.text
        for span in each.place.uses
    }
    let = let_of(region.nodes[0]) if len(region.nodes) == 1 else None
    alone = value is not None and (let is None or region.hoisted is None)
    if value is not None and alone:
        inside = tried(value) if fails.outer else value
        text = _moved(source, inside or value, changes, indent, inner)
        plain = len(region.nodes) == 1 and (region.tail or let is not None or region.hoisted)
        if fails.result:
            return [fails.good + b"(" + text + b")"]
        return [text] if plain or fails.outer else [text + b";"]
    texts = [_moved(source, node, changes, indent, inner) for node in region.nodes]
    names = [each.name for each in region.results]
    if region.tail:
        if fails.result:
            texts[-1] = fails.good + b"(" + texts[-1] + b")"
        return _with_comments(region, texts, inner)
    made = names[0] if len(names) == 1 else b"(" + b", ".join(names) + b")"
    if fails.result:
        texts.append(fails.good + b"(" + made + b")")
    elif names:
        texts.append(made)
    return _with_comments(region, texts, inner)


def _with_comments(region: Region, texts: Sequence[bytes], inner: bytes) -> list[bytes]:
    """The comments between the statements stay where they are."""
    source = region.source
    found: list[bytes] = []
    end = region.nodes[0].start_byte
    for node, text in zip(region.nodes, texts, strict=False):
        between = source.comments_in(Span(end, node.start_byte))
        found += [source.text(comment) for comment in between]
        found.append(text)
        end = node.end_byte
    return [*found, *texts[len(region.nodes) :]]


def _moved(
    source: Source, node: Node, changes: dict[Span, bytes], indent: bytes, inner: bytes
) -> bytes:
    mine = [(span, text) for span, text in changes.items() if span in span_of(node)]
    return reindented(source, span_of(node), indent, inner, mine)
