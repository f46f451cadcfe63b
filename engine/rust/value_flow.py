"""Where values live and where they flow: names, fields, statics, parameters and results that hold one
value, or clones of one handle to it (``Arc``), or it wrapped in something.

What the places are is the caller's: it says which place a field, a static, a parameter or a result is.
A link too many joins what could be apart; one too few is possible where a value is handed on by a
macro, a trait object, a cast to a pointer, or a function that is not known.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.files import Files
from engine.rust.nodes import access_of, arguments_of, call_of, method_call, named_children
from engine.rust.scopes import Binding, pattern_names
from engine.rust.select_arms import arm_that_binds
from engine.rust.statement_nodes import arms_of, let_of, loop_pattern, scrutinee_of
from engine.rust.syntax import Source, span_of
from engine.rust.value_steps import next_step, values_in

P = TypeVar("P")

# Methods whose result still holds what they were called on.
THROUGH = frozenset(
    {b"clone", b"cloned", b"copied", b"as_ref", b"as_mut", b"as_deref", b"deref", b"borrow"}
    | {b"to_owned", b"unwrap", b"expect", b"unwrap_or", b"unwrap_or_default", b"unwrap_or_else"}
    | {b"iter", b"iter_mut", b"into_iter", b"values", b"values_mut", b"into_values", b"get"}
    | {b"get_mut", b"first", b"last", b"next", b"pop", b"remove", b"entry", b"or_default"}
    | {b"or_insert", b"or_insert_with", b"get_or_init", b"get_or_insert_with", b"map", b"filter"}
    | {b"collect", b"rev", b"zip", b"enumerate", b"chain", b"take", b"skip", b"ok", b"find"}
    | {b"upgrade", b"downgrade", b"load", b"load_full", b"value", b"inner", b"as_slice", b"flatten"}
    | {b"ok_or", b"ok_or_else", b"and_then", b"filter_map", b"or_insert_with_key", b"nth", b"pin"}
    | {b"and_modify", b"into_mut"}
)
# Functions, and types' functions, that hand on what they are given.
_HOLDERS = frozenset(
    {b"Arc", b"Rc", b"Box", b"Some", b"Ok", b"Err", b"Lazy", b"LazyLock", b"OnceLock", b"OnceCell"}
    | {b"Cell", b"RefCell", b"Pin", b"Weak", b"CachePadded", b"Option", b"Vec", b"Cow", b"Clone"}
    | {b"AssertUnwindSafe", b"LazyCell", b"ManuallyDrop", b"ArcSwap"}
)
_DEPTH = 40


class ValueFlow(ABC, Generic[P]):
    """Links between places. ``through`` are further methods whose result leads to the value."""

    def __init__(self, files: Files, through: frozenset[bytes] = frozenset()) -> None:
        self._files = files
        self._through = THROUGH | through

    # -- the caller's places -------------------------------------------------------------------

    @abstractmethod
    def local(self, source: Source, at: int) -> P:
        """The local that is declared at the offset ``at``."""

    @abstractmethod
    def items_of(self, source: Source, path: Node) -> Iterable[P]:
        """Statics and constants that the name or path ``path`` (no local) may mean."""

    @abstractmethod
    def item_at(self, source: Source, item: Node) -> Iterable[P]:
        """The static or constant that ``item`` defines."""

    @abstractmethod
    def fields_of(self, source: Source, base: Node, name: bytes) -> Iterable[P]:
        """Fields that ``base.name`` may be."""

    @abstractmethod
    def initialized(self, source: Source, initializer: Node) -> Iterable[P]:
        """Fields that ``name: value`` or ``name`` in a struct's literal may fill."""

    @abstractmethod
    def tuple_fields(self, source: Source, path: Node, index: int) -> Iterable[P]:
        """The field ``index`` of the tuple struct or variant that ``path`` constructs or matches."""

    @abstractmethod
    def results_of(self, source: Source, call: Node) -> Iterable[P]:
        """Results of the functions that ``call`` may run, or the constructor that it is."""

    @abstractmethod
    def parameters_of(self, source: Source, call: Node, index: int) -> Iterable[P] | None:
        """Parameters that take the argument ``index`` of ``call``; None when its functions have
        none that can hold the value, or are not known."""

    @abstractmethod
    def result_of(self, source: Source, function: Node) -> Iterable[P]:
        """The result of ``function``, as a place."""

    # -- inwards -------------------------------------------------------------------------------

    def roots(self, source: Source, node: Node, depth: int = 0) -> Iterator[P]:
        """The places that the value of ``node`` may live in."""
        if depth > _DEPTH:
            return
        inside = values_in(source, node)
        if inside is not None:
            for value in inside:
                yield from self.roots(source, value, depth + 1)
        elif node.type in ("identifier", "scoped_identifier"):
            yield from self._named(source, node)
        elif (access := access_of(node)) is not None:
            found = tuple(self.fields_of(source, access.base, source.text(access.name)))
            yield from found
            if not found and access.name.type == "integer_literal":
                yield from self.roots(source, access.base, depth + 1)  # a tuple's part
        elif node.type == "call_expression":
            yield from self._called(source, node, depth + 1)

    def _named(self, source: Source, node: Node) -> Iterator[P]:
        binding = self.binding(source, node) if node.type == "identifier" else None
        if binding is not None:
            yield self.local(source, binding.decl.start)
        else:
            yield from self.items_of(source, node)

    def _called(self, source: Source, call: Node, depth: int) -> Iterator[P]:
        results = tuple(self.results_of(source, call))
        if results:
            yield from results
            return
        method = method_call(source, call)
        if method is None:
            if holds(source, call):
                for given in arguments_of(call):
                    yield from self.roots(source, given, depth)
        elif method.method in self._through:
            yield from self.roots(source, method.receiver, depth)
            for given in method.arguments:
                if given.type == "closure_expression":
                    yield from self.roots(source, given, depth)

    # -- outwards ------------------------------------------------------------------------------

    def sinks(self, source: Source, node: Node) -> Iterator[P]:
        """The places that the value of ``node`` flows into."""
        part = -1  # the position in a tuple that it has
        for _ in range(_DEPTH):
            step = next_step(source, node)
            if step is None:
                return
            up = step.node
            match step.way:
                case "value" | "tried" | "element" | "macro":
                    if up.type == "tuple_expression":
                        part = named_children(up).index(node)
                    node = up
                case "argument":
                    given = arguments_of(up)
                    at = given.index(node) if node in given else 0
                    yield from self._passed(source, up, at)
                    if not self._hands_on(source, up, at):
                        return
                    node = up
                case "receiver":
                    method = method_call(source, up)
                    if method is None or method.method not in self._through:
                        return
                    node = up
                case "initializes":
                    yield from self.initialized(source, up)
                    return
                case "let" | "scrutinee":
                    whole = node.type == "tuple_expression" and step.way == "let"
                    yield from self._bound(source, up, part if whole else -1)
                    return
                case "assigned":
                    yield from self.roots(source, up)
                    return
                case "item":
                    yield from self.item_at(source, up)
                    return
                case "returned":
                    yield from self.result_of(source, up)
                    return
                case _:
                    return

    def _passed(self, source: Source, call: Node, at: int) -> Iterator[P]:
        """Into a function's parameter, a tuple struct's field, or what a method was called on."""
        own = self.parameters_of(source, call, at)
        method = method_call(source, call)
        if own is not None:
            yield from own
        elif method is None:
            found = call_of(call)
            yield from self.tuple_fields(source, found.callee, at) if found is not None else ()
        elif method.arguments[at].type != "async_block":
            yield from self.roots(source, method.receiver)

    def _hands_on(self, source: Source, call: Node, at: int) -> bool:
        """Does the result of ``call`` still hold its argument?"""
        if self.parameters_of(source, call, at) is not None:
            return False
        method = method_call(source, call)
        if method is not None:
            return method.method in THROUGH
        found = call_of(call)
        fields = self.tuple_fields(source, found.callee, at) if found is not None else ()
        return not any(True for _ in fields) and holds(source, call)

    def _bound(self, source: Source, holder: Node, part: int) -> Iterator[P]:
        """The names that the pattern of a ``let``, loop or ``match`` binds; of a tuple pattern, those
        of ``part``."""
        for pattern in _patterns(holder):
            inside = named_children(pattern)
            if pattern.type == "tuple_pattern" and 0 <= part < len(inside):
                pattern = inside[part]
            for identifier in pattern_names(pattern):
                yield self.local(source, identifier.start_byte)

    # -- locals --------------------------------------------------------------------------------

    def binding(self, source: Source, node: Node) -> Binding | None:
        """The local that the identifier ``node`` means."""
        function = source.fn_item_of(node)
        if function is None:
            return None
        return self._files.scopes(source, function).binding_at(node)

    def local_links(self, source: Source, at: int) -> Iterator[P]:
        """Where the local that is declared at ``at`` comes from, and where its uses go."""
        node = source.innermost(Span(at, at + 1))
        function = source.fn_item_of(node)
        scopes = self._files.scopes(source, function) if function is not None else None
        binding = next((b for b in scopes.bindings if b.decl.start == at), None) if scopes else None
        if scopes is None or binding is None:
            return
        yield from self._origin(source, binding)
        for use in scopes.uses(binding):
            if not use.capture:
                node = source.innermost(use.span)
                if span_of(node) == use.span and not self.is_left(source, node):
                    yield from self.sinks(source, node)

    def is_left(self, source: Source, use: Node) -> bool:
        """Is this use of a place looked at by the caller for itself?"""
        return False

    def _origin(self, source: Source, binding: Binding) -> Iterator[P]:
        declared = source.innermost(binding.decl)
        pattern = declared.parent
        while pattern is not None and pattern.type in ("mut_pattern", "ref_pattern"):
            pattern = pattern.parent
        if pattern is not None and pattern.type == "tuple_struct_pattern":
            path, *inside = pattern.named_children
            at = next((i for i, n in enumerate(inside) if binding.decl in span_of(n)), 0)
            exact = tuple(self.tuple_fields(source, path, at))
            if exact:
                yield from exact
                return
        value = value_of(source, binding)
        if value is not None:
            yield from self.roots(source, value)


def value_of(source: Source, binding: Binding) -> Node | None:
    """The expression that the name's value comes from, is a part of, or goes over; for a closure's
    parameter, what the method that takes the closure is called on."""
    declared, holder = source.innermost(binding.decl), source.node_at(binding.statement)
    if holder is not None and holder.type == "expression_statement":
        holder = holder.named_children[0]
    match binding.kind:
        case "let" if holder is not None:
            return _part(holder, declared)
        case "for" if holder is not None:
            return scrutinee_of(holder)
        case "if-let" | "while-let":
            condition = source.enclosing(declared, ["let_condition"])
            let = let_of(condition) if condition is not None else None
            return let.value if let is not None else None
        case "match" if holder is not None:
            whole = source.enclosing(holder, ["match_expression"])
            return scrutinee_of(whole) if whole is not None else None
        case "closure-param":
            closure = source.enclosing(declared, ["closure_expression"])
            call = source.parent(closure.parent) if closure and closure.parent else None
            method = method_call(source, call) if call is not None else None
            return method.receiver if method is not None else None
        case "select":
            arm = arm_that_binds(source, declared)
            return arm.future if arm is not None else None
        case _:
            return None


def _part(holder: Node, declared: Node) -> Node | None:
    """The value of a ``let``, or its part for a name in a tuple pattern."""
    let = let_of(holder)
    if let is None or let.value is None or let.pattern.type != "tuple_pattern":
        return let.value if let is not None else None
    inside, values = named_children(let.pattern), named_children(let.value)
    at = next((i for i, n in enumerate(inside) if span_of(declared) in span_of(n)), 0)
    whole = let.value.type != "tuple_expression" or len(values) != len(inside)
    return let.value if whole else values[at]


def _patterns(holder: Node) -> Iterator[Node]:
    if (let := let_of(holder)) is not None:
        yield let.pattern
    elif (pattern := loop_pattern(holder)) is not None:
        yield pattern
    yield from (arm.pattern for arm in arms_of(holder))


def holds(source: Source, call: Node) -> bool:
    """Does the function hand on what it is given, by its name or its type's?"""
    found = call_of(call)
    if found is None:
        return False
    name, owner = function_name(source, found.callee)
    return owner in _HOLDERS or name in _HOLDERS


def function_name(source: Source, callee: Node) -> tuple[bytes, bytes]:
    """(last name, name before it) of a function's path, without generic arguments."""
    text = b"".join(source.text(callee).split())
    head, _, name = text.rpartition(b"::")
    if head.endswith(b">") and b"<" in head:
        head = head.partition(b"<")[0].removesuffix(b"::")
    return name, head.rpartition(b"::")[2]
