"""``use`` lines: settled once per file, after all edits of all fixes are known.

A codemod never edits a ``use`` line. It writes ``name(b"std::sync::atomic::Ordering")`` into a
replacement; here every such marker becomes the short name, with its ``use`` line where one is
missing, or the full path where the short name means something else in that module
(``std::cmp::Ordering``). Lines named by a fix's ``drops`` go when nothing needs them any more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rust.imports import (
    Import,
    Module,
    Scope,
    body_of,
    imports,
    in_blocks,
    path_of,
    scope_at,
    scopes,
    words,
)
from engine.rust.syntax import COMMENTS, Source, span_of

_MARK = re.compile(rb"\x00([A-Za-z0-9_:]+)\x00")


def name(full: bytes) -> bytes:
    """A marker for an item by its full path, for use inside an edit's replacement."""
    return b"\x00" + full + b"\x00"


def has_markers(replacement: bytes) -> bool:
    """Does the text hold names that are yet to be settled?"""
    return b"\x00" in replacement


def strip_markers(replacement: bytes) -> bytes:
    """The replacement with short names, for showing it before it is settled."""
    return _MARK.sub(lambda m: m.group(1).rpartition(b"::")[2], replacement)


@dataclass(frozen=True, slots=True)
class NamePlan:
    """What each marker becomes, by module."""

    short: frozenset[tuple[Module, bytes]]  # written short
    wanted: frozenset[tuple[Module, bytes]]  # short, and its use line is still missing
    scopes: tuple[Scope, ...]  # of the original text

    def settle(self, edit: Edit) -> bytes:
        """The replacement of ``edit`` with each marked name as its module can say it: short
        where it is imported there, else as a full path."""
        module = scope_at(self.scopes, edit.start).module

        def replace(hit: re.Match[bytes]) -> bytes:
            full = hit.group(1)
            return full.rpartition(b"::")[2] if (module, full) in self.short else full

        return _MARK.sub(replace, edit.replacement)


@lru_cache(maxsize=8)
def _parse(path: str, data: bytes) -> Source:
    return Source(path, data)


def plan_names(path: str, data: bytes, edits: Sequence[Edit]) -> NamePlan:
    """Decide for every marker in ``edits`` whether it is written short and what must be imported."""
    marked = [edit for edit in edits if has_markers(edit.replacement)]
    if not marked:
        return NamePlan(frozenset(), frozenset(), (Scope((), Span(0, len(data))),))
    source = _parse(path, data)
    found = scopes(source)
    short: set[tuple[Module, bytes]] = set()
    wanted: set[tuple[Module, bytes]] = set()
    for edit in marked:
        scope = scope_at(found, edit.start)
        for hit in _MARK.finditer(edit.replacement):
            full = hit.group(1)
            key = (scope.module, full)
            if key in short:
                continue
            local = full.rpartition(b"::")[2]
            known = imports(source, scope, found)
            if b"::" not in full or any(i.local == local and i.full == full for i in known):
                short.add(key)
            elif _free(source, scope, found, known, local, {f for m, f in short if m == key[0]}):
                short.add(key)
                wanted.add(key)
    for module, full in sorted(wanted, key=lambda key: -len(key[0])):
        if module and (module[:-1], full) in short and _sees_parent(source, found, module):
            wanted.discard((module, full))
    return NamePlan(frozenset(short), frozenset(wanted), found)


def _sees_parent(source: Source, found: Sequence[Scope], module: Module) -> bool:
    """``use super::*`` and no other glob (two globs that bring one name are ambiguous)."""
    scope = next(s for s in found if s.module == module)
    globs = [i.full for i in imports(source, scope, found) if i.local == b"*"]
    return globs == [b"super"]


def _free(
    source: Source,
    scope: Scope,
    found: Sequence[Scope],
    known: Sequence[Import],
    local: bytes,
    taken: set[bytes],
) -> bool:
    """May ``local`` be imported without changing what any word of the module means?"""
    if any(other.rpartition(b"::")[2] == local for other in taken):
        return False
    if any(i.local == local for i in known):
        return False
    inner = [s.span for s in found if s.module[:-1] == scope.module and s.module]
    return local not in words(source, scope.span, inner)


def next_addition(path: str, data: bytes, plan: NamePlan) -> Edit | None:
    """The next missing ``use`` line of the plan as an edit on ``data``, or None when all stand."""
    if not plan.wanted:
        return None
    source = _parse(path, data)
    found = scopes(source)
    for scope in found:
        full = sorted(item for module, item in plan.wanted if module == scope.module)
        if not full:
            continue
        known = imports(source, scope, found)
        missing = [f for f in full if not any(i.full == f and i.local != b"*" for i in known)]
        if missing:
            prefix = missing[0].rpartition(b"::")[0]
            names = [f.rpartition(b"::")[2] for f in missing if f.rpartition(b"::")[0] == prefix]
            return _addition(source, scope, known, prefix, names)
    return None


def _addition(
    source: Source, scope: Scope, known: Sequence[Import], prefix: bytes, names: list[bytes]
) -> Edit:
    """One ``use`` line for ``names`` of ``prefix``; an own line of that prefix is extended."""
    for declaration in sorted({i.declaration for i in known if not (i.public or i.attributed)}):
        ours = [i for i in known if i.declaration == declaration]
        flat = all(i.full == prefix + b"::" + i.local and i.local != b"*" for i in ours)
        if flat and not source.comments_in(declaration):
            line = _line(prefix, [i.local for i in ours] + names)
            return Edit(source.path, declaration.start, declaration.end, line)
    line = _line(prefix, names)
    newline = source.newline
    uses = [n for n in body_of(source, scope).named_children if n.type == "use_declaration"]
    if uses:
        anchor = _anchor(source, uses, prefix)
        indent = source.indent_of(anchor.start_byte)
        return Edit(source.path, anchor.start_byte, anchor.start_byte, line + newline + indent)
    at = _first_item(source, scope)
    indent = source.indent_of(at)
    return Edit(source.path, at, at, line + newline + newline + indent)


def _anchor(source: Source, uses: Sequence[Node], prefix: bytes) -> Node:
    """The ``use`` line to put the new one in front of: the nearest relative, else the first."""
    head = prefix.split(b"::")
    best, score = uses[0], -1
    for node in uses:
        argument = node.child_by_field_name("argument")
        path = path_of(source, argument).split(b"::") if argument is not None else []
        shared = 0
        for left, right in zip(head, path, strict=False):
            if left != right:
                break
            shared += 1
        if shared > score:
            best, score = node, shared
    # Attributes and comments in front belong to that line.
    previous = best.prev_named_sibling
    while previous is not None and previous.type in ("attribute_item", *COMMENTS):
        if source.data[previous.end_byte : best.start_byte].count(b"\n") > 1:
            break
        if previous.type in COMMENTS and (
            source.text(previous).startswith((b"//!", b"/*!"))
            or source.line_start(previous.start_byte) + len(source.indent_of(previous.start_byte))
            != previous.start_byte
        ):
            break
        best, previous = previous, previous.prev_named_sibling
    return best


def _first_item(source: Source, scope: Scope) -> int:
    """Offset of the module's first item (its attributes and doc comments with it)."""
    body = body_of(source, scope)
    start: int | None = None
    for node in body.named_children:
        inner = node.type == "inner_attribute_item" or (
            node.type in COMMENTS and source.text(node).startswith((b"//!", b"/*!"))
        )
        if inner or node.type in ("shebang", "extern_crate_declaration"):
            start = None
        elif node.type in COMMENTS and not source.text(node).startswith((b"///", b"/**")):
            start = None  # a file's head comment stays at the head
        elif node.type == "attribute_item" or node.type in COMMENTS:
            start = node.start_byte if start is None else start
        else:
            return node.start_byte if start is None else start
    return body.end_byte - 1 if scope.module else len(source.data)


def _line(prefix: bytes, names: Sequence[bytes]) -> bytes:
    ordered = sorted(set(names), key=_rank)
    if len(ordered) == 1 and ordered[0] != b"self":
        return b"use " + prefix + b"::" + ordered[0] + b";"
    return b"use " + prefix + b"::{" + b", ".join(ordered) + b"};"


def _rank(word: bytes) -> tuple[int, bytes]:
    """rustfmt's order in a list: self, snake_case, CamelCase, CONSTANT_CASE."""
    if word == b"self":
        return 0, word
    if not word[:1].isupper():
        return 1, word
    return (3 if word.upper() == word and len(word) > 1 else 2), word


def next_removal(path: str, data: bytes, full: bytes) -> Edit | None:
    """The next ``use`` of ``full`` that nothing needs any more, as an edit, or None."""
    source = _parse(path, data)
    found = scopes(source)
    for scope in found:
        known = imports(source, scope, found)
        for item in known:
            if item.full != full or item.public or item.attributed or item.local == b"*":
                continue
            if not _needed(source, scope, found, item):
                return _removal(source, item)
    for block, known in in_blocks(source):
        for item in known:
            if item.full != full or item.attributed or item.local == b"*":
                continue
            again = any(i.local == item.local and i.leaf != item.leaf for i in known)
            if not again and item.local not in words(source, block, [item.declaration]):
                return _removal(source, item)
    return None


def _needed(source: Source, scope: Scope, found: Sequence[Scope], item: Import) -> bool:
    inner = [s for s in found if len(s.module) == len(scope.module) + 1]
    inner = [s for s in inner if s.module[: len(scope.module)] == scope.module]
    leave = [item.declaration, *(s.span for s in inner)]
    if item.local in words(source, scope.span, leave):
        return True
    siblings = [i for i in imports(source, scope, found) if i.declaration == item.declaration]
    if any(i.local == item.local and i.leaf != item.leaf for i in siblings):
        return True
    for child in inner:  # a child module sees it through `super`
        text = source.slice(child.span)
        if b"super" in text and re.search(rb"\b" + re.escape(item.local) + rb"\b", text):
            return True
    return False


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
    start = source.line_start(item.declaration.start)
    end = item.declaration.end
    stop = source.line_end(end)
    if source.data[start : item.declaration.start].strip() or source.data[end:stop].strip():
        while source.data[end : end + 1] == b" ":
            end += 1
        return Edit(source.path, item.declaration.start, end, b"")
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
