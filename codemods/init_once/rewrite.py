"""The edits that make a lock around an option a cell that is filled once: types, constructors, sections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rewrite.use_declarations import name
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.codegen import chained, indent_step, reindented, without_statement
from engine.rust.drop_scopes import is_tail
from engine.rust.effects import is_pure
from engine.rust.lock_groups.lock_guards import Guard, Refused
from engine.rust.lock_groups.lock_places import Constructor, LocatedCall, LockPlaces
from engine.rust.lock_groups.lock_sets import Group
from engine.rust.lock_groups.option_fills import Fill, Section
from engine.rust.lock_groups.option_uses import OptionUse, is_none, opened
from engine.rust.queries import walk
from engine.rust.scopes import scopes_of
from engine.rust.syntax import FUNCTIONS, Source, span_of

_COMMENT = "a comment stands inside what would be replaced"
_OPTIONS = (b"Option", b"std::option::Option", b"core::option::Option")
_MADE_EMPTY = (b"Default::default()", b"Option::default()")
# What a look through the name of the guard, or through the cell, becomes.
_LOOKS = {
    "look": b"", "clone": b".cloned()", "copy": b".copied()", "deref": b".map(|v| &**v)",
    "iter": b".into_iter()",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """The type that it becomes, by its full path. ``maker`` is what makes the value of a lazy one."""

    label: str
    path: bytes
    maker: bytes = b""

    @property
    def cell(self) -> bytes:
        """Its name, as it is written in an edit."""
        return name(self.path)


class Cell(NamedTuple):
    """How the value inside is written: as a reference to it, and in front of a ``.`` or behind a ``*``."""

    value: bytes
    through: bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """One lock call: its guard and what is done with it. ``plain``: the function that makes the value may be
    given by its name. The section is None where the lock itself is opened (``into_inner``)."""

    call: LocatedCall
    guard: Guard
    section: Section | None
    plain: bool = False


def edits_of(
    places: LockPlaces, group: Group, taken: Sequence[Taken], target: Target
) -> tuple[Edit, ...]:
    """All edits of a group. Raises Refused with the first place that cannot be rewritten."""
    found: list[Edit] = []
    for decl in group.declarations:
        source = places.source(decl.path)
        for span in decl.types:
            node = source.node_at(span)
            if node is None or node.type != "generic_type":
                raise Refused(f"{places.place(decl.path, span.start)}: the type is not understood")
            found += _at(places, source, node, _type(source, node, target))
    for new in group.constructors:
        source = places.source(new.file)
        node = source.node_at(new.whole)
        if node is None:
            raise Refused(f"{places.place(new.file, new.whole.start)}: it is not understood")
        found += _at(places, source, node, _constructor(source, new, target))
    for each in taken:
        source = places.source(each.call.path)
        found += _at(places, source, each.guard.node, _section(source, each, target))
    edits = tuple(sorted(set(found)))
    for one, other in pairwise(edits):
        if one.path == other.path and one.end > other.start:
            place = places.place(other.path, other.start)
            raise Refused(f"{place}: one such value is made inside of another one's section")
    return edits


def _at(places: LockPlaces, source: Source, node: Node, edits: Iterator[Edit]) -> list[Edit]:
    """The edits at ``node``; what is refused there, with the place."""
    try:
        found = list(edits)
    except Refused as refused:
        place = places.place(source.path, node.start_byte)
        raise Refused(f"{place}: {refused.reason}", refused.locks) from None
    return found


def _edit(source: Source, start: int, end: int, text: bytes) -> Edit:
    if source.comments_in(Span(start, end)):
        raise Refused(_COMMENT)
    return Edit(source.path, start, end, text)


# -- types and constructors ----------------------------------------------------------------------------


def _type(source: Source, node: Node, target: Target) -> Iterator[Edit]:
    """``Mutex<Option<T>>`` -> ``OnceLock<T>``"""
    head = nodes.generic_head(node)
    yield _edit(source, head.start_byte, head.end_byte, target.cell)
    yield from _opened_option(source, node)


def _opened_option(source: Source, node: Node) -> Iterator[Edit]:
    arguments = item_nodes.type_arguments(node)
    inner = arguments[-1] if arguments else None
    given = item_nodes.type_arguments(inner) if inner is not None else []
    if inner is None or source.text(nodes.generic_head(inner)) not in _OPTIONS or len(given) != 1:
        raise Refused("the type behind the lock is not written as an `Option<..>`")
    yield _edit(source, inner.start_byte, given[0].start_byte, b"")
    yield _edit(source, given[0].end_byte, inner.end_byte, b"")


def _constructor(source: Source, new: Constructor, target: Target) -> Iterator[Edit]:
    """``Mutex::new(None)`` -> ``OnceLock::new()``"""
    node = source.node_at(new.whole)
    if node is not None and new.turbofish:
        type_ = source.node_at(new.path)
        if type_ is None or type_.type != "generic_type":
            raise Refused("the type is not understood")
        yield from _type(source, type_, target)
        return
    call = nodes.call_of(node) if node is not None else None
    path = nodes.path_of(call.callee) if call is not None else None
    if node is None or call is None or path is None or path[0] is None:
        raise Refused("how the lock is made is not understood")
    made = source.text(path[1])
    if made not in (b"default",):
        if len(call.arguments) != 1 or not _is_empty(source, call.arguments[0]):
            raise Refused("it is made with a value, or with what may be one")
        given = call.arguments[0]
        yield _edit(source, given.start_byte, given.end_byte, target.maker)
    if made in (b"const_mutex", b"const_rwlock"):
        yield _edit(source, node.start_byte, call.callee.end_byte, target.cell + b"::new")
        return  # its argument has gone
    yield _edit(source, new.named.start, new.named.end, target.cell)
    if path[0].start_byte == new.named.start and path[0].end_byte != new.named.end:
        yield from _opened_option(source, path[0])
    if made in (b"from", b"const_new"):
        yield _edit(source, path[1].start_byte, path[1].end_byte, b"new")


def _is_empty(source: Source, value: Node) -> bool:
    return is_none(source, value) or b"".join(source.text(value).split()) in _MADE_EMPTY


# -- sections ------------------------------------------------------------------------------------------


def _section(source: Source, taken: Taken, target: Target) -> Iterator[Edit]:
    section, node = taken.section, taken.guard.node
    if section is None:  # into_inner
        yield _edit(source, taken.call.span.end, node.end_byte, b"")
        return
    if section.sets is not None:
        yield from _set(source, taken, section, section.sets)
        return
    if section.declared is None:
        yield from _temporary(source, taken, section, target)
        return
    for drop in section.drops:
        yield _gone(source, drop)
    if section.fill is None:
        yield from _looked_at(source, taken, section)
        return
    _require_same_place(source, taken, section, section.fill)
    yield _gone(source, section.declared)
    yield from _filled(source, taken, section, section.fill, target)


def _temporary(source: Source, taken: Taken, section: Section, target: Target) -> Iterator[Edit]:
    """What is done with the guard where it is taken."""
    receiver = taken.call.receiver
    if section.fill is not None:
        value = section.fill.value
        assert value is not None
        if target.maker:
            lazy = _lazy(source.slice(receiver), section.fill)
            yield _edit(source, section.fill.whole.start_byte, section.fill.whole.end_byte, lazy)
            return
        text = _white(source, receiver.end) + b".get_or_init("
        text += b"" if section.fill.function else b"|| "
        yield _edit(source, receiver.end, value.start_byte, text)
        return
    (use,) = section.uses
    if use.kind == "shown":
        yield from _through(source, use.node, receiver, b".get()")
        return
    suffix = b".get()" + (_LOOKS[use.kind] if use.kind in _LOOKS else b"." + use.method + b"()")
    yield from _through(source, use.node, receiver, suffix)
    yield from _unreferenced(source, use)


def _set(source: Source, taken: Taken, section: Section, use: OptionUse) -> Iterator[Edit]:
    """``*cell.lock().unwrap() = Some(x);``, which runs once -> ``let _ = cell.set(x);``"""
    statement, value = nodes.outward(use.node).parent, use.value
    if section.uses or statement is None or value is None:
        raise Refused("it is looked at in the section that sets it")
    if statement.type != "expression_statement":
        raise Refused("it is set in the middle of an expression")
    _require_no_attribute(statement)
    if section.declared is not None:
        node = source.node_at(taken.call.receiver)
        if node is None or not is_pure(source, node):
            raise Refused("the lock is found by a call that would run at another place")
        for drop in section.drops:
            yield _gone(source, drop)
        yield _gone(source, section.declared)
    place = source.slice(taken.call.receiver)
    head = b"let _ = " + chained(place, b".set(")
    yield _edit(source, use.node.start_byte, value.start_byte, head)
    yield _edit(source, value.end_byte, use.node.end_byte, b")")


def _through(source: Source, node: Node, receiver: Span, suffix: bytes) -> Iterator[Edit]:
    """``node``, which holds the ``receiver`` of its lock call, as that with the ``suffix``."""
    if node.start_byte < receiver.start:
        yield _edit(source, node.start_byte, receiver.start, b"")
    yield _edit(source, receiver.end, node.end_byte, _white(source, receiver.end) + suffix)


def _white(source: Source, at: int) -> bytes:
    """The white space at ``at``: a chain's line break."""
    return source.data[at : source.data.index(b".", at)]


def _unreferenced(source: Source, use: OptionUse) -> Iterator[Edit]:
    """``Some(ref v)`` -> ``Some(v)``"""
    for ref in use.refs:
        inner = ref.named_children[-1]
        yield _edit(source, ref.start_byte, inner.start_byte, b"")


def _looked_at(source: Source, taken: Taken, section: Section) -> Iterator[Edit]:
    """``let g = cell.get();``, and the uses by that name."""
    assert section.declared is not None
    yield _edit(source, taken.call.receiver.end, taken.guard.node.end_byte, b".get()")
    for child in section.declared.children:
        if child.type == "mutable_specifier":
            yield _edit(source, child.start_byte, child.end_byte + 1, b"")
    for use in section.uses:
        yield from _by_name(source, section.name, use)


def _by_name(source: Source, named: bytes, use: OptionUse) -> Iterator[Edit]:
    """A use of the guard ``named`` where that is an ``Option<&T>``."""
    if use.kind == "asked" or (use.kind == "shown" and use.node == use.guard):
        if use.guard.parent is not None and nodes.dereferenced(use.guard.parent) == use.guard:
            yield _edit(
                source, use.node.start_byte, use.node.end_byte, named + b"." + use.method + b"()"
            )
        return
    text = named + _LOOKS.get(use.kind, b"")
    yield _edit(source, use.node.start_byte, use.node.end_byte, text)
    yield from _unreferenced(source, use)


def _require_same_place(source: Source, taken: Taken, section: Section, fill: Fill) -> None:
    """Raises Refused where the place of the lock would be another one where it is filled."""
    node = source.node_at(taken.call.receiver)
    declared = section.declared
    statement = next(_replaced(fill))
    once = all(opened(source, use) is not None for use in section.uses)
    next_to = declared is not None and declared.next_named_sibling == statement
    if node is None or not (is_pure(source, node) or (once and next_to)):
        raise Refused("the lock is found by what would run at another place, or twice")
    function = source.enclosing(node, FUNCTIONS)
    if function is None:
        return
    scopes = scopes_of(source, function)
    names = (part for part in walk(node) if part.type == "identifier")
    for word in map(source.text, names):
        there = scopes.resolve(word, fill.whole.start_byte)
        own = there is not None and there.decl in span_of(section.scope.holder)  # it goes
        if not own and scopes.resolve(word, node.start_byte) != there:
            raise Refused(f"`{word.decode('utf-8', 'replace')}` means something else there")


def _gone(source: Source, statement: Node) -> Edit:
    if source.comments_in(span_of(statement)):
        raise Refused(_COMMENT)
    _require_no_attribute(statement)
    return without_statement(source, statement)


def _require_no_attribute(statement: Node) -> None:
    """Raises Refused where an attribute stands on the statement, or is it."""
    before = statement.prev_named_sibling
    if before is not None and before.type == "attribute_item":
        raise Refused("an attribute stands on a statement that would be replaced")


def _filled(
    source: Source, taken: Taken, section: Section, fill: Fill, target: Target
) -> Iterator[Edit]:
    """The ``if``, the ``match`` or the statements that fill it."""
    place = source.slice(taken.call.receiver)
    start, end = fill.whole.start_byte, (fill.last or fill.whole).end_byte
    for statement in _replaced(fill):
        _require_no_attribute(statement)
    _require_no_comment_lost(source, fill, Span(start, end))
    indent = source.indent_of(start)
    step = indent_step(source, fill.whole.parent or fill.whole)
    made = (
        chained(place, b".get_or_init(") + maker_of(source, fill, taken.plain, indent, step) + b")"
    )
    cell = Cell(made, made) if not target.maker else Cell(b"&*" + place, place)
    if fill.form == "if" or (fill.form == "insert" and section.uses):
        whole = fill.whole if fill.form == "if" else nodes.outward(fill.whole).parent
        assert whole is not None
        yield from _before_looks(source, section, cell.value, place, whole)
        return
    text = _result(source, fill, cell, indent)
    if fill.form == "return":
        last = fill.last
        assert last is not None
        leaves = source.text(last).startswith(b"return")
        ended = fill.given == "nothing" or source.text(last).endswith(b";")
        text = (b"return " if leaves and fill.given != "nothing" else b"") + text
        text += b";" if ended and not text.endswith(b";") else b""
    elif fill.form == "either":
        up = fill.whole.parent
        ends = up is not None and up.type == "expression_statement" and not is_tail(up)
        text += b";" if ends and up is not None and not source.text(up).endswith(b";") else b""
    yield Edit(source.path, start, end, text)


def _replaced(fill: Fill) -> Iterator[Node]:
    """The statements that go with what fills it."""
    whole, up = fill.whole, fill.whole.parent
    if fill.form != "return":
        yield up if up is not None and up.type == "expression_statement" else whole
        return
    end = (fill.last or whole).end_byte
    yield from (n for n in (up or whole).named_children if whole.start_byte <= n.start_byte < end)


def _before_looks(
    source: Source, section: Section, base: bytes, place: bytes, whole: Node
) -> Iterator[Edit]:
    """It is filled in front of the looks at it: these look at the value itself where all of them open it."""
    start, end = whole.start_byte, whole.end_byte
    if not section.uses:
        yield Edit(source.path, start, end, base + b";")
        return
    if (named := _named_at_once(source, section, whole)) is not None:
        yield _gone(source, whole)
        yield _edit(source, named.start_byte, named.end_byte, base)
        return
    let, gap = b"let " + section.name + b" = ", source.newline + source.indent_of(start)
    if all(opened(source, use) is not None for use in section.uses):
        yield Edit(source.path, start, end, let + base + b";")
        for use in section.uses:
            yield from _opened_by_name(source, section.name, use)
        return
    looked = let + chained(place, b".get()") + b";"
    yield Edit(source.path, start, end, base + b";" + gap + looked)
    for use in section.uses:
        yield from _by_name(source, section.name, use)


def _named_at_once(source: Source, section: Section, whole: Node) -> Node | None:
    """``g.as_ref().unwrap()`` of a ``let`` that stands directly behind what fills it, and alone uses it."""
    value = opened(source, section.uses[0]) if len(section.uses) == 1 else None
    up = nodes.outward(value).parent if value is not None else None
    let = statement_nodes.let_of(up) if up is not None else None
    plain = let is not None and up is not None and up.prev_named_sibling == whole
    return value if plain and section.uses[0].kind == "look" else None


def _opened_by_name(source: Source, named: bytes, use: OptionUse) -> Iterator[Edit]:
    """``g.as_ref().unwrap()`` where ``g`` is the value itself."""
    value = opened(source, use)
    assert value is not None
    text = named
    if use.kind == "clone":
        text = named + b".clone()"
    elif use.kind == "copy":
        up = nodes.outward(value).parent
        alone = up is None or nodes.access_of(up) is None
        text = b"*" + named if alone else b"(*" + named + b")"
    yield _edit(source, value.start_byte, value.end_byte, text)


def _lazy(place: bytes, fill: Fill) -> bytes:
    """The value of a lazy cell in the place of the call that fills it."""
    up = nodes.outward(fill.whole).parent
    within = up is not None and (
        nodes.access_of(up) is not None or nodes.dereferenced(up) is not None
    )
    return place if within else b"&*" + place


def _result(source: Source, fill: Fill, cell: Cell, indent: bytes) -> bytes:
    """What has the value of the whole."""
    if fill.form == "insert":
        return cell.value if cell.value == cell.through else _lazy(cell.through, fill)
    if fill.given == "nothing":
        return cell.value
    if fill.given == "copy":
        return b"*" + cell.through
    there = fill.result
    assert there is not None
    text = reindented(source, span_of(there), source.indent_of(there.start_byte), indent)
    mentions = [w for w in _words(text) if w == fill.name]
    if len(mentions) == 1 and text.startswith(fill.name + b"."):
        return chained(cell.through, text[len(fill.name) :])
    if len(mentions) == 1 and text.endswith(b"::clone(" + fill.name + b")"):
        return text[: -len(fill.name) - 1] + cell.value + b")"
    let = b"let " + fill.name + b" = " + cell.value + b";"
    if fill.form == "return" and fill.last is not None:
        leaves = b"return " if source.text(fill.last).startswith(b"return") else b""
        return let + source.newline + indent + leaves + text
    return b"{ " + let + b" " + text + b" }"


def _words(text: bytes) -> Iterable[bytes]:
    word = b""
    for at in range(len(text) + 1):
        char = text[at : at + 1]
        if char.isalnum() or char == b"_":
            word += char
            continue
        if word:
            yield word
        word = b""


# -- what makes the value ------------------------------------------------------------------------------


def _region(source: Source, fill: Fill) -> Span | None:
    """From where the statements in front of the value may stand, to what holds the value; None where there is
    nothing in front of it."""
    filling = nodes.outward(fill.use.node).parent
    block = filling.parent if filling is not None else None
    if fill.form == "insert" or fill.value is None or filling is None or block is None:
        return None
    held = source.enclosing(fill.value, ("let_declaration",))
    last = held if held is not None and held.parent == block else filling
    start = fill.whole.end_byte if fill.form == "return" else block.start_byte + 1
    region = Span(start, last.start_byte)
    return region if fill.before or source.comments_in(region) else None


def maker_of(
    source: Source, fill: Fill, plain: bool, indent: bytes = b"", step: bytes = b"    "
) -> bytes:
    """The closure, or the function, that makes the value."""
    value = fill.value
    assert value is not None
    if fill.function:
        return source.text(value)
    if fill.form == "insert":
        return b"|| " + source.text(value)
    region, cut = _region(source, fill), source.indent_of(value.start_byte)
    if region is None:
        call = nodes.call_of(value)
        if plain and call is not None:
            return source.text(call.callee)
        return b"|| " + reindented(source, span_of(value), cut, indent)
    inner = reindented(source, region, cut, indent + step).strip()
    text = reindented(source, span_of(value), cut, indent + step)
    gap = source.newline + indent + step
    return b"|| {" + gap + (inner + gap if inner else b"") + text + source.newline + indent + b"}"


def _require_no_comment_lost(source: Source, fill: Fill, whole: Span) -> None:
    kept = [span for span in (_region(source, fill),) if span is not None]
    kept += [span_of(node) for node in (fill.value, fill.result) if node is not None]
    for comment in source.comments_in(whole):
        if not any(span_of(comment) in span for span in kept):
            raise Refused(_COMMENT)
