"""Where a package asks who else holds a value of a type (``Arc::strong_count``, ``Bytes::is_unique``), so that
one holder more or less may be seen there.

``instance_questions`` finds such questions by their names; here types tell which values they are about.
What rustc did not tell may be about any.
"""

from __future__ import annotations

from functools import cached_property

from tree_sitter import Node

from engine.rust.files import Files, PackageOf, TypeOf
from engine.rust.instance_questions import holders_asked
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import is_bytes, is_counted
from engine.rust.types import Type

_Place = tuple[Source, Node, str]  # a file, the expression that is asked about, the function's name
_ENDS = ("Sender", "Receiver", "Semaphore")


class Holders:
    """Such questions of a workspace."""

    def __init__(self, files: Files, package_of: PackageOf, type_of: TypeOf) -> None:
        self._files = files
        self._package_of = package_of
        self._type_of = type_of

    def asked_of(self, path: str, type_: Type) -> str:
        """Where in the package of the file ``path`` it is asked who holds a ``type_``, or a counted part
        of one, in words for the user; "" where nobody asks."""
        mine = self._package_of(path)
        for source, node, name in self._of_bytes if is_bytes(type_) else self._of_counted:
            if self._package_of(source.path) != mine:
                continue
            told = self._type_of(source.path, span_of(node))
            if is_bytes(type_) or told is None or _may_be(told, type_):
                line = source.position(node.start_byte)[0]
                return f"line {line} of {source.path} asks by `{name}` who else holds such a value"
        return ""

    @cached_property
    def _of_bytes(self) -> list[_Place]:
        return list(holders_asked(self._files, counted=False))

    @cached_property
    def _of_counted(self) -> list[_Place]:
        return list(holders_asked(self._files, counted=True))


def is_held(type_: Type) -> bool:
    """Is it counted who holds a value of this type, or a part of it?"""
    return is_bytes(type_) or any(is_counted(part) for part in type_.walk())


def has_room(type_: Type) -> bool:
    """May the value own room of its own, which its clone has otherwise? (A channel's is the channel's,
    what is behind an ``Arc`` is the same for all.)"""
    return not is_counted(type_) and not type_.last.endswith(_ENDS)


def _may_be(told: Type, type_: Type) -> bool:
    """May the ``told`` one, behind references, be one of those that ``type_`` is or holds?"""
    _, asked = told.behind_refs()
    if not is_counted(type_):
        return True  # it holds some, of types that are not seen here
    return asked == type_ or not is_counted(asked) or _is_parameter(asked.args[0])


def _is_parameter(type_: Type) -> bool:
    """By its looks a type parameter: ``T``"""
    return type_.kind == "path" and len(type_.name) == 1
