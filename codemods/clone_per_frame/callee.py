"""The rewrite that changes a private function's parameter to a reference, and all of its calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.base.model import Edit, Level, Span
from engine.rewrite.use_declarations import name as named
from engine.rust.scopes import Binding
from engine.rust.syntax import Source, attributes, span_of
from engine.rust.type_facts import is_counted, is_named

from .calls import Call
from .functions import Function
from .serve import Fails, serves
from .tables import LOOSE, words

if TYPE_CHECKING:
    from engine.detect.facts import Facts
    from engine.rust.types import Type

# Attributes that leave a function what it is; any other may be a macro that reads its signature.
_HARMLESS = words(
    "inline allow expect warn deny cfg must_use deprecated doc instrument cold track_caller"
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
        """Either "view" (`&str`, `&[T]`, `&Path`) or "reference" (`&T`)."""
        return "view" if is_named(self.type_, "String", "Vec", "PathBuf") else "reference"


def parameter_of(function: Function, index: int, type_: Type) -> Parameter | None:
    parameters = function.parameters
    if not 0 <= index < len(parameters):
        return None
    node = parameters[index]
    declared = node.child_by_field_name("type")
    return Parameter(function, index, node, declared, type_) if declared is not None else None


# Traits that `&T` has where `T` has them, so that a parameter bounded by them takes a reference.
_BY_REFERENCE = words("AsRef Display Debug ToString Serialize Hash Send Sync Sized")


def takes_reference(parameter: Parameter) -> bool:
    """Is the parameter ``impl AsRef<str>``, ``P: AsRef<Path>`` or the like?"""
    source, declared = parameter.function.source, parameter.declared
    if declared.type == "abstract_type":
        bounds = [declared]
    elif declared.type == "type_identifier":
        bounds = _bounds_of(parameter.function, source.text(declared))
    else:
        return False
    names = [name for node in bounds for name in _trait_names(source, node)]
    lifetimes = any(b"'" in source.text(node) for node in bounds)
    return bool(names) and not lifetimes and all(name in _BY_REFERENCE for name in names)


def _bounds_of(function: Function, name: bytes) -> list[Node]:
    """Where a generic parameter's traits are written: in its declaration and in ``where``."""
    source, found = function.source, []
    listed = function.node.child_by_field_name("type_parameters")
    declared = [c for c in listed.named_children if c.type == "type_parameter"] if listed else []
    for child in declared:
        named = child.child_by_field_name("name")
        bounds = child.child_by_field_name("bounds")
        if named is not None and source.text(named) == name:
            if bounds is not None:
                found.append(bounds)
            break
    else:
        return []
    clause = next((c for c in function.node.children if c.type == "where_clause"), None)
    for child in clause.named_children if clause is not None else []:
        left, bounds = child.child_by_field_name("left"), child.child_by_field_name("bounds")
        if left is not None and bounds is not None and source.text(left) == name:
            found.append(bounds)
    return found


def _trait_names(source: Source, node: Node) -> list[str]:
    """Last names of the traits in ``impl A<..> + B`` or ``: A<..> + B``."""
    found: list[str] = []
    pending = list(node.named_children)
    while pending:
        child = pending.pop()
        if child.type in ("trait_bounds", "bounded_type"):
            pending.extend(child.named_children)
            continue
        inner = child.child_by_field_name("type") if child.type == "generic_type" else child
        text = source.text(inner).decode("utf-8", "replace") if inner is not None else "?"
        found.append(text.rpartition("::")[2])
    return found


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
            return (
                f"the attribute `{head.decode('utf-8', 'replace')}` may depend on `{name}`'s form"
            )
    text = function.source.text(parameter.declared)
    if text.startswith((b"impl", b"&", b"Option", b"Box", b"dyn")) or text == b"Self":
        return f"`{name}` takes a `{text.decode('utf-8', 'replace')}`"
    if parameter.type_.last.encode() not in text:
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
    visible = next((c for c in function.node.children if c.type == "visibility_modifier"), None)
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


def level_of(parameter: Parameter, plain: bool) -> Level:
    """Safe for plain data and a function that nothing outside its module sees."""
    children = parameter.function.node.children
    visible = any(child.type == "visibility_modifier" for child in children)
    return Level.SAFE if plain and not visible else Level.REVIEW


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
    if argument.type in LOOSE:
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
    if len(given) == 1 and given[0].type in literals and source.text(function) == b"String::from":
        return source.text(given[0])
    return None
