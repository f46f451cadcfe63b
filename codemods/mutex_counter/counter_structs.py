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
    imports_behind,
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
from codemods.mutex_counter.other_atomics import tied_to_another
from codemods.mutex_counter.temporary_guard import Field
from codemods.mutex_counter.type_names import is_other
from engine.base.model import Edit, Fix, Level, Outcome, Proposal, Site, Span
from engine.rust.nodes import arguments_of
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
        named = struct.child_by_field_name("name")
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
        refused = self._derived()
        relaxed = {name: Field(inner, RELAXED) for name, inner in self.inners.items()}
        made = refused if refused is not None else self._all(calls, relaxed)
        if isinstance(made, Rewritten):
            by_field = {n: Field(i, self._orders(n, i, made)) for n, i in self.inners.items()}
            made = self._all(calls, by_field)
            if any(field.orders is not RELAXED for field in by_field.values()):
                bound = tied_to_another(self.located, changing(self.located, calls, by_field))
                made = bound if bound is not None else made
            if isinstance(made, Rewritten):
                return Proposal(shown, (self._fix(made, by_field),))
        return None if made.locks else Proposal(shown, reason=made.reason)

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

    def _derived(self) -> Refused | None:
        for attribute in attributes(self.struct):
            text = self.source.text(attribute)
            if text.startswith((b"#[doc", b"#[allow", b"#[expect")):
                continue
            names = re.findall(rb"[A-Za-z_:]+", text.removeprefix(b"#[derive"))
            other = [n for n in names if n.rpartition(b"::")[2] not in _DERIVES]
            if not text.startswith(b"#[derive") or other:
                word = (other or [text])[0].decode("utf-8", "replace")
                return Refused(
                    f"`{self.name.decode()}` has `{word}`, which a struct of atomics lacks"
                )
        return None

    def _all(self, calls: list[LockCall], by_field: Mapping[bytes, Field]) -> Rewritten | Refused:
        used = uses_of(self.located, calls, RELAXED, by_field)
        if isinstance(used, Refused):
            return used
        parts = [used]
        for made in self._mentions():
            if isinstance(made, Refused):
                return made
            parts.append(made)
        retyped = (_put(self.source, t, atomic(self.inners[n])) for n, t in self.fields.items())
        return apart(self.located, merged([*parts, Rewritten(tuple(retyped))]))

    def _mentions(self) -> Iterator[Rewritten | Refused]:
        """Every mention of the struct: behind a lock, in its constructor, or in the way."""
        pattern = re.compile(rb"(?<!\w)" + re.escape(self.name) + rb"(?!\w)")
        own = self.struct.child_by_field_name("name")
        for source in self.located.facts.sources.containing(self.name):
            for hit in pattern.finditer(source.data):
                node = source.root.named_descendant_for_byte_range(hit.start(), hit.end())
                if node is None or (node.start_byte, node.end_byte) != hit.span():
                    continue
                if source.path == self.source.path and node == own:
                    continue
                if "identifier" in node.type and not _imported(source, node):
                    outer = _path(node)
                    here = (self.source.path, span_of(self.struct))
                    if not is_other(self.located.facts.items, source, outer, *here):
                        yield self._mention(source, node, outer)
        for new in self.located.constructors:
            if new.lock is not None and self._is(new.lock.inner):
                yield self._unwrapped(new)

    def _mention(self, source: Source, node: Node, outer: Node) -> Rewritten | Refused:
        holder = outer.parent.parent if outer.parent is not None else None
        if (
            outer.parent is not None
            and outer.parent.type == "type_arguments"
            and holder is not None
        ):
            named = holder.child_by_field_name("type")
            if named is not None and holder.type == "generic_type":
                family, known = family_of(source, holder, source.text(named))
                if family is not None or not known:
                    edit = _put(source, holder, source.text(outer))
                    drops = tuple(imports_behind(source, span_of(named)))
                    return Rewritten((edit,), drops=drops)
        for new in self.located.constructors:
            if new.file == source.path and span_of(node) in new.whole:
                return Rewritten()
        place = self.located.place(source.path, node.start_byte)
        return Refused(f"{place}: `{self.name.decode()}` is used there without the lock")

    def _unwrapped(self, new: Constructor) -> Rewritten | Refused:
        """``Mutex::new(Stats { hits: 0 })`` without the ``Mutex::new``."""
        source = self.located.source(new.file)
        place = self.located.place(new.file, new.whole.start)
        call = source.node_at(new.whole)
        given = arguments_of(call) if call is not None and call.type == "call_expression" else []
        drops = tuple(imports_behind(source, new.named))
        if call is not None and not given and source.text(call).endswith(b"default()"):
            edit = _put(source, call, self.name + b"::default()")
            return Rewritten((edit,), drops=drops)
        if call is None or len(given) != 1 or source.comments_in(new.whole):
            return Refused(f"{place}: how the struct is made is not understood")
        value = given[0]
        edits = [
            Edit(new.file, new.whole.start, value.start_byte, b""),
            Edit(new.file, value.end_byte, new.whole.end, b""),
        ]
        if value.type == "struct_expression":
            body = value.child_by_field_name("body")
            for part in body.named_children if body is not None else ():
                edits += self._field(source, part)
        elif not re.fullmatch(rb"(?:\w+::)*default\(\)", source.text(value)):
            return Refused(f"{place}: how the struct is made is not understood")
        return Rewritten(tuple(edits), drops=drops)

    def _field(self, source: Source, part: Node) -> Iterator[Edit]:
        if part.type == "shorthand_field_initializer" and source.text(part) in self.inners:
            name = source.text(part)
            made = b"%s: %s::new(%s)" % (name, atomic(self.inners[name]), name)
            yield _put(source, part, made)
        elif part.type == "field_initializer":
            field, value = part.child_by_field_name("field"), part.child_by_field_name("value")
            if field is not None and value is not None and source.text(field) in self.inners:
                head = atomic(self.inners[source.text(field)]) + b"::new("
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
        return Fix("atomics", Level.REVIEW, made.edits, " ".join(note), made.drops)


def _put(source: Source, node: Node, text: bytes) -> Edit:
    return Edit(source.path, node.start_byte, node.end_byte, text)


def _path(node: Node) -> Node:
    """``stats::Stats`` around its last name."""
    while node.parent is not None and node.parent.type == "scoped_type_identifier":
        node = node.parent
    return node


def _imported(source: Source, node: Node) -> bool:
    return source.enclosing(node, ["use_declaration"]) is not None
