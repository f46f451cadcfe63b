"""May code that is given a ``str`` in the place of a ``String`` choose another impl and do something else?

So with ``[T]`` and ``Vec<T>``, ``Path`` and ``PathBuf``, and ``Bytes`` and ``Vec<u8>``. Of std's traits
those of such a pair agree by contract (``Display``, ``Hash``, ``Ord``, ``AsRef``, ``Borrow``); ``Debug`` does
not of ``Bytes``. What is generic, and what a trait of the workspace or of another crate gives, may differ:
a use agrees only where the type that is asked for is written at the callee, or the callee is known. The
uses are those of a name that holds the value, or a reference to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from tree_sitter import Node

from engine.rust import item_nodes, nodes
from engine.rust.borrows import is_shown
from engine.rust.calls import parameter_of
from engine.rust.definitions import type_parameter_names
from engine.rust.files import Files
from engine.rust.items import FUNCTIONS, Items
from engine.rust.scopes import Binding, Scopes
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import is_named, view_of
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

    def __init__(self, files: Files, items: Items, callees: Callees) -> None:
        self._files = files
        self._items = items
        self._callees = callees

    def among(
        self, source: Source, scopes: Scopes, bindings: Iterable[Binding], bytes_: bool = False
    ) -> str:
        """Which use of ``bindings`` may see the change of their type, in words for the user; "" when
        none does. ``bytes_``: of a :func:`is_byte_pair`."""
        for binding in bindings:
            for use in scopes.uses(binding):
                if use.capture and not bytes_:
                    continue
                node = source.innermost(use.span)
                name = binding.name.decode("utf-8", "replace")
                why = _SHOWN if use.capture else self.at(source, node, bytes_)
                if why:
                    line = source.position(use.span.start)[0]
                    return f"{why} (`{name}` at line {line})"
        return ""

    def at(self, source: Source, node: Node, bytes_: bool = False) -> str:
        """As ``among``, of the use at ``node``: a name, or a reference to one."""
        up = source.parent(node)
        while up is not None and (
            up.type == "parenthesized_expression" or nodes.borrowed(up) is not None
        ):
            node, up = up, source.parent(up)
        if up is None:
            return ""
        if is_shown(source, node):
            return _SHOWN if bytes_ else ""
        if bytes_ and source.enclosing(node, ("macro_invocation",)) is not None:
            return _SHOWN  # perhaps: `info!(?x)`
        called = nodes.method_on(source, node)
        if called is not None:
            return self.of_method(called[0])
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

    def of_method(self, name: bytes) -> str:
        """Does a trait of the workspace have a method of this name?"""
        if any(item.of_trait for item in self._items.named(name, *FUNCTIONS)):
            shown = name.decode("utf-8", "replace")
            return f"`{shown}` is a trait's method in this workspace, and may have another impl"
        return ""

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
        mine = list(self._callees(source, name))
        fixed = all(self._is_fixed(*each, method, index) for each in mine)
        if fixed and (mine or self._is_known(source, call, name, method)):
            return ""
        shown = source.text(name).decode("utf-8", "replace")
        if not mine:
            return f"what `{shown}` does may depend on the type that it is given"
        return f"`{shown}` is generic, and another impl may answer"

    def _is_known(self, source: Source, call: Node, name: Node, method: bool) -> bool:
        if method:
            return source.text(name) in _METHODS
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
        generic = set(type_parameter_names(source, function))
        holder = source.enclosing(function, ("impl_item", "trait_item"))
        if holder is not None:
            generic |= {*type_parameter_names(source, holder), "Self"}
        words = set(re.findall(r"\w+", text.decode("utf-8", "replace")))
        return not words & (generic | {"impl", "dyn"})


_SHOWN = "`{:?}` shows a `Bytes` otherwise than a `Vec<u8>`"
