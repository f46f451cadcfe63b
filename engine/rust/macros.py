"""Whether a macro's name means std's macro, where it is called or could be.

Textual scope first, then imports (Rust reference, "Macros By Example", "Scoping, exporting, and
importing"). In the file itself the scope of each ``macro_rules!`` is known. To the careful side: one of
that name in a file that the module stands in, in one that a ``#[macro_use]`` opens, with
``#[macro_export]``, or under a ``cfg``, may be what is meant, wherever it stands there. Not answered:
macros that ``#[macro_use] extern crate`` or a glob of another crate brings.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.configurations import is_conditional
from engine.rust.files import Files
from engine.rust.imports import imports, in_blocks, scope_at, scopes
from engine.rust.known_calls import (
    LITERAL_MACROS,
    evaluates_in_place,
    is_known_macro,
    is_stds_macro,
    prints_its_arguments,
)
from engine.rust.modules import Modules
from engine.rust.nodes import last_segment, macro_name, macro_path
from engine.rust.queries import walk
from engine.rust.std_paths import same_item
from engine.rust.syntax import Source, attributes, walk_all

_OPENED = re.compile(rb"#\[\s*macro_use\b[^;{}]*?\bmod\s+(\w+)")
_CALLED = re.compile(rb"(?<![\w$])(\w+)\s*!\s*[(\[{]")
_OF_THIS_CRATE = (b"crate", b"self", b"super", b"$crate")
_HOLDERS = ("block", "declaration_list", "source_file")


@dataclass(frozen=True, slots=True)
class MacroMeaning:
    """What a macro's name means. ``is_std`` is None where it may be std's or another's; ``why`` says in
    words which other one that is."""

    is_std: bool | None
    why: str = ""

    def in_words(self, name: bytes) -> str:
        """That the macro ``name`` is, or may be, another one than std's; "" where it is std's."""
        verb = "may be" if self.is_std is None else "is"
        return f"`{name.decode()}!` {verb} another than std's here: {self.why}" if self.why else ""


_STD = MacroMeaning(True)


def meaning_of_macro(
    files: Files, modules: Modules, source: Source, node: Node, path: bytes
) -> MacroMeaning:
    """What ``path!`` means at ``node``: std's macro of that name (``format``, ``std::format``,
    ``alloc::format``), or another."""
    head, _, name = b"".join(path.split()).removeprefix(b"::").rpartition(b"::")
    if head:
        found = head in (b"std", b"core", b"alloc")
        return _STD if found else MacroMeaning(False, f"it is of `{head.decode(errors='replace')}`")
    for definition in definitions_of(source, name):
        if node.start_byte in _textual_scope(source, definition):
            conditional = is_conditional(source, definition)
            line = source.position(definition.start_byte)[0]
            why = f"a `macro_rules!` of that name stands in line {line}"
            return MacroMeaning(None if conditional else False, why)
    brought = _brought(source, node, name)
    if brought:
        others = [full for full in brought if not same_item(full, b"std::" + name)]
        if not others:
            return _STD
        why = f"a `use` brings in `{others[0].decode(errors='replace')}`"
        return MacroMeaning(None if len(brought) > len(others) else False, why)
    where = _defined(files, modules, source, name)
    return (
        MacroMeaning(None, f"a `macro_rules!` of that name stands in `{where}`") if where else _STD
    )


def reader_of_text(files: Files, modules: Modules, source: Source, node: Node) -> str:
    """The path of the innermost macro around ``node`` to which it may matter how ``node`` is written: of
    one that shows its arguments' text, or that is not known to evaluate them as they stand; "" for
    none."""
    for macro in source.ancestors(node):
        path = macro_path(macro)
        if path is None or macro == node:
            continue
        head, _, name = b"".join(source.text(path).split()).rpartition(b"::")
        known = evaluates_in_place(source, macro) and not prints_its_arguments(source, macro)
        if not known or head in _OF_THIS_CRATE:
            return source.text(path).decode(errors="replace")
        if not head and (
            any(macro.start_byte in _textual_scope(source, d) for d in definitions_of(source, name))
            or any(last_segment(full) != name for full in _brought(source, macro, name))
            or _defined(files, modules, source, name)
        ):
            return name.decode(errors="replace")
    return ""


def teller_of_place(source: Source, node: Node) -> str:
    """The macro inside ``node`` that tells where it stands in the text: ``line``, ``column``; "" for none."""
    names = {macro_name(source, each) for each in walk_all(source, node)}
    return next((name.decode() for name in (b"column", b"line") if name in names), "")


def unknown_calls(source: Source, span: Span, known: Container[bytes]) -> Iterator[Node]:
    """Calls inside ``span`` of macros of which nothing is known here (nor by their names in ``known``),
    and that are given a name: what they do with that cannot be told. (Of ``include!``, what it brings.)"""
    for hit in _CALLED.finditer(source.data, span.start, span.end):
        if hit[1] in known or _is_known(hit[1]):
            continue
        macro = source.enclosing(source.innermost(Span(*hit.span(1))), ("macro_invocation",))
        if macro is None or macro_name(source, macro) != hit[1]:
            continue  # in a comment or a string
        trees = (child for child in macro.children if child.type == "token_tree")
        if hit[1] == b"include" or any(
            part.type in ("identifier", "self") for tree in trees for part in walk(tree)
        ):
            yield macro


def calls_unknown(body: bytes, known: Container[bytes]) -> bool:
    """Is there, in a macro's definition, a call of a macro of which nothing is known?"""
    return any(name not in known and not _is_known(name) for name in _CALLED.findall(body))


def calls_other_than_stds(source: Source, span: Span) -> bool:
    """Is there, inside ``span``, a call of a macro that has none of std's names: who knows what names it
    expands to?"""
    for hit in _CALLED.finditer(source.data, span.start, span.end):
        if not is_stds_macro(hit[1]):
            macro = source.enclosing(source.innermost(Span(*hit.span(1))), ("macro_invocation",))
            if macro is not None and macro_name(source, macro) == hit[1]:
                return True
    return False


def _is_known(name: bytes) -> bool:
    return is_known_macro(name) or name in LITERAL_MACROS


def definitions_of(source: Source, name: bytes) -> Iterator[Node]:
    """The ``macro_rules!`` items of this name in a file."""
    for hit in _defining(name).finditer(source.data):
        node = source.innermost(Span(hit.end() - len(name), hit.end())).parent
        if node is not None and node.type == "macro_definition":
            yield node


def _defining(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"(?<!\w)macro_rules!\s*" + re.escape(name) + rb"(?!\w)")


def _textual_scope(source: Source, definition: Node) -> range:
    """Where the macro can be called by its name alone, inside its file: from its end to that of the
    block or module around it, or of what that stands in, where ``#[macro_use]`` lets it out."""
    node = definition
    while True:
        holder = source.enclosing(node, _HOLDERS) or source.root
        module = holder.parent
        if module is None or module.type != "mod_item":
            break
        if not any(b"macro_use" in source.text(attribute) for attribute in attributes(module)):
            break
        node = module
    return range(definition.end_byte, holder.end_byte)


def _brought(source: Source, node: Node, name: bytes) -> list[bytes]:
    """Full paths of what ``use`` lines around ``node`` bring in by this name. A glob of a crate that is
    known for macros of std's names counts."""
    found = scopes(source)
    around = [*imports(source, scope_at(found, node.start_byte))]
    for block, brought in in_blocks(source):
        if block.start <= node.start_byte < block.end:
            around += brought
    globs = (i.full for i in around if i.local == b"*" and i.full.partition(b"::")[0] == b"defmt")
    return [*(i.full for i in around if i.local == name), *globs]


def _defined(files: Files, modules: Modules, source: Source, name: bytes) -> str:
    """The file in which a macro of this name is defined so that ``source`` may see it; "" when there is
    none."""
    pattern = _defining(name)
    mine = modules.places(source.path)
    for other in files.containing(b"macro_rules", name):
        if pattern.search(other.data) is None:
            continue
        exported = b"macro_export" in other.data
        if other.path == source.path:
            if exported:
                return other.path
            continue  # its textual scope was asked for
        for theirs in modules.places(other.path):
            opened = exported or (theirs.module and theirs.module[-1] in _opened(files))
            for place in mine:
                if place.inside(theirs) or (opened and place.crate == theirs.crate):
                    return other.path
    return ""


def _opened(files: Files) -> set[bytes]:
    """Names of modules whose macros a ``#[macro_use]`` lets out."""
    sources = files.containing(b"macro_use", b"mod")
    return {name for source in sources for name in _OPENED.findall(source.data)}
