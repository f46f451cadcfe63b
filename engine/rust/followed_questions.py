"""Questions about an instance that are asked of whatever name a value has: behind the adapters of an iterator
or an ``Option``, in their closures, under the names that patterns give to it and to its parts, in format
strings (``{:p}``), and in the functions and closures that are given it, or lent it.

By syntax and the names of std's methods. A value that another is made of, ``x.to_string()``, is followed no
further; nor is what a function keeps somewhere, or gives back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tree_sitter import Node

from engine.rust.calls import parameter_of
from engine.rust.files import Files
from engine.rust.format_macros import FormatCall, capturing
from engine.rust.instance_questions import About, Asked, asked_at
from engine.rust.item_nodes import Parameter, parameters_of, type_of
from engine.rust.known_calls import is_std_method
from engine.rust.listed_copies import whole_list
from engine.rust.nodes import (
    access_of,
    arguments_of,
    awaited,
    bare,
    borrowed,
    call_around,
    callee_name,
    callee_of,
    dereferenced,
    indexed,
    is_callee,
    method_on,
    tried,
)
from engine.rust.raw_pointers import is_pointer_type
from engine.rust.scopes import Binding, Scopes, Use
from engine.rust.statement_nodes import body_of, let_of, patterns_of, value_matched
from engine.rust.syntax import Source, span_of, walk_all

# The functions of the workspace that the call by a name may run; ``sure``: as in ``Calls.callees``.
Callees = Callable[[Source, Node, bool], Iterable[tuple[Source, Node]]]

# They give what they are called on, its items or one of them, by value or by reference.
_GIVING = frozenset(
    b"""iter into_iter iter_mut as_ref as_mut as_deref as_slice by_ref cloned copied skip take rev step_by
    fuse filter skip_while take_while inspect find max_by_key min_by_key max_by min_by last max min next
    nth next_back peekable peek enumerate zip chain collect unwrap expect unwrap_or unwrap_or_else
    unwrap_or_default ok_or ok_or_else ok first get values keys map and_then filter_map find_map then
    or or_else borrow deref into_keys into_values values_mut flatten partition step_by peek_mut next_if
    chunks windows split_at get_key_value entry""".split()
)


class FollowedQuestions:
    """Finds such questions in a workspace. What functions ask of their parameters is kept."""

    def __init__(self, files: Files, callees: Callees) -> None:
        self._files = files
        self._callees = callees
        self._asked: dict[tuple[str, int, int], About | None] = {}
        self._seen: set[tuple[str, int, int]] = set()  # on the way of one answer

    def about(self, source: Source, scopes: Scopes, value: Node) -> Iterator[Asked]:
        """Every question that is asked about the value of the expression ``value``, its items or its parts."""
        yield from _Follower(source, scopes, self._by_call).follow([value])

    def of_names(
        self, source: Source, scopes: Scopes, bindings: Iterable[Binding]
    ) -> Iterator[Asked]:
        """Every such question about what the names hold."""
        follower = _Follower(source, scopes, self._by_call)
        begun: list[Node] = []
        for binding in bindings:
            yield from follower.named(binding, begun)
        yield from follower.follow(begun)

    def of_parameter(self, source: Source, function: Node, index: int) -> About | None:
        """What the function asks about the instance that it is given at ``index`` of all its parameters
        (``self`` is one)."""
        key = source.path, function.start_byte, index
        if key in self._asked:
            return self._asked[key]
        if key in self._seen:
            return None  # where they call each other, the rest tells
        first = not self._seen
        self._seen.add(key)
        found = self._of_parameter(source, function, index)
        if found is not None:
            self._asked[key] = found
        if first:
            if found is None:  # nor does one that it calls
                self._asked.update(dict.fromkeys(self._seen))
            self._seen.clear()
        return found

    def _of_parameter(self, source: Source, function: Node, index: int) -> About | None:
        parameter, body = parameter_of(function, False, index), body_of(function)
        if parameter is None or body is None:
            return None
        declared = type_of(parameter)
        if declared is not None and is_pointer_type(source.text(declared)):
            return "address"
        scopes = self._files.scopes(source, function)
        if index == 0 and parameter.type == "self_parameter":
            uses = [node for node in walk_all(source, body) if node.type == "self"]
            found = _Follower(source, scopes, self._by_call).follow(uses)
        else:
            found = self.of_names(source, scopes, scopes.bound_by(span_of(parameter)))
        return next((asked.about for asked in found), None)

    def _by_call(self, source: Source, call: Node, index: int) -> Asked | None:
        """What a function of the workspace's that ``call`` may run asks about its argument at ``index``, its
        receiver at -1."""
        name = callee_name(call)
        if name is None:
            return None
        word = source.text(name)
        at = index + 1 if name.type == "field_identifier" else index
        for where, function in self._callees(source, name, is_std_method(word)):
            about = self.of_parameter(where, function, at)
            if about is not None:
                return Asked(about, word.decode("utf-8", "replace"), span_of(call))
        return None


class _Follower:
    def __init__(
        self,
        source: Source,
        scopes: Scopes,
        by_call: Callable[[Source, Node, int], Asked | None],
    ) -> None:
        self._source = source
        self._scopes = scopes
        self._by_call = by_call
        self._seen: set[object] = set()

    def follow(self, begun: list[Node]) -> Iterator[Asked]:
        """From each of the expressions on, and from what names they get."""
        while begun:
            node: Node | None = begun.pop()
            while node is not None:
                found = asked_at(self._source, node) or self._asked_by(node)
                if found is not None and found.span not in self._seen:
                    self._seen.add(found.span)
                    yield found
                for binding in self._bound(node):
                    yield from self.named(binding, begun)
                node = self._next(node)

    def named(self, binding: Binding, begun: list[Node]) -> Iterator[Asked]:
        """The questions that format strings ask of the name; its other uses go to ``begun``."""
        if binding.decl in self._seen:
            return
        self._seen.add(binding.decl)
        for use in self._scopes.uses(binding):
            if use.capture:
                yield from _captured(self._source, use)
                continue
            node = self._source.innermost(use.span)
            if span_of(node) == use.span:
                begun.append(node)

    def _asked_by(self, node: Node) -> Asked | None:
        """The question of a function that is given the value of ``node``."""
        called, call = method_on(self._source, node), call_around(node)
        if called is not None:
            return self._by_call(self._source, called[1], -1)
        if call is None:
            return None
        return self._by_call(self._source, call, arguments_of(call).index(node))

    def _next(self, node: Node) -> Node | None:
        """What has ``node``, or a part or an item of it, as its value in turn."""
        called = method_on(self._source, node)
        if called is not None:
            return called[1] if called[0] in _GIVING else None
        up = self._source.parent(node)
        if up is None:
            return None
        if up.type == "array_expression":
            return whole_list(self._source, up)
        access, index = access_of(up), indexed(up)
        through = up.type == "parenthesized_expression" or node in (
            borrowed(up),
            dereferenced(up),
            tried(up),
            awaited(up),
            access.base if access is not None and not is_callee(up) else None,
            index[0] if index is not None else None,
        )
        return up if through else None

    def _bound(self, node: Node) -> Iterator[Binding]:
        """The names that patterns, and closures that are given it, have for it and for its parts."""
        called, up = method_on(self._source, node), self._source.parent(node)
        patterns: list[Node] = []
        if (call := call_around(node)) is not None:
            listed = self._closure_called(call)
            index = arguments_of(call).index(node)
            patterns += (p.node for p in listed[index : index + 1])
        if called is not None:
            for argument in arguments_of(called[1]):
                patterns += (parameter.node for parameter in parameters_of(argument))
        elif up is not None and value_matched(up) == node:
            patterns = patterns_of(up)
        for pattern in patterns:
            yield from self._scopes.bound_by(span_of(pattern))

    def _closure_called(self, call: Node) -> list[Parameter]:
        """The parameters of the closure that is called by its name."""
        callee = callee_of(call)
        if callee is None or callee.type != "identifier":
            return []
        binding = self._scopes.resolve(self._source.text(callee), callee.start_byte)
        holder = self._source.node_at(binding.statement) if binding is not None else None
        let = (
            let_of(holder) if holder is not None and binding is not None and binding.plain else None
        )
        value = bare(let.value) if let is not None and let.value is not None else None
        closure = value is not None and value.type == "closure_expression"
        return parameters_of(value) if value is not None and closure else []


def _captured(source: Source, use: Use) -> Iterator[Asked]:
    call: FormatCall | None = capturing(source, use.span)
    if call is not None and call.shows_addresses:
        yield Asked("address", "{:p}", use.span)
