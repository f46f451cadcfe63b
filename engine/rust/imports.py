"""What ``use`` declarations bring in, by module; what a written path means by them; which words a
piece of a file is made of."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from tree_sitter import Node, Query

from engine.base.model import Span
from engine.rust.format_templates import STRINGS, captures_in
from engine.rust.per_source import per_source
from engine.rust.queries import captures, compile_query
from engine.rust.std_paths import in_prelude, same_item
from engine.rust.syntax import COMMENTS, Source, attributes, span_of

# What leaves an item there, as it is written: lint levels, and what is for rustfmt and rustdoc.
_IDLE = re.compile(
    rb"#\[\s*(?:rustfmt\s*::\s*skip|(?:allow|expect|warn|deny|forbid|doc)\s*\(.*\))\s*\]",
    re.DOTALL,
)
_UNUSED = re.compile(rb"#\[\s*(?:allow|expect)\b.*?\bunused(?:_imports)?\b", re.DOTALL)
_IDENTS = frozenset({"identifier", "type_identifier"})

Module = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """One name that a ``use`` declaration brings in (``*`` for a glob). ``attributed``: under an attribute
    that may leave it out, or of which nothing is known."""

    local: bytes
    full: bytes
    leaf: Span  # the identifier, path, alias clause or wildcard in the use tree
    declaration: Span
    public: bool
    attributed: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """A module's body: the file itself or ``mod x { .. }``."""

    module: Module
    span: Span


@per_source
def scopes(source: Source) -> tuple[Scope, ...]:
    """All module bodies of a file, outer first (modules inside functions are left out)."""
    found = [Scope((), Span(0, len(source.data)))]
    pending: list[tuple[Node, Module]] = [(source.root, ())]
    while pending:
        holder, outer = pending.pop()
        for node in holder.named_children:
            body = node.child_by_field_name("body") if node.type == "mod_item" else None
            named = node.child_by_field_name("name") if body is not None else None
            if body is not None and named is not None:
                module = (*outer, source.text(named))
                found.append(Scope(module, span_of(body)))
                pending.append((body, module))
    return tuple(sorted(found, key=lambda scope: scope.span))


def scope_at(found: Sequence[Scope], offset: int) -> Scope:
    """The innermost module body that holds ``offset``."""
    best = found[0]
    for scope in found:
        if scope.span.start <= offset < scope.span.end and best.span.start <= scope.span.start:
            best = scope
    return best


def module_at(source: Source, offset: int) -> Module:
    """The inline modules of the file around ``offset``."""
    return scope_at(scopes(source), offset).module


def full_paths(
    source: Source, node: Node, path: bytes, known: Container[bytes] = ()
) -> tuple[bytes, ...]:
    """What ``path`` (as written at ``node``) may mean: one full path, several where imports stand
    under ``cfg``, none when only a glob or an outer module can tell. Of what globs may bring, those
    that are ``known``."""
    path = b"".join(path.split()).removeprefix(b"::")
    head, _, rest = path.partition(b"::")
    tail = b"::" + rest if rest else b""
    inner = tuple(dict.fromkeys(full for local, full in _around(source, node) if local == head))
    if inner:
        return tuple(full + tail for full in inner)
    brought = imports(source, scope_at(scopes(source), node.start_byte))
    found = tuple(dict.fromkeys(i.full for i in brought if i.local == head and i.full != head))
    if found:
        return tuple(full + tail for full in found)
    if rest:
        return (path,)
    globs = (i.full + b"::" + path for i in brought if i.local == b"*")
    return tuple(g for g in dict.fromkeys(globs) if g in known)


def is_own_path(source: Source, node: Node, path: bytes) -> bool:
    """Does the full ``path``, brought in or written at ``node``, start in the crate itself: at ``crate``,
    ``self``, ``super``, or a module that is declared around ``node`` (since edition 2018 paths may start
    at any name in scope; before, those of ``use`` start at the crate's root)?"""
    head = path.partition(b"::")[0]
    if head in (b"crate", b"self", b"super"):
        return True
    body = scope_body(source, scope_at(scopes(source), node.start_byte))
    modules = (n.child_by_field_name("name") for n in body.named_children if n.type == "mod_item")
    return source.edition < 2018 or any(n and source.text(n) == head for n in modules)


def _around(source: Source, node: Node) -> Iterator[tuple[bytes, bytes]]:
    """Names that ``use`` lines inside the enclosing functions bring in."""
    for block in source.ancestors(node):
        if block.type == "block":
            for child in block.named_children:
                if child.type == "use_declaration":
                    yield from declared(source, child)


@per_source
def imports(source: Source, scope: Scope) -> tuple[Import, ...]:
    """What the module's own ``use`` declarations bring in (not those inside its functions)."""
    return tuple(_of_body(source, scope_body(source, scope)))


def _of_body(source: Source, body: Node) -> Iterator[Import]:
    for node in body.named_children:
        argument = node.child_by_field_name("argument")
        if node.type != "use_declaration" or argument is None:
            continue
        public = any(child.type == "visibility_modifier" for child in node.children)
        attributed = any(_IDLE.fullmatch(source.text(each)) is None for each in attributes(node))
        for local, full, leaf in _flatten(source, argument, b""):
            yield Import(local, full, span_of(leaf), span_of(node), public, attributed)


def may_be_unused(source: Source, item: Import) -> bool:
    """Does an attribute of the ``use`` itself say that nothing need use it?"""
    node = source.typed_at(item.declaration, "use_declaration")
    found = attributes(node) if node is not None else ()
    return any(_UNUSED.match(source.text(each)) for each in found)


def in_blocks(source: Source) -> Iterator[tuple[Span, tuple[Import, ...]]]:
    """(block, what its ``use`` declarations bring in) of all blocks of functions that have some."""
    for node in captures(_declarations(), source.root, "use"):
        block = node.parent
        first = (
            next((n for n in block.named_children if n.type == node.type), None) if block else None
        )
        if block is not None and block.type == "block" and first == node:
            yield span_of(block), tuple(_of_body(source, block))


@cache
def _declarations() -> Query:
    return compile_query("(use_declaration) @use")


def declared(source: Source, declaration: Node) -> Iterator[tuple[bytes, bytes]]:
    """(local name, full path) of what one ``use`` declaration brings in."""
    argument = declaration.child_by_field_name("argument")
    if argument is not None:
        for local, full, _ in _flatten(source, argument, b""):
            yield local, full


def scope_body(source: Source, scope: Scope) -> Node:
    """The node whose children are the items of ``scope``: the file, or the ``{..}`` of its module."""
    if not scope.module:
        return source.root
    node = source.root.descendant_for_byte_range(scope.span.start, scope.span.end)
    while node is not None and node.type != "declaration_list":
        node = node.parent
    return node if node is not None else source.root


def _flatten(source: Source, node: Node, prefix: bytes) -> Iterator[tuple[bytes, bytes, Node]]:
    def join(tail: bytes) -> bytes:
        return prefix + b"::" + tail if prefix else tail

    match node.type:
        case "use_list":
            for child in node.named_children:
                yield from _flatten(source, child, prefix)
        case "scoped_use_list":
            path = node.child_by_field_name("path")
            inner = node.child_by_field_name("list")
            base = join(path_text(source, path)) if path is not None else prefix
            if inner is not None:
                yield from _flatten(source, inner, base)
        case "use_as_clause":
            path, alias = node.child_by_field_name("path"), node.child_by_field_name("alias")
            if path is not None and alias is not None:
                whole = prefix if path.type == "self" and prefix else join(path_text(source, path))
                yield source.text(alias), whole, node
        case "use_wildcard":
            path = node.named_children[0] if node.named_children else None
            yield b"*", join(path_text(source, path)) if path is not None else prefix, node
        case "self":
            yield prefix.rpartition(b"::")[2], prefix, node
        case kind if kind not in COMMENTS:
            full = join(path_text(source, node))
            yield full.rpartition(b"::")[2], full, node
        case _:
            pass


def path_text(source: Source, node: Node) -> bytes:
    """A path as text, without white space and a leading ``::``."""
    return b"".join(source.text(node).split()).removeprefix(b"::")


def trait_in_scope(source: Source, trait: bytes, offset: int) -> bool:
    """Can methods of the trait (by its full path) be called at ``offset``, as far as the file tells:
    by a ``use`` of a block or module around it, by a glob, through ``super``, or by the prelude? A
    ``use`` under an attribute does not count."""
    if in_prelude(trait):
        return True
    inner = (brought for block, brought in in_blocks(source) if block.start <= offset < block.end)
    if any(brings(brought, trait) for brought in inner):
        return True
    found = scopes(source)
    scope: Scope | None = scope_at(found, offset)
    while scope is not None:
        brought = imports(source, scope)
        if brings(brought, trait):
            return True
        outer = scope.module[:-1]
        above = any(i.local == b"*" and i.full == b"super" and not i.attributed for i in brought)
        scope = next((s for s in found if s.module == outer and above and scope.module), None)
    return False


def brings(brought: Sequence[Import], trait: bytes) -> bool:
    """Do ``use`` declarations that stand together bring a trait (by its full path) into scope: by its
    name, or by a glob of the module that it is in? One under an attribute does not count."""
    module = trait.rpartition(b"::")[0]
    named = {i.local: i.full for i in brought}
    for item in brought:
        head, _, rest = item.full.partition(b"::")
        full = named[head] + b"::" + rest if rest and head in named else item.full
        globbed = same_item(full, module) or same_item(full, module + b"::prelude")
        if not item.attributed and (globbed if item.local == b"*" else same_item(full, trait)):
            return True
    return False


_OWN = frozenset({b"self", b"super", b"crate", b"Self", b""})


def _is_foreign(source: Source, node: Node) -> bool:
    """Is it a segment of a path that begins at another name (``fs`` of ``tokio::fs::read``), so that what a
    ``use`` brings in is not meant?"""
    head, current = b"", node
    while True:
        before = current.prev_sibling
        if before is None or before.type != "::":
            break
        left = before.prev_sibling
        if left is None:
            return False  # `::fs`, or generic arguments
        while left.named_children and left.type.startswith("scoped_"):
            left = left.named_children[0]
        head, current = source.text(left), left
    return head not in _OWN and current != node


@per_source
def words(
    source: Source, span: Span, leave: tuple[Span, ...] = (), foreign: bool = True
) -> frozenset[bytes]:
    """Identifiers inside ``span`` (macro arguments and captures of format strings included), without
    those inside ``leave``; without ``foreign``, none that stand in a path behind another name."""
    found: set[bytes] = set()
    cursor = source.root.walk()
    down = True
    while True:
        node = cursor.node
        assert node is not None
        here = span_of(node)
        if down:
            inside = here.overlaps(span) and not any(here in left for left in leave)
            named = inside and node.type in _IDENTS and here in span
            if named and (foreign or not _is_foreign(source, node)):
                found.add(source.text(node))
            if inside and node.type in STRINGS:
                found.update(name for name, _ in captures_in(source, node))
            if inside and cursor.goto_first_child():
                continue
        if cursor.goto_next_sibling():
            down = True
        elif cursor.goto_parent():
            down = False
        else:
            return frozenset(found)
