"""``use`` lines: settled once per file, after all edits of all fixes are known.

A codemod never edits a ``use`` line. It writes ``name(b"std::sync::atomic::Ordering")`` into a
replacement; here every such marker becomes the short name, with its ``use`` line where one is
missing, or the full path where the short name means something else in that module
(``std::cmp::Ordering``). An import whose every mention is replaced, by an item of the same short name
(``tokio::sync::Mutex`` by ``std::sync::Mutex``), gives its place to that. ``trait(b"std::fmt::Write")`` writes nothing, and sees to it that the
trait's methods can be called there: by ``use std::fmt::Write as _;``, which clashes with no name.
``use_in_function`` is for a trait that the rest of the module must not see: where both of two traits
have a method for a value (``io::Write`` and ``fmt::Write``), calling it is E0034.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rust.codegen import identifiers, indent_step
from engine.rust.imports import (
    Import,
    Module,
    Scope,
    imports,
    may_be_unused,
    path_text,
    scope_at,
    scope_body,
    scopes,
    trait_in_scope,
    words,
)
from engine.rust.prelude_names import is_covered
from engine.rust.statement_nodes import body_of
from engine.rust.std_paths import same_item, without_std
from engine.rust.syntax import COMMENTS, Source, attributes

_MARK = re.compile(rb"\x00(trait |path )?([A-Za-z0-9_:]+)\x00")
_TRAIT = b"trait "
_PATH = b"path "  # written in full, as the crate can name it


def name(full: bytes) -> bytes:
    """A marker for an item by its full path, for use inside an edit's replacement."""
    return b"\x00" + full + b"\x00"


def in_full(full: bytes) -> bytes:
    """A marker for an item that is written by its full path, as the crate can name it."""
    return b"\x00" + _PATH + full + b"\x00"


def dropping(source: Source, node: Node) -> bytes:
    """``drop`` as it is to be written at ``node``: in full where something else is called so there."""
    return in_full(b"std::mem::drop") if is_covered(source, node, b"drop") else b"drop"


def trait(full: bytes) -> bytes:
    """A marker inside an edit's replacement that requires a trait, by its full path, to be in scope."""
    return b"\x00trait " + full + b"\x00"


def use_in_function(source: Source, node: Node, full: bytes) -> Edit | None:
    """The edit that brings a trait into scope for the body of the ``fn`` around ``node`` alone; None
    where it is in scope already or there is no such body. The edits of several fixes are the same."""
    function = source.fn_item_of(node)
    body = body_of(function) if function is not None else None
    if function is None or body is None or trait_in_scope(source, full, node.start_byte):
        return None
    inner = source.indent_of(function.start_byte) + indent_step(source, body)
    line = source.newline + inner + _trait_line(in_full(full))
    inner_attributes = [n for n in body.named_children if n.type == "inner_attribute_item"]
    at = inner_attributes[-1].end_byte if inner_attributes else body.start_byte + 1
    return Edit(source.path, at, at, line)


def in_functions(
    edits: Iterable[Edit], source_of: Callable[[str], Source]
) -> tuple[Edit, ...] | None:
    """The edits with every trait that they require brought into scope for the function that needs it
    alone; None where one stands in no function."""
    found: dict[Edit, None] = {}
    for edit in edits:
        found |= dict.fromkeys(without_traits([edit]))
        for required, full in _MARK.findall(edit.replacement):
            source = source_of(edit.path)
            node = source.innermost(Span(edit.start, edit.start))
            if required == _TRAIT and not trait_in_scope(source, full, edit.start):
                line = use_in_function(source, node, full)
                if line is None:
                    return None
                found[line] = None
    return tuple(found)


def without_traits(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits without what they require: for traits that are in scope already."""
    return tuple(
        replace(edit, replacement=_MARK.sub(_unless_required, edit.replacement)) for edit in edits
    )


def _unless_required(marker: re.Match[bytes]) -> bytes:
    return b"" if marker[1] == _TRAIT else marker[0]


def respelled(replacement: bytes, spell: Callable[[bytes], bytes]) -> bytes:
    """The replacement with the path of each marker as ``spell`` gives it."""
    return _MARK.sub(lambda m: b"\x00" + (m[1] or b"") + spell(m[2]) + b"\x00", replacement)


def has_markers(replacement: bytes) -> bool:
    """Does the text hold names that are yet to be settled?"""
    return b"\x00" in replacement


def strip_markers(replacement: bytes) -> bytes:
    """The replacement with short names, for showing it before it is settled."""
    return _MARK.sub(lambda m: _settled(m, m[1] is None), replacement)


def _settled(marker: re.Match[bytes], short: bool) -> bytes:
    """What a marker becomes."""
    if marker[1] == _TRAIT:
        return b""
    return marker[2].rpartition(b"::")[2] if short else marker[2]


@dataclass(frozen=True, slots=True)
class NamePlan:
    """What each marker becomes, by module."""

    short: frozenset[tuple[Module, bytes]]  # written short
    wanted: frozenset[tuple[Module, bytes]]  # short, and its use line is still missing
    traits: frozenset[tuple[Module, bytes]]  # required, and not in scope
    scopes: tuple[Scope, ...]  # of the original text
    displaced: frozenset[tuple[Module, bytes]] = (
        frozenset()
    )  # imports that nothing mentions any more

    def settle(self, edit: Edit) -> bytes:
        """The replacement of ``edit`` with each marked name as its module can say it: short
        where it is imported there, else as a full path."""
        module = scope_at(self.scopes, edit.start).module

        def settled(hit: re.Match[bytes]) -> bytes:
            return _settled(hit, hit[1] is None and (module, hit[2]) in self.short)

        return _MARK.sub(settled, edit.replacement)


@lru_cache(maxsize=256)
def parsed(path: str, data: bytes) -> Source:
    """``data`` as the file ``path``, parsed; the last ones are kept: each attempt asks of all files
    that are changed, and most are as the attempt before left them."""
    return Source(path, data)


def plan_names(path: str, data: bytes, edits: Sequence[Edit], displacing: bool = True) -> NamePlan:
    """Decide for every marker in ``edits`` whether it is written short and what must be imported;
    ``displacing``: by the side of imports that this leaves without a mention, which go."""
    marked = [edit for edit in edits if has_markers(edit.replacement)]
    if not marked:
        nothing: frozenset[tuple[Module, bytes]] = frozenset()
        return NamePlan(nothing, nothing, nothing, (Scope((), Span(0, len(data))),))
    source = parsed(path, data)
    found = scopes(source)
    short: set[tuple[Module, bytes]] = set()
    wanted: set[tuple[Module, bytes]] = set()
    traits: set[tuple[Module, bytes]] = set()
    displaced: set[tuple[Module, bytes]] = set()
    for edit in marked:
        scope = scope_at(found, edit.start)
        for hit in _MARK.finditer(edit.replacement):
            required, full = hit.groups()
            key = (scope.module, full)
            if required == _TRAIT and not trait_in_scope(source, full, edit.start):
                traits.add(key)
            if required or key in short:
                continue
            local = full.rpartition(b"::")[2]
            known = imports(source, scope)
            if b"::" not in full or any(
                i.local == local and same_item(i.full, full) for i in known
            ):
                short.add(key)
            elif _free(source, scope, found, known, local, {f for m, f in short if m == key[0]}):
                short.add(key)
                wanted.add(key)
            elif displacing:
                others = {f for m, f in short if m == key[0] and f.rpartition(b"::")[2] == local}
                old = _displaced(source, scope, found, known, local, edits)
                if old is not None and not others:
                    short.add(key)
                    wanted.add(key)
                    displaced |= {(scope.module, item.full) for item in old}
    for missing, there in ((wanted, short), (traits, traits)):
        for module, full in sorted(missing, key=lambda key: -len(key[0])):
            if module and (module[:-1], full) in there and _sees_parent(source, found, module):
                missing.discard((module, full))
    return NamePlan(
        frozenset(short), frozenset(wanted), frozenset(traits), found, frozenset(displaced)
    )


def _sees_parent(source: Source, found: Sequence[Scope], module: Module) -> bool:
    """``use super::*`` and no other glob (two globs that bring one name are ambiguous)."""
    scope = next(s for s in found if s.module == module)
    globs = [i.full for i in imports(source, scope) if i.local == b"*"]
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
    inner = tuple(s.span for s in found if s.module[:-1] == scope.module and s.module)
    return local not in words(source, scope.span, inner)


def _displaced(
    source: Source,
    scope: Scope,
    found: Sequence[Scope],
    known: Sequence[Import],
    local: bytes,
    edits: Sequence[Edit],
) -> tuple[Import, ...] | None:
    """The module's own import of ``local`` (() where it has none), when ``edits`` replace every mention of
    it, those of child modules that may see it through ``super`` too; None when one is left."""
    old = tuple(i for i in known if i.local == local)
    if len(old) > 1 or any(i.public or i.attributed or may_be_unused(source, i) for i in old):
        return None
    leave = (*(edit.span for edit in edits), *(i.declaration for i in known))
    siblings = (i for i in known for o in old if i.declaration == o.declaration and i != o)
    if any(i.local == local for i in siblings):
        return None
    inner = [s for s in found if s.module[: len(scope.module)] == scope.module and s != scope]
    apart = tuple(s.span for s in inner if b"super" not in source.slice(s.span))
    if local in words(source, scope.span, (*leave, *apart)):
        return None
    inside = [edit for edit in edits if edit.span in scope.span]
    if old and not any(local in identifiers(source.slice(edit.span)) for edit in inside):
        return None  # it was unused before, for whatever reason
    written = (_MARK.sub(b" ", edit.replacement) for edit in inside)
    return None if any(local in identifiers(text) for text in written) else old


def next_addition(path: str, data: bytes, plan: NamePlan) -> Edit | None:
    """The next missing ``use`` line of the plan as an edit on ``data``, or None when all stand."""
    if not (plan.wanted or plan.traits):
        return None
    source = parsed(path, data)
    found = scopes(source)
    for scope in found:
        full = sorted(item for module, item in plan.wanted if module == scope.module)
        traits = sorted(item for module, item in plan.traits if module == scope.module)
        if not (full or traits):
            continue
        known = imports(source, scope)

        def stands(item: bytes, known: Sequence[Import] = known) -> bool:
            return any(same_item(i.full, item) and i.local != b"*" for i in known)

        missing = [item for item in full if not stands(item)]
        if missing:
            prefix = missing[0].rpartition(b"::")[0]
            names = [f.rpartition(b"::")[2] for f in missing if f.rpartition(b"::")[0] == prefix]
            return _addition(source, scope, known, prefix, names)
        for item in traits:
            if not any(same_item(i.full, item) and not i.attributed for i in known):
                return _new_line(source, scope, item.rpartition(b"::")[0], _trait_line(item))
    return None


def _addition(
    source: Source, scope: Scope, known: Sequence[Import], prefix: bytes, names: list[bytes]
) -> Edit:
    """One ``use`` line for ``names`` of ``prefix``; an own line of that prefix is extended."""
    for declaration in sorted({i.declaration for i in known if not (i.public or i.attributed)}):
        ours = [i for i in known if i.declaration == declaration]
        own = ours[0].full.rpartition(b"::")[0]
        flat = all(i.full == own + b"::" + i.local and i.local != b"*" for i in ours)
        of_it = own == prefix or all(
            without_std(prefix + b"::" + name, alloc=True) == own + b"::" + name for name in names
        )
        if flat and of_it and not source.comments_in(declaration) and _bare(source, declaration):
            line = _line(own, [i.local for i in ours] + names)
            return Edit(source.path, declaration.start, declaration.end, line)
    return _new_line(source, scope, prefix, _line(prefix, names))


def _bare(source: Source, declaration: Span) -> bool:
    """Is it a ``use`` without attributes? What is added to one would stand under them."""
    node = source.typed_at(declaration, "use_declaration")
    return node is not None and next(attributes(node), None) is None


def _trait_line(full: bytes) -> bytes:
    return b"use " + full + b" as _;"


def _new_line(source: Source, scope: Scope, prefix: bytes, line: bytes) -> Edit:
    """``line``, a ``use`` of something in ``prefix``, among the module's others."""
    newline = source.newline
    uses = [n for n in scope_body(source, scope).named_children if n.type == "use_declaration"]
    if uses:
        nearest = _nearest(source, uses, prefix)
        anchor = _with_what_belongs(source, nearest)
        indent = source.indent_of(anchor.start_byte)
        if anchor.type in COMMENTS and not _item_before(anchor):
            # Perhaps a licence: nothing goes above it. Nor between: perhaps it is the line's.
            rest = Span(nearest.end_byte, source.line_end(nearest.end_byte))
            spared = not source.slice(rest).strip() or bool(source.comments_in(rest))
            end = rest.end if spared else rest.start
            return Edit(source.path, end, end, newline + indent + line)
        return Edit(source.path, anchor.start_byte, anchor.start_byte, line + newline + indent)
    at = _first_item(source, scope)
    indent = source.indent_of(at)
    return Edit(source.path, at, at, line + newline + newline + indent)


def _nearest(source: Source, uses: Sequence[Node], prefix: bytes) -> Node:
    """The ``use`` line to put the new one beside: the nearest relative, else the first."""
    head = prefix.split(b"::")
    best, score = uses[0], -1
    for node in uses:
        argument = node.child_by_field_name("argument")
        path = path_text(source, argument).split(b"::") if argument is not None else []
        shared = 0
        for left, right in zip(head, path, strict=False):
            if left != right:
                break
            shared += 1
        if shared > score:
            best, score = node, shared
    return best


def _with_what_belongs(source: Source, best: Node) -> Node:
    """The first of the attributes and comments that stand right in front of ``best``, or ``best``."""
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


def _item_before(node: Node) -> bool:
    """Is there an item in front of ``node`` in its module?"""
    previous = node.prev_named_sibling
    while previous is not None and (
        previous.type in COMMENTS or previous.type in ("inner_attribute_item", "shebang")
    ):
        previous = previous.prev_named_sibling
    return previous is not None


def _first_item(source: Source, scope: Scope) -> int:
    """Offset of the module's first item (its attributes and doc comments with it)."""
    body = scope_body(source, scope)
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
