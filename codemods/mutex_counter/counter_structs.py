"""``Mutex<Stats>``, a lock around a struct of counters: a struct of atomics without the lock.

Only when no critical section needs two fields at once, and when the struct is nowhere a value of
its own. Readers of several fields lose the one moment at which all were read: a judgement, so the
fix is for review.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from codemods.mutex_counter.group_rewrite import (
    Rewritten,
    apart,
    changing,
    merged,
    orders_for,
    uses_of,
)
from codemods.mutex_counter.guard_access import Refused
from codemods.mutex_counter.locate import fields
from codemods.mutex_counter.located import Constructor, Located, LockCall
from codemods.mutex_counter.lock_types import ATOMICS, atomic, family_of, wide
from codemods.mutex_counter.notes import STRICT, exposure
from codemods.mutex_counter.orderings import RELAXED, Orders
from codemods.mutex_counter.other_atomics import require_untied
from codemods.mutex_counter.temporary_guard import Field
from codemods.mutex_counter.type_names import is_other
from engine.base.model import Edit, Fix, Level, Outcome, Proposal, Site, Span
from engine.rust import item_nodes, nodes
from engine.rust.syntax import Source, attributes, span_of

_DERIVES = frozenset({b"Debug", b"Default"})


def proposals(located: Located) -> Iterator[Proposal]:
    """One per struct."""
    found: dict[tuple[str, Span], list[Site]] = {}
    for lock in located.structs:
        found.setdefault((lock.path, lock.struct), []).append(lock.site)
    for (path, span), sites in found.items():
        shown = tuple(site for site in sites if site.role == "site")
        struct = located.source(path).node_at(span)
        if not shown or struct is None:
            continue
        made = _Struct(located, located.source(path), struct).proposal(shown)
        if made is not None:
            yield made


class _Struct:
    """One struct of counters and all that is done with it."""

    def __init__(self, located: Located, source: Source, struct: Node) -> None:
        self.located, self.source, self.struct = located, source, struct
        named = item_nodes.name_of(struct)
        self.name = source.text(named) if named is not None else b""
        self.fields = fields(source, struct)
        self.inners = {n: source.text(t).decode() for n, t in self.fields.items()}

    def proposal(self, shown: tuple[Site, ...]) -> Proposal | None:
        calls = [c for c in self.located.lock_calls if self._mine(c)]
        if not calls:
            near = {site.path for site in shown}
            told = [c for c in self.located.lock_calls if c.lock is None and c.path in near]
            if told:
                reason = self.located.facts.unknown(told[0].path, told[0].receiver)
                return Proposal(shown, reason=reason, outcome=Outcome.NOT_COMPILED)
            return None
        try:
            fix = self._fixed(calls)
            self.located.replaced += calls
            return Proposal(shown, (fix,))
        except Refused as refused:
            return None if refused.locks else Proposal(shown, reason=refused.reason)

    def _fixed(self, calls: list[LockCall]) -> Fix:
        self._require_derives()
        relaxed = {name: Field(inner, RELAXED) for name, inner in self.inners.items()}
        made = self._all(calls, relaxed)
        by_field = {n: Field(i, self._orders(n, i, made)) for n, i in self.inners.items()}
        made = self._all(calls, by_field)
        if any(field.orders is not RELAXED for field in by_field.values()):
            require_untied(self.located, changing(self.located, calls, by_field))
        return self._fix(made, by_field)

    def _orders(self, name: bytes, inner: str, made: Rewritten) -> Orders:
        head = f"{name.decode('utf-8', 'replace')}."
        ops = (op.removeprefix(head) for op in made.ops if op.startswith(head))
        return orders_for(frozenset({inner}), frozenset(ops))

    def _mine(self, call: LockCall) -> bool:
        return call.lock is not None and self._is(call.lock.inner)

    def _is(self, told: str) -> bool:
        """Is this the struct that rustc names? Modules tell namesakes apart."""
        here = (self.source.path, span_of(self.struct))
        if told.rpartition("::")[2].encode() != self.name:
            return False
        return any((i.path, i.span) == here for i in self.located.facts.items.printed(told))

    def _require_derives(self) -> None:
        """Raises Refused where the struct derives, or is given, what atomics lack."""
        for attribute in attributes(self.struct):
            text = self.source.text(attribute)
            if text.startswith((b"#[doc", b"#[allow", b"#[expect")):
                continue
            names = re.findall(rb"[A-Za-z_:]+", text.removeprefix(b"#[derive"))
            other = [n for n in names if n.rpartition(b"::")[2] not in _DERIVES]
            if not text.startswith(b"#[derive") or other:
                word = (other or [text])[0].decode("utf-8", "replace")
                raise Refused(
                    f"`{self.name.decode()}` has `{word}`, which a struct of atomics lacks"
                )

    def _all(self, calls: list[LockCall], by_field: Mapping[bytes, Field]) -> Rewritten:
        parts = [uses_of(self.located, calls, RELAXED, by_field), *self._mentions()]
        retyped = (_put(self.source, t, atomic(self.inners[n])) for n, t in self.fields.items())
        return apart(self.located, merged([*parts, Rewritten(tuple(retyped))]))

    def _mentions(self) -> Iterator[Rewritten]:
        """Every mention of the struct: behind a lock, in its constructor, or in the way."""
        here = (self.source.path, span_of(self.struct))
        for source, node in self.located.facts.calls.mentions(self.name):
            own = source.path == here[0] and node == item_nodes.name_of(self.struct)
            if own or "identifier" not in node.type or _imported(source, node):
                continue
            outer = _path(node)
            if not is_other(self.located.facts.items, source, outer, *here):
                yield self._mention(source, node, outer)
        for new in self.located.constructors:
            if new.lock is not None and self._is(new.lock.inner):
                yield self._unwrapped(new)

    def _mention(self, source: Source, node: Node, outer: Node) -> Rewritten:
        listed = outer.parent
        holder = listed.parent if listed and listed.type == "type_arguments" else None
        if holder is not None and holder.type == "generic_type":
            named = nodes.generic_head(holder)
            family, known = family_of(source, holder, source.text(named))
            if family is not None or not known:
                edit = _put(source, holder, source.text(outer))
                return Rewritten((edit,))
        for new in self.located.constructors:
            if new.file == source.path and span_of(node) in new.whole:
                return Rewritten()
        place = self.located.place(source.path, node.start_byte)
        raise Refused(f"{place}: `{self.name.decode()}` is used there without the lock")

    def _unwrapped(self, new: Constructor) -> Rewritten:
        """``Mutex::new(Stats { hits: 0 })`` without the ``Mutex::new``."""
        source = self.located.source(new.file)
        place = self.located.place(new.file, new.whole.start)
        call = source.node_at(new.whole)
        given = nodes.arguments_of(call) if call is not None else ()
        if call is not None and not given and source.text(call).endswith(b"default()"):
            edit = _put(source, call, self.name + b"::default()")
            return Rewritten((edit,))
        if call is None or len(given) != 1 or source.comments_in(new.whole):
            raise Refused(f"{place}: how the struct is made is not understood")
        value = given[0]
        edits = [
            Edit(new.file, new.whole.start, value.start_byte, b""),
            Edit(new.file, value.end_byte, new.whole.end, b""),
        ]
        if value.type == "struct_expression":
            body = nodes.body_of(value)
            for part in body.named_children if body is not None else ():
                edits += self._field(source, part)
        elif not re.fullmatch(rb"(?:\w+::)*default\(\)", source.text(value)):
            raise Refused(f"{place}: how the struct is made is not understood")
        return Rewritten(tuple(edits))

    def _field(self, source: Source, part: Node) -> Iterator[Edit]:
        if part.type == "shorthand_field_initializer" and source.text(part) in self.inners:
            name = source.text(part)
            made = b"%s: %s::new(%s)" % (name, atomic(self.inners[name]), name)
            yield _put(source, part, made)
        elif (filled := nodes.initialized(part)) and source.text(filled[0]) in self.inners:
            name, value = source.text(filled[0]), filled[1]
            head = atomic(self.inners[name]) + b"::new("
            yield Edit(source.path, value.start_byte, value.start_byte, head)
            yield Edit(source.path, value.end_byte, value.end_byte, b")")

    def _fix(self, made: Rewritten, by_field: Mapping[bytes, Field]) -> Fix:
        name = self.name.decode("utf-8", "replace")
        kinds = sorted({ATOMICS[inner].decode() for inner in self.inners.values()})
        strict = [n.decode("utf-8", "replace") for n, f in by_field.items() if f.orders != RELAXED]
        why = "Relaxed, for they are only added to and read out"
        if strict:
            why += f"; {', '.join(strict)}: {STRICT}"
        note = [
            f"The lock around `{name}` goes: its fields become {', '.join(kinds)} ({why}), each "
            "changed by itself, and poisoning is gone."
        ]
        if "snapshot" in made.ops:
            note.append("Readers of several fields no longer see them all at one moment.")
        if any(wide(inner) for inner in self.inners.values()):
            note.append("The target must have 64-bit atomics; sums that overflow wrap.")
        exposed = exposure(self.located.facts, self.source, self.struct, name)
        look = [*([exposed] if exposed else []), *made.notes]
        if look:
            note.append(f"Look at: {'; '.join(look)}.")
        return Fix("atomics", Level.REVIEW, made.edits, " ".join(note))


def _put(source: Source, node: Node, text: bytes) -> Edit:
    return Edit(source.path, node.start_byte, node.end_byte, text)


def _path(node: Node) -> Node:
    """``stats::Stats`` around its last name."""
    while node.parent is not None and node.parent.type == "scoped_type_identifier":
        node = node.parent
    return node


def _imported(source: Source, node: Node) -> bool:
    return source.enclosing(node, ["use_declaration"]) is not None
