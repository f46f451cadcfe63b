"""Full paths for std's types where rustc printed them trimmed.

Where rustc takes no unstable flag it prints the last name alone of what is unique in the crate
(``Arc<u64>``). Such a name is taken for std's only where nothing in the workspace has it, neither
a definition nor a generic parameter.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from tree_sitter import Query

from engine.rust.files import Files
from engine.rust.known_types import known, std_path
from engine.rust.queries import captures, compile_query
from engine.rust.types import Type

_DEFINING = ("struct_item", "enum_item", "union_item", "type_item", "trait_item", "type_parameter")


class FullPaths:
    """Spells types out. Answers are kept: one object for one state of the files."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._paths: dict[str, str] = {}

    def of(self, type_: Type) -> Type:
        """The type, and all inside it, with full paths where they are std's."""
        name = self._path(type_.name) if type_.kind == "path" else type_.name
        return replace(type_, name=name, args=tuple(map(self.of, type_.args)))

    def _path(self, name: str) -> str:
        if name not in self._paths:
            full = std_path(name) if known(name) is None else None
            self._paths[name] = full if full is not None and not self._is_own(name) else name
        return self._paths[name]

    def _is_own(self, name: str) -> bool:
        word = name.encode()
        return any(
            source.text(node) == word
            for source in self._files.containing(word)
            for node in captures(_names(), source.root, "name")
        )


@cache
def _names() -> Query:
    kinds = " ".join(f"({kind} name: (type_identifier) @name)" for kind in _DEFINING)
    return compile_query(f"[{kinds}]")
