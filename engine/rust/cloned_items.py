"""Items that an iterator or an ``Option`` of references copies as it gives them (``xs.iter().cloned()``,
``map.get(k).cloned()``, ``.map(|x| x.clone())``): what becomes of them behind it, and may they be
references all the way?

By syntax and the names of std's adapters: that it is one of std's, and what its items are, types tell.
A closure that is lent each item (``filter``) sees the same as before when its parameter is taken out of one
more reference (``|x|`` becomes ``|&x|``); one that is given each item (``map``, ``any``) has to do with a
reference to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from tree_sitter import Node

from engine.base.model import Edit
from engine.rust.borrows import Borrowable, borrowable, pattern_bindings
from engine.rust.codegen import has_comment_around
from engine.rust.item_nodes import parameters_of
from engine.rust.nodes import (
    MethodCall,
    arguments_of,
    bare,
    call_of,
    callee_name,
    method_call,
    method_on,
    only_argument_of,
    outward,
    tried,
)
from engine.rust.opened_copies import literal_of
from engine.rust.scopes import Binding, Scopes
from engine.rust.statement_nodes import body_of, loop_pattern, scrutinee_of
from engine.rust.syntax import Source, span_of

Reads = Callable[[bytes], bool]

# They give on what they are given, as many of them as they like ...
_PASSING = frozenset(b"skip take rev step_by fuse".split())
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
_OPENING = frozenset(b"unwrap expect".split())
_FAILING = frozenset(b"ok_or ok_or_else".split())
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
    ``gives`` says. ``bound`` are the names of items that are given, ``shown`` an expression that is an item."""

    edits: tuple[Edit, ...]
    end: Node
    gives: Gives
    bound: tuple[Binding, ...] = ()
    shown: Node | None = None


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
    source: Source, scopes: Scopes, copy: Node, of_option: bool, reads: Reads
) -> LentItems | None:
    """What becomes of the items that the call ``copy`` copies; None where one is needed as a value, or
    where that cannot be told. ``of_option``: it is called on an Option; ``reads`` as in ``borrowable``."""
    return _Chain(source, scopes, reads).follow(copy, of_option)


@dataclass
class _Chain:
    source: Source
    scopes: Scopes
    reads: Reads

    def follow(self, copy: Node, of_option: bool) -> LentItems | None:
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
                return LentItems((), joined, Gives.TEXTS) if joined is not None else None
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
            elif not failing and (of_option or name not in _PASSING):
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
        if pattern is None or pattern.type in _UNCLEAR:
            return None
        return self._lend(pattern, edits, node)

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
                if parameter.node.type in _UNCLEAR:
                    return None
                if parameter.node.type == "identifier":
                    at = parameter.node.start_byte
                    edits.append(Edit(self.source.path, at, at, b"&"))
                    shown = shown or self._first_use(parameter.node)
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
        """What ``pattern`` binds becomes a reference."""
        text = self.source.text(pattern)
        bound = pattern_bindings(self.scopes, span_of(pattern))
        if b"&" in text or b"@" in text or (not bound and pattern.type == "identifier"):
            return None
        lent = borrowable(self.source, self.scopes, bound, reads=self.reads)
        if not isinstance(lent, Borrowable):
            return None
        shown = self._first_use(pattern) if pattern.type == "identifier" else None
        return LentItems((*edits, *lent.edits), end, Gives.SAME, bound, shown)

    def _first_use(self, name: Node) -> Node | None:
        """An expression that is what the parameter ``name`` holds."""
        for binding in pattern_bindings(self.scopes, span_of(name)):
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


def without_copy(
    source: Source, copy: Node, lent: LentItems, texts: bytes
) -> tuple[Edit, ...] | None:
    """The edits with which the copy goes, or becomes a view of each item by ``texts`` (``String::as_str``)
    where ``lent`` asks for such; None where a comment would be lost."""
    receiver, name = copied_by(source, copy), callee_name(copy)
    if receiver is None or name is None:
        return None
    if has_comment_around(source, span_of(copy), span_of(receiver)):
        return None
    if lent.gives not in (Gives.VIEW, Gives.TEXTS):
        return (Edit(source.path, receiver.end_byte, copy.end_byte, b""), *lent.edits)
    viewed = b"map(" + texts + b")"
    last = method_call(source, lent.end)
    if lent.gives is Gives.TEXTS or last is None or bare(last.receiver) == copy:
        edits = [Edit(source.path, name.start_byte, copy.end_byte, viewed)]
    else:  # what comes between sees the items as they were
        at = last.receiver.end_byte
        edits = [
            Edit(source.path, receiver.end_byte, copy.end_byte, b""),
            Edit(source.path, at, at, b"." + viewed),
        ]
    edits += _default(source, lent.end) if lent.gives is Gives.VIEW else _collected(source, copy)
    return (*edits, *lent.edits)


def _default(source: Source, end: Node) -> Iterator[Edit]:
    """``"a"`` in the place of ``"a".to_string()``."""
    for argument in arguments_of(end):
        text = literal_of(source, argument)
        if text is not None:
            yield Edit(source.path, argument.start_byte, argument.end_byte, text)


def _collected(source: Source, copy: Node) -> Iterator[Edit]:
    """``collect::<Vec<_>>()`` in the place of ``collect::<Vec<String>>()``."""
    called = method_on(source, outward(copy))
    call = call_of(called[1]) if called is not None else None
    if call is not None and call.turbofish is not None:
        node = call.turbofish
        yield Edit(source.path, node.start_byte, node.end_byte, b"<Vec<_>>")
