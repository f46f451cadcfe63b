"""Local names of one function: what an identifier refers to, and where a binding is used.

Purely lexical, after the Rust reference's scoping rules for ``let``, patterns, closures, loops and
match arms; the arms of a ``select!`` are such, too. Uses inside macro arguments count, as do inline captures (``format!("{x}")``), which
make up a fifth of the "last uses" that are none.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tree_sitter import Node, Query

from engine.base.model import Span
from engine.rust.format_templates import captures_in
from engine.rust.per_source import per_source
from engine.rust.queries import captures, captures_by_name, compile_query
from engine.rust.select_arms import select_arms
from engine.rust.statement_nodes import arm_of
from engine.rust.syntax import COMMENTS, Source, span_of


@dataclass(frozen=True, slots=True)
class Binding:
    """A local name. ``scope`` is where it can be seen (shadowing is resolved on look-up)."""

    name: bytes
    decl: Span  # the identifier that declares it
    scope: Span
    kind: str  # "let", "param", "closure-param", "for", "if-let", "while-let", "match", "select"
    statement: Span  # the let, parameter, arm or loop that declares it
    mutable: bool  # declared `mut`
    by_ref: bool  # declared `ref`
    plain: bool  # the whole pattern is this name (`let x`, not `let (x, y)`)


@dataclass(frozen=True, slots=True)
class Use:
    """A place where a binding is used; ``capture`` is one inside a format string."""

    span: Span
    capture: bool = False


@cache
def _binders() -> Query:
    kinds = ("let_declaration", "function_item", "closure_expression", "for_expression")
    return compile_query(
        f"[{' '.join(f'({kind})' for kind in (*kinds, 'let_condition', 'match_arm'))}] @binder"
    )


@cache
def _words() -> Query:
    return compile_query("(identifier) @word (macro_invocation (token_tree) @tokens)")


@per_source
def scopes_of(source: Source, function: Node) -> Scopes:
    """The local names of ``function``, read once."""
    return Scopes(source, function)


class Scopes:
    """Bindings and uses of one function (nested closures and blocks included)."""

    def __init__(self, source: Source, function: Node) -> None:
        self.source = source
        self.function = function
        self.bindings: tuple[Binding, ...] = tuple(self._collect())
        self._by_name: dict[bytes, list[Binding]] = {}
        for binding in self.bindings:
            self._by_name.setdefault(binding.name, []).append(binding)
        self._uses: dict[Binding, list[Use]] | None = None

    def resolve(self, name: bytes, offset: int) -> Binding | None:
        """The binding that ``name`` means at ``offset``: the innermost, then the latest one."""
        best: Binding | None = None
        for binding in self._by_name.get(name, ()):
            scope = binding.scope
            if scope.start <= offset < scope.end and (
                best is None or binding.decl.start > best.decl.start
            ):
                best = binding
        return best

    def binding_at(self, node: Node) -> Binding | None:
        """What an identifier node refers to, or the binding that it declares."""
        name = self.source.text(node)
        for binding in self._by_name.get(name, ()):
            if binding.decl == span_of(node):
                return binding
        return self.resolve(name, node.start_byte)

    def bound_by(self, pattern: Span) -> tuple[Binding, ...]:
        """All names that a pattern binds."""
        return tuple(b for b in self.bindings if b.decl in pattern)

    def uses(self, binding: Binding) -> tuple[Use, ...]:
        """All uses of the binding, in document order, without its declaration."""
        if self._uses is None:
            self._uses = self._all_uses()
        return tuple(self._uses.get(binding, ()))

    # -- bindings ------------------------------------------------------------------------------

    def _collect(self) -> Iterator[Binding]:
        roots = (self.function, *self.source.embedded_in(span_of(self.function)))
        found = [node for root in roots for node in captures(_binders(), root, "binder")]
        found.sort(key=lambda node: (node.start_byte, -node.end_byte))
        for node in dict.fromkeys((self.function, *found)):
            match node.type:
                case "let_declaration":
                    yield from self._from_let(node)
                case "function_item" | "closure_expression":
                    yield from self._from_parameters(node)
                case "for_expression":
                    body = node.child_by_field_name("body")
                    if body is not None:
                        pattern = node.child_by_field_name("pattern")
                        yield from self._from_pattern(pattern, span_of(body), "for", node)
                case "let_condition":
                    yield from self._from_condition(node)
                case "match_arm":
                    yield from self._from_arm(node)
                case _:
                    pass
        for root in roots if b"select" in self.source.text(self.function) else ():
            yield from self._from_select(root)

    def _from_select(self, root: Node) -> Iterator[Binding]:
        """``select!``: the names of an arm's pattern are seen in what the arm runs."""
        for arm in select_arms(self.source, root):
            scope = span_of(arm.handler)
            for found in arm.names(self.source):
                yield Binding(
                    self.source.slice(found.span),
                    found.span,
                    scope,
                    "select",
                    Span(arm.pattern.start, arm.future.end_byte),
                    found.mutable,
                    found.by_ref,
                    found.plain,
                )

    def _from_let(self, node: Node) -> Iterator[Binding]:
        block = self.source.parent(node)
        end = block.end_byte if block is not None else self.function.end_byte
        scope = Span(node.end_byte, end)
        yield from self._from_pattern(node.child_by_field_name("pattern"), scope, "let", node)

    def _from_parameters(self, node: Node) -> Iterator[Binding]:
        parameters = node.child_by_field_name("parameters")
        body = node.child_by_field_name("body")
        if parameters is None or body is None:
            return
        kind = "param" if node.type == "function_item" else "closure-param"
        for parameter in parameters.named_children:
            pattern = parameter
            if parameter.type == "parameter":
                found = parameter.child_by_field_name("pattern")
                if found is None:
                    continue
                pattern = found
            mutable = any(c.type == "mutable_specifier" for c in parameter.children)
            yield from self._from_pattern(pattern, span_of(body), kind, parameter, mutable)

    def _from_condition(self, node: Node) -> Iterator[Binding]:
        """``if let`` / ``while let``: seen in the rest of the condition and in the body."""
        holder: Node | None = node
        while holder is not None and holder.type in ("let_condition", "let_chain"):
            holder = holder.parent
        body = None
        kind = "if-let"
        if holder is not None:
            body = holder.child_by_field_name("consequence") or holder.child_by_field_name("body")
            kind = "while-let" if holder.type == "while_expression" else "if-let"
        end = body.end_byte if body is not None else node.end_byte
        scope = Span(node.end_byte, max(end, node.end_byte))
        statement = holder if holder is not None else node
        yield from self._from_pattern(node.child_by_field_name("pattern"), scope, kind, statement)

    def _from_arm(self, node: Node) -> Iterator[Binding]:
        arm = arm_of(node)
        if arm is not None:
            start = arm.guard.start_byte if arm.guard is not None else arm.value.start_byte
            yield from self._from_pattern(arm.pattern, Span(start, node.end_byte), "match", node)

    def _from_pattern(
        self, pattern: Node | None, scope: Span, kind: str, statement: Node, mutable: bool = False
    ) -> Iterator[Binding]:
        if pattern is None:
            return
        if any(c.type == "mutable_specifier" for c in statement.children):
            mutable = True
        for identifier in pattern_names(pattern):
            name = self.source.text(identifier)
            up = identifier.parent
            in_mut = (
                up is not None
                and up.type in ("mut_pattern", "field_pattern")
                and any(c.type == "mutable_specifier" for c in up.children)
            )
            in_ref = up is not None and any(c.type == "ref" for c in up.children)
            if not (name[:1].islower() or name[:1] == b"_"):
                continue  # a constant or a unit variant, not a name
            yield Binding(
                name,
                span_of(identifier),
                scope,
                kind,
                span_of(statement),
                mutable or in_mut,
                in_ref or (up is not None and up.type == "ref_pattern"),
                identifier == pattern or (in_mut and up == pattern),
            )

    # -- uses ----------------------------------------------------------------------------------

    def _all_uses(self) -> dict[Binding, list[Use]]:
        names = set(self._by_name)
        declared = {binding.decl for binding in self.bindings}
        found: dict[Binding, dict[Span, Use]] = {}

        def add(name: bytes, span: Span, capture: bool = False) -> None:
            binding = self.resolve(name, span.start)
            if binding is not None:
                found.setdefault(binding, {})[span] = Use(span, capture)

        read = captures_by_name(_words(), self.function)
        trees = [span_of(node) for node in read.get("tokens", ())]
        ends = [span.end for span in trees]
        for node in read.get("word", ()):
            name = self.source.text(node)
            if name not in names:
                continue
            span = span_of(node)
            after = bisect.bisect_right(ends, span.start)
            if after < len(trees) and trees[after].start <= span.start:
                continue  # read with its token tree, where fields are told from names
            if span not in declared and not _is_label(node):
                add(name, span)
        # Token trees are read as words: parsing them again may lose a use to a local syntax error,
        # and a use that is lost here would make a wrong last use.
        for tree in trees:
            for name, span, capture in tokens_in(self.source, tree):
                if capture and name not in names:
                    name = b"r#" + name  # "{type}" captures `r#type`
                if name in names and span not in declared:
                    add(name, span, capture)
        return {binding: [uses[span] for span in sorted(uses)] for binding, uses in found.items()}


def pattern_names(pattern: Node) -> Iterator[Node]:
    """Identifiers that a pattern binds (constants and unit variants cannot be told apart here)."""
    if pattern.type in ("identifier", "shorthand_field_identifier"):
        yield pattern
        return
    if pattern.type in ("self", "scoped_identifier", "type_identifier", "generic_type"):
        return
    skip = None
    if pattern.type in ("tuple_struct_pattern", "struct_pattern"):
        skip = pattern.child_by_field_name("type")
    if pattern.type == "field_pattern" and pattern.child_by_field_name("pattern") is not None:
        skip = pattern.child_by_field_name("name")
    if pattern.type == "match_pattern":
        skip = pattern.child_by_field_name("condition")
    for child in pattern.named_children:
        if child != skip and child.type not in COMMENTS:
            yield from pattern_names(child)


def tokens_in(source: Source, span: Span) -> Iterator[tuple[bytes, Span, bool]]:
    """Identifier-like words of a token tree, as (word, span, is a format string's capture).

    A word behind ``.`` is a field or a method, one before ``!`` or ``:`` in ``x: 1`` still counts:
    too many uses are safe, too few are not.
    """
    pending = [source.root.descendant_for_byte_range(span.start, span.end)]
    while pending:
        node = pending.pop()
        if node is None:
            continue
        if node.type in ("string_literal", "raw_string_literal"):
            for name, place in captures_in(source, node):
                yield name, place, True
        elif node.type == "identifier" and span.start <= node.start_byte < span.end:
            before = source.data[max(0, node.start_byte - 256) : node.start_byte].rstrip()[-2:]
            if not before.endswith(b".") or before.endswith(b".."):
                yield source.text(node), span_of(node), False
        elif node.type not in COMMENTS:
            pending.extend(reversed(node.children))


def _is_label(node: Node) -> bool:
    """A macro's name is no use of a local; nor is the first segment of a longer path."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "macro_invocation":
        return parent.child_by_field_name("macro") == node
    return parent.type in ("scoped_identifier", "label") or (
        parent.type == "function_item" and parent.child_by_field_name("name") == node
    )
