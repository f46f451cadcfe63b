"""What a type means where it is written in the source: the type as rustc would print it.

Names are followed through the file's imports, the prelude, the workspace's own definitions
(``items``) and its type aliases. Not answered: associated types, ``Self``, types that a macro makes,
and names that only a foreign glob brings; these stay as they are written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tree_sitter import Node

from engine.rust import imports, item_nodes
from engine.rust.configurations import is_conditional
from engine.rust.definitions import Item, type_parameter_names
from engine.rust.items import TYPES, Items
from engine.rust.known_types import known, std_path
from engine.rust.syntax import Source
from engine.rust.type_parser import parse
from engine.rust.types import Type

_ALIASES = 8  # aliases of aliases; more are not followed
_PRELUDE = ("Box", "Option", "Result", "String", "Vec")
_OWN = (b"crate::", b"self::", b"super::")


class _KnownPaths:
    """The paths of well-known types, as written in ``use`` lines."""

    def __contains__(self, path: object) -> bool:
        return isinstance(path, bytes) and known(path.decode("utf-8", "replace")) is not None


_KNOWN = _KnownPaths()


def written_type(
    items: Items, source: Source, node: Node, given: Mapping[str, Type | None] | None = None
) -> Type:
    """The type that is written at ``node``. ``given``: what stands for the generic parameters in
    scope (None: not known, which makes an ``opaque`` type of the name)."""
    return _Written(items, source, node, given or {}, 0).type_()


class _Written:
    """One piece of source text that is a type, and what its names may mean."""

    def __init__(
        self,
        items: Items,
        source: Source,
        node: Node,
        given: Mapping[str, Type | None],
        aliases: int,
    ) -> None:
        self._items = items
        self._source = source
        self._node = node
        self._given = given
        self._aliases = aliases  # that were followed to here

    def type_(self) -> Type:
        return self._meant(parse(self._source.text(self._node).decode("utf-8", "replace")))

    def _meant(self, type_: Type) -> Type:
        if type_.kind in ("impl", "dyn"):
            return type_
        if type_.name in self._given and not type_.args:
            return self._given[type_.name] or Type(type_.name, (), "opaque")
        args = tuple(map(self._meant, type_.args))
        if type_.kind != "path":
            return replace(type_, args=args)
        if "::" not in type_.name and known(type_.name) is not None:
            return type_  # a primitive type
        found = self._items.resolve(self._source, self._node, type_.name.encode(), *TYPES)
        if not found:
            return Type(self._foreign(type_.name), args)
        aliased = self._aliased(found[0], args) if len(found) == 1 else None
        return aliased or Type(self._items.path_of(found[0]), args)

    def _aliased(self, item: Item, args: tuple[Type, ...]) -> Type | None:
        """What the item is an alias of; None when it is none."""
        if item.kind != "type" or self._aliases >= _ALIASES:
            return None
        source, node = self._items.open(item)
        value = item_nodes.type_of(node)
        if value is None or is_conditional(source, node):  # elsewhere it may be another one
            return None
        names = type_parameter_names(source, node)
        given = {**dict.fromkeys(names), **dict(zip(names, args, strict=False))}
        return _Written(self._items, source, value, given, self._aliases + 1).type_()

    def _foreign(self, name: str) -> str:
        """The full path of what is no definition of the workspace, as it is written where that is
        not known."""
        full = imports.full_paths(self._source, self._node, name.encode(), _KNOWN)
        if full and not full[0].startswith(_OWN):
            return full[0].decode("utf-8", "replace")
        if name in _PRELUDE:
            return std_path(name) or name
        # A glob or a re-export of the crate's own may bring one of std's.
        last = name.rpartition("::")[2]
        if not self._items.named(last.encode(), *TYPES):
            return std_path(last) or name
        return name
