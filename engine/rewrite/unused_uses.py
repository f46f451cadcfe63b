"""``use`` lines that became unused: taken out with the edits that took the last mention of the name.

A line goes when an edit removed a mention of its name and nothing that is left needs it: no other
word of its module (macros and format strings included), and no child module that sees it through
``super``. What a ``use`` does without its name being written cannot be told from syntax: one of a
trait, ``pub use``, one that may be unused by a lint level of its own, and one under another attribute
that is not for lints, rustfmt or rustdoc alone stay; with the others their attributes go.

Two kinds are missed by nobody where they are missing: a name that std's prelude has as well
(``use alloc::format`` of a crate that may be built without std), and one under a ``cfg``, which this build may
not compile. They stay where a macro that is not known, or a child module in another file, may need
them; where none may, they go, from under a ``cfg`` as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rewrite.use_declarations import parsed
from engine.rust.codegen import identifiers
from engine.rust.configurations import only_cfgs
from engine.rust.imports import (
    Import,
    Module,
    Scope,
    imports,
    in_blocks,
    may_be_unused,
    scope_body,
    scopes,
    words,
)
from engine.rust.macros import calls_other_than_stds
from engine.rust.statement_nodes import body_of
from engine.rust.std_paths import brought_by_stds_prelude, is_trait, same_item
from engine.rust.syntax import Source, attributes, span_of

_USE = re.compile(rb"(?<!\w)use\s[^;]*;")


def lost_names(data: bytes, edit: Edit) -> frozenset[bytes]:
    """Names that stand in ``use`` lines of the file ``data`` and in what the edit replaces, and no
    longer in what it writes."""
    lost = identifiers(data[edit.start : edit.end]) - _heads(edit.replacement)
    if not lost:
        return lost
    return lost & identifiers(b" ".join(hit[0] for hit in _USE.finditer(data)))


_PATH = re.compile(rb"\w+(?:\s*::\s*\w+)*")


def _heads(text: bytes) -> frozenset[bytes]:
    """The words of ``text`` that a ``use`` may have brought in: of a path like ``tokio::fs::read`` the first."""
    found: set[bytes] = set()
    for hit in _PATH.finditer(text):
        first, *rest = (part.strip() for part in hit[0].split(b"::"))
        found.add(first)
        if first in (b"self", b"super", b"crate"):
            found.update(rest)
    return frozenset(found)


def may_drop(path: str, data: bytes, names: Iterable[bytes]) -> frozenset[tuple[bytes, bytes]]:
    """(name, full path) of what the file brings in as one of ``names`` and whose ``use`` is there for
    the mentions of that name: when these are gone, it can go."""
    wanted = frozenset(names)
    if not wanted:
        return frozenset()
    source = parsed(path, data)
    found = scopes(source)
    used = {
        (item.local, item.full)
        for scope in found
        for item in imports(source, scope)
        if item.local in wanted and _needed(source, scope, found, item)
    }
    for block, brought in in_blocks(source):
        mentioned = words(source, block, tuple(item.declaration for item in brought))
        used |= {(item.local, item.full) for item in brought if item.local in wanted & mentioned}
    return frozenset(
        (local, full) for local, full in used if not (is_trait(full) or _as_trait(data, local))
    )


def _as_trait(data: bytes, local: bytes) -> bool:
    """Does the file use the name as that of a trait?"""
    name = re.escape(local)
    bound = rb"\b(?:dyn|impl)\s+(?:\w+::)*%b\b|(?<!\w)%b(?:<[^{};]*>)?\s+for\s" % (name, name)
    return re.search(bound, data) is not None


def next_removal(path: str, data: bytes, full: bytes) -> Edit | None:
    """The next ``use`` of ``full`` in the text ``data`` that nothing needs any more, as an edit, or
    None."""
    source = parsed(path, data)
    found = scopes(source)
    for scope in found:
        known = imports(source, scope)
        for item in known:
            if item.full != full or item.public or item.local == b"*":
                continue
            if item.attributed and not _only_under_cfgs(source, item):
                continue
            if _is_kept(source, item):
                continue
            if not _needed(source, scope, found, item):
                return _removal(source, item)
    for block, known in in_blocks(source):
        for item in known:
            if item.full != full or item.attributed or item.local == b"*":
                continue
            if _is_kept(source, item):
                continue
            again = any(i.local == item.local and i.leaf != item.leaf for i in known)
            kept = brought_by_stds_prelude(item.local) and calls_other_than_stds(source, block)
            if not (again or kept) and item.local not in words(
                source, block, (item.declaration,), foreign=False
            ):
                return _removal(source, item)
    return None


def removal(path: str, data: bytes, module: Module, full: bytes) -> Edit | None:
    """The edit that takes ``full`` out of the imports of ``module``; None where it is not there."""
    source = parsed(path, data)
    for scope in scopes(source):
        for item in imports(source, scope) if scope.module == module else ():
            if item.full == full:
                return _removal(source, item)
    return None


def _is_kept(source: Source, item: Import) -> bool:
    """Does it stay, used or not: by a lint level of its own, or for a comment between its attributes?"""
    above = Span(_start(source, item), item.declaration.start)
    return may_be_unused(source, item) or bool(source.comments_in(above))


def _start(source: Source, item: Import) -> int:
    """Where the ``use`` starts, with its attributes."""
    node = source.typed_at(item.declaration, "use_declaration")
    found = attributes(node) if node is not None else ()
    return min((each.start_byte for each in found), default=item.declaration.start)


def _needed(source: Source, scope: Scope, found: Sequence[Scope], item: Import) -> bool:
    inner = [s for s in found if len(s.module) == len(scope.module) + 1]
    inner = [s for s in inner if s.module[: len(scope.module)] == scope.module]
    known = imports(source, scope)
    leave = [i.declaration for i in known if i.local == item.local]
    if item.local in words(source, scope.span, (*leave, *(s.span for s in inner)), foreign=False):
        return True
    unnoticed = item.attributed or brought_by_stds_prelude(item.local)
    if unnoticed and (
        calls_other_than_stds(source, scope.span) or _has_files(source, scope, found)
    ):
        return True
    if item.attributed and any(
        i.local == item.local and not same_item(i.full, item.full) for i in known
    ):
        return True  # in another configuration the name is that of something else
    siblings = [i for i in known if i.declaration == item.declaration]
    if any(i.local == item.local and i.leaf != item.leaf for i in siblings):
        return True
    for child in inner:  # a child module sees it through `super`
        text = source.slice(child.span)
        if b"super" in text and re.search(rb"\b" + re.escape(item.local) + rb"\b", text):
            return True
    return False


def _has_files(source: Source, scope: Scope, found: Sequence[Scope]) -> bool:
    """Does the module, or one inside it, have a child module in another file?"""
    bodies = (scope_body(source, each) for each in found if each.span in scope.span)
    items = (node for body in bodies for node in body.named_children)
    return any(node.type == "mod_item" and body_of(node) is None for node in items)


def _only_under_cfgs(source: Source, item: Import) -> bool:
    """Does it stand under no other attribute that counts than a ``cfg``?"""
    node = source.typed_at(item.declaration, "use_declaration")
    return node is not None and only_cfgs(source, node)


def _removal(source: Source, item: Import) -> Edit:
    """Take one name out of its use tree, up to the whole line when nothing is left of it."""
    node = source.root.descendant_for_byte_range(item.leaf.start, item.leaf.end)
    assert node is not None
    while node.parent is not None and span_of(node.parent) == item.leaf:
        node = node.parent
    while node.parent is not None and node.parent.type != "use_declaration":
        parent = node.parent
        if parent.type == "use_list" and len(parent.named_children) > 1:
            return _from_list(source, parent, node)
        node = parent
    begin = _start(source, item)
    start = source.line_start(begin)
    end = item.declaration.end
    stop = source.line_end(end)
    if source.data[start:begin].strip() or source.data[end:stop].strip():
        while source.data[end : end + 1] == b" ":
            end += 1
        return Edit(source.path, begin, end, b"")
    lines = _with_blank_lines(source, Span(start, min(stop + 1, len(source.data))))
    return Edit(source.path, lines.start, lines.end, b"")


def _with_blank_lines(source: Source, lines: Span) -> Span:
    """Blank lines go with ``lines`` where they would stand at the head or the end of a file or block,
    or next to another blank line."""
    before, after = source.data[: lines.start], source.data[lines.end :]
    above = len(before) - len(before.rstrip(b" \t\r\n"))
    below = len(after) - len(after.lstrip(b" \t\r\n"))
    text = before[: len(before) - above]
    above_start = source.line_end(len(text)) + 1 if text else 0  # the first blank line above
    below_end = source.line_start(lines.end + below)  # the line that follows
    head = not text or text.endswith(b"{")
    end = lines.end + below == len(source.data) or after[below : below + 1] == b"}"
    if end and not head:
        return Span(min(above_start, lines.start), max(below_end, lines.end))
    if head or above_start < lines.start:
        return Span(lines.start, max(below_end, lines.end))
    return lines


def _from_list(source: Source, parent: Node, node: Node) -> Edit:
    rest = [child for child in parent.named_children if child != node]
    if len(rest) == 1 and rest[0].type in ("identifier", "scoped_identifier", "use_as_clause"):
        return Edit(source.path, parent.start_byte, parent.end_byte, source.text(rest[0]))
    children = parent.children
    index = children.index(node)
    start, end = node.start_byte, node.end_byte
    if index + 1 < len(children) and children[index + 1].type == ",":
        end = children[index + 1].end_byte
        following = children[index + 2] if index + 2 < len(children) else None
        if following is not None and following.type != "}":
            end = following.start_byte
    elif children[index - 1].type == ",":
        start = children[index - 1].start_byte
    return Edit(source.path, start, end, b"")
