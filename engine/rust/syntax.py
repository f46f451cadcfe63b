"""Rust syntax: tree-sitter trees of a file and of the code inside its macro calls.

A macro call's arguments are a token tree to tree-sitter; they are trees of their own (``macro_trees``).
``Source.parent`` walks out of such a tree into the macro call that holds it, so code sees one tree.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node, Tree

from engine.base.model import Span
from engine.rust.grammar import parse
from engine.rust.macro_trees import argument_trees, call_around
from engine.rust.queries import macro_calls, walk

FUNCTIONS = frozenset({"function_item", "closure_expression", "async_block"})
LOOPS = frozenset({"for_expression", "while_expression", "loop_expression"})
ITEMS = frozenset(
    {"function_item", "impl_item", "trait_item", "mod_item", "struct_item", "enum_item"}
    | {"static_item", "const_item", "type_item", "union_item", "macro_definition"}
)
COMMENTS = frozenset({"line_comment", "block_comment"})
# Deeper than any person's code (rustc's own limits are lower).
DEPTH = 1_000
# How many nodes' ancestors are kept: all questions about one site ask for the same few.
_LINEAGES = 64
# `#[test]` and what test crates make of it (`#[tokio::test]`, `#[rstest]`, `#[test_case(..)]`), and
# `#[cfg(test)]`, also beside other conditions; not `any(..)` and `not(..)`, which are also true else.
_TEST = re.compile(
    rb"#\[\s*(?:(?:\w+\s*::\s*)*(?:\w*test(?:_\w+)?|bench)\s*[\](]"
    rb"|cfg\s*\(\s*(?:all\s*\((?:[^()]*,)?\s*)?test\s*[,)])"
)
# Token trees nested deeper than this are left as they are: hostile input, not code.
MACRO_DEPTH = 16


class Source:
    """One Rust file: its bytes, its tree, and the trees of its macro calls (parsed when asked).

    ``edition`` is that of the crate it belongs to: when temporaries are dropped depends on it. A
    file of no known crate is read by the rules of 2021, by which they live longer than by 2024's.
    """

    __slots__ = (
        "_arguments",
        "_embedded",
        "_hosts",
        "_lineages",
        "_local",
        "_starts",
        "_tree",
        "data",
        "derived",
        "edition",
        "path",
    )

    def __init__(self, path: str, data: bytes, edition: int = 2021) -> None:
        self.path = path
        self.data = data
        self.edition = edition
        self.derived: dict[object, object] = {}  # see ``engine.rust.per_source``
        self._tree: Tree | None = None
        self._arguments: dict[Span, tuple[Tree, ...]] = {}  # by token tree; each is parsed once
        self._hosts: dict[int, Node] = {}  # the call that holds a tree, by its root's address
        self._embedded: tuple[Tree, ...] | None = None
        self._starts: list[int] = []
        self._local: dict[Span, list[Node]] = {}
        self._lineages: dict[Node, list[Node]] = {}  # ancestors as far as they were asked for

    @property
    def root(self) -> Node:
        """The tree's root; parsed when first asked for (positions and snippets need no tree)."""
        if self._tree is None:
            self._tree = parse(self.data)
        return self._tree.root_node

    def text(self, node: Node) -> bytes:
        """The bytes of ``node``, as they stand in the file."""
        return self.data[node.start_byte : node.end_byte]

    def slice(self, span: Span) -> bytes:
        """The bytes at ``span``."""
        return self.data[span.start : span.end]

    # -- macro calls ---------------------------------------------------------------------------

    def embedded(self) -> tuple[Tree, ...]:
        """Trees of all macro arguments, outer before inner; nested calls included."""
        if self._embedded is None:
            trees = sorted(self._trees_below(self.root), key=lambda t: t.root_node.start_byte)
            self._starts = [tree.root_node.start_byte for tree in trees]
            self._embedded = tuple(trees)
        return self._embedded

    def arguments(self, call: Node) -> tuple[Tree, ...]:
        """The arguments of one macro call as trees; those of calls in them are left unparsed."""
        tokens = next((c for c in call.children if c.type == "token_tree"), None)
        if tokens is None:
            return ()
        span = span_of(tokens)
        if span not in self._arguments:
            self._arguments[span] = tuple(argument_trees(self.data, tokens))
            for tree in self._arguments[span]:
                self._hosts[tree.root_node.id] = call
        return self._arguments[span]

    def _trees_below(self, node: Node) -> Iterator[Tree]:
        pending = [(node, 0)]
        while pending:
            root, depth = pending.pop()
            if depth >= MACRO_DEPTH:
                continue
            for call in macro_calls(root):
                for tree in self.arguments(call):
                    pending.append((tree.root_node, depth + 1))
                    yield tree

    def embedded_in(self, span: Span) -> list[Node]:
        """Roots of the macro arguments that lie inside ``span``, in document order.

        Until all of the file's are wanted, only those are parsed.
        """
        if self._embedded is None and span not in self._local:
            self._local[span] = self._roots_inside(span)
        if span in self._local:
            roots = self._local[span]
        else:
            assert self._embedded is not None
            low = bisect.bisect_left(self._starts, span.start)
            high = bisect.bisect_left(self._starts, span.end)
            roots = [tree.root_node for tree in self._embedded[low:high]]
        return [r for r in roots if span.start <= r.start_byte and r.end_byte <= span.end]

    def _roots_inside(self, span: Span) -> list[Node]:
        found: list[Node] = []
        holder: Node | None = None
        for root in self._roots_around(span):
            if holder is not None and span_of(root) == span:
                found.append(root)
                holder = root
            else:
                holder = root.descendant_for_byte_range(span.start, span.end)
        if holder is not None:
            found += [tree.root_node for tree in self._trees_below(holder)]
        return sorted(found, key=lambda root: root.start_byte)

    def roots(self) -> tuple[Node, ...]:
        """The file's root and the roots of all macro arguments."""
        return (self.root, *(tree.root_node for tree in self.embedded()))

    def quoted(self, span: Span) -> str:
        """The text on one line, for messages."""
        return " ".join(self.slice(span).decode("utf-8", "replace").split())

    # -- moving around -------------------------------------------------------------------------

    def parent(self, node: Node) -> Node | None:
        """The parent, walking out of a macro's tree into its call."""
        parent = node.parent
        if parent is None:
            return self._hosts.get(node.id)
        return parent

    def ancestors(self, node: Node) -> Iterator[Node]:
        """Parents up to the file's root. Raises RecursionError beyond ``DEPTH`` of them: a parent
        costs a walk down from the root, so that hostile nesting would take forever."""
        known = self._lineages.get(node)
        if known is None:
            if len(self._lineages) >= _LINEAGES:
                self._lineages.clear()
            known = self._lineages[node] = []
        for step in range(DEPTH):
            if step == len(known):
                parent = self.parent(known[-1] if known else node)
                if parent is None:
                    return
                known.append(parent)
            yield known[step]
        raise RecursionError(f"{self.path}: nested more than {DEPTH} levels deep")

    def enclosing(self, node: Node, kinds: Iterable[str]) -> Node | None:
        """The innermost node around ``node`` (itself not counted) of one of these kinds, in its tree or in
        one that its macro call stands in."""
        wanted = frozenset(kinds)
        return next((a for a in self.ancestors(node) if a.type in wanted), None)

    def node_at(self, span: Span) -> Node | None:
        """The outermost named node that covers exactly ``span``, in whichever tree has it."""
        best: Node | None = None
        for root in self._roots_around(span):
            node = root.named_descendant_for_byte_range(span.start, span.end)
            if node is not None and (node.start_byte, node.end_byte) == (span.start, span.end):
                best = node  # inner trees come later and see more than a token tree does
        while best is not None:
            up = best.parent
            if up is None or up.parent is None:
                break
            if (up.start_byte, up.end_byte) != (span.start, span.end):
                break
            best = up
        return best

    def typed_at(self, span: Span, kind: str) -> Node | None:
        """The outermost node of this kind that covers exactly ``span``."""
        node = self.node_at(span)
        while node is not None and node.type != kind:
            node = next((child for child in node.named_children if span_of(child) == span), None)
        return node

    def innermost(self, span: Span) -> Node:
        """The smallest named node that covers ``span``, looking into macro arguments."""
        best = self.root
        for root in self._roots_around(span):
            node = root.named_descendant_for_byte_range(span.start, span.end)
            if node is not None:
                best = node
        return best

    def _roots_around(self, span: Span) -> Iterator[Node]:
        """Roots of the trees that cover ``span``, outer before inner; what is not on the way to it
        is not parsed."""
        root: Node | None = self.root
        for _ in range(MACRO_DEPTH + 1):
            if root is None:
                return
            yield root
            call = call_around(root, span)
            trees = self.arguments(call) if call is not None else ()
            root = next((t.root_node for t in trees if span in span_of(t.root_node)), None)

    def statement_of(self, node: Node) -> Node | None:
        """The statement (or block tail) that holds ``node``: the ancestor whose parent is a block.

        Inside a macro's arguments that are no block, the statement that holds the macro call.
        """
        current = node
        for parent in self.ancestors(node):
            if parent.type == "block" and not _misread(parent):
                return current
            current = parent
        return None

    def function_of(self, node: Node) -> Node | None:
        """The innermost fn, closure or async block that holds ``node``."""
        return self.enclosing(node, FUNCTIONS)

    def fn_item_of(self, node: Node) -> Node | None:
        """The innermost ``fn`` that holds ``node``: closures and async blocks on the way do not count."""
        return self.enclosing(node, ("function_item",))

    def in_async(self, node: Node) -> bool:
        """Does ``node`` run inside a future (async fn, async block, async closure)?"""
        function = self.function_of(node)
        return function is not None and is_async(function)

    def loops_around(self, node: Node) -> tuple[Node, ...]:
        """Loops whose *repeated part* holds ``node``, innermost first, up to the function.

        A ``for``'s iterator expression runs once, so it does not count.
        """
        found: list[Node] = []
        child = node
        for ancestor in self.ancestors(node):
            if ancestor.type in FUNCTIONS:
                break
            if ancestor.type in LOOPS:
                value = ancestor.child_by_field_name("value")
                if not (ancestor.type == "for_expression" and value == child):
                    found.append(ancestor)
            child = ancestor
        return tuple(found)

    def in_test(self, node: Node) -> bool:
        """Inside ``#[cfg(test)]`` or a ``#[test]``- or ``#[bench]``-like function."""
        return any(
            item.type in ITEMS and any(_TEST.match(self.text(a)) for a in attributes(item))
            for item in (node, *self.ancestors(node))
        )

    def item_path(self, node: Node) -> str:
        """Enclosing items from outside in, as ``mod net::impl Stats::fn record``."""
        parts: list[str] = []
        for ancestor in (node, *self.ancestors(node)):
            if ancestor.type not in ITEMS:
                continue
            word = ancestor.type.removesuffix("_item").replace("function", "fn")
            named = ancestor.child_by_field_name("name") or ancestor.child_by_field_name("type")
            label = self.text(named).decode("utf-8", "replace") if named is not None else ""
            trait = ancestor.child_by_field_name("trait")
            if trait is not None:
                label = f"{self.text(trait).decode('utf-8', 'replace')} for {label}"
            parts.append(f"{word} {' '.join(label.split())}".strip())
        return "::".join(reversed(parts))

    def sound(self, node: Node) -> bool:
        """No syntax error in ``node`` or beside it up to its statement: offsets can be trusted."""
        statement = self.statement_of(node) or node
        return not statement.has_error if statement.parent is not None else not node.has_error

    def first_error(self) -> Node | None:
        """The first place of the file (macro arguments left out) that the grammar does not understand."""
        node = self.root
        while node.has_error and not (node.is_error or node.is_missing):
            inner = next((child for child in node.children if child.has_error), None)
            if inner is None:
                break
            node = inner
        return node if node.has_error else None

    # -- text ----------------------------------------------------------------------------------

    def line_start(self, offset: int) -> int:
        """Offset of the first byte of the line that holds ``offset``."""
        return self.data.rfind(b"\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        """Offset of the line's newline, or the end of the file."""
        end = self.data.find(b"\n", offset)
        return len(self.data) if end < 0 else end

    def indent_of(self, offset: int) -> bytes:
        """White space at the head of the line that holds ``offset``."""
        start = self.line_start(offset)
        line = self.data[start : self.line_end(offset)]
        return line[: len(line) - len(line.lstrip(b" \t"))]

    @property
    def newline(self) -> bytes:
        """The file's line ending, judged by its first line."""
        end = self.data.find(b"\n")
        return b"\r\n" if end > 0 and self.data[end - 1 : end] == b"\r" else b"\n"

    def comments_in(self, span: Span) -> tuple[Node, ...]:
        """Comments that lie wholly inside ``span`` (also inside macro arguments)."""
        found: list[Node] = []
        pending = [self.innermost(span)]
        while pending:
            node = pending.pop()
            if node.end_byte <= span.start or node.start_byte >= span.end:
                continue
            if node.type in COMMENTS:
                if span.start <= node.start_byte and node.end_byte <= span.end:
                    found.append(node)
                continue
            pending.extend(node.children)
        return tuple(sorted(found, key=lambda n: n.start_byte))

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a byte offset, both from 1, the column in characters."""
        start = self.line_start(offset)
        line = self.data.count(b"\n", 0, start) + 1
        return line, len(self.data[start:offset].decode("utf-8", "replace")) + 1


def span_of(node: Node) -> Span:
    """Where the node stands in its file, in bytes."""
    return Span(node.start_byte, node.end_byte)


def _misread(block: Node) -> bool:
    """A syntax error directly in the block: its statements may not be what they seem."""
    return block.has_error and any(child.is_error for child in block.children)


def is_async(function: Node) -> bool:
    """Is this fn, closure or async block one whose body is a future?"""
    if function.type == "async_block":
        return True
    if function.type == "closure_expression":
        return any(child.type == "async" for child in function.children)
    modifiers = next((c for c in function.children if c.type == "function_modifiers"), None)
    return modifiers is not None and any(child.type == "async" for child in modifiers.children)


def attributes(item: Node) -> Iterator[Node]:
    """Outer attributes of an item: tree-sitter keeps them as preceding siblings."""
    previous = item.prev_named_sibling
    while previous is not None and (previous.type == "attribute_item" or previous.type in COMMENTS):
        if previous.type == "attribute_item":
            yield previous
        previous = previous.prev_named_sibling


def walk_all(source: Source, node: Node) -> Iterator[Node]:
    """As ``walk``, and into the arguments of macro calls below ``node``."""
    yield from walk(node)
    for root in source.embedded_in(span_of(node)):
        if root != node:
            yield from walk(root)
