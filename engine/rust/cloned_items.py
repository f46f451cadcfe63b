"""Items that an iterator or an ``Option`` of references copies as it gives them (``xs.iter().cloned()``,
``map.get(k).cloned()``, ``.map(|x| x.clone())``): what becomes of them behind it, and may they be
references all the way?

By syntax and the names of std's adapters: that it is one of std's, and what its items are, types tell.
A closure that is lent each item (``filter``) sees the same as before when its parameter is taken out of one
more reference (``|x|`` becomes ``|&x|``); one that is given each item (``map``, ``any``) has to do with a
reference to it. Behind ``enumerate`` and ``zip`` an item is a part of a pair, which patterns take apart; of a
map's pairs both parts are items.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from tree_sitter import Node

from engine.base.model import Edit
from engine.rust.borrows import Borrowable, borrowable
from engine.rust.item_nodes import parameters_of
from engine.rust.known_calls import is_reading_method
from engine.rust.nodes import (
    MethodCall,
    arguments_of,
    call_of,
    method_call,
    method_on,
    only_argument_of,
    outward,
    tried,
)
from engine.rust.opened_copies import literal_of
from engine.rust.read_lists import read_by_name
from engine.rust.scopes import Binding, Scopes, Use
from engine.rust.statement_nodes import (
    body_of,
    let_of,
    loop_pattern,
    parts_of_pattern,
    patterns_of,
    scrutinee_of,
    value_matched,
)
from engine.rust.syntax import Source, span_of

Reads = Callable[[bytes], bool]
Copied = Callable[[Node], bool]

# Where the items are in what an iterator gives: they are that, or a part of pairs, or both parts of them.
Where = Literal["items", "first", "second", "both"]
_PAIRING: dict[bytes, Where] = {b"enumerate": "second", b"zip": "first"}

# They give on what they are given, as many of them as they like ...
_PASSING = frozenset(b"skip take rev step_by fuse peekable".split())
# ... after they have lent it to a closure.
_LENDING = frozenset(b"filter skip_while take_while inspect".split())
# They end the chain, or its items, in a closure that is given each item: which argument that is, and
# which of its parameters.
_GIVING = {
    **dict.fromkeys(b"any all position for_each map filter_map flat_map find_map".split(), (0, 0)),
    b"fold": (1, 1),
}
# They give one of the items, or none: the first two lend each to a closure.
_PICKING = frozenset(b"find max_by_key min_by_key max_by min_by last max min next nth".split())
# Of an Option.
_GIVING_ONE = {
    **dict.fromkeys(b"map and_then is_some_and is_none_or".split(), (0, 0)),
    **dict.fromkeys(b"map_or map_or_else".split(), (1, 0)),
}
_ASKING = frozenset(b"is_some is_none".split())
# Of an iterator that has a name: they give its next item, or lend that.
_TAKING = frozenset(b"next next_back peek".split())
_OPENING = frozenset(b"unwrap expect".split())
_FAILING = frozenset(b"ok_or ok_or_else".split())
_VEC = re.compile(rb"<?\s*(?:std::vec::)?Vec\s*<.*>\s*", re.DOTALL)
_VECS = re.compile(rb"\(\s*Vec\s*<.*>\s*,\s*Vec\s*<.*>\s*,?\s*\)", re.DOTALL)
_UNCLEAR = frozenset({"parameter", "reference_pattern", "mut_pattern", "captured_pattern"})


class Gives(StrEnum):
    """What the end of the chain gives."""

    SAME = "same"  # what it gave before
    ITEM = "item"  # a reference to an item
    OPTION = "option"  # an Option of such
    VIEW = "view"  # the view of an item, or of nothing: `unwrap_or_default`
    TEXTS = "texts"  # the same, when the items are views of texts: `collect::<Vec<_>>().join(",")`


@dataclass(frozen=True, slots=True)
class LentItems:
    """The copy can go once ``edits`` are made, as far as the chain goes: up to ``end``, which gives what
    ``gives`` says. ``bound`` are the names of items that are given, ``shown`` an expression that is an item;
    ``opened``: each item is gone over itself (``flatten``). A list that they are collected in is read
    ``until`` there."""

    edits: tuple[Edit, ...]
    end: Node
    gives: Gives
    bound: tuple[Binding, ...] = ()
    shown: Node | None = None
    opened: bool = False
    until: int = 0


def copied_by(source: Source, node: Node) -> Node | None:
    """The iterator or Option whose items the call ``node`` copies."""
    call = method_call(source, node)
    called = call_of(node)
    if call is None or called is None or called.turbofish is not None:
        return None
    if call.method == b"cloned" and not call.arguments:
        return call.receiver
    copies = call.method == b"map" and len(call.arguments) == 1
    return call.receiver if copies and _is_clone(source, call.arguments[0]) else None


def copying_call(source: Source, clone: Node) -> Node | None:
    """The ``.map(|x| x.clone())`` of which ``clone`` is all that its closure does."""
    closure = source.parent(clone)
    if closure is None or closure.type != "closure_expression":
        return None
    call = only_argument_of(closure)
    return call if call is not None and copied_by(source, call) is not None else None


def _is_clone(source: Source, argument: Node) -> bool:
    """``|x| x.clone()``"""
    if argument.type != "closure_expression":
        return False
    body, parameters = body_of(argument), parameters_of(argument)
    call = method_call(source, body) if body is not None else None
    if call is None or call.method != b"clone" or call.arguments or len(parameters) != 1:
        return False
    name = parameters[0].node
    return name.type == "identifier" == call.receiver.type and (
        source.text(name) == source.text(call.receiver)
    )


def lent_items(
    source: Source,
    scopes: Scopes,
    copy: Node,
    of_option: bool,
    reads: Reads,
    copied: Copied = lambda node: False,
    where: Where = "items",
    own: Reads = lambda name: False,
) -> LentItems | None:
    """What becomes of the items that the call ``copy`` copies; None where one is needed as a value, or
    where that cannot be told. ``of_option``: it is called on an Option; ``reads`` and ``copied`` as in
    ``borrowable``; ``where``: it gives a map's pairs; ``own``: may a method of this name be of a trait of the
    workspace, which may have another impl for a reference to a reference?"""
    return _Chain(source, scopes, reads, copied, where, own).follow(copy, of_option)


@dataclass
class _Chain:
    source: Source
    scopes: Scopes
    reads: Reads
    copied: Copied
    where: Where
    own: Reads
    opened: bool = False

    @property
    def _twice(self) -> _Chain:
        """Of what is lent already, so that it becomes a reference to a reference, for which an impl of its own
        may answer (Rust reference, "Method-call expressions")."""
        return replace(self, reads=lambda name: is_reading_method(name) and not self.own(name))

    def follow(self, copy: Node, of_option: bool) -> LentItems | None:
        found = self._follow(copy, of_option)
        return replace(found, opened=True) if found is not None and self.opened else found

    def _follow(self, copy: Node, of_option: bool) -> LentItems | None:
        edits: list[Edit] = []
        node, failing, shown = copy, False, None
        while (called := method_on(self.source, outward(node))) is not None:
            name, call = called
            parts = method_call(self.source, call)
            if parts is None or (failing and name not in _OPENING):
                return None
            if of_option:
                if name in _ASKING:
                    return LentItems(tuple(edits), call, Gives.SAME, shown=shown)
                if name in _OPENING:
                    return LentItems(tuple(edits), call, Gives.ITEM, shown=call)
                if _has_default(self.source, name, parts):
                    return LentItems(tuple(edits), call, Gives.VIEW, shown=call)
                failing = name in _FAILING
            elif name == b"count":
                return LentItems(tuple(edits), call, Gives.SAME, shown=shown)
            elif name == b"collect":
                joined = _joined(self.source, call) if node == copy else None
                if joined is not None:
                    return LentItems((), joined, Gives.TEXTS)
                return self._named(call, tuple(edits), node == copy, shown)
            elif name == b"partition" and self.where == "items":
                lent = self._lent(parts)
                return self._named(call, (*edits, *lent[0]), False, shown) if lent else None
            given = (_GIVING_ONE if of_option else _GIVING).get(name)
            if given is not None:
                return self._given(parts, given, tuple(edits), call)
            if name in _LENDING or (not of_option and name in _PICKING):
                lent = self._lent(parts)
                if lent is None or (of_option and name not in (b"filter", b"inspect")):
                    return None
                more, used = lent
                edits += more
                shown = shown or used
            elif not of_option and name in _PAIRING and self.where == "items":
                self.where = _PAIRING[name]
            elif not of_option and name == b"flatten" and self.where == "items":
                self.opened = True
            elif not failing and (of_option or name not in _PASSING):
                return None
            if name in _PICKING and self.where != "items":
                return None
            of_option = of_option or name in _PICKING
            node = call
        return self._ended(node, of_option, failing, tuple(edits), shown)

    def _ended(
        self,
        node: Node,
        of_option: bool,
        failing: bool,
        edits: tuple[Edit, ...],
        shown: Node | None,
    ) -> LentItems | None:
        """Behind the last call of the chain."""
        whole = outward(node)
        up = self.source.parent(whole)
        if of_option:
            if up is not None and tried(up) is not None:
                return LentItems(edits, up, Gives.ITEM, shown=up)
            return None if failing else LentItems(edits, node, Gives.OPTION, shown=shown)
        pattern = loop_pattern(up) if up is not None and scrutinee_of(up) == whole else None
        if pattern is None:
            return self._taken_by_name(node, edits)
        return self._lend(pattern, edits, node) if pattern.type not in _UNCLEAR else None

    def _named(
        self, call: Node, edits: tuple[Edit, ...], direct: bool, shown: Node | None
    ) -> LentItems | None:
        """What is collected, or parted, gets names, and is only read by these."""
        whole = outward(call)
        up, collect = self.source.parent(whole), call_of(call)
        let = let_of(up) if up is not None and up.type == "let_declaration" else None
        if let is None or let.value != whole or let.alternative is not None:
            return None
        if self.where != "items" or collect is None:
            return None
        both = let.pattern.type == "tuple_pattern"
        names = parts_of_pattern(let.pattern) if both else [let.pattern]
        written = collect.turbofish
        types = [node for node in (let.type, written) if node is not None]
        form = _VECS if both else _VEC
        plain = bool(types) and all(form.fullmatch(self.source.text(node)) for node in types)
        if not plain or any(name.type != "identifier" for name in names):
            return None
        bound = [b for name in names for b in self.scopes.bound_by(span_of(name))]
        read = [read_by_name(self.source, self.scopes, [each], self.reads) for each in bound]
        lists = [each for each in read if each is not None]
        views = any(each.views for each in lists)
        if len(lists) < len(bound) or not lists or (views and not direct):
            return None
        changed = [] if written is None or views else [(written, b"<Vec<_>>")]
        if let.type is not None:
            changed.append((let.type, b"(Vec<_>, Vec<_>)" if both else b"Vec<_>"))
        more = [Edit(self.source.path, n.start_byte, n.end_byte, text) for n, text in changed]
        more += (edit for each in lists for edit in each.edits)
        gives = Gives.TEXTS if views else Gives.SAME
        until = max(each.end for each in lists)
        return LentItems((*edits, *more), call, gives, tuple(bound), shown, until=until)

    def _taken_by_name(self, node: Node, edits: tuple[Edit, ...]) -> LentItems | None:
        """The iterator gets a name, by which its items are taken one by one: ``it.next()``, ``it.peek()``."""
        whole = outward(node)
        up = self.source.parent(whole)
        let = let_of(up) if up is not None and up.type == "let_declaration" else None
        if let is None or let.value != whole or let.type is not None or self.where != "items":
            return None
        name = next(iter(self.scopes.bound_by(span_of(let.pattern))), None)
        plain = let.pattern.type == "identifier" and let.alternative is None
        uses = self.scopes.uses(name) if name is not None and plain else ()
        found: list[LentItems] = []
        for use in uses:
            taken = self._taken(use) if not use.capture else None
            if taken is None:
                return None
            found.append(taken)
        if not found:
            return None
        more = (edit for each in found for edit in each.edits)
        bound = tuple(binding for each in found for binding in each.bound)
        shown = next((each.shown for each in found if each.shown is not None), None)
        until = max(use.span.end for use in uses)
        for each in found:
            until = max(until, each.end.end_byte)
        return LentItems((*edits, *more), node, Gives.SAME, bound, shown, until=until)

    def _taken(self, use: Use) -> LentItems | None:
        source, node = self.source, self.source.innermost(use.span)
        if span_of(node) != use.span:
            return None
        called, up = method_on(source, node), source.parent(node)
        if called is not None and called[0] in _TAKING:
            if arguments_of(called[1]):
                return None
            chain = replace(self._twice if called[0] == b"peek" else self, opened=False)
            lent = chain.follow(called[1], True)
            if lent is None or lent.gives is Gives.SAME:
                return lent
            holder = source.parent(outward(lent.end))
            matched = holder is not None and value_matched(holder) == outward(lent.end)
            if lent.gives is not Gives.OPTION or holder is None or not matched:
                return None
            return chain._matched(holder, lent)
        pattern = loop_pattern(up) if up is not None and scrutinee_of(up) == node else None
        if up is None or pattern is None or pattern.type in _UNCLEAR:
            return None
        return self._lend(pattern, (), up)

    def _matched(self, holder: Node, lent: LentItems) -> LentItems | None:
        """Patterns take the ``Option`` apart, and no name is given to all of it."""
        let = let_of(holder)
        if let is not None and let.type is not None:
            return None
        edits, bound, shown = list(lent.edits), list(lent.bound), lent.shown
        for pattern in patterns_of(holder):
            if pattern.type == "tuple_struct_pattern":
                (inner, *others) = parts_of_pattern(pattern)
                made = self._lend(inner, (), holder) if not others else None
                if made is None:
                    return None
                edits += made.edits
                bound += made.bound
                shown = shown or made.shown
            elif self.source.text(pattern) not in (b"None", b"_"):
                return None
        return LentItems(tuple(edits), holder, Gives.SAME, tuple(bound), shown)

    def _lent(self, parts: MethodCall) -> tuple[list[Edit], Node | None] | None:
        """The edits with which the closures among the arguments, which are lent items, are lent the same."""
        edits: list[Edit] = []
        shown = None
        for argument in parts.arguments:
            if argument.type != "closure_expression":
                if parts.method == b"nth":
                    continue
                return None
            for parameter in parameters_of(argument):
                pattern = parameter.node
                if pattern.type in _UNCLEAR:
                    return None
                if self.where in ("first", "second"):
                    part = self._part(pattern)
                    lent = self._twice._lend(pattern, (), argument) if part is not None else None
                    if part is None or (lent is None and part.type == "identifier"):
                        return None
                    if lent is not None and part.type == "identifier":
                        edits += lent.edits  # what a pattern takes apart is lent as before
                elif pattern.type == "identifier" or self.where == "both":
                    at = pattern.start_byte
                    edits.append(Edit(self.source.path, at, at, b"&"))
                    named = self.where == "items"
                    shown = shown or (self._first_use(pattern) if named else None)
                    if not named and pattern.type != "tuple_pattern":
                        return None
        return edits, shown

    def _given(
        self, parts: MethodCall, given: tuple[int, int], edits: tuple[Edit, ...], call: Node
    ) -> LentItems | None:
        """A closure that is given items, as the last one that sees them."""
        index, at = given
        closure = parts.arguments[index] if index < len(parts.arguments) else None
        if closure is None or closure.type != "closure_expression":
            return None
        parameters = parameters_of(closure)
        if at and len(parameters) <= at:
            return None
        if not parameters:
            return LentItems(edits, call, Gives.SAME)  # `|_|`
        pattern = parameters[at].node
        if pattern.type in _UNCLEAR or any(p.node.type == "mut_pattern" for p in parameters[at:]):
            return None
        return self._lend(pattern, edits, call)

    def _lend(self, pattern: Node, edits: tuple[Edit, ...], end: Node) -> LentItems | None:
        """What ``pattern`` binds, of a pair the part that is an item, becomes a reference."""
        part = self._part(pattern)
        if part is None:
            return None
        pattern = part
        text = self.source.text(pattern)
        bound = self.scopes.bound_by(span_of(pattern))
        if b"&" in text or b"@" in text or (not bound and pattern.type == "identifier"):
            return None
        copied = (lambda _: False) if pattern.type == "identifier" else self.copied
        lent = borrowable(self.source, self.scopes, bound, reads=self.reads, copied=copied)
        if not isinstance(lent, Borrowable):
            return None
        shown = self._first_use(pattern) if pattern.type == "identifier" else None
        return LentItems((*edits, *lent.edits), end, Gives.SAME, bound, shown)

    def _part(self, pattern: Node) -> Node | None:
        """The pattern of what is an item, in that of what the iterator gives."""
        if self.where == "items":
            return pattern
        if pattern.type != "tuple_pattern":
            return None
        listed = parts_of_pattern(pattern)
        if self.where == "both":
            return pattern
        at = 0 if self.where == "first" else 1
        return listed[at] if len(listed) == 2 and listed[at].type not in _UNCLEAR else None

    def _first_use(self, name: Node) -> Node | None:
        """An expression that is what the parameter ``name`` holds."""
        for binding in self.scopes.bound_by(span_of(name)):
            for use in self.scopes.uses(binding):
                if not use.capture:
                    return self.source.innermost(use.span)
        return None


def _has_default(source: Source, name: bytes, parts: MethodCall) -> bool:
    if name == b"unwrap_or_default":
        return not parts.arguments
    return name == b"unwrap_or" and literal_of(source, parts.arguments[0]) is not None


def _joined(source: Source, collect: Node) -> Node | None:
    """The ``join`` or ``concat`` of what is collected for nothing else."""
    called, call = method_on(source, outward(collect)), call_of(collect)
    if called is None or call is None or call.turbofish is None:
        return None
    listed = b"".join(source.text(call.turbofish).split()) in (b"<Vec<_>>", b"<Vec<String>>")
    return called[1] if listed and called[0] in (b"join", b"concat") else None
