"""Where a lock comes from and where it goes: which declarations only change together.

``roots`` walks from an expression inwards to the places that its value lives in, ``sinks``
outwards to the places it flows into. Both go by name and by rustc's types where they were asked.
A link too many makes a larger group, one too few a compile error that ``follow`` mends: neither
makes a wrong rewrite.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Iterator, Sequence

from tree_sitter import Node

from codemods.mutex_counter.guards import arguments, method_on, outward
from codemods.mutex_counter.section import DIRECT, LOCKS
from codemods.mutex_counter.world import Decl, Key, World, impl_type, last_name
from engine.model import Span
from engine.scopes import Binding, pattern_names
from engine.syntax import Source, span_of

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


class Flow:
    """Links between places, for one world."""

    def __init__(self, world: World) -> None:
        self.world = world

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
        name = last_name(source, node)
        yield from (d.key for d in self.nearest(self.world.statics.get(name, ()), source, node))

    def nearest(self, found: Iterable[Decl], source: Source, node: Node) -> list[Decl]:
        """Those of the same file and function, else of the file, else all."""
        every = list(found)
        here = [d for d in every if d.path == source.path]
        function = source.fn_item_of(node)
        if function is not None:
            inner = [d for d in here if d.node in span_of(function)]
            if inner:
                return inner
        return here or every

    def fields_of(self, source: Source, base: Node, name: bytes) -> list[Decl]:
        """The lock fields that ``base.name`` may be."""
        every = self.world.fields.get(name, [])
        if not every:
            return []
        owners = self._owners(source, base)
        if owners is None:
            return every
        found = [d for d in every if d.owner in owners]
        told = self.world.facts.type_of(source.path, span_of(base))
        if told is None:
            return same_file(found, source)
        modules = {t.name.rpartition("::")[0] for t in told.deref_chain()}
        return same_module(found, modules)

    def _owners(self, source: Source, base: Node) -> frozenset[bytes] | None:
        """Names of the types that ``base`` is or derefs to; None when that is not known."""
        node = base
        while node.type in ("parenthesized_expression", "reference_expression") and (
            node.named_children
        ):
            node = node.named_children[-1]
        if node.type == "self":
            owner = impl_type(source, node)
            return frozenset({owner}) if owner else None
        told = self.world.facts.type_of(source.path, span_of(base))
        if told is not None:
            chain = told.deref_chain()
            return frozenset(t.name.rpartition("::")[2].encode() for t in chain)
        if node.type == "identifier":
            binding = self.world.binding(source, node)
            if binding is not None and binding.kind == "param":
                names = _type_names(source, binding)
                known = {d.owner for found in self.world.fields.values() for d in found}
                if names & known:
                    return names & known
        return None

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
                for given in arguments(node):
                    if given.type == "closure_expression":
                        yield from self.roots(source, given, depth)
            return
        name, owner = _path(source, function)
        own = self._functions(name, owner, source, node)
        results = [d for d in own if d.kind != "parameter"]
        if results:
            yield from (d.key for d in results)
        elif owner in _HOLDERS or name in _HOLDERS:
            for given in arguments(node):
                yield from self.roots(source, given, depth)
        else:
            for new in self.world.news:
                if new.file == source.path and new.whole == span_of(node):
                    yield new.key

    def _functions(self, name: bytes, owner: bytes, source: Source, node: Node) -> list[Decl]:
        """Declared parameters and results of the function that a path may mean."""
        every = self.world.functions.get(name, [])
        if owner == b"Self":
            owner = impl_type(source, node)
        if owner[:1].isupper():
            return [d for d in every if d.owner == owner]
        return [d for d in every if not d.owner]

    # -- outwards ------------------------------------------------------------------------------

    def sinks(self, source: Source, node: Node) -> Iterator[Key]:
        """The places that the value of ``node`` flows into."""
        for _ in range(_DEPTH):
            up = source.parent(node)
            if up is None:
                return
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
                        yield from self._bound(source, pattern, node)
                    return
                case "let_condition" | "for_expression":
                    if up.child_by_field_name("value") == node:
                        yield from self._bound(source, up.child_by_field_name("pattern"), node)
                    return
                case "match_expression":
                    body = up.child_by_field_name("body")
                    if up.child_by_field_name("value") == node and body is not None:
                        for arm in body.named_children:
                            yield from self._bound(source, arm.child_by_field_name("pattern"), node)
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
                        yield from (d.key for d in found if d.node == span_of(up))
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
        at = next((i for i, n in enumerate(arguments(call)) if n == node), 0)
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
        name, owner = _path(source, function)
        parameters = [
            d for d in self._functions(name, owner, source, call) if d.kind == "parameter"
        ]
        if parameters:
            yield from (d.key for d in parameters if d.index == at)
            return False
        fields = self.world.fields.get(str(at).encode(), ())
        tuples = [
            d for d in fields if d.owner == (impl_type(source, call) if name == b"Self" else name)
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
            owner = impl_type(source, up)
        every = self.world.fields.get(name, [])
        exact = same_file([d for d in every if d.owner == owner], source)
        yield from (d.key for d in exact)

    def _bound(self, source: Source, pattern: Node | None, value: Node) -> Iterator[Key]:
        """The names that a pattern binds, or the part of a tuple pattern for a tuple's part."""
        if pattern is None:
            return
        for identifier in pattern_names(pattern):
            yield ("local", source.path, identifier.start_byte)

    def _returned(self, source: Source, node: Node) -> Iterator[Key]:
        function = source.function_of(node)
        if function is not None and function.type == "function_item":
            named = function.child_by_field_name("name")
            for d in self.world.functions.get(source.text(named) if named is not None else b"", ()):
                if d.kind == "function_item" and d.node == span_of(function):
                    yield d.key

    # -- links of one place --------------------------------------------------------------------

    def links(self, decl: Decl) -> Iterator[Key]:
        """Places that ``decl`` is linked to by its mentions."""
        match decl.kind:
            case "field":
                yield from self._field_links(decl)
            case "static" | "const":
                yield from self._static_links(decl)
            case "parameter" | "function_item" | "function_signature_item":
                yield from self._function_links(decl)
            case _:
                pass
        if decl.key[0] == "local":
            yield from self.local_links(decl.key)

    def _field_links(self, decl: Decl) -> Iterator[Key]:
        if decl.name.isdigit():
            return
        for source, node in self.world.mentions(decl.name, decl):
            up = node.parent
            if up is None:
                continue
            if node.type == "field_identifier" and up.type == "field_expression":
                value = up.child_by_field_name("value")
                if value is None or is_lock_call(source, up):
                    continue
                if decl in self.fields_of(source, value, decl.name):
                    yield from self.sinks(source, up)
            elif up.type == "field_pattern":
                yield from self._pattern_link(source, up, decl)

    def _pattern_link(self, source: Source, pattern: Node, decl: Decl) -> Iterator[Key]:
        whole = pattern.parent
        named = whole.child_by_field_name("type") if whole is not None else None
        if named is None:
            return
        owner = last_name(source, named)
        if (impl_type(source, pattern) if owner == b"Self" else owner) != decl.owner:
            return
        alike = [d for d in self.world.fields.get(decl.name, []) if d.owner == decl.owner]
        if decl not in same_file(alike, source):
            return
        inner = pattern.child_by_field_name("pattern")
        for identifier in pattern_names(inner if inner is not None else pattern):
            yield ("local", source.path, identifier.start_byte)

    def _static_links(self, decl: Decl) -> Iterator[Key]:
        for source, node in self.world.mentions(decl.name, decl):
            whole = node
            while whole.parent is not None and whole.parent.type == "scoped_identifier":
                whole = whole.parent
            if whole.type not in ("identifier", "scoped_identifier") or span_of(node) in decl.node:
                continue
            if self.world.binding(source, node) is None and not is_lock_call(source, whole):
                yield from self.sinks(source, whole)

    def _function_links(self, decl: Decl) -> Iterator[Key]:
        for source, node in self.world.mentions(decl.name, decl):
            whole = node
            if node.type == "field_identifier" and node.parent is not None:
                whole = node.parent
            while whole.parent is not None and whole.parent.type in (
                "scoped_identifier", "generic_function",
            ):  # fmt: skip
                whole = whole.parent
            call = whole.parent
            if call is None or call.type != "call_expression":
                continue
            if call.child_by_field_name("function") != whole:
                continue
            method = node.type == "field_identifier"
            if not method:
                name, owner = _path(source, whole)
                if decl not in self._functions(name, owner, source, call):
                    continue
            if decl.kind != "parameter":
                if not is_lock_call(source, call):
                    yield from self.sinks(source, call)
                continue
            given = arguments(call)
            at = decl.index - 1 if method else decl.index
            if 0 <= at < len(given):
                yield from self.roots(source, given[at])

    def local_links(self, key: Key) -> Iterator[Key]:
        """Where a local comes from and where its uses go."""
        found = self.world.binding_of(key)
        if found is None:
            return
        source, binding, function = found
        yield from self._origin(source, binding)
        for use in self.world.facts.sources.scopes(source, function).uses(binding):
            if use.capture:
                continue
            node = source.innermost(use.span)
            if span_of(node) == use.span and not is_lock_call(source, node):
                yield from self.sinks(source, node)

    def _origin(self, source: Source, binding: Binding) -> Iterator[Key]:
        node = source.node_at(binding.statement)
        declared = source.innermost(binding.decl)
        if node is None:
            return
        pattern = declared.parent
        while pattern is not None and pattern.type in ("mut_pattern", "ref_pattern"):
            pattern = pattern.parent
        if pattern is not None and pattern.type == "tuple_struct_pattern":
            named = pattern.child_by_field_name("type")
            owner = last_name(source, named) if named is not None else b""
            at = next(
                (i for i, n in enumerate(pattern.named_children[1:])
                 if n.start_byte <= declared.start_byte < n.end_byte), 0,
            )  # fmt: skip
            exact = [d for d in self.world.fields.get(str(at).encode(), ()) if d.owner == owner]
            if exact:
                yield from (d.key for d in exact)
                return
        value: Node | None = None
        match binding.kind:
            case "let" | "for":
                value = node.child_by_field_name("value")
            case "if-let" | "while-let":
                condition = source.enclosing(declared, ["let_condition"])
                value = condition.child_by_field_name("value") if condition is not None else None
            case "match":
                whole = source.enclosing(node, ["match_expression"])
                value = whole.child_by_field_name("value") if whole is not None else None
            case "closure-param":
                closure = source.enclosing(declared, ["closure_expression"])
                call = source.parent(closure.parent) if closure and closure.parent else None
                function = call.child_by_field_name("function") if call is not None else None
                if function is not None and function.type == "field_expression":
                    value = function.child_by_field_name("value")
            case _:
                pass
        if value is not None:
            yield from self.roots(source, value)


def _path(source: Source, function: Node) -> tuple[bytes, bytes]:
    """(last name, name before it) of a function's path."""
    text = b"".join(source.text(function).split())
    head, _, name = text.rpartition(b"::")
    if head.endswith(b">") and b"<" in head:
        head = head.partition(b"<")[0].removesuffix(b"::")
    return name, head.rpartition(b"::")[2]


def is_lock_call(source: Source, node: Node) -> bool:
    """Is ``node`` the receiver of a lock call (which is looked at for itself)?"""
    named = method_on(source, outward(node))
    return named is not None and named[0] in LOCKS | DIRECT and not arguments(named[1])


def same_file(found: Sequence[Decl], source: Source) -> list[Decl]:
    """Of fields of types that share a name: those declared in this file, if any are."""
    return [d for d in found if d.path == source.path] or list(found)


def same_module(found: Sequence[Decl], modules: Collection[str]) -> list[Decl]:
    """Of fields of types that share a name: those whose file is the module that rustc names.

    A type that is re-exported or stands behind ``#[path]`` may fit none: then all are meant.
    """

    def fit(decl: Decl) -> int:
        """How many segments of its file's module path stand in the type's path, -1 for a misfit."""
        parts = decl.path.removesuffix(".rs").split("/")
        if "src" in parts:
            parts = parts[len(parts) - parts[::-1].index("src") :]
        if parts and parts[-1] in ("lib", "main", "mod"):
            parts = parts[:-1]
        within = "".join(f"::{part}" for part in parts) + "::"
        return len(parts) if any(within in f"::{module}::" for module in modules) else -1

    fits = {decl.path: fit(decl) for decl in found}
    best = max(fits.values(), default=-1)
    return [d for d in found if fits[d.path] == best]


def _type_names(source: Source, binding: Binding) -> frozenset[bytes]:
    parameter = source.node_at(binding.statement)
    declared = parameter.child_by_field_name("type") if parameter is not None else None
    if declared is None:
        return frozenset()
    found: set[bytes] = set()
    pending = [declared]
    while pending:
        node = pending.pop()
        if node.type == "type_identifier":
            word = source.text(node)
            found.add(impl_type(source, node) if word == b"Self" else word)
        pending.extend(node.named_children)
    return frozenset(found)


__all__ = ["Flow", "Span", "is_lock_call"]
