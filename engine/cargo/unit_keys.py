"""What the units of a workspace are known by: all that rustc reads when it compiles one of them.

That is its command and environment, the files that its dep-info names (of the workspace, and what a build
script made), and the units of the workspace that it is compiled against, these by their own keys. A
published dependency is in the command, by the hash that cargo gives to its version, features and
dependencies. What macros read beside that (a schema, a template) rustc does not name: every file of the
workspace that is no Rust source counts for all units.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from itertools import pairwise
from pathlib import PurePosixPath

from engine.base.user_cache import digest
from engine.cargo.tree_key import TreeKey
from engine.cargo.units import Unit

# Of the process that cargo starts, not of the unit.
_PASSING = frozenset({"CARGO_MAKEFLAGS", "MAKEFLAGS", "MFLAGS"})


class UnitKeys:
    """Keys of ``units``, the last check's, of the tree as it stands now."""

    def __init__(self, units: Iterable[Unit], tree: TreeKey) -> None:
        self._units = {unit.name: unit for unit in units}
        self._tree = tree
        self._common = tree.common()
        self._known: dict[str, bytes] = {}
        self._of_path: dict[str, list[Unit]] = {}
        for unit in self._units.values():
            for path in unit.files:
                self._of_path.setdefault(path, []).append(unit)

    def of_path(self, path: str) -> bytes:
        """The key of what can be asked about a file: that of all units that read it."""
        found = sorted(self._of_unit(unit) for unit in self._of_path.get(path, ()))
        return digest(path.encode("utf-8", "surrogateescape"), self._common, *found)

    def _of_unit(self, unit: Unit) -> bytes:
        if unit.name not in self._known:
            self._known[unit.name] = b""  # units are never compiled against themselves
            found = hashlib.blake2b(self._common)
            env = {name: text for name, text in unit.env.items() if name not in _PASSING}
            found.update(json.dumps([unit.argv, unit.cwd, env], sort_keys=True).encode())
            for path in sorted(unit.files):
                found.update(self._tree.digest_of(path))
            for made in unit.generated:
                found.update(self._tree.digest_of(made))
            for name in _against(unit):
                if name in self._units:
                    found.update(self._of_unit(self._units[name]))
            self._known[unit.name] = found.digest()
        return self._known[unit.name]


def _against(unit: Unit) -> list[str]:
    """Names of the units that ``unit`` is compiled against."""
    found: set[str] = set()
    for word, value in pairwise((*unit.argv, "")):
        if word == "--extern" or word.startswith("--extern="):
            named = value if word == "--extern" else word.partition("=")[2]
            found.add(PurePosixPath(named.partition("=")[2]).stem.removeprefix("lib"))
    return sorted(found)
