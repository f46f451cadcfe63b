"""The rewrite that changes a private function's parameter to a reference, and all of its calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.codemod import Problem, Refusal
from engine.model import Edit, Fix, Level, Span
from engine.scopes import Binding
from engine.syntax import COMMENTS, Source, attributes, span_of
from engine.uses import name as named

from .functions import Function, Functions
from .kinds import is_counted, is_named, last
from .serve import Fails, serves
from .shapes import Clone, clone_of

if TYPE_CHECKING:
    from engine.facts import Facts
    from engine.types import Type

# Attributes that leave a function what it is; any other may be a macro that reads its signature.
_HARMLESS = frozenset(
    "inline allow expect warn deny cfg must_use deprecated doc instrument cold track_caller".split()
)
_SPAWNING = frozenset(
    b"spawn spawn_local spawn_blocking spawn_on block_on push boxed boxed_local".split()
)
# Argument expressions that need parentheses behind `&`.
_LOOSE = frozenset(
    "binary_expression type_cast_expression range_expression closure_expression"
    " assignment_expression compound_assignment_expr".split()
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of one function, and what it is to become."""

    function: Function
    index: int  # among those that are not `self`
    node: Node
    declared: Node  # its type
    type_: Type

    @property
    def key(self) -> tuple[str, int, int]:
        return (*self.function.key, self.index)

    @property
    def target(self) -> str:
        """"view" for `&str`, `&[T]` and `&Path`, "reference" for `&T`."""
        return "view" if is_named(self.type_, "String", "Vec", "PathBuf") else "reference"


def parameter_of(function: Function, index: int, type_: Type) -> Parameter | None:
    parameters = function.parameters
    if not 0 <= index < len(parameters):
        return None
    node = parameters[index]
    declared = node.child_by_field_name("type")
    return Parameter(function, index, node, declared, type_) if declared is not None else None


def refusal(parameter: Parameter, facts: Facts) -> str:
    """Why the parameter cannot become a reference; "" when it can, as far as its body tells."""
    function = parameter.function
    name = function.name.decode("utf-8", "replace")
    if function.of_trait:
        return f"`{name}` belongs to a trait, which fixes its parameters"
    if is_counted(parameter.type_):
        return f"`{name}` takes a shared pointer"
    if _is_public(parameter, facts):
        return f"`{name}` is public: borrowing its parameter would break those who call it"
    for attribute in attributes(function.node):
        word = function.source.text(attribute).strip(b"#[] \t\r\n")
        head = word.partition(b"(")[0].partition(b"=")[0].strip().rpartition(b"::")[2]
        if head.decode("utf-8", "replace") not in _HARMLESS:
            return f"the attribute `{head.decode('utf-8', 'replace')}` may depend on `{name}`'s form"
    text = function.source.text(parameter.declared)
    if text.startswith((b"impl", b"&", b"Option", b"Box", b"dyn")) or text == b"Self":
        return f"`{name}` takes a `{text.decode('utf-8', 'replace')}`"
    if last(parameter.type_.name).encode() not in text:
        return f"the parameter of `{name}` is generic or an alias"
    binding = _binding(parameter, facts)
    if binding is None:
        return f"the parameter of `{name}` is a pattern or `mut`"
    found = serves(
        function.source,
        facts.sources.scopes(function.source, function.node),
        binding,
        target=parameter.target,
    )
    if isinstance(found, Fails):
        return f"`{name}` needs its parameter as its own: {found.reason}"
    if _elided(function):
        return f"the lifetime of what `{name}` returns would no longer be clear"
    return ""


def _is_public(parameter: Parameter, facts: Facts) -> bool:
    function = parameter.function
    visible = next(
        (c for c in function.node.children if c.type == "visibility_modifier"), None
    )
    if visible is None or function.source.text(visible) != b"pub":
        return False
    package = facts.package_of(function.source.path)
    path = function.source.path
    binary = path.endswith("src/main.rs") or "/bin/" in f"/{path}"
    return not binary and (package is None or package.has_lib)


def _binding(parameter: Parameter, facts: Facts) -> Binding | None:
    pattern = parameter.node.child_by_field_name("pattern")
    if pattern is None or pattern.type != "identifier":
        return None
    scopes = facts.sources.scopes(parameter.function.source, parameter.function.node)
    found = next((b for b in scopes.bindings if b.decl == span_of(pattern)), None)
    return None if found is None or found.mutable else found


def _elided(function: Function) -> bool:
    """A reference without a name in the result, taken from the one reference among the parameters."""
    result = function.node.child_by_field_name("return_type")
    if result is None or function.self_parameter is not None:
        return False
    text = function.source.text(result)
    return b"'_" in text or any(
        text[i : i + 1] == b"&" and text[i + 1 : i + 2] != b"'" for i in range(len(text))
    )


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the function: the argument that the parameter gets."""

    source: Source
    argument: Node


def calls(
    parameter: Parameter,
    functions: Functions,
    facts: Facts,
    known: frozenset[tuple[str, Span]] = frozenset(),
) -> tuple[list[Call], str]:
    """All calls that are certain to be of this function, and why there is one that is no call.

    Calls of a method on other receivers than ``self`` are certain only if they are ``known``; the
    others are left to ``follow``.
    """
    function = parameter.function
    name = function.name.decode("utf-8", "replace")
    found: list[Call] = []
    for source, node in functions.mentions(function):
        role = _mention(source, node, function)
        if role == "other" or _is_local(source, node, facts):
            continue
        line = source.position(node.start_byte)[0]
        if role == "value":
            return [], f"`{name}` is used as a value at line {line} of {source.path}"
        if role is None:
            continue
        call = source.enclosing(node, ("call_expression",))
        argument = _argument(source, call, parameter, node) if call is not None else None
        if call is None or argument is None:
            return [], f"the call of `{name}` at line {line} of {source.path} is not understood"
        if _spawned(source, call):
            return [], f"line {line} of {source.path} spawns `{name}`, which must own what it takes"
        if function.self_parameter is None or _on_self(source, node, function):
            found.append(Call(source, argument))
        elif (source.path, span_of(argument)) in known:
            found.append(Call(source, argument))
    return found, ""


def _mention(source: Source, node: Node, function: Function) -> str | None:
    """"call", "value", "other" (something else of that name), None for a definition or import."""
    parent = node.parent
    if node.type not in ("identifier", "field_identifier") or parent is None:
        if source.enclosing(node, ("attribute_item", "inner_attribute_item")) is not None:
            return "value"
        return "other" if node.type in ("type_identifier", "shorthand_field_identifier") else "value"
    if source.enclosing(node, ("use_declaration",)) is not None:
        return None
    if parent.type in ("function_item", "function_signature_item"):
        return None
    method = function.self_parameter is not None
    if parent.type == "field_expression" and parent.child_by_field_name("field") == node:
        outer = source.parent(parent)
        called = (
            outer is not None
            and outer.type == "call_expression"
            and outer.child_by_field_name("function") == parent
        )
        return "call" if method and called else "other"
    if node.type == "field_identifier":
        return "other"
    path = node
    if parent.type == "scoped_identifier":
        if parent.child_by_field_name("name") != node:
            return "other"  # a module of that name
        path = parent
    elif method:
        return "other"  # a local or a free function of the method's name
    outer = source.parent(path)
    if outer is not None and outer.type == "call_expression":
        if outer.child_by_field_name("function") == path:
            return "call"
    if parent.type in ("macro_invocation", "mod_item"):
        return "other"
    return "value"


def _is_local(source: Source, node: Node, facts: Facts) -> bool:
    """A local variable of the same name."""
    holder = source.fn_item_of(node) if node.type == "identifier" else None
    if holder is None or (node.parent is not None and node.parent.type == "scoped_identifier"):
        return False
    return facts.sources.scopes(source, holder).binding_at(node) is not None


def _argument(source: Source, call: Node, parameter: Parameter, node: Node) -> Node | None:
    listed = call.child_by_field_name("arguments")
    if listed is None:
        return None
    given = [c for c in listed.named_children if c.type not in COMMENTS]
    index = parameter.index
    if parameter.function.self_parameter is not None and node.type == "identifier":
        index += 1  # Type::method(receiver, argument)
    wanted = len(parameter.function.parameters) + (index - parameter.index)
    return given[index] if len(given) == wanted else None


def _on_self(source: Source, node: Node, function: Function) -> bool:
    """``self.name(..)`` or ``Self::name(..)`` in an impl of the same type."""
    holder = source.enclosing(node, ("impl_item",))
    target = holder.child_by_field_name("type") if holder is not None else None
    if target is not None and target.type == "generic_type":
        target = target.child_by_field_name("type")
    if target is None or last(source.text(target).decode("utf-8", "replace")) != function.owner:
        return False
    parent = node.parent
    left = parent.named_children[0] if parent is not None and parent.named_children else None
    return left is not None and source.text(left) in (b"self", b"Self", function.owner.encode())


def _spawned(source: Source, call: Node) -> bool:
    arguments = source.parent(call)
    outer = source.parent(arguments) if arguments is not None else None
    if arguments is None or arguments.type != "arguments" or outer is None:
        return False
    function = outer.child_by_field_name("function")
    if function is None:
        return False
    tail = function.child_by_field_name("field") or function.child_by_field_name("name") or function
    return source.text(tail) in _SPAWNING


# -- the edits -------------------------------------------------------------------------------


def rewrite(
    parameter: Parameter,
    found: Sequence[Call],
    texts: Mapping[tuple[str, Span], bytes],
    facts: Facts,
) -> list[Edit] | None:
    """Signature, body and calls. ``texts`` give the arguments of which the types are known."""
    function = parameter.function
    source = function.source
    binding = _binding(parameter, facts)
    signature = _signature(source, parameter)
    if binding is None or signature is None:
        return None
    scopes = facts.sources.scopes(source, function.node)
    inside = serves(source, scopes, binding, target=parameter.target)
    if isinstance(inside, Fails):
        return None
    edits = [signature, *inside.edits]
    for call in found:
        text = texts.get((call.source.path, span_of(call.argument)))
        edits.extend(_at_call(call, parameter, text))
    return list(dict.fromkeys(edits))


def _signature(source: Source, parameter: Parameter) -> Edit | None:
    declared, type_ = parameter.declared, parameter.type_
    start, end = declared.start_byte, declared.end_byte
    if source.comments_in(span_of(declared)):
        return None
    if is_named(type_, "String"):
        return Edit(source.path, start, end, b"&str")
    if is_named(type_, "PathBuf"):
        return Edit(source.path, start, end, b"&" + named(b"std::path::Path"))
    if is_named(type_, "Vec"):
        inside = declared.child_by_field_name("type_arguments")
        if inside is None or len(inside.named_children) != 1:
            return None
        return Edit(source.path, start, end, b"&[" + source.text(inside.named_children[0]) + b"]")
    return Edit(source.path, start, start, b"&")


def _at_call(call: Call, parameter: Parameter, text: bytes | None) -> list[Edit]:
    source, argument = call.source, call.argument
    whole = span_of(argument)
    if text is None and parameter.target == "view":
        text = _literal(source, argument)
    if text is not None and not source.comments_in(whole):
        return [Edit(source.path, whole.start, whole.end, text)]
    if argument.type in _LOOSE:
        return [
            Edit(source.path, whole.start, whole.start, b"&("),
            Edit(source.path, whole.end, whole.end, b")"),
        ]
    return [Edit(source.path, whole.start, whole.start, b"&")]


def _literal(source: Source, argument: Node) -> bytes | None:
    """``"x".to_string()``, ``String::from("x")``, ``vec![..]``: without the allocation."""
    if argument.type == "macro_invocation":
        text = source.text(argument)
        return b"&" + text[4:] if text.startswith(b"vec![") and b";" not in text else None
    if argument.type != "call_expression":
        return None
    function = argument.child_by_field_name("function")
    listed = argument.child_by_field_name("arguments")
    given = listed.named_children if listed is not None else []
    if function is None:
        return None
    literals = ("string_literal", "raw_string_literal")
    if function.type == "field_expression" and not given:
        value, field = function.child_by_field_name("value"), function.child_by_field_name("field")
        words = (b"to_string", b"to_owned", b"into", b"to_vec")
        if value is not None and field is not None and value.type in literals:
            return source.text(value) if source.text(field) in words else None
    if len(given) == 1 and given[0].type in literals:
        if source.text(function) in (b"String::from", b"PathBuf::from"):
            return source.text(given[0]) if source.text(function) == b"String::from" else None
    return None


# -- following the compiler --------------------------------------------------------------------


def follow(fix: Fix, problems: Sequence[Problem], facts: Facts) -> Fix | Refusal | None:
    """Calls that were not certain: rustc points at the argument (E0308)."""
    changed = _changed_parameter(fix, facts)
    if changed is None:
        return None
    name, index, method = changed
    more: list[Edit] = []
    for problem in problems:
        if not problem.primary:
            continue
        edit = None
        if problem.code == "E0308" and not problem.inside:
            edit = _borrowed_argument(problem, name, index, method, facts)
        if edit is None:
            said = problem.label or problem.message
            line = facts.source(problem.path).position(problem.span.start)[0]
            return Refusal(
                f"with a borrowed parameter of `{name.decode('utf-8', 'replace')}` rustc says at "
                f"line {line} of {problem.path}: {said}"
            )
        more.append(edit)
    fresh = [e for e in dict.fromkeys(more) if e not in fix.edits]
    if not fresh:
        return None
    return Fix(fix.label, fix.level, (*fix.edits, *fresh), fix.note, fix.drops)


def _changed_parameter(fix: Fix, facts: Facts) -> tuple[bytes, int, bool] | None:
    if fix.label != "parameter":
        return None
    for edit in fix.edits:
        source = facts.source(edit.path)
        node: Node | None = source.innermost(Span(edit.start, max(edit.end, edit.start + 1)))
        while node is not None and node.type != "parameter":
            node = source.parent(node)
        listed = node.parent if node is not None else None
        function = listed.parent if listed is not None else None
        if node is None or listed is None or function is None:
            continue
        label = function.child_by_field_name("name")
        if function.type != "function_item" or label is None:
            continue
        parameters = [c for c in listed.named_children if c.type == "parameter"]
        method = any(c.type == "self_parameter" for c in listed.named_children)
        return source.text(label), parameters.index(node), method
    return None


def _borrowed_argument(
    problem: Problem, name: bytes, index: int, method: bool, facts: Facts
) -> Edit | None:
    """``&`` in front of the argument that the error points at, if it is one of ``name``'s."""
    source = facts.source(problem.path)
    node = source.node_at(problem.span)
    if node is None:
        return None
    arguments = source.parent(node)
    call = source.parent(arguments) if arguments is not None else None
    function = call.child_by_field_name("function") if call is not None else None
    if arguments is None or arguments.type != "arguments" or function is None:
        return None
    tail = function.child_by_field_name("field") or function.child_by_field_name("name") or function
    given = [c for c in arguments.named_children if c.type not in COMMENTS]
    position = given.index(node) if node in given else -1
    if method and function.type == "scoped_identifier":
        position -= 1
    if source.text(tail) != name or position != index or node.type in _LOOSE:
        return None
    return Edit(source.path, node.start_byte, node.start_byte, b"&")


def level_of(parameter: Parameter, plain: bool) -> Level:
    """Safe for plain data and a function that nothing outside its module sees."""
    children = parameter.function.node.children
    visible = any(child.type == "visibility_modifier" for child in children)
    return Level.SAFE if plain and not visible else Level.REVIEW


def argument_clone(call: Call) -> Clone | None:
    """The clone that a call's argument is."""
    return clone_of(call.source, call.argument)
