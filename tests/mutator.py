"""Turns real atomics back into mutexes, with a seeded choice among the ways people write them.

A mutated counter is rare in good code, so the way back is made here: what ``mutate`` does to a
file, the mutex-counter codemod must undo. ``same`` compares the two modulo memory orderings,
imports and layout.

Only whole files are mutated, and only when every atomic operation in them has a lock idiom:
``Cannot`` says what has none.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Edit
from engine.rust.queries import walk
from engine.rust.syntax import COMMENTS, Source, span_of, walk_all

_ATOMIC = re.compile(rb"Atomic(Bool|U8|U16|U32|U64|Usize|I8|I16|I32|I64|Isize)")
_FETCH = {
    b"fetch_add": b"+=", b"fetch_sub": b"-=", b"fetch_or": b"|=", b"fetch_and": b"&=",
    b"fetch_xor": b"^=",
}  # fmt: skip
_ORDERED = re.compile(rb"(?:\w+::)*Ordering::\w+")
# Operations on atomics that no lock idiom stands for here.
_OTHER = frozenset(
    {b"compare_exchange", b"compare_exchange_weak", b"compare_and_swap", b"fetch_update"}
    | {b"fetch_nand", b"fetch_not", b"fetch_ptr_add", b"as_ptr", b"get_mut_slice", b"update"}
)


class Cannot(Exception):  # noqa: N818 - an answer, not a failure
    """The file holds an atomic operation that has no lock idiom."""


@dataclass(frozen=True)
class Mutated:
    """The text with mutexes, and how often each idiom was taken."""

    text: bytes
    idioms: dict[str, int]


def mutate(text: bytes, seed: int) -> Mutated:
    """``text`` with all its atomics as mutexes. Raises Cannot."""
    return _Mutation(Source("lib.rs", text), random.Random(seed)).run()


def same(original: bytes, restored: bytes) -> bool:
    """Do both hold the same tokens, memory orderings and imports aside?"""
    return _tokens(original) == _tokens(restored)


def _tokens(text: bytes) -> list[bytes]:
    """Leaves of the tree without ``use`` lines, comments, orderings, and commas that only layout
    decides about."""
    source = Source("lib.rs", text)
    found: list[bytes] = []
    pending = [source.root]
    while pending:
        node = pending.pop()
        if node.type == "use_declaration" or node.type in COMMENTS:
            continue
        if node.child_count and node.type != "string_literal":
            pending.extend(reversed(node.children))
            continue
        word = source.text(node)
        if found[-6:] == [b"std", b"::", b"sync", b"::", b"atomic", b"::"]:
            del found[-6:]  # written out where the short name means something else
        if found[-2:] == [b"Ordering", b"::"]:
            word = b"_"
        if word in (b")", b"]", b"}") and found and found[-1] == b",":
            found.pop()
        found.append(word)
    return found


class _Mutation:
    def __init__(self, source: Source, choice: random.Random) -> None:
        self.source = source
        self.choice = choice
        self.idioms: dict[str, int] = {}
        self.edits: list[Edit] = []

    def run(self) -> Mutated:
        for call, method in list(self._calls()):
            self._operation(call, method)
        self._types()
        if not self.edits:
            raise Cannot("no atomic")
        out: list[bytes] = []
        end = len(self.source.data)
        for edit in sorted(self.edits, key=lambda e: e.start, reverse=True):
            if edit.end > end:
                raise Cannot("an operation stands inside another one")
            out += (self.source.data[edit.end : end], edit.replacement)
            end = edit.start
        out.append(self.source.data[:end])
        return Mutated(b"".join(reversed(out)), self.idioms)

    def _calls(self) -> Iterator[tuple[Node, bytes]]:
        """Atomic operations: method calls with an ``Ordering`` among their arguments."""
        for node in walk_all(self.source, self.source.root):
            if node.type != "call_expression":
                continue
            function = node.child_by_field_name("function")
            given = node.child_by_field_name("arguments")
            if function is None or given is None or function.type != "field_expression":
                continue
            field = function.child_by_field_name("field")
            method = self.source.text(field) if field is not None else b""
            ordered = any(_ORDERED.fullmatch(self.source.text(n)) for n in given.named_children)
            if method in _OTHER and (ordered or method == b"as_ptr"):
                raise Cannot(method.decode())
            if ordered:
                yield node, method

    def _types(self) -> None:
        for node in walk(self.source.root):
            text = self.source.text(node)
            hit = _ATOMIC.fullmatch(text)
            if hit is None or node.type not in ("type_identifier", "identifier"):
                continue
            if self.source.enclosing(node, ["use_declaration"]) is not None:
                continue
            if self.source.enclosing(node, ["macro_invocation"]) is not None:
                raise Cannot("an atomic's type in a macro")
            number = hit.group(1).lower()
            path = node.parent
            whole = node
            if (
                path is not None
                and path.type.startswith("scoped")
                and (path.child_by_field_name("name") == node)
            ):
                whole = path
            value = whole.parent is not None and whole.parent.type == "scoped_identifier"
            new = b"std::sync::Mutex" if value else b"std::sync::Mutex<%s>" % number
            self._put(whole, new)

    def _put(self, node: Node, text: bytes) -> None:
        self.edits.append(Edit(self.source.path, node.start_byte, node.end_byte, text))

    def _idiom(self, *names: str) -> str:
        name = self.choice.choice(names)
        self.idioms[name] = self.idioms.get(name, 0) + 1
        return name

    def _locked(self, receiver: bytes) -> bytes:
        match self._idiom("unwrap", "expect", "recover"):
            case "unwrap":
                return receiver + b".lock().unwrap()"
            case "expect":
                return receiver + b'.lock().expect("poisoned")'
            case _:
                return receiver + b".lock().unwrap_or_else(|e| e.into_inner())"

    def _operation(self, call: Node, method: bytes) -> None:
        function = call.child_by_field_name("function")
        given = call.child_by_field_name("arguments")
        assert function is not None and given is not None
        held = function.child_by_field_name("value")
        assert held is not None
        if self.source.comments_in(span_of(call)):
            raise Cannot("a comment inside an operation")
        receiver = b"".join(self.source.text(held).split())
        values = [self.source.text(n) for n in given.named_children]
        values = [v for v in values if not _ORDERED.fullmatch(v)]
        if any(b"Ordering::" in value for value in values):
            raise Cannot("an operation inside another one")
        up = call.parent
        statement = up is not None and up.type == "expression_statement"
        if method == b"load":
            self._load(call, receiver)
        elif method == b"store":
            self._put(call, b"*%s = %s" % (self._locked(receiver), values[0]))
        elif method == b"swap":
            text = b"std::mem::replace(&mut *%s, %s)" % (self._locked(receiver), values[0])
            self._put(call, text)
        elif method in _FETCH and statement:
            change = b"%s %s" % (_FETCH[method], values[0])
            self._change(call, receiver, change)
        elif method in (b"fetch_max", b"fetch_min") and statement:
            sign = b">" if method == b"fetch_max" else b"<"
            change = b"if %s %s *guard { *guard = %s; }" % (values[0], sign, values[0])
            text = b"{ let mut guard = %s; %s }" % (self._locked(receiver), change)
            self._idiom("compare")
            self._whole(call, text)
        elif method in _FETCH:
            self._old(call, receiver, _FETCH[method], values[0])
        else:
            raise Cannot(method.decode("utf-8", "replace"))

    def _load(self, call: Node, receiver: bytes) -> None:
        up = call.parent
        locked = self._locked(receiver)
        if (
            up is not None
            and up.type == "let_declaration"
            and self._idiom("star", "block") == "block"
        ):
            self._put(call, b"{ let guard = %s; *guard }" % locked)
        elif up is not None and up.type in ("field_expression", "try_expression"):
            self._put(call, b"(*%s)" % locked)
        else:
            self._put(call, b"*" + locked)

    def _change(self, call: Node, receiver: bytes, change: bytes) -> None:
        match self._idiom("direct", "guard", "if-let", "drop"):
            case "direct":
                self._put(call, b"*%s %s" % (self._locked(receiver), change))
            case "guard":
                locked = self._locked(receiver)
                self._whole(call, b"{ let mut guard = %s; *guard %s; }" % (locked, change))
            case "drop":
                text = b"{ let mut guard = %s; *guard %s; drop(guard); }"
                self._whole(call, text % (self._locked(receiver), change))
            case _:
                text = b"if let Ok(mut guard) = %s.lock() { *guard %s; }"
                self._whole(call, text % (receiver, change))

    def _old(self, call: Node, receiver: bytes, sign: bytes, value: bytes) -> None:
        """The value before the change is used; or the one after, in ``fetch_add(n) + n``."""
        up = call.parent
        locked = self._locked(receiver)
        if up is not None and up.type == "binary_expression":
            left, right = up.child_by_field_name("left"), up.child_by_field_name("right")
            operator = up.child_by_field_name("operator")
            plain = re.fullmatch(rb"\w+", value) is not None
            if left == call and right is not None and operator is not None and plain:
                same_sign = self.source.text(operator) + b"=" == sign
                if same_sign and self.source.text(right) == value:
                    self._idiom("after")
                    text = b"{ let mut guard = %s; *guard %s %s; *guard }"
                    self._put(up, _grouped(up, text % (locked, sign, value)))
                    return
        self._idiom("before")
        text = b"{ let mut guard = %s; let old = *guard; *guard %s %s; old }"
        self._put(call, _grouped(call, text % (locked, sign, value)))

    def _whole(self, call: Node, text: bytes) -> None:
        """In the place of the statement, its ``;`` included."""
        up = call.parent
        assert up is not None
        self._put(up, text)


def _grouped(node: Node, block: bytes) -> bytes:
    """A block at the head of an operator's or method's expression would be a statement."""
    up = node.parent
    plain = up is not None and up.type in (
        "let_declaration",
        "arguments",
        "block",
        "macro_invocation",
    )
    return block if plain else b"(%s)" % block
