"""What a clone looks like, and what is done with its result: syntax alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.format_macros import shown_by, takes_template
from engine.rust.nodes import macro_name
from engine.rust.syntax import COMMENTS, Source, span_of

WORDS = frozenset({b"clone", b"to_vec", b"to_owned", b"to_string"})
CALLS = frozenset({b"clone", b"copy_from_slice"})
# Of these, the ones that make text of whatever they are called on.
CONVERTING = frozenset({b"to_owned", b"to_string"})
# Methods that copy: on a temporary they only read, on a name they show that a copy is needed.
COPYING = WORDS

# Besides those that take a format string: macros whose arguments are plain expressions that are evaluated once, and may be moved.
_EVALUATING = frozenset(
    b"vec assert debug_assert matches join try_join select dbg ready pin try_stream stream"
    b" tokio_select try".split()
)


class Role(StrEnum):
    """What is done with the value that the clone makes."""

    METHOD = "method"  # x.clone().len()
    FIELD = "field"  # x.clone().name
    INDEX = "index"  # x.clone()[0]
    DEREF = "deref"  # *x.clone()
    REF = "ref"  # &x.clone()
    REF_MUT = "ref-mut"  # &mut x.clone()
    FORMAT = "format"  # format!("{}", x.clone())
    COMPARE = "compare"  # x.clone() == y
    ARGUMENT = "argument"  # f(x.clone())
    METHOD_ARGUMENT = "method-argument"  # y.f(x.clone())
    LET = "let"  # let y = x.clone();
    FOR = "for"  # for y in x.clone()
    MATCH = "match"  # match x.clone() {..}
    IF_LET = "if-let"  # if let P = x.clone(), while let P = x.clone()
    VALUE = "value"  # whatever else takes the value: a struct's field, a return, a tuple ...
    UNKNOWN = "unknown"  # an argument of a macro that this codemod does not know


@dataclass(frozen=True, slots=True)
class Clone:
    """One clone. ``receiver`` is the place that is copied.

    ``given`` is the operand as it is handed over: ``x`` in ``x.clone()``, ``&x`` in
    ``Arc::clone(&x)`` (then ``receiver`` is ``x`` and ``referenced`` is true).
    """

    source: Source
    node: Node
    receiver: Node
    given: Node
    word: bytes
    path: bytes  # b"Arc" of Arc::clone, b"" of a method call
    referenced: bool

    @property
    def span(self) -> Span:
        return span_of(self.node)

    @property
    def text(self) -> str:
        return " ".join(self.source.text(self.node).decode("utf-8", "replace").split())

    @property
    def name(self) -> str:
        """The receiver's text, for messages."""
        return " ".join(self.source.text(self.receiver).decode("utf-8", "replace").split())

    @property
    def place(self) -> bytes:
        """The receiver's text, for a replacement."""
        return self.source.text(self.receiver)


@dataclass(frozen=True, slots=True)
class Context:
    """What the clone's value is used for. ``holder`` is the node that takes it."""

    role: Role
    holder: Node
    name: bytes = (
        b""  # the method called on it, the fields read, the function or macro that takes it
    )
    index: int = 0  # which argument


def clone_of(source: Source, node: Node) -> Clone | None:
    """The clone that a call expression is, or None."""
    if node.type != "call_expression":
        return None
    function = node.child_by_field_name("function")
    arguments = node.child_by_field_name("arguments")
    if function is None or arguments is None or node.has_error:
        return None
    given = [c for c in arguments.named_children if c.type not in COMMENTS]
    if function.type == "field_expression":
        word, receiver = _parts(source, function)
        if word not in WORDS or given or receiver is None:
            return None
        receiver = bare(receiver)
        return Clone(source, node, receiver, receiver, word, b"", False)
    if function.type == "scoped_identifier" and len(given) == 1:
        name, path = function.child_by_field_name("name"), function.child_by_field_name("path")
        word = source.text(name) if name is not None else b""
        if word not in CALLS or path is None:
            return None
        operand = bare(given[0])
        inner = operand.child_by_field_name("value")
        shared = operand.type == "reference_expression" and not _is_mut(operand)
        if shared and inner is not None:
            return Clone(source, node, bare(inner), operand, word, source.text(path), True)
        return Clone(source, node, operand, operand, word, source.text(path), False)
    return None


def clone_at(source: Source, span: Span) -> Clone | None:
    """The clone that covers exactly ``span``."""
    node = source.node_at(span)
    while node is not None and span_of(node) == span:
        found = clone_of(source, node)
        if found is not None:
            return found
        node = next((c for c in node.named_children if span_of(c) == span), None)
    return None


def _parts(source: Source, function: Node) -> tuple[bytes, Node | None]:
    field = function.child_by_field_name("field")
    return (
        source.text(field) if field is not None else b"",
        function.child_by_field_name("value"),
    )


def bare(node: Node) -> Node:
    """Without parentheses around it."""
    while node.type == "parenthesized_expression":
        inner = [c for c in node.named_children if c.type not in COMMENTS]
        if len(inner) != 1:
            break
        node = inner[0]
    return node


def _is_mut(reference: Node) -> bool:
    return any(child.type == "mutable_specifier" for child in reference.children)


def context_of(clone: Clone) -> Context:
    """What is done with the clone's value."""
    source = clone.source
    child, holder = clone.node, source.parent(clone.node)
    while holder is not None and holder.type == "parenthesized_expression":
        child, holder = holder, source.parent(holder)
    if holder is None:
        return Context(Role.UNKNOWN, clone.node)
    found = _direct(source, child, holder)
    if found is not None:
        return found
    shown = shown_by(source, clone.node)
    if shown is not None:
        return Context(Role.FORMAT, shown.macro, shown.name)
    macro = _macro_of(source, child)
    if macro is not None:
        name = macro_name(source, macro)
        if name not in _EVALUATING and not takes_template(name):
            return Context(Role.UNKNOWN, macro, name)
    return Context(Role.VALUE, holder)


def _direct(source: Source, child: Node, holder: Node) -> Context | None:
    match holder.type:
        case "field_expression":
            return _member(source, child, holder)
        case "index_expression" if holder.named_children[0] == child:
            return Context(Role.INDEX, holder)
        case "unary_expression" if holder.children[0].type == "*":
            return Context(Role.DEREF, holder)
        case "reference_expression":
            return Context(Role.REF_MUT if _is_mut(holder) else Role.REF, holder)
        case "binary_expression":
            operator = holder.child_by_field_name("operator")
            if operator is not None and operator.type in ("==", "!=", "<", ">", "<=", ">="):
                return Context(Role.COMPARE, holder, operator.type.encode())
            return None
        case "arguments":
            return _argument(source, child, holder)
        case "let_declaration" if holder.child_by_field_name("value") == child:
            if holder.child_by_field_name("alternative") is not None:
                return Context(Role.IF_LET, holder)
            return Context(Role.LET, holder)
        case "for_expression":
            return Context(Role.FOR, holder)
        case "match_expression" if holder.child_by_field_name("value") == child:
            return Context(Role.MATCH, holder)
        case "let_condition":
            return Context(Role.IF_LET, holder)
        case _:
            return None


def _member(source: Source, child: Node, holder: Node) -> Context:
    """A method of the clone, or a field of it (``.user.name`` as a whole)."""
    inner = child
    while True:
        call = source.parent(holder)
        called = call is not None and call.type == "call_expression"
        if call is not None and called and call.child_by_field_name("function") == holder:
            if inner == child:
                return Context(Role.METHOD, call, _parts(source, holder)[0])
            return Context(Role.FIELD, inner, _suffix(source, child, inner))
        if call is None or call.type != "field_expression":
            return Context(Role.FIELD, holder, _suffix(source, child, holder))
        inner, holder = holder, call


def _suffix(source: Source, child: Node, whole: Node) -> bytes:
    return source.data[child.end_byte : whole.end_byte]


def _argument(source: Source, child: Node, arguments: Node) -> Context | None:
    call = source.parent(arguments)
    function = call.child_by_field_name("function") if call is not None else None
    if call is None or function is None:
        return None
    given = [c for c in arguments.named_children if c.type not in COMMENTS]
    index = next((i for i, c in enumerate(given) if c == child), 0)
    callee = function
    if callee.type == "generic_function":
        callee = callee.child_by_field_name("function") or callee
    if callee.type == "field_expression":
        name, _ = _parts(source, callee)
        return Context(Role.METHOD_ARGUMENT, call, name, index)
    if callee.type in ("identifier", "scoped_identifier"):
        name_node = callee.child_by_field_name("name") or callee
        name = source.text(name_node)
        if name[:1].isupper():
            return None  # a constructor: Some(x), Frame(x)
        return Context(Role.ARGUMENT, call, name, index)
    return None


def _macro_of(source: Source, node: Node) -> Node | None:
    """The macro call of whose arguments ``node`` is one (or an element of one that is a tuple)."""
    current: Node | None = node
    while current is not None:
        up = source.parent(current)
        if up is None:
            return None
        if up.type == "macro_invocation":
            return up
        if up.type not in (
            "source_file",
            "ERROR",
            "expression_statement",
            "tuple_expression",
            "assignment_expression",
            "array_expression",
            "unary_expression",
            "binary_expression",
            "block",
        ):
            return None
        if up.type == "block" and up.parent is not None and up.parent.parent is not None:
            return None
        current = up
    return None
