"""The section of a guard over an ``Option``: what is done with the option, and whether it is filled there
where it is empty, and only there.

    if g.is_none() { *g = Some(make()); }                          "if"
    match &*g { Some(v) => look(v), None => { .. } }               "either", an ``if let .. else`` too
    if let Some(v) = &*g { return look(v); } .. *g = Some(x); x    "return"
    g.get_or_insert_with(make)                                     "insert"

The last three give a value; it has to be the same one whether the option was filled before or is filled now.
Anything else that fills it does so whatever is there (``Section.sets``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import nodes, statement_nodes
from engine.rust.control_flow import exits, suspensions
from engine.rust.effects import is_pure, panics_on_purpose
from engine.rust.guard_scopes import GuardScope, guard_scope
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.lock_groups.option_uses import OptionUse, opened, option_use
from engine.rust.queries import walk
from engine.rust.scopes import Binding, scopes_of
from engine.rust.syntax import FUNCTIONS, Source, span_of

_CLONES = re.compile(rb"(?:(?:std::sync::|std::rc::)?(?:Arc|Rc)::clone|Clone::clone)\(&?(\w+)\)")
_CALLED = re.compile(rb"(\w+)\.clone\(\)")


class Unfollowed(Refused):
    """It is filled where it is empty, in a way that is not followed or cannot be had without the lock."""


@dataclass(frozen=True, slots=True)
class Fill:
    """How it is filled. ``whole`` is the ``if``, the ``match``, the call, or for "return" the first statement
    (the ``if let``); ``last`` the last one of "return". ``before`` are the statements that run in front of
    ``value``, which makes what is inside (``function``: it gives the function that does). ``given`` tells what is
    made of the value: nothing, a copy of it, or ``result``, in which it is called ``name``. ``cloned``: today a
    clone is kept, and the value itself given back."""

    form: Literal["if", "either", "return", "insert"]
    whole: Node
    use: OptionUse
    before: tuple[Node, ...]
    value: Node | None
    function: bool = False
    last: Node | None = None
    given: Literal["nothing", "copy", "result"] = "nothing"
    name: bytes = b""
    result: Node | None = None
    cloned: bool = False

    @property
    def made(self) -> tuple[Node, ...]:
        """All that runs only where it is empty."""
        return self.before if self.value is None else (*self.before, self.value)


@dataclass(frozen=True, slots=True)
class Section:
    """``uses`` are what is done with the option beside filling it, in the order of the text; ``declared`` is the
    ``let`` of a named guard, ``drops`` the statements that end it early. ``sets`` fills it whatever is there."""

    guard: Node
    scope: GuardScope
    uses: tuple[OptionUse, ...]
    declared: Node | None = None
    name: bytes = b""
    drops: tuple[Node, ...] = ()
    fill: Fill | None = None
    sets: OptionUse | None = None


def section_of(source: Source, guard: Node) -> Section:
    """The section of the guard that is the value of ``guard``. Raises Refused where a use of it is not
    followed, and RecursionError on absurdly nested code."""
    scope = guard_scope(source, guard)
    if scope is None or scope.kind in ("passed", "for", "parameter", "pattern"):
        raise Refused("the guard is given away or kept", locks=True)
    if scope.kind != "let":
        use = option_use(source, guard)
        if use.kind == "fill":
            return Section(guard, scope, (), sets=use)
        if use.kind == "insert":
            return Section(guard, scope, (), fill=_inserted(source, use))
        return Section(guard, scope, (use,))
    return _named(source, guard, scope)


def _named(source: Source, guard: Node, scope: GuardScope) -> Section:
    let = statement_nodes.let_of(scope.holder)
    if let is None or let.pattern.type not in ("identifier", "mut_pattern") or let.alternative:
        raise Refused("the guard comes out of a pattern that is not understood", locks=True)
    if let.type is not None:
        raise Refused("the guard's type is written out")
    if scope.trace.moves or scope.trace.reassigned:
        raise Refused("the guard is given away or kept", locks=True)
    binding = scope.bindings[0]
    drops = tuple(_drops(source, scope))
    uses = tuple(_uses(source, scope, binding, drops))
    section = Section(guard, scope, uses, scope.holder, binding.name, drops)
    filling = [use for use in uses if use.kind in ("fill", "insert")]
    if not filling:
        return section
    if len(filling) > 1:
        raise Unfollowed("it is filled in several places of one section")
    return _filled(source, section, filling[0])


def _drops(source: Source, scope: GuardScope) -> Iterator[Node]:
    for drop in scope.trace.drops:
        statement = drop.parent
        if statement is None or statement.type != "expression_statement":
            raise Refused("the guard is dropped in the middle of an expression")
        yield statement


def _uses(
    source: Source, scope: GuardScope, binding: Binding, drops: tuple[Node, ...]
) -> Iterator[OptionUse]:
    function = source.enclosing(scope.holder, FUNCTIONS)
    assert function is not None  # a scope with bindings has one
    for use in scopes_of(source, function).uses(binding):
        if any(use.span in span_of(drop) for drop in drops):
            continue
        node = source.innermost(use.span)
        if use.capture:
            yield OptionUse("shown", node, node)
        elif node.type != "identifier" or span_of(node) != use.span:
            raise Refused("a macro takes the guard")
        else:
            yield option_use(source, node)


# -- filled where it is empty ------------------------------------------------------------------------


def _filled(source: Source, section: Section, use: OptionUse) -> Section:
    declared = section.declared
    block = declared.parent if declared is not None else None
    rest = tuple(each for each in section.uses if each != use)
    if use.kind == "insert":
        up = nodes.outward(use.node).parent
        if rest and (up is None or up.type != "expression_statement"):
            raise Unfollowed("it is looked at again in the section that fills it")
        return _without(source, section, _inserted(source, use), rest)
    statement = nodes.outward(use.node).parent
    inside = statement.parent if statement is not None else None
    if statement is None or statement.type != "expression_statement" or inside is None:
        return _unchecked(section, use, rest)
    if inside == block:
        fill_ = _returning(source, section, use, statement, rest)
        return fill_ if fill_ is not None else _unchecked(section, use, rest)
    holder = _holder(inside)
    branches = statement_nodes.branches_of(holder) if holder is not None else None
    if holder is None:
        return _unchecked(section, use, rest)
    if branches is not None and branches.consequence == inside:
        return _checked(source, section, use, holder, branches, rest)
    return _either(source, section, use, holder, inside, rest)


def _unchecked(section: Section, use: OptionUse, rest: tuple[OptionUse, ...]) -> Section:
    return replace(section, uses=rest, sets=use)


def _without(source: Source, section: Section, fill: Fill, rest: tuple[OptionUse, ...]) -> Section:
    """The section with its ``fill``; ``rest`` are the other uses, which must come behind it."""
    gone = span_of(fill.whole)
    if fill.last is not None:
        gone = Span(gone.start, fill.last.end_byte)
    left = tuple(use for use in rest if span_of(use.node) not in gone)
    if any(use.node.start_byte < gone.start for use in left):
        raise Unfollowed("it is looked at before it is filled, in the same section")
    return replace(section, uses=left, fill=_folded(source, fill))


def _holder(block: Node) -> Node | None:
    """The ``if`` or ``match`` of which the block is a branch."""
    up = block.parent
    if up is not None and up.type == "else_clause":
        up = up.parent
    if up is not None and up.type == "match_arm":
        up = up.parent.parent if up.parent is not None else None
    return up if up is not None and up.type in ("if_expression", "match_expression") else None


def _inserted(source: Source, use: OptionUse) -> Fill:
    function = use.method == b"get_or_insert_with"
    if use.value is None or (not function and not is_pure(source, use.value)):
        raise Unfollowed(
            "what `get_or_insert` is given is made each time, and would be made once alone"
        )
    _require_inside(source, use.value)
    return Fill("insert", use.node, use, (), use.value, function)


def _require_inside(source: Source, *made: Node) -> None:
    """Raises Unfollowed where making the value may leave the section, or waits in a future."""
    for node in made:
        if next(suspensions(source, node), None) is not None:
            raise Unfollowed("the value is made by what is awaited, which `OnceLock` cannot do")
        for leaving in exits(source, node):
            if panics_on_purpose(source, leaving) == leaving:
                continue
            if leaving.type == "try_expression":
                raise Unfollowed(
                    f"making the value may fail (`{source.quoted(span_of(leaving))}`), and `OnceLock` "
                    "has no stable way to try again"
                )
            raise Unfollowed(
                f"`{source.quoted(span_of(leaving))}` leaves while the value is made, so that it stays "
                "empty"
            )


def _made_in(
    source: Source, section: Section, use: OptionUse, statements: list[Node]
) -> tuple[tuple[Node, ...], Node]:
    """The statements in front of the one that fills it, and the value."""
    fill = nodes.outward(use.node).parent
    assert fill is not None and use.value is not None
    before = tuple(s for s in statements if s.end_byte <= fill.start_byte)
    _require_inside(source, *before, use.value)
    own = (*before, use.value)
    for other in section.uses:
        if other != use and any(span_of(other.guard) in span_of(node) for node in own):
            raise Unfollowed("it is looked at while the value is made")
    return before, use.value


def _checked(
    source: Source,
    section: Section,
    use: OptionUse,
    holder: Node,
    branches: statement_nodes.Branches,
    rest: tuple[OptionUse, ...],
) -> Section:
    """``if g.is_none() { ..; *g = Some(x); }``"""
    condition = nodes.bare(branches.condition)
    asked = next((u for u in rest if u.kind == "asked" and _asks(source, u, condition)), None)
    if asked is None or branches.alternative is not None:
        return _unchecked(section, use, rest)
    inside = statement_nodes.statements_of(branches.consequence)
    statement = holder.parent if holder.parent is not None else holder
    whole = statement if statement.type == "expression_statement" else holder
    block = section.declared.parent if section.declared is not None else None
    if whole.parent != block:
        return _unchecked(section, use, rest)
    if inside[-1] != nodes.outward(use.node).parent:
        raise Unfollowed("more is done behind filling it")
    before, value = _made_in(source, section, use, inside)
    fill = Fill("if", whole, use, before, value)
    return _without(source, section, fill, rest)


def _asks(source: Source, use: OptionUse, condition: Node) -> bool:
    """Is the condition true where it is empty, and only there?"""
    if use.method == b"is_none":
        return use.node == condition
    inner = nodes.negated(condition)
    return inner is not None and nodes.bare(inner) == use.node


def _either(
    source: Source,
    section: Section,
    use: OptionUse,
    holder: Node,
    inside: Node,
    rest: tuple[OptionUse, ...],
) -> Section:
    """``match &*g { Some(v) => a, None => { ..; *g = Some(x); b } }``"""
    found = _branches(source, holder, inside)
    looked = next((u for u in rest if found is not None and _looks(u, found[0])), None)
    if found is None or looked is None:
        return _unchecked(section, use, rest)
    _, pattern, there = found
    name = _name_in(source, pattern)
    statements = statement_nodes.statements_of(inside)
    at = statements.index(nodes.outward(use.node).parent or inside)
    if at < len(statements) - 2:
        raise Unfollowed("more is done behind filling it")
    result = statements[at + 1] if at + 1 < len(statements) else None
    before, value = _made_in(source, section, use, statements[: at + 1])
    fill = Fill("either", holder, use, before, value, name=name)
    fill = _with_result(source, section, fill, looked, there, result)
    return _without(source, section, fill, tuple(u for u in rest if u != looked))


def _branches(source: Source, holder: Node, inside: Node) -> tuple[Node, Node, Node] | None:
    """(value, pattern of ``Some(v)``, what is done then) of the ``match`` or ``if let`` whose other branch is
    ``inside``."""
    branches = statement_nodes.branches_of(holder)
    if branches is not None:
        let = statement_nodes.let_of(branches.condition)
        if let is None or let.value is None or branches.alternative != inside:
            return None
        return let.value, let.pattern, branches.consequence
    arms = list(statement_nodes.arms_of(holder))
    value = statement_nodes.scrutinee_of(holder)
    good = [arm for arm in arms if arm.value != inside]
    empty = next((arm for arm in arms if arm.value == inside), None)
    if value is None or empty is None or len(arms) != 2 or any(arm.guard for arm in arms):
        return None
    if source.text(empty.pattern) not in (b"None", b"_", b"Option::None"):
        return None
    return value, good[0].pattern, good[0].value


def _looks(use: OptionUse, value: Node) -> bool:
    return use.kind in ("look", "copy") and nodes.bare(value) == use.node


def _name_in(source: Source, pattern: Node) -> bytes:
    """``v`` of ``Some(v)``, ``Some(ref v)``; b"" of ``Some(_)``. Raises Unfollowed for others."""
    parts = statement_nodes.parts_of_pattern(pattern)
    if len(parts) == 1:
        part = parts[0]
        inner = part.named_children[-1] if part.type == "ref_pattern" else part
        if source.text(part) == b"_":
            return b""
        if inner.type == "identifier":
            return source.text(inner)
    raise Unfollowed(f"the pattern `{source.quoted(span_of(pattern))}` is not followed")


def _returning(
    source: Source,
    section: Section,
    use: OptionUse,
    statement: Node,
    rest: tuple[OptionUse, ...],
) -> Section | None:
    """``if let Some(v) = &*g { return a; } ..; *g = Some(x); b``, and ``if g.is_some() { return; } ..``"""
    block = statement.parent
    assert block is not None
    statements = statement_nodes.statements_of(block)
    ways = ((s, way) for s in statements if (way := _returns(source, s, rest)) is not None)
    first, found = next(ways, (None, None))
    if first is None or found is None:
        return None
    looked, pattern, there = found
    start, at = statements.index(first), statements.index(statement)
    if at < start:
        return None
    if at < len(statements) - 2:
        raise Unfollowed("more is done behind filling it")
    last = statements[at + 1] if at + 1 < len(statements) else None
    result = _returned(last) if last is not None else None
    if result is None and not _is_body(source, block):
        return None  # what comes behind the block is only done where it was empty
    before, value = _made_in(source, section, use, statements[start + 1 : at + 1])
    name = _name_in(source, pattern) if pattern is not None else b""
    fill = Fill("return", first, use, before, value, last=last or statement, name=name)
    if there is not None:
        fill = _with_result(source, section, fill, looked, there, result or last)
    elif last is not None:
        raise Unfollowed("more is done behind filling it")
    return _without(source, section, fill, tuple(u for u in rest if u != looked))


def _is_body(source: Source, block: Node) -> bool:
    function = source.function_of(block)
    return function is not None and statement_nodes.body_of(function) == block


def _returns(
    source: Source, statement: Node, rest: tuple[OptionUse, ...]
) -> tuple[OptionUse, Node | None, Node | None] | None:
    """(the look, its pattern, what is returned) of ``if let pattern = look { return x; }``, and of
    ``if g.is_some() { return; }``."""
    inner = statement_nodes.expression_in(statement)
    branches = statement_nodes.branches_of(inner)
    if branches is None or branches.alternative is not None:
        return None
    inside = statement_nodes.statements_of(branches.consequence)
    leaving = statement_nodes.expression_in(inside[0]) if len(inside) == 1 else None
    if leaving is None or leaving.type != "return_expression":
        return None
    let, returned = statement_nodes.let_of(branches.condition), _returned(inside[0])
    value = let.value if let is not None else branches.condition
    for use in rest:
        if value is None or use.node != nodes.bare(value):
            continue
        if let is not None and returned is not None and use.kind in ("look", "copy"):
            return use, let.pattern, returned
        if let is None and returned is None and use.method == b"is_some":
            return use, None, None
    return None


def _returned(statement: Node) -> Node | None:
    """``x`` of ``return x;``."""
    inner = statement_nodes.expression_in(statement)
    given = nodes.named_children(inner) if inner.type == "return_expression" else []
    return given[0] if given else None


# -- the same value in both ways -----------------------------------------------------------------------


def _with_result(
    source: Source,
    section: Section,
    fill: Fill,
    looked: OptionUse,
    there: Node,
    result: Node | None,
) -> Fill:
    """``fill`` with what is made of the value where it was there (``there``, by ``fill.name``) and where it is
    filled now (``result``). Raises Unfollowed where these differ."""
    there = _only(there)
    others = [use for use in section.uses if use not in (looked, fill.use)]
    if any(span_of(use.guard) in span_of(there) for use in others):
        raise Unfollowed("the guard is used where it was filled before")
    again = [u for u in others if result is not None and span_of(u.guard) in span_of(result)]
    what = _flat(source, there)
    new = _flat(source, _only(result)) if result is not None else b""
    if what in (b"", b"{}", b"()") and new in (b"", b"{}", b"()"):
        return fill
    name = fill.name
    if not name or result is None or fill.value is None:
        raise Unfollowed("what is given back differs where it was filled before")
    kept = _flat(source, fill.value)
    by_value = name if looked.kind == "copy" else b"*" + name
    if kept == new and what == by_value and fill.value.type == "identifier":
        return replace(fill, given="copy")
    if looked.kind == "look" and not again:
        clone = _cloned(kept)
        local = next((s for s in fill.before if _binds(source, s, clone)), None)
        if clone and local is not None and _is_same(source, there, name, _only(result), clone):
            return _of_local(fill, there)
    if looked.kind == "look" and len(again) == 1:
        value = opened(source, again[0])
        if value is not None and _with(source, result, value, name) == what:
            return replace(fill, given="result", result=there)
    raise Unfollowed("what is given back may differ where it was filled before")


def _with(source: Source, whole: Node, part: Node, name: bytes) -> bytes:
    """The text of ``whole`` with ``name`` in the place of ``part``."""
    text, start = source.text(whole), whole.start_byte
    text = text[: part.start_byte - start] + name + text[part.end_byte - start :]
    return b"".join(text.split())


def _is_same(source: Source, there: Node, name: bytes, result: Node, local: bytes) -> bool:
    """Does ``there`` make of a clone of ``name`` what ``result`` makes of ``local``: ``Ok(v.clone())`` and
    ``Ok(x)``?"""
    clones = [n for n in walk(there) if _cloned(_flat(source, n)) == name]
    mentions = [n for n in walk(there) if n.type == "identifier" and source.text(n) == name]
    locals_ = [n for n in walk(result) if n.type == "identifier" and source.text(n) == local]
    if not clones or len(mentions) != 1 or len(locals_) != 1:
        return False
    return _with(source, there, clones[0], b"\0") == _with(source, result, locals_[0], b"\0")


def _of_local(fill: Fill, there: Node) -> Fill:
    """``let x = make(); *g = Some(x.clone()); x``: the value itself may be kept, and the clone given."""
    assert fill.value is not None
    changed = replace(fill, given="result", result=there, cloned=True)
    return replace(changed, value=_receiver(fill.value))


def _folded(source: Source, fill: Fill) -> Fill:
    """``fill`` without a ``let`` that does nothing but name the value."""
    last = fill.before[-1] if fill.before else None
    let = statement_nodes.let_of(last) if last is not None else None
    if last is None or let is None or fill.value is None or fill.value.type != "identifier":
        return fill
    if (
        let.type is not None
        or let.value is None
        or not _binds(source, last, source.text(fill.value))
    ):
        return fill
    return replace(fill, before=fill.before[:-1], value=let.value)


def _receiver(call: Node) -> Node | None:
    """``x`` of ``x.clone()`` and of ``Arc::clone(&x)``."""
    found = nodes.call_of(call)
    access = nodes.access_of(found.callee) if found is not None else None
    if access is not None:
        return access.base
    given = found.arguments[0] if found is not None and found.arguments else None
    return (nodes.borrowed(given) or given) if given is not None else None


def _only(node: Node) -> Node:
    """The value of a block that has nothing else in it."""
    inside = statement_nodes.statements_of(node) if node.type == "block" else []
    return inside[0] if len(inside) == 1 and "statement" not in inside[0].type else node


def _flat(source: Source, node: Node) -> bytes:
    return b"".join(source.text(node).split())


def _cloned(text: bytes) -> bytes:
    """The name whose clone the expression is; b"" for any other one."""
    hit = _CALLED.fullmatch(text) or _CLONES.fullmatch(text)
    return hit[1] if hit is not None else b""


def _binds(source: Source, statement: Node, name: bytes) -> bool:
    let = statement_nodes.let_of(statement) if statement.type == "let_declaration" else None
    return let is not None and source.text(let.pattern) == name and let.alternative is None
