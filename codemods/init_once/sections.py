"""What is known of one section: what it does beside looking at the option and filling it, what making the value
does, and what is to be asked of the compiler."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from engine.base.model import Span
from engine.detect.facts import Facts
from engine.rust import nodes, statement_nodes
from engine.rust.calls import spawned_around
from engine.rust.control_flow import diverges
from engine.rust.effects import Effect, effects, panics_on_purpose
from engine.rust.held_effects import held_effects
from engine.rust.known_calls import is_mapping_method
from engine.rust.known_types import key_of, std_path
from engine.rust.lock_groups.lock_guards import Guard, Refused
from engine.rust.lock_groups.lock_places import LocatedCall
from engine.rust.lock_groups.lock_types import Lock
from engine.rust.lock_groups.option_fills import Fill, Section
from engine.rust.lock_groups.option_uses import STATE, option_use
from engine.rust.memory_order import access_at
from engine.rust.moves import takes_value
from engine.rust.nodes import named_children
from engine.rust.plain_makers import names_maker, only_makes
from engine.rust.scopes import scopes_of
from engine.rust.statement_nodes import body_of
from engine.rust.syntax import FUNCTIONS, Source, span_of, walk_all
from engine.rust.types import Type

_DEPTH = 6  # functions in functions that are looked into
_STOPS = frozenset({b"unwrap", b"expect", b"unwrap_err", b"expect_err"})
_FUNCTIONS = ("identifier", "scoped_identifier")


def type_behind(lock: Lock | None) -> Type | None:
    """``T`` of a lock around an ``Option<T>``; None where rustc told of none, or it is around something else."""
    told = lock.type_ if lock is not None else None
    inner = told.args[-1] if told is not None and told.args else None
    if inner is None or key_of(inner.name) != "std::option::Option" or not inner.args:
        return None
    return inner.args[0]


def asked_of(section: Section) -> Iterator[Span]:
    """The expressions whose types are asked for."""
    fill = section.fill
    if fill is not None and fill.value is not None and not fill.function:
        yield span_of(fill.value)


def looked_through(section: Section) -> Span | None:
    """The ``&mut T`` that ``get_or_insert_with`` gives, of which is asked whether it is only looked through."""
    fill = section.fill
    return span_of(fill.use.node) if fill is not None and fill.form == "insert" else None


def states_by_name(source: Source, guard: Guard) -> Iterator[str]:
    """What empties or changes the option by the name that a pattern gives the guard."""
    function = source.fn_item_of(guard.binding) if guard.binding is not None else None
    if guard.binding is None or function is None:
        return
    scopes = scopes_of(source, function)
    binding = scopes.binding_at(guard.binding)
    for each in scopes.uses(binding) if binding is not None else ():
        try:
            use = option_use(source, source.innermost(each.span))
        except Refused:
            continue
        if use.kind in STATE:
            yield source.quoted(span_of(use.node))


def named_function(source: Source, fill: Fill, facts: Facts, behind: Type | None) -> bool:
    """Is the value made by a call without arguments of a function that may be given by its name: it gives
    exactly the type that is kept?"""
    call = nodes.call_of(fill.value) if fill.value is not None else None
    if call is None or fill.value is None or call.arguments or call.turbofish is not None:
        return False
    if call.callee.type not in _FUNCTIONS or behind is None:
        return False
    told = facts.type_of(source.path, span_of(fill.value))
    local = False
    function = source.fn_item_of(call.callee)
    if function is not None and call.callee.type == "identifier":
        local = facts.sources.scopes(source, function).binding_at(call.callee) is not None
    return told == behind and not local


def beside(source: Source, section: Section) -> tuple[Effect, ...]:
    """What others may see of what runs under the lock, beside making the value."""
    leave = [span_of(drop) for drop in section.drops]
    if section.fill is not None:
        leave += [span_of(node) for node in section.fill.made]
        leave.append(span_of(section.fill.use.node))
    own = span_of(section.scope.node)
    found = held_effects(source, section.scope, leave)
    return tuple(e for e in found if e.span != own and not _gives_to_closure(source, e.node))


def _gives_to_closure(source: Source, node: Node) -> bool:
    """Is it a method of an option that runs closures alone, whose own effects are looked at?"""
    called = nodes.method_call(source, node)
    if called is None or not is_mapping_method(called.method):
        return False
    return not any(given.type in _FUNCTIONS for given in called.arguments)


def goes_on(source: Source, section: Section, fills: Iterable[Fill]) -> bool:
    """Is it a look that leaves where the option is filled, and else goes on, without doing anything, to one of
    the ``fills`` of the same function? (The first half of a double check.)"""
    if section.fill is not None or len(section.uses) != 1:
        return False
    value = nodes.outward(section.uses[0].node)
    condition = value.parent
    holder = condition.parent if condition is not None else None
    branches = statement_nodes.branches_of(holder) if holder is not None else None
    if condition is None or holder is None or branches is None or branches.alternative is not None:
        return False
    let = statement_nodes.let_of(condition)
    looked = let is not None and let.value == value and condition == branches.condition
    return (
        looked
        and diverges(source, branches.consequence)
        and any(_is_next(source, holder, fill.whole) for fill in fills)
    )


def _is_next(source: Source, first: Node, then: Node) -> bool:
    """Is nothing done behind ``first`` but to come to ``then``, in the block around one of the two?"""
    holders = [n for n in (first, *source.ancestors(first)) if n.parent is not None]
    for place in holders:
        block = place.parent
        if place.type in FUNCTIONS or block is None:
            return False
        between = [s for s in named_children(block) if s.start_byte >= place.end_byte]
        if block.type != "block" or not between:
            continue
        behind = [s for s in between if s.end_byte <= then.start_byte]
        inside = any(span_of(then) in span_of(s) for s in between)
        quiet = (e.what == "lock" for s in behind for e in effects(source, s))
        return inside and all(quiet)
    return False


def other_memory(source: Source, section: Section) -> Node | None:
    """An atomic, or unsafe code, that the function of a look uses as well: what one thread does before a look
    that finds nothing, and what another one does behind filling it, had an order by the lock."""
    function = source.fn_item_of(section.guard)
    inside = walk_all(source, function) if function is not None else ()
    return next((node for node in inside if access_at(source, node) is not None), None)


class Making:
    """What making the value does that ``fill`` keeps."""

    def __init__(self, source: Source, fill: Fill, facts: Facts) -> None:
        self.source, self.fill, self.facts = source, fill, facts

    def acts(self) -> Effect | Node | None:
        """The first thing that others may see of it, or that is not seen here; None where it only makes a
        value."""
        if self.fill.function and self.fill.value is not None:
            value = self.fill.value
            if value.type in _FUNCTIONS:
                return None if self._is_maker(value) else value
        for node in self.fill.made:
            for effect in effects(self.source, node):
                plain = effect.what == "call" and only_makes(
                    self.facts.items, self.source, effect.node
                )
                if effect.what != "convention" and not plain:
                    return effect
        return None

    def _is_maker(self, path: Node) -> bool:
        if names_maker(self.facts.items, self.source, path):
            return True
        head, _, last = b"".join(self.source.text(path).split()).rpartition(b"::")
        owner = nodes.last_segment(head).partition(b"<")[0].decode("utf-8", "replace")
        return last in (b"new", b"default") and std_path(owner) is not None

    def stops(self) -> tuple[Source, Node] | None:
        """Where it may panic, as it is written: ``unwrap``, ``panic!``; in functions of the workspace too."""
        for source, node in self._code():
            found = _stop_in(source, node)
            if found is not None:
                return source, found
        return None

    def reads(self, calls: Iterable[LocatedCall]) -> LocatedCall | None:
        """The first of these lock calls that it comes to; what it spawns runs elsewhere, and may wait."""
        places = [(call.path, call.span, call) for call in calls]
        for source, node in self._code():
            for path, span, call in places:
                within = path == source.path and span in span_of(node)
                if within and spawned_between(source, node, span) is None:
                    return call
        return None

    def _code(self) -> Iterator[tuple[Source, Node]]:
        """What is run, with the bodies of the workspace's functions that are called."""
        seen: set[tuple[str, Span]] = set()
        pending = [(self.source, node, _DEPTH) for node in self.fill.made]
        value = self.fill.value
        if self.fill.function and value is not None and value.type in _FUNCTIONS:
            text = self.source.text(value)
            for item in self.facts.items.resolve(self.source, value, text, "fn"):
                place, function = self.facts.items.open(item)
                if (body := body_of(function)) is not None:
                    pending.append((place, body, _DEPTH))
        while pending:
            source, node, left = pending.pop(0)
            yield source, node
            for call in walk_all(source, node) if left > 0 else ():
                name = nodes.callee_name(call)
                if name is None or spawned_between(source, node, span_of(call)) is not None:
                    continue
                for place, function in self.facts.calls.callees(source, name, sure=True):
                    key, body = (place.path, span_of(function)), body_of(function)
                    if key not in seen and body is not None:
                        seen.add(key)
                        pending.append((place, body, left - 1))


def spawned_between(source: Source, outer: Node, span: Span) -> Node | None:
    """The closure or async block in ``outer``, around ``span``, that a spawn takes."""
    node = spawned_around(source, source.innermost(span))
    return node if node is not None and span_of(node) in span_of(outer) else None


def _stop_in(source: Source, node: Node) -> Node | None:
    if (found := panics_on_purpose(source, node)) is not None:
        return found
    for part in walk_all(source, node):
        called = nodes.method_call(source, part)
        if called is not None and called.method in _STOPS:
            return part
    return None


def taken_along(source: Source, fill: Fill, facts: Facts) -> bytes:
    """A local name that making the value uses as a value, not to look at it: the closure takes it along, and drops
    it where the value is there already; b"" for none."""
    function = source.fn_item_of(fill.whole)
    scopes = facts.sources.scopes(source, function) if function is not None else None
    for binding in scopes.bindings if scopes is not None else ():
        for use in scopes.uses(binding) if scopes is not None else ():
            inside = any(use.span in span_of(made) for made in fill.made)
            declared = any(binding.decl in span_of(made) for made in fill.made)
            apart = inside and not declared and not use.capture
            if apart and takes_value(source, source.innermost(use.span)):
                return binding.name
    return b""


_FAILING = re.compile(rb"(?<![=<>!&|+*/%-])[-+*/%](?!>)|\[[^\]]|<<|>>")


def may_fail(source: Source, fill: Fill) -> Node | None:
    """What makes the value computes or indexes, which may panic, as it is written."""
    for made in fill.made:
        for node in walk_all(source, made):
            failing = node.type == "index_expression" or (
                node.type in ("binary_expression", "compound_assignment_expr")
                and _FAILING.search(source.text(node)) is not None
            )
            if failing:
                return node
    return None
