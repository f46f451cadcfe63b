"""Functions of the workspace: finding a definition, and every place that names it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.queries import walk
from engine.rust.syntax import COMMENTS, Source, span_of

from .known import Receiver
from .structs import module_of, stands_in

if TYPE_CHECKING:
    from engine.detect.facts import Facts
    from engine.rust.types import Type

_STRINGS = frozenset({"string_literal", "raw_string_literal", "string_content", "char_literal"})


@dataclass(frozen=True, slots=True)
class Function:
    """A ``fn`` with a body. ``owner`` is the name of the type whose impl it stands in."""

    source: Source
    node: Node
    owner: str
    of_trait: bool  # in a trait, or in an impl of one

    @property
    def key(self) -> tuple[str, int]:
        return self.source.path, self.node.start_byte

    @property
    def name(self) -> bytes:
        named = self.node.child_by_field_name("name")
        return self.source.text(named) if named is not None else b""

    @property
    def parameters(self) -> list[Node]:
        """Without ``self``."""
        listed = self.node.child_by_field_name("parameters")
        return [c for c in listed.named_children if c.type == "parameter"] if listed else []

    @property
    def self_parameter(self) -> Node | None:
        listed = self.node.child_by_field_name("parameters")
        children = listed.named_children if listed is not None else []
        for child in children:
            if child.type == "self_parameter":
                return child
            pattern = child.child_by_field_name("pattern")
            if pattern is not None and pattern.type == "self":
                return child
        return None


class Functions:
    """Definitions by name. One per plan; answers are kept."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._found: dict[bytes, tuple[Function, ...]] = {}

    def named(self, name: bytes) -> tuple[Function, ...]:
        """All functions of this name in the workspace."""
        if name not in self._found:
            found: list[Function] = []
            pattern = re.compile(rb"\bfn\s+" + re.escape(name) + rb"\b")
            for source in self._facts.sources.containing(name):
                if not pattern.search(source.data):
                    continue
                for node in walk(source.root):
                    if node.type not in ("function_item", "function_signature_item"):
                        continue
                    named = node.child_by_field_name("name")
                    if named is not None and source.text(named) == name:
                        found.append(_function(source, node))
            self._found[name] = tuple(found)
        return self._found[name]

    def receiver(self, type_: Type, name: bytes) -> Receiver:
        """How methods called ``name`` take their receiver on ``type_``, a type of the workspace or
        a trait object."""
        owner = type_.last
        mine = [f for f in self.named(name) if f.self_parameter is not None and f.owner == owner]
        provided = [f for f in self.named(name) if f.of_trait and not f.owner]
        if not mine and not (provided and type_.kind in ("dyn", "impl")):
            return Receiver.UNKNOWN
        shared = all(_takes_reference(f) for f in (*mine, *provided))
        return Receiver.REFERENCE if shared else Receiver.VALUE

    def mutates(self, name: bytes) -> bool:
        """May a method of this name change or consume its receiver? Unknown methods may."""
        mine = [f for f in self.named(name) if f.self_parameter is not None]
        return not mine or not all(_takes_reference(f) for f in mine)

    def of_path(self, printed: str) -> Function | None:
        """The function that rustc prints as ``module::Type::name``, if exactly one is meant."""
        path, _, name = printed.rpartition("::")
        module, _, owner = path.rpartition("::")
        found = [
            f
            for f in self.named(name.encode())
            if f.node.type == "function_item"
            and (
                (not f.owner and stands_in(path, f.source, f.node, self._facts))
                or (f.owner == owner and stands_in(module, f.source, f.node, self._facts))
            )
        ]
        return found[0] if len(found) == 1 else None

    def method(self, receiver: Type, name: bytes) -> Function | None:
        """The workspace's method that a call on ``receiver`` means, if exactly one is meant."""
        owners = {step.last for step in receiver.deref_chain() if step.kind == "path"}
        found = [f for f in self.named(name) if f.owner in owners and f.self_parameter is not None]
        return found[0] if len(found) == 1 and not found[0].of_trait else None

    def mentions(self, function: Function) -> Iterator[tuple[Source, Node]]:
        """Every identifier of the function's name in its package, definitions included."""
        package = self._facts.package_of(function.source.path)
        name = function.name
        pattern = re.compile(rb"(?<![\w#])" + re.escape(name) + rb"(?!\w)")
        for source in self._facts.sources.containing(name):
            owner = self._facts.package_of(source.path)
            if (owner and owner.name) != (package and package.name):
                continue
            source.embedded()
            for hit in pattern.finditer(source.data):
                node = source.innermost(Span(hit.start(), hit.end()))
                if node.type in COMMENTS:
                    continue
                other = node.type in _STRINGS or span_of(node) != Span(hit.start(), hit.end())
                if other and not in_attribute(source, node):
                    continue
                if not self._names_another(function, source, node):
                    yield source, node

    def _names_another(self, function: Function, source: Source, node: Node) -> bool:
        """Does ``module::name`` mean the function of this name that stands in another module?"""
        path = node.parent
        if path is None or path.type != "scoped_identifier":
            return False
        qualifier = path.child_by_field_name("path")
        if qualifier is None or path.child_by_field_name("name") != node:
            return False
        names = source.text(qualifier).decode("utf-8", "replace").split("::")
        module = "::".join(name for name in names if name not in ("crate", "self", "super"))
        if not module or _in_module(function, module):
            return False
        return any(not f.owner and _in_module(f, module) for f in self.named(function.name))


def in_attribute(source: Source, node: Node) -> bool:
    return source.enclosing(node, ("attribute_item", "inner_attribute_item")) is not None


def _in_module(function: Function, module: str) -> bool:
    """Does the function stand in a module that a path ending in ``module`` can mean?"""
    return f"::{module_of(function.source, function.node)}".endswith(f"::{module}")


def _takes_reference(function: Function) -> bool:
    declared = function.self_parameter
    if declared is None or declared.type != "self_parameter":
        return False
    kinds = [child.type for child in declared.children]
    return "&" in kinds and "mutable_specifier" not in kinds


def _function(source: Source, node: Node) -> Function:
    holder = source.enclosing(node, ("impl_item", "trait_item", "function_item", "mod_item"))
    if holder is None or holder.type in ("function_item", "mod_item"):
        return Function(source, node, "", False)
    if holder.type == "trait_item":
        return Function(source, node, "", True)
    target = holder.child_by_field_name("type")
    if target is not None and target.type == "generic_type":
        target = target.child_by_field_name("type")
    text = source.text(target).decode("utf-8", "replace") if target is not None else ""
    return Function(
        source, node, text.rpartition("::")[2], holder.child_by_field_name("trait") is not None
    )
