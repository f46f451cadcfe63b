"""Where a lock comes from and where it goes: which declarations only change together.

``roots`` walks from an expression inwards to the places that its value lives in, ``sinks``
outwards to the places it flows into. A link too many makes a larger group, one too few a compile
error that ``follow`` mends: neither makes a wrong rewrite.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

from tree_sitter import Node

from codemods.mutex_counter.resolve import Names, same_file
from codemods.mutex_counter.section import DIRECT, LOCKS
from codemods.mutex_counter.world import Key
from engine.rust.definitions import owner_of
from engine.rust.nodes import arguments_of, last_name, method_on, outward
from engine.rust.scopes import pattern_names
from engine.rust.syntax import Source, span_of

# Methods whose result still holds what they were called on.
_THROUGH = frozenset(
    {b"clone", b"cloned", b"copied", b"as_ref", b"as_mut", b"as_deref", b"deref", b"borrow"}
    | {b"to_owned", b"unwrap", b"expect", b"unwrap_or", b"unwrap_or_default", b"unwrap_or_else"}
    | {b"iter", b"iter_mut", b"into_iter", b"values", b"values_mut", b"into_values", b"get"}
    | {b"get_mut", b"first", b"last", b"next", b"pop", b"remove", b"entry", b"or_default"}
    | {b"or_insert", b"or_insert_with", b"get_or_init", b"get_or_insert_with", b"map", b"filter"}
    | {b"collect", b"rev", b"zip", b"enumerate", b"chain", b"take", b"skip", b"ok", b"find"}
    | {b"upgrade", b"downgrade", b"load", b"load_full", b"value", b"inner", b"as_slice", b"flatten"}
    | {b"ok_or", b"ok_or_else", b"and_then", b"filter_map", b"or_insert_with_key", b"nth", b"pin"}
)
# Functions that hand on what they are given.
_HOLDERS = frozenset(
    {b"Arc", b"Rc", b"Box", b"Some", b"Ok", b"Err", b"Lazy", b"LazyLock", b"OnceLock", b"OnceCell"}
    | {b"Cell", b"RefCell", b"Pin", b"Weak", b"CachePadded", b"Option", b"Vec", b"Cow", b"Clone"}
    | {b"AssertUnwindSafe", b"LazyCell", b"ManuallyDrop", b"ArcSwap"}
)
_ON = frozenset(
    {"parenthesized_expression", "reference_expression", "try_expression", "await_expression"}
    | {"array_expression", "tuple_expression", "const_block", "index_expression"}
)
_DEPTH = 40


class Flow(Names):
    """Links between places, for one world."""

    # -- inwards -------------------------------------------------------------------------------

    def roots(self, source: Source, node: Node, depth: int = 0) -> Iterator[Key]:
        """The places that the value of ``node`` may live in."""
        if depth > _DEPTH:
            return
        go = depth + 1
        match node.type:
            case "identifier" | "scoped_identifier":
                yield from self._named(source, node)
            case "field_expression":
                yield from self._field(source, node, go)
            case "call_expression":
                yield from self._call(source, node, go)
            case "index_expression" | "type_cast_expression":
                yield from self.roots(source, node.named_children[0], go)
            case "closure_expression" | "const_block":
                body = node.child_by_field_name("body")
                if body is not None:
                    yield from self.roots(source, body, go)
            case "block" | "unsafe_block" | "async_block":
                rest = node.named_children
                if rest:
                    yield from self.roots(source, rest[-1], go)
            case "if_expression":
                for name in ("consequence", "alternative"):
                    branch = node.child_by_field_name(name)
                    if branch is not None:
                        yield from self.roots(source, branch, go)
            case "match_expression":
                body = node.child_by_field_name("body")
                for arm in body.named_children if body is not None else ():
                    value = arm.child_by_field_name("value")
                    if value is not None:
                        yield from self.roots(source, value, go)
            case "macro_invocation":
                for root in source.roots():
                    if source.parent(root) == node:
                        yield from self.roots(source, root, go)
            case kind if kind in _ON or kind in (
                "unary_expression",
                "else_clause",
                "expression_statement",
                "source_file",
                "tuple_expression",
                "array_expression",
            ):
                for child in node.named_children:
                    yield from self.roots(source, child, go)
            case _:
                pass

    def _named(self, source: Source, node: Node) -> Iterator[Key]:
        if node.type == "identifier":
            binding = self.world.binding(source, node)
            if binding is not None:
                yield ("local", source.path, binding.decl.start)
                return
        yield from (decl.key for decl in self.statics_of(source, node))

    def _field(self, source: Source, node: Node, depth: int) -> Iterator[Key]:
        value, field = node.child_by_field_name("value"), node.child_by_field_name("field")
        if value is None or field is None:
            return
        found = self.fields_of(source, value, source.text(field))
        yield from (decl.key for decl in found)
        if not found and field.type == "integer_literal":
            yield from self.roots(source, value, depth)  # a tuple's part

    def _call(self, source: Source, node: Node, depth: int) -> Iterator[Key]:
        function = node.child_by_field_name("function")
        if function is not None and function.type == "generic_function":
            function = function.child_by_field_name("function")
        if function is None:
            return
        if function.type == "field_expression":
            field, value = (
                function.child_by_field_name("field"),
                function.child_by_field_name("value"),
            )
            name = source.text(field) if field is not None else b""
            own = [d for d in self.world.functions.get(name, ()) if d.kind != "parameter"]
            if own:
                yield from (d.key for d in own)
            elif value is not None and name in _THROUGH | LOCKS:
                yield from self.roots(source, value, depth)
                for given in arguments_of(node):
                    if given.type == "closure_expression":
                        yield from self.roots(source, given, depth)
            return
        name, owner = path_of(source, function)
        own = self.functions(name, owner, source, node)
        results = [d for d in own if d.kind != "parameter"]
        if results:
            yield from (d.key for d in results)
        elif owner in _HOLDERS or name in _HOLDERS:
            for given in arguments_of(node):
                yield from self.roots(source, given, depth)
        else:
            for new in self.world.news:
                if new.file == source.path and new.whole == span_of(node):
                    yield new.key

    # -- outwards ------------------------------------------------------------------------------

    def sinks(self, source: Source, node: Node) -> Iterator[Key]:
        """The places that the value of ``node`` flows into."""
        part = -1  # the position in a tuple that ``node`` is, when it is one
        for _ in range(_DEPTH):
            up = source.parent(node)
            if up is None:
                return
            if up.type == "tuple_expression":
                part, node = up.named_children.index(node), up
                continue
            match up.type:
                case "arguments":
                    call = up.parent
                    if call is None or not (yield from self._passed(source, node, call)):
                        return
                    node = call
                case "field_expression":
                    named = method_on(source, node)
                    if named is None or named[0] not in _THROUGH | LOCKS:
                        return
                    node = named[1]
                case "field_initializer" | "shorthand_field_initializer":
                    yield from self._initialised(source, node, up)
                    return
                case "let_declaration":
                    if up.child_by_field_name("value") == node:
                        pattern = up.child_by_field_name("pattern")
                        whole = node.type == "tuple_expression"
                        yield from self._bound(source, pattern, part if whole else -1)
                    return
                case "let_condition" | "for_expression":
                    if up.child_by_field_name("value") == node:
                        yield from self._bound(source, up.child_by_field_name("pattern"))
                    return
                case "match_expression":
                    body = up.child_by_field_name("body")
                    if up.child_by_field_name("value") == node and body is not None:
                        for arm in body.named_children:
                            yield from self._bound(source, arm.child_by_field_name("pattern"))
                        return
                    node = up
                case "assignment_expression":
                    left = up.child_by_field_name("left")
                    if left is not None and left != node:
                        yield from self.roots(source, left)
                    return
                case "static_item" | "const_item":
                    name = up.child_by_field_name("name")
                    if name is not None:
                        found = self.world.statics.get(source.text(name), ())
                        yield from (d.key for d in found if d.stands_at(source, up))
                    return
                case "return_expression":
                    yield from self._returned(source, up)
                    return
                case "function_item":
                    yield from self._returned(source, node)
                    return
                case "closure_expression" | "match_arm" | "match_block" | "else_clause":
                    node = up
                case "if_expression" | "unsafe_block" | "macro_invocation" | "source_file":
                    node = up
                case "block":
                    if up.named_children[-1] != node:
                        return
                    node = up
                case "expression_statement":
                    if source.text(up).endswith(b";"):
                        return
                    node = up
                case kind if kind in _ON:
                    node = up
                case "unary_expression":
                    node = up
                case _:
                    return

    def _passed(self, source: Source, node: Node, call: Node) -> Generator[Key, None, bool]:
        """Into a function's parameter, or into what a method was called on. Returns whether the
        call's result still holds the value."""
        function = call.child_by_field_name("function")
        if function is not None and function.type == "generic_function":
            function = function.child_by_field_name("function")
        if function is None:
            return False
        at = next((i for i, n in enumerate(arguments_of(call)) if n == node), 0)
        if function.type == "field_expression":
            field, value = (
                function.child_by_field_name("field"),
                function.child_by_field_name("value"),
            )
            name = source.text(field) if field is not None else b""
            own = [d for d in self.world.functions.get(name, ()) if d.owner]
            own = [d for d in own if d.kind == "parameter"]
            if own:
                yield from (d.key for d in own if d.index == at + 1)
                return False
            if value is not None and node.type != "async_block":
                yield from self.roots(source, value)
            return name in _THROUGH
        name, owner = path_of(source, function)
        parameters = [d for d in self.functions(name, owner, source, call) if d.kind == "parameter"]
        if parameters:
            yield from (d.key for d in parameters if d.index == at)
            return False
        fields = self.world.fields.get(str(at).encode(), ())
        tuples = [
            d for d in fields if d.owner == (owner_of(source, call) if name == b"Self" else name)
        ]
        yield from (d.key for d in tuples)
        return not tuples and (owner in _HOLDERS or name in _HOLDERS)

    def _initialised(self, source: Source, node: Node, up: Node) -> Iterator[Key]:
        """``S { field: node }``."""
        field = up.child_by_field_name("field")
        name = source.text(field) if field is not None else source.text(node)
        literal = source.enclosing(up, ["struct_expression"])
        named = literal.child_by_field_name("name") if literal is not None else None
        if named is None:
            return
        owner = last_name(source, named)
        if owner == b"Self":
            owner = owner_of(source, up)
        every = self.world.fields.get(name, [])
        exact = same_file([d for d in every if d.owner == owner], source)
        yield from (d.key for d in exact)

    def _bound(self, source: Source, pattern: Node | None, part: int = -1) -> Iterator[Key]:
        """The names that a pattern binds; of a tuple pattern, those of ``part``."""
        if pattern is None:
            return
        inside = pattern.named_children
        if pattern.type == "tuple_pattern" and 0 <= part < len(inside):
            pattern = inside[part]
        for identifier in pattern_names(pattern):
            yield ("local", source.path, identifier.start_byte)

    def _returned(self, source: Source, node: Node) -> Iterator[Key]:
        function = source.function_of(node)
        if function is not None and function.type == "function_item":
            named = function.child_by_field_name("name")
            for d in self.world.functions.get(source.text(named) if named is not None else b"", ()):
                if d.kind == "function_item" and d.stands_at(source, function):
                    yield d.key


def path_of(source: Source, function: Node) -> tuple[bytes, bytes]:
    """(last name, name before it) of a function's path."""
    text = b"".join(source.text(function).split())
    head, _, name = text.rpartition(b"::")
    if head.endswith(b">") and b"<" in head:
        head = head.partition(b"<")[0].removesuffix(b"::")
    return name, head.rpartition(b"::")[2]


def is_lock_call(source: Source, node: Node) -> bool:
    """Is ``node`` the receiver of a lock call (which is looked at for itself)?"""
    named = method_on(source, outward(node))
    return named is not None and named[0] in LOCKS | DIRECT and not arguments_of(named[1])
