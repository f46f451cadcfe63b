"""Which modules a file is: the module tree of a workspace's crates.

From the root file of each crate along ``mod x;`` as rustc goes (Rust reference, "Modules", "The path
attribute"; ``rustc_expand::module``): ``x.rs`` and ``x/mod.rs``, below inline modules, with ``#[path]``,
under ``cfg_attr``, and inside macro calls (``cfg_if!``). One file may be several modules (``mod
common;`` of many tests) or one in several crates. A file that nothing mentions (a macro makes its
``mod``) gets the module that its place in the folders suggests. Which of several ``cfg``'d files is
compiled is not decided: each is a module of that name.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import item_nodes
from engine.rust.files import Files, Package, PackageOf
from engine.rust.imports import Module
from engine.rust.syntax import Source, attributes

_MOD = re.compile(rb"(?<![\w#])mod\s+(?:r#)?(\w+)\s*;")
_PATH = re.compile(rb'(?<!\w)path\s*=\s*"([^"\\]+)"')
_INCLUDED = re.compile(rb'(?<!\w)include!\s*[({]\s*"(?:[^"]*/)?([^"/]+)"')
# Cargo's target auto-discovery (the Cargo book, "Package Layout").
_ROOT = re.compile(
    r"src/(?:lib|main)\.rs|build\.rs|(?:src/bin|tests|examples|benches)/[^/]+(?:/main)?\.rs"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A module: the root file of its crate, and the names on the way to it from there."""

    crate: str
    module: Module

    def child(self, *names: bytes) -> Place:
        """The module reached from this one by ``names``, one inside the other."""
        return Place(self.crate, (*self.module, *names))

    def inside(self, other: Place) -> bool:
        """Is it the module ``other``, or one that stands in that?"""
        here = self.module[: len(other.module)]
        return self.crate == other.crate and here == other.module


@dataclass(frozen=True, slots=True)
class _Folder:
    """Where rustc looks for the files of modules: ``path``, and below it ``relative`` as long as
    no ``#[path]`` is given ("x" inside ``x.rs``, "" inside ``x/mod.rs`` and a crate's root)."""

    path: str
    relative: str = ""

    def inner(self, name: str, given: str | None) -> _Folder:
        """For what stands inside the inline module ``name``, which may have a ``#[path]``."""
        if given is not None:
            return _Folder(_join(self.path, given))
        return _Folder(_join(self.path, self.relative, name))


class Modules:
    """The module trees of all crates. Built when asked, package by package; kept."""

    def __init__(self, files: Files, package_of: PackageOf) -> None:
        self._files = files
        self._package_of = package_of
        self._places: dict[str, list[Place]] = {}
        self._paths: dict[Place, list[str]] = {}
        self._built: set[str] = set()

    def places(self, path: str) -> tuple[Place, ...]:
        """All modules that the file is; at least one."""
        self._build(self._root_of(path))
        if path not in self._places:
            for root in self._by_root:  # `#[path]` may lead into another package's folder
                self._build(root)
        if path not in self._places:
            self._add(path, self._by_folders(path))
        return tuple(self._places[path])

    def is_several(self, path: str) -> bool:
        """Is the file more than one module of a crate, by ``#[path]`` or by several ``include!``?"""
        places = set(self.places(path))
        if len(places) > len({place.crate for place in places}):
            return True
        return self._included[posixpath.basename(path).encode()] > 1

    @cached_property
    def _included(self) -> Counter[bytes]:
        """How often ``include!`` names a file of each name."""
        sources = self._files.containing(b"include")
        return Counter(name for source in sources for name in _INCLUDED.findall(source.data))

    def files(self, place: Place) -> Iterator[tuple[str, Module]]:
        """The files whose module ``place`` is or may be in, with the inline modules that lead to it
        from the file's own level: the nearest file on the way first."""
        self._build(self._root_of(place.crate))
        for count in range(len(place.module), -1, -1):
            above = Place(place.crate, place.module[:count])
            for path in self._paths.get(above, ()):
                yield path, place.module[count:]

    def crate_name(self, crate: str) -> str:
        """The name that other crates know the library of that package by which the crate with this
        root file is of; "" when it is of none."""
        package = self._package_of(crate)
        return package.crate if package is not None else ""

    def is_library(self, crate: str) -> bool:
        """May other crates use the crate with this root file? Of a file of no known package, they
        may."""
        package = self._package_of(crate)
        if package is None:
            return _ROOT.fullmatch(crate) is None or crate == "src/lib.rs"
        return crate == package.lib

    @cached_property
    def libraries(self) -> dict[bytes, Place]:
        """The root modules of the workspace's libraries, by the names that other crates know."""
        found: dict[bytes, Place] = {}
        for _, (package, _) in self._by_root.items():
            if package is not None and package.lib:
                found[package.crate.encode()] = Place(package.lib, ())
        return found

    # -- building ------------------------------------------------------------------------------

    @cached_property
    def _by_root(self) -> dict[str, tuple[Package | None, list[str]]]:
        """The packages by their folders, with their files."""
        found: dict[str, tuple[Package | None, list[str]]] = {}
        for path in self._files.paths:
            package = self._package_of(path)
            root = package.root if package is not None else ""
            if root not in found or found[root][0] is None:
                found[root] = package, found[root][1] if root in found else []
            found[root][1].append(path)
        return found

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self._files.paths)

    def _root_of(self, path: str) -> str:
        package = self._package_of(path)
        return package.root if package is not None else ""

    def _build(self, root: str) -> None:
        if root in self._built:
            return
        self._built.add(root)
        package, paths = self._by_root.get(root, (None, []))
        named = {package.lib, *package.targets} if package is not None else set()
        for path in paths:
            if path in named or _ROOT.fullmatch(_below(path, root)):
                self._grow(path, Place(path, ()), _Folder(posixpath.dirname(path)), set())

    def _grow(self, path: str, place: Place, folder: _Folder, above: set[str]) -> None:
        self._add(path, place)
        if b"mod" not in self._files.data(path) or path in above:
            return
        source = self._files.get(path)
        for hit in list(_MOD.finditer(source.data)):
            declared = _declared(source, Span(*hit.span(1)))
            if declared is None:
                continue
            inside, holders = folder, [h for h, _ in declared.holders]
            for holder, given in declared.holders:
                inside = inside.inner(holder.decode("utf-8", "replace"), given)
            name = hit.group(1)
            for target, below in self._targets(name.decode("utf-8", "replace"), declared, inside):
                self._grow(target, place.child(*holders, name), below, {*above, path})

    def _targets(
        self, name: str, declared: _Declared, folder: _Folder
    ) -> Iterator[tuple[str, _Folder]]:
        for given in declared.paths:
            path = _join(folder.path, given)
            if path in self._known:
                yield path, _Folder(posixpath.dirname(path))
        if declared.always:
            return
        path = _join(folder.path, folder.relative, f"{name}.rs")
        if path in self._known:
            yield path, _Folder(posixpath.dirname(path), name)
        path = _join(folder.path, folder.relative, name, "mod.rs")
        if path in self._known:
            yield path, _Folder(posixpath.dirname(path))

    def _add(self, path: str, place: Place) -> None:
        places = self._places.setdefault(path, [])
        if place not in places:
            places.append(place)
            self._paths.setdefault(place, []).append(path)

    def _by_folders(self, path: str) -> Place:
        """The module that the path suggests, in the library where there is one."""
        package = self._package_of(path)
        root = self._root_of(path)
        parts = _below(path, root).removesuffix(".rs").split("/")
        if "src" in parts:
            cut = len(parts) - parts[::-1].index("src")
            folder, parts = _join(root, *parts[:cut]), parts[cut:]
        else:
            folder, parts = _join(root, *parts[:-1]), parts[-1:]
        if parts and parts[-1] in ("mod", "lib", "main"):
            parts = parts[:-1]
        lib = package.lib if package is not None else ""
        crate = lib or next(
            (p for p in (f"{folder}/main.rs",) if p in self._known), f"{folder}/lib.rs"
        )
        return Place(crate, tuple(part.encode("utf-8", "surrogateescape") for part in parts))


@dataclass(frozen=True, slots=True)
class _Declared:
    """``mod x;``: the inline modules around it with their ``#[path]``, its own paths, and whether
    one of these holds under every ``cfg``."""

    holders: tuple[tuple[bytes, str | None], ...]
    paths: tuple[str, ...]
    always: bool


def _declared(source: Source, name: Span) -> _Declared | None:
    """The declaration of the module that is named at ``name``; None for a comment or a string."""
    node = source.root.descendant_for_byte_range(name.start, name.end)
    if node is None or node.type != "identifier":
        return None
    item = node.parent
    paths: list[str] = []
    always = False
    if item is not None and item.type == "mod_item":
        for attribute in attributes(item):
            text = source.text(attribute)
            found = [hit.decode("utf-8", "replace") for hit in _PATH.findall(text)]
            paths += found
            always |= bool(found) and b"cfg_attr" not in text
    holders: list[tuple[bytes, str | None]] = []
    for above in source.ancestors(item if item is not None else node):
        if above.type == "function_item":
            return None  # without `#[path]` rustc takes no such module
        label = item_nodes.name_of(above) if above.type == "mod_item" else None
        if label is not None:
            holders.append((source.text(label), _given(source, above)))
    return _Declared(tuple(reversed(holders)), tuple(paths), always)


def _given(source: Source, item: Node) -> str | None:
    """The ``#[path]`` of an inline module."""
    for attribute in attributes(item):
        hit = _PATH.search(source.text(attribute))
        if hit is not None:
            return hit.group(1).decode("utf-8", "replace")
    return None


def _below(path: str, root: str) -> str:
    return path.removeprefix(root).lstrip("/") if root else path


def _join(*parts: str) -> str:
    return posixpath.normpath(posixpath.join("", *parts))
