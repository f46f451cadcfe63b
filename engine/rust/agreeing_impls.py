"""May code that is given a ``str`` in the place of a ``String`` choose another impl and do something else?

So with ``[T]`` and ``Vec<T>``, ``Path`` and ``PathBuf``, and ``Bytes`` and ``Vec<u8>``. Of std's traits
those of such a pair agree by contract (``Display``, ``Hash``, ``Ord``, ``AsRef``, ``Borrow``); ``Debug`` does
not of ``Bytes``. What is generic, and what a trait of the workspace or of another crate gives, may differ:
a use agrees only where the type that is asked for is written at the callee, which rustc tells with the
callee's type, or the callee is known. The uses are those of a name that holds the value, or a reference
to it. Not answered: what a method of a foreign trait does that has the name of one of std's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import item_nodes, nodes
from engine.rust.calls import parameter_of
from engine.rust.definitions import (
    Item,
    functions_named,
    is_type_parameter,
    type_parameter_names,
)
from engine.rust.files import Files, TypeOf
from engine.rust.format_macros import is_shown
from engine.rust.items import FUNCTIONS, Items
from engine.rust.known_types import known
from engine.rust.scopes import Binding, Scopes
from engine.rust.seen_modules import OwnTraits
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import is_named, is_view, view_of
from engine.rust.types import Type

Callees = Callable[[Source, Node], Iterable[tuple[Source, Node]]]

# Methods of std, tokio, `bytes` and the digest crates whose parameter is a slice, a text or a path, or
# is bounded by `AsRef`, `Borrow` or `Pattern`.
_METHODS = frozenset(
    b"""write_all write write_str write_buf put_slice extend_from_slice copy_from_slice
    clone_from_slice push_str insert_str starts_with ends_with contains find rfind split rsplit
    split_once strip_prefix strip_suffix trim_start_matches trim_end_matches replace
    eq_ignore_ascii_case get get_mut get_key_value contains_key remove remove_entry arg args env
    current_dir open create update chain_update with_file_name with_extension set_file_name
    set_extension concat send_to is_match""".split()
)
_FUNCTIONS = re.compile(
    rb"(?:.*::)?(?:from_utf8(?:_lossy|_unchecked)?|copy_from_slice|from_str(?:_radix)?"
    rb"|(?:Path|OsStr|Command|PathBuf)::(?:new|from)|(?:fs|File)::\w+|(?:String|Vec|Bytes)::from)"
)
# Crates whose types have such methods; of others a name tells nothing.
_CRATES = frozenset(
    b"""std core alloc tokio bytes futures http hashbrown indexmap dashmap regex digest sha1 sha2 sha3
    md5 blake2 blake3 hmac crc32fast""".decode().split()
)
# Functions of std that ask for the type itself.
_OF_TYPES = ("std::any::", "std::mem::", "std::ptr::", "core::any::", "core::mem::", "core::ptr::")
_OWNERS = frozenset(b"str String Vec Path PathBuf OsStr OsString Bytes BytesMut Self".split())
_SLICE = re.compile(rb"&\s*(?:'\w+\s+)?\[[^;]*\]")
_NAMED = ("type_identifier", "scoped_type_identifier", "generic_type", "primitive_type")
_COMPARED = re.compile(
    rb"impl\b[^{;]*\bPartial(?:Eq|Ord)\b[^{;]*\b(?:str|String|Vec|Path|PathBuf|Bytes|OsStr)\b[^{;]*\{"
    rb"|impl\b[^{;]*\bPartial(?:Eq|Ord)\s*<[^{;]*\[[^{;]*\{"
)


def is_byte_pair(left: Type, right: Type) -> bool:
    """Is one of the two ``Bytes`` or ``BytesMut`` and the other none, so that ``Debug`` and serialising
    tell them apart?"""
    first, second = (is_named(t.behind_refs()[1], "Bytes", "BytesMut") for t in (left, right))
    return first != second


def is_pair(left: Type, right: Type) -> bool:
    """Are both views of one thing, though not of one type?"""
    views = view_of(left), view_of(right)
    return views[0] is not None and views[0] == views[1]


class AgreeingImpls:
    """Judges uses of values of a workspace."""

    def __init__(
        self, files: Files, items: Items, callees: Callees, type_of: TypeOf = lambda *_: None
    ) -> None:
        self._files = files
        self._items = items
        self._callees = callees
        self._type_of = type_of
        self._own_traits = OwnTraits(files, items)
        self._given: dict[bytes, tuple[Item, ...]] = {}  # by the method's name

    def among(
        self,
        source: Source,
        scopes: Scopes,
        bindings: Iterable[Binding],
        bytes_: bool = False,
        besides: Callable[[Node], bool] = lambda node: False,
    ) -> str:
        """Which use of ``bindings`` may see the change of their type, in words for the user; "" when
        none does. ``bytes_``: of a :func:`is_byte_pair`; ``besides`` are names that see none."""
        for binding in bindings:
            for use in scopes.uses(binding):
                if use.capture and not bytes_:
                    continue
                node = source.innermost(use.span)
                if besides(node):
                    continue
                name = binding.name.decode("utf-8", "replace")
                why = _SHOWN if use.capture else self.at(source, node, bytes_)
                if why:
                    line = source.position(use.span.start)[0]
                    return f"{why} (`{name}` at line {line})"
        return ""

    def at(self, source: Source, node: Node, bytes_: bool = False) -> str:
        """As ``among``, of the use at ``node``: a name, or a reference to one."""
        node = _referring(source, node)
        up = source.parent(node)
        if up is None:
            return ""
        if is_shown(source, node):
            return _SHOWN if bytes_ else ""
        if bytes_ and source.enclosing(node, ("macro_invocation",)) is not None:
            return _SHOWN  # perhaps: `info!(?x)`
        called = nodes.method_on(source, node)
        if called is not None:
            return self.of_method(source, node.start_byte, called[0])
        call = nodes.call_around(node)
        if call is not None:
            return self._of_argument(source, call, nodes.arguments_of(call).index(node))
        operation = nodes.operation_of(source, up)
        if operation is not None and operation.operator in nodes.COMPARISONS:
            return self.of_comparison()
        if nodes.borrowed(node) is None:
            return ""  # an element, a part: the same of both
        taken = nodes.dereferenced(up) is not None or nodes.indexed(up) is not None
        if taken or up.type == "for_expression":
            return ""  # an element again
        return f"`{source.quoted(span_of(node))}` goes on as a reference of its type"

    def of_method(self, source: Source, offset: int, name: bytes) -> str:
        """May a trait of the workspace that is in scope at ``offset`` give texts, lists or paths a method of
        this name?"""
        if name not in self._given:
            methods = self._items.named(name, *FUNCTIONS)
            self._given[name] = tuple(filter(self._is_given, methods))
        if any(self._may_answer(source, offset, method) for method in self._given[name]):
            shown = name.decode("utf-8", "replace")
            return f"`{shown}` is a trait's method in this workspace, and may have another impl"
        return ""

    def may_be_of_trait(self, source: Source, offset: int, name: bytes) -> bool:
        """Is a method of this name one of a trait of the workspace, of whatever type, that may be in scope at
        ``offset``?"""
        methods = (m for m in self._items.named(name, *FUNCTIONS) if m.of_trait)
        return any(self._may_answer(source, offset, method) for method in methods)

    def _may_answer(self, source: Source, offset: int, method: Item) -> bool:
        where, node = self._items.open(method)
        holder = where.enclosing(node, ("trait_item", "impl_item"))
        if method.in_macro or holder is None:
            return True
        if method.in_trait:
            trait = self._items.at(where, holder)
            return trait is None or self._own_traits.may_answer(source, trait, offset)
        named = item_nodes.trait_of(holder)
        path = where.text(nodes.generic_head(named)) if named is not None else b""
        traits = self._items.resolve(where, named or holder, path, "trait")
        # One of another crate may be in scope anywhere.
        return not traits or any(
            self._own_traits.may_answer(source, trait, offset) for trait in traits
        )

    def _is_given(self, method: Item) -> bool:
        """May a value of the pair have the method, which a trait or an impl holds?"""
        if not method.of_trait:
            return False
        source, node = self._items.open(method)
        if method.in_macro:
            return True
        if not method.in_trait:
            holder = source.enclosing(node, ("impl_item",))
            return holder is None or self._is_for_values(source, holder)
        pattern = re.compile(rb"\bimpl\b[^{;]*\b" + re.escape(method.owner) + rb"\b[^{;]*\bfor\b")
        for other in self._files.containing(b"impl", method.owner):
            for hit in pattern.finditer(other.data):
                node = other.innermost(Span(*hit.span()))
                at = node if node.type == "impl_item" else other.enclosing(node, ("impl_item",))
                if at is None or self._is_for_values(other, at):
                    return True  # or in what a macro expands to
        return False

    def _is_for_values(self, source: Source, impl: Node) -> bool:
        """Is the impl's type one of the pair, a reference to one, or generic?"""
        of = item_nodes.type_of(impl)
        while of is not None and of.type == "reference_type":
            of = nodes.named_children(of)[-1]
        if of is None or of.type not in _NAMED:
            return True
        head = nodes.generic_head(of)
        name = nodes.last_name(source, head)
        if name in _OWNERS or is_type_parameter(source, head, name):
            return True
        return bool(self._items.named(name, "type"))

    def of_comparison(self) -> str:
        """Does the workspace compare such types in a way of its own?"""
        for source in self._files.containing(b"PartialEq"):
            if _COMPARED.search(source.data):
                return f"{source.path} compares such values in a way of its own"
        return ""

    def _of_argument(self, source: Source, call: Node, index: int) -> str:
        name = nodes.callee_name(call)
        if name is None:
            return "what is called is not known"
        method = nodes.method_call(source, call) is not None
        shown = source.text(name).decode("utf-8", "replace")
        mine = list(self._callees(source, name))
        told = self._told(source, call)
        if told is not None and told.kind == "fndef":
            fixed = _is_written(told, index) or (not mine and _is_of_std(told))
        else:
            fixed = all(self._is_fixed(*each, method, index) for each in mine)
            fixed = fixed and (bool(mine) or self._is_known(source, call, name, told))
        if fixed:
            return ""
        if not mine:
            return f"what `{shown}` does may depend on the type that it is given"
        return f"`{shown}` is generic, and another impl may answer"

    def _told(self, source: Source, call: Node) -> Type | None:
        """What rustc told of what decides the call."""
        node = deciding(source, call)
        return self._type_of(source.path, span_of(node)) if node is not None else None

    def _is_known(self, source: Source, call: Node, name: Node, told: Type | None) -> bool:
        """By the name of what is called; of a method by the crate of its receiver, too."""
        if nodes.method_call(source, call) is not None:
            return source.text(name) in _METHODS and (told is None or _has_such_methods(told))
        callee = nodes.callee_of(call)
        path = b"".join(source.text(callee).split()) if callee is not None else b""
        return _FUNCTIONS.fullmatch(path) is not None

    def _is_fixed(self, source: Source, function: Node, method: bool, index: int) -> bool:
        """Is the type that the parameter asks for written there?"""
        parameter = parameter_of(function, method, index)
        declared = item_nodes.type_of(parameter) if parameter is not None else None
        if declared is None:
            return False
        text = source.text(declared)
        if _SLICE.fullmatch(text):
            return True  # `&[T]`: whatever T is, it is that of the list, too
        generic = set(type_parameter_names(source, function))
        holder = source.enclosing(function, ("impl_item", "trait_item"))
        if holder is not None:
            generic |= {*type_parameter_names(source, holder), "Self"}
        words = set(re.findall(r"\w+", text.decode("utf-8", "replace")))
        return not words & (generic | {"impl", "dyn"})


def deciding_expressions(
    source: Source, scopes: Scopes, bindings: Iterable[Binding]
) -> Iterator[Node]:
    """The expressions whose types :class:`AgreeingImpls` goes by for ``bindings``."""
    for binding in bindings:
        for use in scopes.uses(binding):
            node = source.innermost(use.span)
            found = deciding_at(source, node) if not use.capture else None
            if found is not None:
                yield found


def deciding_in_functions(files: Files, name: bytes, index: int) -> Iterator[tuple[Source, Node]]:
    """As :func:`deciding_expressions`, of the parameter that takes the argument at ``index`` of a call
    by this name, whichever function that runs, where it is declared as a text, a list or a path."""
    for source in files.containing(b"fn", name):
        for function in functions_named(source, name):
            listed = item_nodes.parameters_of(function)[max(index - 1, 0) : index + 1]
            scopes = files.scopes(source, function)
            for parameter in listed:
                if parameter.type is None or nodes.last_name(source, parameter.type) not in _OWNERS:
                    continue
                bound = scopes.bound_by(span_of(parameter.pattern))
                for node in deciding_expressions(source, scopes, bound):
                    yield source, node


def deciding_at(source: Source, node: Node) -> Node | None:
    """As :func:`deciding_expressions`, of the use at ``node``: a name, or a reference to one."""
    call = nodes.call_around(_referring(source, node))
    return deciding(source, call) if call is not None else None


def deciding(source: Source, call: Node) -> Node | None:
    """The expression whose type tells what ``call`` does with its arguments: the function, or the
    receiver of the method."""
    method, called = nodes.method_call(source, call), nodes.call_of(call)
    if method is not None:
        return method.receiver
    if called is None:
        return None
    return called.callee if called.turbofish is None else called.callee.parent


def _referring(source: Source, node: Node) -> Node:
    """``node`` with the references and parentheses around it."""
    up = source.parent(node)
    while up is not None and (
        up.type == "parenthesized_expression" or nodes.borrowed(up) is not None
    ):
        node, up = up, source.parent(up)
    return node


def _is_written(function: Type, index: int) -> bool:
    """Is the type of the parameter the same whatever it is given: no generic argument of the function
    is, or has, one of a pair, and it is no trait object?"""
    pointer, path = function.args
    if index >= len(pointer.args) - 1:
        return False
    unclear = ("dyn", "impl", "opaque", "infer")
    given = pointer.args[index]
    if given.is_shared_ref and is_view(given.args[0]):
        return True  # `&str`: where a `&String` was given, it was coerced to what was known before
    if any(part.kind in unclear for part in given.walk()):
        return False
    return not any(_is_of_pair(part) for part in _generics(path))


def _generics(path: Type) -> Iterator[Type]:
    """The generic arguments in a function's path."""
    return (part for inner in path.args for part in inner.walk())


def _is_of_pair(type_: Type) -> bool:
    return type_.kind in ("infer", "opaque") or view_of(type_) is not None


def _is_of_std(function: Type) -> bool:
    """Does a function of std do the same with both, and give nothing that holds what it was given?"""
    pointer, path = function.args
    if function.name.partition("::")[0] not in ("std", "core", "alloc", "tokio"):
        return False
    if _FUNCTIONS.fullmatch(function.name.encode()):
        return True
    if function.name.startswith(_OF_TYPES) or function.last[:1].isupper():
        return False
    given = {part for part in _generics(path) if _is_of_pair(part)}
    return not any(part in given for part in pointer.args[-1].walk())


def _has_such_methods(receiver: Type) -> bool:
    """Is a method of ``_METHODS`` on it the one that is meant there: is it of such a crate, or a type
    parameter, whose trait is most likely std's?"""
    for step in receiver.deref_chain():
        if step.kind == "path" and "::" in step.name and known(step.name) is None:
            return step.name.partition("::")[0] in _CRATES
    return True


_SHOWN = "`{:?}` shows a `Bytes` otherwise than a `Vec<u8>`"
