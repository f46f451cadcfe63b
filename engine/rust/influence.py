"""What hangs on a value: is every use of it mere accounting, or may something be done because of it?

Mere accounting is: computed with (but for what may panic by it: subtracted, divided or shifted by as
an integer), named, kept in a field or a collection of the crate's own, returned to
callers that are all seen, shown in a log, a metric, or a text that does not leave a binary's own crate.
Values are followed through operators, blocks, names, tuples, fields, results, parameters, closures and
texts of the workspace. Everything else (a comparison, an index, an assertion, a call whose body is not
seen) counts as acting on it: what is not known decides. Functions and fields are found by name: one
too many only makes the answer more careful.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Literal

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.calls import Calls, parameter_of
from engine.rust.definitions import Item, derives
from engine.rust.failing_arithmetic import FLOAT_METHODS, fails_by, fails_on, may_fail
from engine.rust.files import Files, PackageOf
from engine.rust.format_macros import capturing, format_call
from engine.rust.items import TYPES, Items
from engine.rust.known_calls import evaluates_in_place, is_maker, is_number_method, is_printing
from engine.rust.scopes import Binding, pattern_names
from engine.rust.syntax import Source, span_of
from engine.rust.value_steps import next_step

Value = tuple[Source, Node]  # an expression that holds the value, or something made from it
Mentions = Callable[[bytes], Iterable[tuple[Source, Node]]]
# Something is done because of it, or what is done is not known; it is given to other crates.
Fate = Literal["decides", "escapes"]

_DECIDING = frozenset({b"==", b"!=", b"<", b"<=", b">", b">=", b"&&", b"||"})
# They choose by what they are called on or given. (`checked_sub` chooses too: its Option is followed.)
_CHOOSING = frozenset(
    {b"eq", b"ne", b"lt", b"le", b"gt", b"ge", b"cmp", b"partial_cmp", b"then", b"then_some"}
)
_OF_TEXTS = frozenset(
    b"""as_str as_ref as_bytes as_slice into_bytes into_boxed_str into_string to_lowercase to_uppercase
    to_vec""".split()
)
# Of iterators and what they give: the elements go on, and nothing is chosen by them.
_OF_ITERATORS = frozenset(
    b"""iter into_iter iter_mut copied cloned map rev enumerate zip chain sum product max min collect
    join concat values into_values flatten unwrap_or unwrap_or_default""".split()
)
# Methods whose closure's result goes into theirs.
_MAPPING = frozenset(b"map map_or map_or_else unwrap_or_else and_then flat_map".split())
# They put what they are given into what they are called on, unseen.
_FILLING = frozenset(b"push push_str push_back extend append".split())
_METRICS = frozenset(b"gauge counter histogram describe_gauge describe_counter".split())
# Texts that an error carries.
_ERRORS = frozenset(b"anyhow bail ensure eyre".split())
_PANICS = frozenset(b"panic unreachable todo unimplemented".split())
# Derived, they look at all fields.
_COMPARED = frozenset({b"PartialEq", b"Eq", b"PartialOrd", b"Ord", b"Hash"})
# More steps or mentions than a statistic ever has: in doubt, the value decides.
_STEPS, _MENTIONS = 400, 300


class Influence:
    """Follows values over the workspace. ``mentions`` gives the identifiers that are spelled like a
    word, as far as values are to be followed there."""

    def __init__(
        self, files: Files, items: Items, calls: Calls, package_of: PackageOf, mentions: Mentions
    ) -> None:
        self._files = files
        self._items = items
        self._calls = calls
        self._package_of = package_of
        self._mentions = mentions

    def of(
        self, source: Source, read: Node, own: Collection[Span] = frozenset()
    ) -> frozenset[Fate]:
        """What is true of the value that ``read`` reads; nothing, if every use is mere accounting.
        Assignments at ``own`` are changes of what is read itself: that it goes into them is none."""
        return self._followed([(source, read)], source.path, own)

    def of_capture(self, source: Source, capture: Span) -> frozenset[Fate]:
        """As ``of``, for a value that a format string takes from around it at ``capture``."""
        return self._followed(self._shown_at(source, capture), source.path, ())

    def _followed(
        self, start: Iterable[Value | Fate], path: str, own: Collection[Span]
    ) -> frozenset[Fate]:
        found: set[Fate] = set()
        seen: set[tuple[str, Span, str]] = set()
        pending: list[Value] = []

        def take(steps: Iterable[Value | Fate]) -> None:
            for step in steps:
                if isinstance(step, str):
                    found.add(step)
                else:
                    pending.append(step)

        take(start)
        while pending and "decides" not in found:
            current, node = pending.pop()
            key = (current.path, span_of(node), node.type)
            if key in seen:
                continue
            seen.add(key)
            if len(seen) > _STEPS:
                found.add("decides")
            up = node.parent
            if current.path == path and up is not None and span_of(up) in own:
                continue
            take(self._steps(current, node))
        return frozenset(found)

    def _steps(self, source: Source, node: Node) -> Iterator[Value | Fate]:
        """Where the value of ``node`` goes next, or what becomes of it."""
        step = next_step(source, node)
        if step is None:
            return
        match step.way:
            case "value" if step.node.type == "range_expression" or _is_address(step.node):
                yield "decides"
            case "value" | "member" | "callee" | "element":
                yield source, step.node
            case "operand":
                operation = nodes.operation_of(source, step.node)
                known = operation is not None and operation.operator not in _DECIDING
                fails = operation is not None and may_fail(source, operation, node, self._binding)
                yield (source, step.node) if known and not fails else "decides"
            case "let":
                let = statement_nodes.let_of(step.node)
                if let is not None and let.alternative is not None:
                    yield "decides"
                yield from self._named(source, let.pattern if let is not None else None)
            case "returned":
                yield from self._returned(source, step.node)
            case "argument":
                yield from self._passed(source, node, step.node)
            case "receiver":
                yield from self._received(source, step.node)
            case "initializes":
                initialized = nodes.initialized(step.node)
                name = initialized[0] if initialized is not None else node
                literal = source.enclosing(step.node, ("struct_expression",))
                named = item_nodes.name_of(literal) if literal is not None else None
                path = source.text(named) if named is not None else b""
                of = self._items.resolve(source, named, path, *TYPES) if named is not None else ()
                yield from self._stored(source.text(name), of)
            case "assigned":
                yield from self._assigned(source, step.node)
            case "macro":
                yield from self._in_macro(source, node, step.node)
            case "dropped":
                operation = nodes.operation_of(source, step.node)  # `seen -= 1`
                if operation is not None and may_fail(source, operation, node, self._binding):
                    yield "decides"
            case _:  # a condition, a scrutinee, an index, `?`, a static, what is not understood
                yield "decides"

    # -- names ---------------------------------------------------------------------------------

    def _named(self, source: Source, pattern: Node | None) -> Iterator[Value | Fate]:
        """All uses of the names that ``pattern`` binds."""
        function = source.fn_item_of(pattern) if pattern is not None else None
        if pattern is None or function is None:
            yield "escapes"
            return
        declared = {span_of(identifier) for identifier in pattern_names(pattern)}
        scopes = self._files.scopes(source, function)
        for binding in scopes.bindings:
            if binding.decl in declared:
                for use in scopes.uses(binding):
                    if use.capture:
                        yield from self._shown_at(source, use.span)
                    else:
                        yield source, source.innermost(use.span)

    def _local(self, source: Source, name: Node) -> Iterator[Value | Fate]:
        """All uses of the local that the identifier ``name`` is."""
        binding = self._binding(source, name)
        if binding is None:
            yield "escapes"
        else:
            yield from self._named(source, source.innermost(binding.decl))

    def _binding(self, source: Source, name: Node) -> Binding | None:
        """The local that ``name`` is, if it is one."""
        function = source.fn_item_of(name)
        if function is None or name.type != "identifier":
            return None
        return self._files.scopes(source, function).binding_at(name)

    def _assigned(self, source: Source, left: Node) -> Iterator[Value | Fate]:
        access, assignment = nodes.access_of(left), left.parent
        operation = nodes.operation_of(source, assignment) if assignment is not None else None
        if operation is not None and may_fail(source, operation, operation.right, self._binding):
            yield "decides"
        around = assignment.parent if assignment is not None else None
        if assignment is not None and around is not None and nodes.is_macro_brackets(around):
            yield source, assignment  # an argument with a name: `info!(seen = n)`
            if self._binding(source, left) is None:
                return
        if access is not None:
            of = self._calls.types_of(source, access.base) or ()
            yield from self._stored(source.text(access.name), tuple(of))
        else:
            yield from self._local(source, left)

    def _stored(self, name: bytes, of: Collection[Item]) -> Iterator[Value | Fate]:
        """All reads of fields of that name, and what is done with structs that have one: those ``of``
        which it is, or any where that is not known."""
        declared = False
        for place, node in self._mentions(name):
            up = node.parent
            access = nodes.access_of(up) if up is not None else None
            if up is not None and access is not None and access.name == node:
                types = self._calls.types_of(place, access.base) if of else None
                if not nodes.is_callee(up) and (not types or types & frozenset(of)):
                    yield place, up
            elif up is not None and up.type == "field_pattern":
                yield from self._named(place, statement_nodes.pattern_of(up) or node)
            elif up is not None and up.type == "field_declaration":
                here = any(i.path == place.path and span_of(up) in i.span for i in of)
                if here or not of:
                    declared = True
                    yield from self._of_struct(place, up)
        if not declared:
            yield "escapes"

    def _of_struct(self, source: Source, field: Node) -> Iterator[Fate]:
        """What may be done with a struct or a variant as a whole that has this ``field``."""
        holder = source.enclosing(field, ("struct_item", "enum_item", "union_item"))
        visible = field if holder is None or holder.type == "struct_item" else holder
        if self._items.exposed(source, visible):
            yield "escapes"
        derived = derives(source, holder) if holder is not None else frozenset[bytes]()
        if derived & _COMPARED:
            yield "decides"
        if b"Serialize" in derived and self._in_library(source):
            yield "escapes"

    def _in_library(self, source: Source) -> bool:
        modules = self._items.modules
        return any(modules.is_library(place.crate) for place in modules.places(source.path))

    # -- functions -----------------------------------------------------------------------------

    def _received(self, source: Source, call: Node) -> Iterator[Value | Fate]:
        """The value is what a method is called on."""
        method = nodes.method_call(source, call)
        name = method.method if method is not None else b""
        if method is None or name in _CHOOSING or fails_on(name):
            yield "decides"
        elif name in (b"into", b"try_into"):
            yield source, call
            yield from self._converted()
        elif is_number_method(name) or name in FLOAT_METHODS | _OF_TEXTS | _OF_ITERATORS:
            yield source, call
            for given in method.arguments:
                for parameter in item_nodes.parameters_of(given):
                    yield from self._named(source, parameter.pattern)
        elif name not in _FILLING:
            yield "decides"

    def _converted(self) -> Iterator[Value | Fate]:
        """``.into()``: a ``From`` of the workspace's own may do something with a number."""
        for item in self._items.named(b"from", "fn"):
            place, function = self._items.open(item)
            for parameter in item_nodes.parameters_of(function) if item.of_trait else ():
                if parameter.type is not None and parameter.type.type == "primitive_type":
                    yield from self._named(place, parameter.pattern)

    def _returned(self, source: Source, function: Node) -> Iterator[Value | Fate]:
        """All calls of ``function``, for its value."""
        named = item_nodes.name_of(function)
        if named is None or source.text(named) == b"main":
            yield "decides"
            return
        if self._items.exposed(source, function) or self._is_called_unseen(source, function):
            yield "escapes"
        places = list(self._mentions(source.text(named)))
        if len(places) > _MENTIONS:
            yield "decides"
            return
        yield from self._calls.callers(source, function)
        mine = (source.path, span_of(function))
        if any(self._is_given_away(place, node, mine) for place, node in places):
            yield "escapes"

    def _is_given_away(self, source: Source, node: Node, mine: tuple[str, Span]) -> bool:
        """Does ``node`` name the function that is defined at ``mine``, as a value instead of calling
        it?"""
        if node.type != "identifier" or nodes.call_by_name(node) is not None:
            return False
        up, function = node.parent, source.fn_item_of(node)
        if up is None or self._binding(source, node) is not None:
            return False
        path = nodes.path_of(up)
        if path is None and item_nodes.name_of(up) == node:
            return False  # it is defined there
        bound = self._files.scopes(source, function).bindings if function is not None else ()
        if any(binding.decl == span_of(node) for binding in bound):
            return False
        whole = up if path is not None else node
        step = next_step(source, whole)
        if step is None or step.way in ("dropped", "unknown"):
            return False
        meant = self._items.resolve(source, whole, source.text(whole), "fn")
        if not meant:  # what a macro brings is only known by its name
            return path is not None or source.path == mine[0]
        return any((item.path, item.span) == mine for item in meant)

    def _is_called_unseen(self, source: Source, function: Node) -> bool:
        """Is it a method of a trait that is not of the workspace: an operator, an iterator's
        ``next``? Who calls it is not seen."""
        holder = source.enclosing(function, ("impl_item", "trait_item"))
        trait = item_nodes.trait_of(holder) if holder is not None else None
        return trait is not None and not self._items.resolve(
            source, trait, source.text(trait), "trait"
        )

    def _passed(self, source: Source, node: Node, call: Node) -> Iterator[Value | Fate]:
        """Into a parameter of the workspace's own functions, or out of sight."""
        named, method = nodes.callee_name(call), nodes.method_call(source, call)
        if named is None:
            yield "escapes"
            return
        given = nodes.arguments_of(call)
        at = given.index(node) if node in given else 0
        name = source.text(named)
        own = list(self._calls.callees(source, named))
        for place, callee in own:
            parameter = parameter_of(callee, method is not None, at)
            pattern = statement_nodes.pattern_of(parameter) if parameter is not None else None
            yield from self._named(place, pattern)
        if own and method is None:
            return
        if own and any(True for _ in self._calls.callees(source, named, sure=True)):
            return
        if name in _CHOOSING or fails_by(name):
            yield "decides"
        elif method is None:
            yield (source, call) if is_maker(source, call) else "escapes"
        elif node.type == "closure_expression":
            yield (source, call) if name in _MAPPING else "escapes"
        elif is_number_method(name) or name in (b"unwrap_or", b"zip", b"chain"):
            yield source, call
        elif name in _FILLING:
            yield from self._filled(source, nodes.bare(method.receiver))
        elif not _is_metric(source, method.receiver):
            yield "escapes"

    # -- macros --------------------------------------------------------------------------------

    def _shown_at(self, source: Source, capture: Span) -> Iterator[Value | Fate]:
        """A format string takes the value from around it."""
        call = capturing(source, capture)
        if call is None:
            yield "escapes"
        else:
            yield from self._in_macro(source, source.innermost(capture), call.macro)

    def _in_macro(self, source: Source, node: Node, macro: Node) -> Iterator[Value | Fate]:
        """A value that is an argument of a macro: shown, handed on, or out of sight."""
        name = nodes.macro_name(source, macro)
        if name in (b"write", b"writeln"):
            yield from self._written(source, macro)
        elif name in (b"vec", b"dbg", b"format", b"format_args", b"concat"):
            yield source, macro
        elif is_printing(name) or name in _METRICS | _PANICS:
            return
        elif name in _ERRORS:
            if self._in_library(source):
                yield "escapes"
        elif name.startswith((b"assert", b"debug_assert")) or name == b"matches":
            yield "decides"
        elif evaluates_in_place(source, macro) and name != b"json":
            yield source, macro
        else:
            yield "escapes"

    def _written(self, source: Source, macro: Node) -> Iterator[Value | Fate]:
        """``write!(to, ..)``: a text of the function's own goes on, else it is somebody's output."""
        call = format_call(source, macro)
        to = source.node_at(call.before[0]) if call is not None and call.before else None
        local = nodes.bare(nodes.borrowed(to) or to) if to is not None else None
        kept = list(self._filled(source, local)) if local is not None else []
        if kept and kept != ["escapes"]:
            yield from kept
        elif self._in_library(source):
            yield "escapes"

    def _filled(self, source: Source, place: Node) -> Iterator[Value | Fate]:
        """The value is put into the text or collection ``place``: a function's own is followed."""
        binding = self._binding(source, place)
        let = source.node_at(binding.statement) if binding is not None else None
        parts = (
            statement_nodes.let_of(let)
            if let is not None and let.type == "let_declaration"
            else None
        )
        if binding is None or parts is None or parts.value is None or nodes.borrowed(parts.value):
            yield "escapes"
        else:
            yield from self._named(source, source.innermost(binding.decl))


def _is_address(cast: Node) -> bool:
    """``&x as *const T``: what is done behind a pointer is not seen."""
    type_ = item_nodes.type_of(cast) if cast.type == "type_cast_expression" else None
    return type_ is not None and type_.type == "pointer_type"


def _is_metric(source: Source, receiver: Node) -> bool:
    """``gauge!("name")``, whose methods take what is measured."""
    return receiver.type == "macro_invocation" and nodes.macro_name(source, receiver) in _METRICS
