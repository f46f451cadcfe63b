"""What one mention of a guard does with the ``Option`` that is behind its lock.

Asked of a name that a guard is bound to, or of the locking expression itself. A look gives an
``Option<&T>`` (or is taken apart as one), which needs no lock if the option is only ever filled; what
empties it, puts another value there or changes what is inside makes a state of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tree_sitter import Node

from engine.rust import nodes, statement_nodes
from engine.rust.format_macros import is_shown, shown_by
from engine.rust.known_calls import changes_receiver, is_taking_method
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.places import is_written
from engine.rust.queries import walk
from engine.rust.scopes import scopes_of
from engine.rust.syntax import FUNCTIONS, Source, span_of

Kind = Literal[
    "look",  # g.as_ref(), and &*g or *g where it is taken apart: an Option<&T>
    "asked",  # g.is_some(), g.is_none()
    "clone",  # g.clone()
    "deref",  # g.as_deref()
    "iter",  # g.iter()
    "copy",  # *g as a value, or a method that takes it: the Option is Copy
    "shown",  # {:?} shows it
    "fill",  # *g = Some(value)
    "insert",  # g.get_or_insert_with(value), g.get_or_insert(value)
    "emptied",  # *g = None, g.take()
    "replaced",  # g.insert(x), g.replace(x), *g = x
    "changed",  # g.as_mut(), &mut *g
]
# With these nobody can rely on the value to stay.
STATE: frozenset[Kind] = frozenset({"emptied", "replaced", "changed"})

_METHODS: dict[bytes, Kind] = {
    b"as_ref": "look", b"is_some": "asked", b"is_none": "asked", b"clone": "clone",
    b"as_deref": "deref", b"iter": "iter", b"get_or_insert_with": "insert", b"get_or_insert": "insert",
    b"take": "emptied", b"take_if": "emptied", b"insert": "replaced", b"replace": "replaced",
    b"clone_from": "replaced",
    b"as_mut": "changed", b"as_deref_mut": "changed", b"iter_mut": "changed",
    b"get_or_insert_default": "changed", b"as_mut_slice": "changed", b"as_pin_mut": "changed",
}  # fmt: skip
# Of a Copy option, these take it as it is.
_TAKING = frozenset(b"is_some_and is_none_or cloned copied".split())
_MEM: dict[bytes, Kind] = {
    b"take": "emptied",
    b"replace": "replaced",
    b"clone_from": "replaced",
    b"swap": "replaced",
}
_NAMES = frozenset({b"None", b"Option::None"})
_SOME = frozenset({b"Some", b"Option::Some"})


@dataclass(frozen=True, slots=True)
class OptionUse:
    """``node`` is the whole expression: ``g.as_ref()``, ``*g``, ``&*g``, ``*g = Some(x)``. ``value`` is what it
    is filled with, or the function that gives that; ``refs`` are the ``ref x`` in patterns that take
    ``node`` apart. ``method`` is b"" where none is called."""

    kind: Kind
    node: Node
    guard: Node
    value: Node | None = None
    refs: tuple[Node, ...] = ()
    method: bytes = b""


def option_use(source: Source, guard: Node) -> OptionUse:
    """What the mention ``guard`` does. Raises Refused for what is not followed."""
    node, up = nodes.unwrapped(guard)
    if up is not None and nodes.dereferenced(up) == node:
        return _behind(source, guard, up)
    named = nodes.method_on(source, node)
    if named is not None:
        return _called(source, guard, guard, named)
    if shown_by(source, node) is not None:
        return _shown(source, guard, node, guard)
    if up is not None and nodes.borrowed(up) == node and nodes.is_mut(up):
        raise Refused("the guard is lent as `&mut`", locks=True)
    raise Refused("the guard is given away or kept", locks=True)


def opened(source: Source, use: OptionUse) -> Node | None:
    """``g.as_ref().unwrap()`` around a look, a copy or a clone: the expression that has the value itself;
    None where it is not opened on the spot."""
    if use.kind not in ("look", "clone", "copy") or nodes.borrowed(use.node) is not None:
        return None
    named = nodes.method_on(source, nodes.outward(use.node))
    if named is None or named[0] not in (b"unwrap", b"expect", b"unwrap_unchecked"):
        return None
    return named[1]


def is_some(source: Source, node: Node) -> Node | None:
    """``x`` of ``Some(x)``."""
    call = nodes.call_of(nodes.bare(node))
    if call is None or len(call.arguments) != 1 or source.text(call.callee) not in _SOME:
        return None
    return call.arguments[0]


def is_none(source: Source, node: Node) -> bool:
    """Is it written ``None``?"""
    return source.text(nodes.bare(node)) in _NAMES


def _called(source: Source, guard: Node, base: Node, named: tuple[bytes, Node]) -> OptionUse:
    """A method is called on ``base``: the guard, or what is behind it."""
    method, call = named
    given = nodes.arguments_of(call)
    kind = _METHODS.get(method)
    if kind is None:
        if not is_taking_method(method) and method not in _TAKING:
            raise Refused(f"`.{method.decode('utf-8', 'replace')}()` is called on it")
        return OptionUse("copy", base, guard, method=method)
    if kind == "insert" and _changed_through(source, call):
        return OptionUse("changed", call, guard, method=method)
    value = given[0] if kind == "insert" and given else None
    return OptionUse(kind, call, guard, value, method=method)


def _changed_through(source: Source, reference: Node, bound: bool = False) -> bool:
    """Is what ``reference`` refers to changed by it, as far as the text shows: written to, or given to a method
    that std's types change their receiver by? (rustc knows the rest.)"""
    node = nodes.outward(reference)
    while (up := node.parent) is not None:
        named = nodes.method_on(source, node)
        if named is not None:
            return changes_receiver(named[0])
        access, index = nodes.access_of(up), nodes.indexed(up)
        inside = (access.base if access else None, index[0] if index else None)
        if node not in (*inside, nodes.dereferenced(up)):
            break
        node = nodes.outward(up)
    if is_written(source, node):
        return True
    up = node.parent
    let = statement_nodes.let_of(up) if up is not None else None
    function = source.enclosing(reference, FUNCTIONS)
    if bound or let is None or function is None or let.pattern.type != "identifier":
        return False
    scopes = scopes_of(source, function)
    binding = scopes.binding_at(let.pattern)
    uses = scopes.uses(binding) if binding is not None else ()
    return any(_changed_through(source, source.innermost(use.span), True) for use in uses)


def _behind(source: Source, guard: Node, star: Node) -> OptionUse:
    """``*g`` and what is around it."""
    node, up = nodes.unwrapped(star)
    if up is None:
        return OptionUse("copy", star, guard)
    named = nodes.method_on(source, node)
    if named is not None:
        return _called(source, guard, star, named)
    change = nodes.operation_of(source, up)
    if change is not None and up.type == "binary_expression":
        raise Refused("the option is compared as a whole")
    if change is not None and change.left == node:
        value = is_some(source, change.right)
        if value is not None and change.operator == b"=":
            return OptionUse("fill", up, guard, value)
        empties = is_none(source, change.right)
        return OptionUse("emptied" if empties else "replaced", up, guard)
    if nodes.borrowed(up) == node:
        if nodes.is_mut(up):
            return OptionUse(_lent(source, up), up, guard)
        taken, around = nodes.unwrapped(up)
        if around is not None and statement_nodes.value_matched(around) == taken:
            return _taken_apart(source, guard, up, around)
        if shown_by(source, taken) is not None:
            return _shown(source, guard, taken, up)
        raise Refused("a reference to the option itself is given away or kept")
    if statement_nodes.value_matched(up) == node and up.type != "let_declaration":
        return _taken_apart(source, guard, star, up)
    if shown_by(source, node) is not None:
        return _shown(source, guard, node, star)
    return OptionUse("copy", star, guard)


def _shown(source: Source, guard: Node, argument: Node, node: Node) -> OptionUse:
    if not is_shown(source, argument):
        raise Refused("the option is compared as a whole")
    return OptionUse("shown", node, guard)


def _lent(source: Source, reference: Node) -> Kind:
    """``&mut *g``: given to ``mem::take`` and its kin, or to whom it may concern."""
    call = nodes.call_around(reference)
    name = nodes.callee_name(call) if call is not None else None
    return _MEM.get(source.text(name), "changed") if name is not None else "changed"


def _taken_apart(source: Source, guard: Node, node: Node, holder: Node) -> OptionUse:
    """``match &*g { .. }``, ``if let Some(ref x) = *g``: what the patterns do with the option behind."""
    by_value, refs = False, []
    for pattern in statement_nodes.patterns_of(holder):
        for each in _alternatives(pattern):
            text = source.text(each)
            if text == b"_" or text in _NAMES:
                continue
            parts = statement_nodes.parts_of_pattern(each)
            head = each.named_children[0] if each.named_children else None
            known = each.type == "tuple_struct_pattern" and head is not None
            if not known or head is None or source.text(head) not in _SOME or len(parts) != 1:
                raise Refused(
                    f"the pattern `{source.quoted(span_of(each))}` takes the option as a whole"
                )
            for part in walk(parts[0]):
                if part.type == "ref_pattern":
                    refs.append(part)
                elif part.type == "mut_pattern" and part.parent is not None:
                    by_value = True
                if part.type == "reference_pattern":
                    raise Refused(f"the pattern `{source.quoted(span_of(each))}` is not followed")
                if part.type == "ref_pattern" and any(
                    c.type == "mut_pattern" for c in part.children
                ):
                    return OptionUse("changed", node, guard)
            whole = parts[0]
            if node.type == "unary_expression" and whole.type not in ("ref_pattern", "_"):
                by_value = by_value or whole.type == "identifier"
                if whole.type not in ("identifier", "ref_pattern") and source.text(whole) != b"_":
                    raise Refused(f"the pattern `{source.quoted(span_of(each))}` is not followed")
    if by_value and (refs or node.type != "unary_expression"):
        raise Refused("the patterns that take the option apart are not followed")
    nested = [ref for ref in refs if not _is_whole(ref)]
    if nested:
        raise Refused(f"the pattern `{source.quoted(span_of(nested[0]))}` is not followed")
    return OptionUse("copy" if by_value else "look", node, guard, refs=tuple(refs))


def _is_whole(ref: Node) -> bool:
    """Is ``ref x`` all that stands in its ``Some(..)``?"""
    return ref.parent is not None and ref.parent.type == "tuple_struct_pattern"


def _alternatives(pattern: Node) -> list[Node]:
    """``a`` and ``b`` of the pattern ``a | b``."""
    if pattern.type == "or_pattern":
        return [each for part in nodes.named_children(pattern) for each in _alternatives(part)]
    return [pattern]
