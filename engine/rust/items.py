"""Definitions by path: which static, const, type, trait, function or module of the workspace this is.

``Items.named`` finds definitions by name, ``resolve`` what a path means where it is written (through
imports, ``self``/``super``/``crate``, re-exports and globs), ``printed`` what a path means that rustc
prints, ``exposed`` whether other crates can name an item. Where ``cfg`` leaves several, all are
given. Not answered: what a macro defines, names that only a derive or a foreign crate brings, and
methods (:mod:`engine.rust.calls`). Rust reference: "Paths", "Use declarations", "Name resolution".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import imports, item_nodes, nodes
from engine.rust.configurations import is_conditional
from engine.rust.definitions import KINDS, Definitions, Item, is_type_parameter, read
from engine.rust.files import Files, PackageOf
from engine.rust.imports import Import
from engine.rust.modules import Modules, Place
from engine.rust.syntax import Source, span_of

TYPES = ("struct", "enum", "union", "type")
VALUES = ("static", "const")
FUNCTIONS = ("fn", "signature")
_DEFINES = rb"(?<![\w#])(?:struct|enum|union|type|trait|static|const|mut|fn|mod)\s+(?:r#)?%s(?!\w)"
# A re-export as it is written, in a macro call as well: `pub use a::name;`, `{name, b}`, `name::*`.
_EXPORTS = rb"\bpub\s+use\s[^;]*(?<![\w#])%b\s*(?:::\s*\*|[;,}]|as\b)"
_NAME = re.compile(rb"\A[^\W\d]\w*\Z")
_NAMED_TYPES = ("type_identifier", "scoped_type_identifier")
_STEPS = 32  # re-exports of re-exports: longer chains are not followed


class Items:
    """Definitions of a workspace. Files are read when a question leads to them; answers are kept."""

    def __init__(self, files: Files, package_of: PackageOf) -> None:
        self._files = files
        self.modules = Modules(files, package_of)
        self._read: dict[str, Definitions] = {}
        self._named: dict[bytes, tuple[Item, ...]] = {}
        self._printed: dict[tuple[str, tuple[str, ...], str], tuple[Item, ...]] = {}
        # Modules that bring in each other by globs are gone through again and again.
        self._members: dict[tuple[Place, bytes, Place, int], list[Item | Place]] = {}

    # -- by name -------------------------------------------------------------------------------

    def named(self, name: bytes, *kinds: str) -> tuple[Item, ...]:
        """All definitions of this name, in path order, of ``kinds`` where some are given. Those
        that stand in functions, traits and ``impl``s are among them."""
        if name not in self._named:
            found: list[Item] = []
            pattern = re.compile(_DEFINES % re.escape(name))
            for source in self._files.containing(name) if _NAME.match(name) else ():
                if pattern.search(source.data):
                    found += self._file(source.path).named.get(name, ())
            self._named[name] = tuple(found)
        return _of(self._named[name], kinds)

    def open(self, item: Item) -> tuple[Source, Node]:
        """The item's file and node, parsed again where its tree was let go."""
        source = self._files.get(item.path)
        node = source.node_at(item.span)
        assert node is not None, item
        return source, node

    def at(self, source: Source, node: Node) -> Item | None:
        """The item that ``node`` defines."""
        label = item_nodes.name_of(node) if node.type in KINDS else None
        named = self._file(source.path).named.get(source.text(label), ()) if label else ()
        return next((item for item in named if item.span == span_of(node)), None)

    def places(self, item: Item) -> tuple[Place, ...]:
        """The modules that the item stands in: several for a file of several crates."""
        return tuple(p.child(*item.module) for p in self.modules.places(item.path))

    # -- by path -------------------------------------------------------------------------------

    def resolve(self, source: Source, node: Node, path: bytes, *kinds: str) -> tuple[Item, ...]:
        """What ``path``, as written at ``node``, may mean; () when it leads out of the workspace or
        to what is not known. Generic arguments in it do not matter."""
        names = _segments(path)
        if not names or is_type_parameter(source, node, names[0]):
            return ()
        if names[0] == b"Self":
            holder = source.enclosing(node, ("impl_item", "trait_item"))
            own = item_nodes.type_of(holder) if holder is not None else None
            if own is None:
                return ()
            names = [*_segments(source.text(own)), *names[1:]]
            if not names:
                return ()
        found: list[Item | Place] = []
        local = self._in_blocks(source, node, names[0])
        if local is not None:
            found = self._below(local, names[1:])
        else:
            inline = imports.module_at(source, node.start_byte)
            for place in self.modules.places(source.path):
                found += self._path(place.child(*inline), names, _STEPS)
        items = [item for item in found if isinstance(item, Item)]
        return _of(dict.fromkeys(items), kinds)

    def type_at(self, source: Source, named: Node) -> Item | None:
        """The one type or trait that the written type ``named`` can mean; None for several, and for
        one under ``cfg``: another may be meant elsewhere."""
        found = self.resolve(source, named, source.text(named), *TYPES, "trait")
        return found[0] if len(found) == 1 and not is_conditional(*self.open(found[0])) else None

    def aliased(self, source: Source, named: Node) -> tuple[Source, Node]:
        """What the written type ``named`` stands for, as its definition says: through ``type`` aliases
        without parameters; ``named`` itself where it is no such alias."""
        for _ in range(_STEPS):
            item = self.type_at(source, named) if named.type in _NAMED_TYPES else None
            if item is None or item.kind != "type":
                break
            place, alias = self.open(item)
            target = item_nodes.type_of(alias)
            if target is None or item_nodes.type_parameters(alias) is not None:
                break
            source, named = place, target
        return source, named

    def printed(self, told: str, *kinds: str, near: str = "") -> tuple[Item, ...]:
        """The definitions that rustc's ``stats::Stats`` (no crate in front: of the crate that it
        compiles) or ``krate::Stats`` may mean; of several, those in a crate of the file ``near``.

        A foreign item is printed by the way that is visible to others: by its re-export.
        """
        key = told, kinds, near
        if key not in self._printed:  # of many namesakes, each is asked about again and again
            self._printed[key] = self._stand_for(told, kinds, near)
        return self._printed[key]

    def _stand_for(self, told: str, kinds: tuple[str, ...], near: str) -> tuple[Item, ...]:
        module, _, last = told.rpartition("::")
        every = self.named(last.encode(), *(kinds or TYPES))
        found = [item for item in every if self.stands_in(item, module)]
        if not found:
            head, _, rest = told.partition("::")
            root = self.modules.libraries.get(head.encode())
            if root is not None and rest:
                reached = self._path(root, rest.encode().split(b"::"), _STEPS)
                found = [i for i in reached if isinstance(i, Item) and i in every]
                # A macro may re-export it: then it is of that crate, and more is not known.
                found = found or [i for i in every if self._of_crate(i, root.crate)]
        here = {place.crate for place in self.modules.places(near)} if near else set()
        mine = [i for i in found if any(p.crate in here for p in self.places(i))]
        return tuple(mine or found)

    def path_of(self, item: Item) -> str:
        """The item as rustc prints it from other crates, "krate::a::Type" (the first one of a file
        of several crates); without the crate where the package is not known."""
        place = self.modules.places(item.path)[0]
        names = (*place.module, *item.within, item.name)
        crate = self.modules.crate_name(place.crate)
        return "::".join(
            [*([crate] if crate else []), b"::".join(names).decode("utf-8", "replace")]
        )

    def stands_in(self, item: Item, path: str) -> bool:
        """Does rustc print ``path`` for what the item stands in: "a::b" within its crate,
        "krate::a::b" from others, "a::Type" for a method, "a::f" for what stands in a function?"""
        for place in self.modules.places(item.path):
            here = b"::".join((*place.module, *item.within)).decode("utf-8", "replace")
            crate = self.modules.crate_name(place.crate)
            if path in (here, f"{crate}::{here}" if here else crate):
                return True
        return False

    def _of_crate(self, item: Item, crate: str) -> bool:
        return any(place.crate == crate for place in self.places(item))

    def imported(self, place: Place) -> Iterator[Import]:
        """What the ``use`` declarations of a module bring in (not those inside its functions)."""
        for path, inline in self.modules.files(place):
            yield from self._file(path).modules.get(inline, ())

    def modules_at(self, place: Place, path: bytes) -> tuple[Place, ...]:
        """The modules of the workspace that ``path``, as a ``use`` in the module ``place`` has it, leads
        to."""
        found = self._path(place, path.split(b"::"), _STEPS)
        return tuple(step for step in found if isinstance(step, Place))

    def brought(self, place: Place, each: Import) -> tuple[Item | Place, ...]:
        """What of the workspace an import of the module ``place`` brings in; of a glob, what it opens."""
        return tuple(self._import(place, each, _STEPS))

    # -- visibility ----------------------------------------------------------------------------

    def exposed(self, source: Source, node: Node) -> bool:
        """May other crates see the item, field or function ``node``: is it in a library and ``pub``
        at every step that its file shows, or behind a private inline module that something is
        re-exported from? What a trait
        or an ``impl`` of one holds is as public as the trait.

        A private ``mod x;`` in another file may still hide it: that counts for a function of no type
        and no trait alone, since the others may be reached through the types of public functions.
        """
        if not any(self.modules.is_library(p.crate) for p in self.modules.places(source.path)):
            return False
        hidden = self._in_private_file(source, node)
        for current in (node, *source.ancestors(node)):
            if current.type not in KINDS and current.type != "field_declaration":
                continue
            holder = source.enclosing(current, ("impl_item", "trait_item", "function_item"))
            if holder is not None and holder.type == "trait_item":
                continue
            trait = item_nodes.trait_of(holder) if holder is not None else None
            if trait is not None:
                return self._trait_exposed(source, trait)
            if not item_nodes.is_pub(source, current):
                if current.type != "mod_item":
                    return False
                hidden = True
        return not hidden or self._reexported(source, node)

    def _in_private_file(self, source: Source, node: Node) -> bool:
        """Is it a function of no type and no trait, in a file that no library reaches without a private
        ``mod x;``?"""
        holders = ("impl_item", "trait_item", "function_item")
        if node.type != "function_item" or source.enclosing(node, holders) is not None:
            return False
        places = [p for p in self.modules.places(source.path) if self.modules.is_library(p.crate)]
        return all(self._has_private_step(place) for place in places)

    def _has_private_step(self, place: Place) -> bool:
        for count, name in enumerate(place.module):
            above = Place(place.crate, place.module[:count])
            found = [i for i in self.named(name, "mod") if above in self.places(i)]
            if found and not any(item_nodes.is_pub(*self.open(item)) for item in found):
                return True
        return False

    def _trait_exposed(self, source: Source, named: Node) -> bool:
        """A trait that is not of the workspace is one of the world's."""
        found = self.resolve(source, named, source.text(named), "trait")
        return not found or any(self.exposed(*self.open(item)) for item in found)

    def _reexported(self, source: Source, node: Node) -> bool:
        """Does a ``pub use``, which may stand in a macro call, name the item, what it belongs to, or all of
        what it stands in?"""
        steps = (self.at(source, step) for step in (node, *source.ancestors(node)))
        item = next((step for step in steps if step is not None), None)
        modules = {name for place in self.modules.places(source.path) for name in place.module}
        names = (
            {item.name, item.owner, *item.module, *modules} - {b""} if item is not None else set()
        )
        return any(
            any(
                brought.public and nodes.last_segment(brought.full) == name
                for imports_ in self._file(other.path).modules.values()
                for brought in imports_
            )
            or re.search(_EXPORTS % re.escape(name), other.data)
            for name in names
            for other in self._files.containing(b"use", name)
        )

    # -- one file ------------------------------------------------------------------------------

    def _file(self, path: str) -> Definitions:
        if path not in self._read:
            self._read[path] = read(self._files.get(path))
        return self._read[path]

    def _in_blocks(self, source: Source, node: Node, name: bytes) -> list[Item | Place] | None:
        """What the innermost block around ``node`` defines or imports by that name; None when no
        block does."""
        file = self._file(source.path)
        local = [
            (item.block, [item])
            for item in file.named.get(name, ())
            if item.block is not None and not item.owner and span_of(node) in item.block
        ]
        best: tuple[Span, list[Item | Place]] | None = None
        for block, items in local:
            if best is None or block.start > best[0].start:
                best = block, list(items)
        for block, brought in file.blocks:
            if span_of(node) not in block or (best is not None and best[0].start > block.start):
                continue
            inline = imports.module_at(source, node.start_byte)
            for each in (i for i in brought if i.local == name):
                found = best[1] if best is not None and best[0] == block else []
                for place in self.modules.places(source.path):
                    found += self._import(place.child(*inline), each, _STEPS)
                best = block, found
        return best[1] if best is not None else None

    # -- steps ---------------------------------------------------------------------------------

    def _path(self, place: Place, names: list[bytes], steps: int) -> list[Item | Place]:
        """What a path means in the module ``place``."""
        if steps <= 0:
            return []
        at: list[Item | Place] = []
        rest = names
        if names[0] in (b"crate", b"self", b"super", b"$crate"):
            here = place
            while rest and rest[0] in (b"crate", b"self", b"super", b"$crate"):
                if rest[0] in (b"crate", b"$crate"):
                    here = Place(here.crate, ())
                elif rest[0] == b"super":
                    here = Place(here.crate, here.module[:-1])
                rest = rest[1:]
            at = [here]
        else:
            at = self._member(place, names[0], place, steps - 1)
            rest = names[1:]
            if not at and names[0] in self.modules.libraries:
                at = [self.modules.libraries[names[0]]]
            if not at and place.module:  # edition 2015: paths of `use` begin at the crate's root
                root = Place(place.crate, ())
                at = self._member(root, names[0], place, steps - 1) if len(names) > 1 else []
        return self._below(at, rest, place, steps)

    def _below(
        self,
        at: list[Item | Place],
        names: list[bytes],
        asking: Place | None = None,
        steps: int = _STEPS,
    ) -> list[Item | Place]:
        """What the rest of a path means from there on."""
        for name in names:
            found: list[Item | Place] = []
            for step in at:
                if isinstance(step, Place):
                    found += self._member(step, name, asking or step, steps - 1)
                elif step.kind in (*TYPES, "trait"):
                    found += (i for i in self.named(name) if i.owner == step.name and not i.block)
            at = found
        return at

    def _member(self, place: Place, name: bytes, asking: Place, steps: int) -> list[Item | Place]:
        """What ``name`` means in a module, seen from ``asking``: its own items and imports, else
        what its globs bring."""
        key = place, name, asking, steps
        if key not in self._members:
            self._members[key] = []
            self._members[key] = self._found_in(place, name, asking, steps)
        return self._members[key]

    def _found_in(self, place: Place, name: bytes, asking: Place, steps: int) -> list[Item | Place]:
        found: list[Item | Place] = []
        globs: list[Import] = []
        for path, inline in self.modules.files(place):
            file = self._file(path)
            if inline not in file.modules:
                continue
            for item in file.inside.get((inline, name), ()):
                found.append(place.child(name) if item.kind == "mod" else item)
            for each in file.modules[inline]:
                if each.local == name:
                    found += self._import(place, each, steps)
                elif each.local == b"*":
                    globs.append(each)
        if not found and steps > 0:
            for each in globs:
                if each.public or asking.module[: len(place.module)] == place.module:
                    for target in self._path(place, each.full.split(b"::"), steps - 4):
                        if isinstance(target, Place) and target != place:
                            found += self._member(target, name, place, steps - 4)
        return list(dict.fromkeys(found))

    def _import(self, place: Place, brought: Import, steps: int) -> list[Item | Place]:
        names = brought.full.split(b"::")
        if names == [brought.local]:  # `use name;`: a crate, or an item of the root (2015)
            return [self.modules.libraries[names[0]]] if names[0] in self.modules.libraries else []
        return self._path(place, names, steps - 1)


def _of(items: Iterable[Item], kinds: tuple[str, ...]) -> tuple[Item, ...]:
    return tuple(item for item in items if not kinds or item.kind in kinds)


def _segments(path: bytes) -> list[bytes]:
    """The names of a path without generic arguments; [] for ``<T as Trait>::name``."""
    text = b"".join(path.split()).removeprefix(b"::")
    if text.startswith(b"<"):
        return []
    plain, depth = bytearray(), 0
    for byte in text:
        depth += (byte == 0x3C) - (byte == 0x3E)
        if depth == 0 and byte != 0x3E:
            plain.append(byte)
    return [name.removeprefix(b"r#") for name in bytes(plain).split(b"::") if name]
