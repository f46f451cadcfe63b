"""Features that a fix needs of a dependency: settled once per Cargo.toml, after all fixes are known.

A codemod never edits a manifest. It adds ``Entry.feature("fs")`` to its edits; here all that the fixes
of a manifest ask for is written at once, as ``cargo add`` would write it (into the entry's own
``features``, its layout kept). Such edits of two fixes never conflict.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.base.model import Edit

_MARK = re.compile(rb"\x00feature ([A-Za-z0-9_-]+)/([A-Za-z0-9_-]+)\x00")
_MAJOR = re.compile(r"\s*[=^~]?\s*(\d+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """The entry of a dependency in ``[dependencies]`` of a manifest, by its key there."""

    path: str
    key: str

    def feature(self, name: str) -> Edit:
        """The edit that switches on the dependency's feature ``name``."""
        return Edit(self.path, 0, 0, f"\x00feature {self.key}/{name}\x00".encode())


def feature_of(edit: Edit) -> str:
    """The feature that the edit switches on; "" for one that ``Entry.feature`` did not make."""
    found = _MARK.match(edit.replacement)
    return found[2].decode() if found is not None else ""


def entry(path: str, data: bytes, dependency: str, major: int, shared: bytes) -> Entry | str:
    """Where features of ``dependency`` (the package's own name) are switched on in the manifest ``data``, else why
    none can be, in words.

    It is to stand in one table only, that of all targets, and to be of the ``major`` version whose features the
    caller knows; ``shared`` is the workspace's manifest, for what is inherited from it.
    """
    document, root = _read(data), _read(shared)
    if document is None or root is None:
        return f"{path} cannot be read"
    keys = _keys(document, dependency, root)
    if len(keys) != 1:
        return f"{path} has {'no entry' if not keys else 'several entries'} of `{dependency}` for all targets"
    found = document["dependencies"][keys[0]]
    if _is_inherited(found):
        found = root.get("workspace", {}).get("dependencies", {}).get(keys[0])
    version = found.get("version") if isinstance(found, dict) else found
    told = _MAJOR.match(version) if isinstance(version, str) else None
    if told is None or int(told[1]) != major:
        return f"its features are known of `{dependency}` {major} only"
    if _switched_on(data, {keys[0]: ["any"]}) is None:
        return f"`{dependency}` is written in {path} in a way that would not be kept"
    return Entry(path, keys[0])


def settle(path: str, data: bytes, replacements: Iterable[bytes]) -> Edit:
    """One edit that writes what all of ``replacements`` (of such edits) ask for. Raises ValueError where
    that cannot be written."""
    wanted: dict[str, dict[str, None]] = {}
    for replacement in replacements:
        for key, name in _MARK.findall(replacement):
            wanted.setdefault(key.decode(), {})[name.decode()] = None
    after = _switched_on(data, wanted)
    if after is None:
        raise ValueError(f"the features of {path} cannot be written")
    start = _common(data, after)
    rest = _common(data[start:][::-1], after[start:][::-1])
    return Edit(path, start, len(data) - rest, after[start : len(after) - rest])


def _switched_on(data: bytes, wanted: Mapping[str, Iterable[str]]) -> bytes | None:
    """The manifest with these features in the entries of ``[dependencies]`` with these keys; None where the
    layout would not be kept, or the result would say anything else."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    expected = _read(data)
    bom = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    try:
        document = tomlkit.parse(data.removeprefix(bom))
        for key, names in wanted.items():
            _switch_on(document["dependencies"], key, names)
            if expected is not None:
                _expect(expected["dependencies"], key, names)
        text = bom + tomlkit.dumps(document).encode()
    except (TOMLKitError, KeyError, TypeError, AttributeError, UnicodeDecodeError):
        return None
    return text if _read(text) == expected and _mostly_kept(data, text) else None


def _expect(table: Any, key: str, names: Iterable[str]) -> None:
    found = table[key] if isinstance(table[key], dict) else {"version": table[key]}
    features = found.get("features", [])
    table[key] = {**found, "features": [*features, *(n for n in names if n not in features)]}


def _switch_on(table: Any, key: str, names: Iterable[str]) -> None:
    """Write it as ``cargo add`` does."""
    from tomlkit.items import InlineTable, String

    found = table[key]
    if isinstance(found, String | InlineTable) and "features" not in found:
        listed = ", ".join(f'"{name}"' for name in names)
        text = found.as_string().strip()
        head = f"{{ version = {text}" if isinstance(found, String) else text[:-1].rstrip()
        table[key] = _value(f"{head}, features = [{listed}] }}")
        return
    if "features" not in found:
        found["features"] = []
    for name in names:
        if name not in found["features"]:
            found["features"].append(name)


def _value(text: str) -> Any:
    import tomlkit

    return tomlkit.parse(f"it = {text}")["it"]


def _mostly_kept(before: bytes, after: bytes) -> bool:
    """Do only lines of one place differ, and few of them?"""
    old, new = before.splitlines(), after.splitlines()
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return len(old) - head - tail <= _FEW and len(new) - head - tail <= _FEW


_FEW = 12  # lines: an entry's features over several lines


def _keys(document: Mapping[str, Any], dependency: str, root: Mapping[str, Any]) -> list[str]:
    """The keys of the entries for a package in ``[dependencies]``; none where another target's table has one,
    which cargo would unite with it."""
    shared = root.get("workspace", {}).get("dependencies", {})

    def named(key: str, found: Any) -> str:
        found = shared.get(key) if _is_inherited(found) else found
        return str(found.get("package", key)) if isinstance(found, dict) else key

    tables = document.get("target", {})
    apart = [
        key
        for target in (tables.values() if isinstance(tables, dict) else ())
        for key, each in target.get("dependencies", {}).items()
        if named(key, each) == dependency
    ]
    found = document.get("dependencies", {})
    return [] if apart else [key for key, each in found.items() if named(key, each) == dependency]


def _is_inherited(found: Any) -> bool:
    return isinstance(found, dict) and found.get("workspace") is True


def _read(data: bytes) -> dict[str, Any] | None:
    try:
        return tomllib.loads(data.removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return None


def _common(left: bytes, right: bytes) -> int:
    """How many bytes both begin with."""
    least = min(len(left), len(right))
    return next((at for at in range(least) if left[at] != right[at]), least)
