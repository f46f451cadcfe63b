"""A lock taken for one expression, ``*x.lock().unwrap() += 1``: what else runs while it is held,
and the atomic operation in its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from codemods.mutex_counter.atomic_change import Change, change_of
from codemods.mutex_counter.float_bits import decoded
from codemods.mutex_counter.guard_access import Access, Method, Methods, access, field_of, handed_to
from codemods.mutex_counter.orderings import Orders
from engine.base.model import Edit, Span
from engine.detect.facts import Facts
from engine.rust.codegen import first_free, words_around
from engine.rust.drop_scopes import DropScope, held_through, temporary_scope
from engine.rust.effects import Effect, effects
from engine.rust.influence import Influence
from engine.rust.known_calls import evaluates_in_place
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.nodes import is_macro_brackets, macro_name, method_on, outward
from engine.rust.operand_order import exchangeable, only_reads
from engine.rust.plain_makers import only_makes
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, span_of
from engine.rust.temporaries import living_on

OF_VALUE = "the change stands where a value is expected"
HANDLER = "the code for a poisoned lock goes away, for there is none any more"


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One lock scope as one atomic operation.

    ``ops`` are "load", "store", "add" and so on, with what becomes of a value that is read
    (``Influence.of``); with the field's name in front (``hits.add``) where a struct was behind
    the lock.
    ``notes`` are things that somebody must look at: with one, the fix is for review.
    """

    edits: tuple[Edit, ...]
    ops: frozenset[str]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a struct of counters."""

    inner: str
    orders: Orders


@dataclass(frozen=True, slots=True)
class LockUse:
    """One lock call that is to become an atomic operation."""

    source: Source
    receiver: bytes  # its text
    inner: str  # the type behind the lock
    orders: Orders
    facts: Facts
    influence: Influence
    references: frozenset[Span] = frozenset()  # operands that are references to numbers
    fields: Mapping[bytes, Field] = field(default_factory=dict)  # of the struct behind the lock
    held: Node | None = None  # the receiver as it stands
    methods: Methods | None = None  # of the struct behind the lock, that need no lock
    steps: int = 0  # how often the receiver is dereferenced to be the lock

    @property
    def stays(self) -> bool:
        """Is it the same whenever, and however often, the receiver is evaluated (its names unchanged)?"""
        return self.held is None or only_reads(self.source, self.held)

    def scopes(self, function: Node) -> Scopes:
        """Local names of ``function``."""
        return self.facts.sources.scopes(self.source, function)

    def plain(self, source: Source, call: Node) -> bool:
        """Is it a call that only makes a value?"""
        return only_makes(self.facts.items, source, call)

    def read(self, node: Node) -> frozenset[str]:
        """The words for a read of the value that nothing else is done with."""
        return self.influence.of(self.source, node) | {"load"}

    def narrowed(self, name: bytes) -> LockUse:
        """The use of one field of a struct that is no longer behind a lock."""
        one = self.fields[name]
        path = self.receiver + b"." + name
        return replace(
            self, receiver=path, inner=one.inner, orders=one.orders, fields={}, methods=None
        )

    def unlocked(self, what: Access) -> Edit:
        """The struct without its lock, in the place of a guard that is looked at as a whole."""
        stars = b"&" + b"*" * self.steps if what.lent else b""
        node = outward(what.node)
        return Edit(self.source.path, node.start_byte, node.end_byte, stars + self.receiver)

    def done_by(self, guard: Node, what: Access) -> Method:
        """What a look at the struct as a whole, or a method of it, does."""
        called = method_on(self.source, outward(guard))
        if called is not None and self.methods and called[0] in self.methods:
            return self.methods[called[0]]
        every = frozenset(self.fields)
        words = (of_field(name, ("load", "escapes") if what.lent else ("load",)) for name in every)
        return Method(every, frozenset().union(*words))


def notes_on(source: Source, found: Iterable[Effect], body: Node | None) -> tuple[str, ...]:
    """Notes for what ran while a temporary guard was alive, also in the ``body`` that it is held
    through. Raises Refused where that is a critical section."""
    notes: list[str] = []
    for effect in found:
        line = source.position(effect.node.start_byte)[0]
        held = body is not None and span_of(effect.node) in span_of(body)
        if effect.what == "await":
            raise Refused(f"the lock is held across {effect.words} (line {line})")
        if held and effect.what in ("call", "macro", "write", "lock"):
            raise Refused(f"{effect.words} (line {line}) runs while the lock is held")
        if effect.what == "lock":
            notes.append(
                f"line {line} took {effect.words} while it held this one: the two values are no "
                "longer read at one moment"
            )
        elif effect.what in ("call", "macro"):
            notes.append(f"{effect.words} in line {line} ran under the lock and no longer does")
    return tuple(dict.fromkeys(notes))


def rewrite_temporary(use: LockUse, guard: Node, handler: bool) -> Rewrite:
    """The rewrite for ``guard``, a locking expression that no name is bound to. Raises Refused."""
    source = use.source
    what = access(source, guard, use.methods)
    named = field_of(source, guard) if use.fields else b""
    if named and named not in use.fields:
        raise Refused("the struct behind the lock is used as a whole")
    if named:
        use = use.narrowed(named)
    scope = temporary_scope(source, guard) or _arguments_around(guard)
    found = (
        effect
        for effect in effects(source, scope.node, {span_of(guard)})
        if effect.span in scope.span and not _earlier(use, effect, guard, what)
    )
    notes = notes_on(source, found, held_through(source, guard, scope))
    notes = (*notes, *_macro_note(source, guard), *([HANDLER] if handler else ()))
    if what.kind in ("look", "method"):
        does = use.done_by(guard, what)
        ops = does.ops | ({"snapshot"} if len(does.fields) > 1 else set())
        return Rewrite((use.unlocked(what),), ops, notes)
    read = what.kind == "read"
    made = _read(use, what.node, notes) if read else _write(use, what, notes)
    return replace(made, ops=of_field(named, made.ops)) if named else made


def _arguments_around(guard: Node) -> DropScope:
    """The arguments of the macro in which the lock is taken: what it does with them is not known,
    and noted."""
    root = guard
    while root.parent is not None:
        root = root.parent
    return DropScope(root, span_of(root))


def _macro_note(source: Source, guard: Node) -> Iterator[str]:
    """A macro that is not known may do anything with an expression that it is given."""
    macro = source.parent(_arguments_around(guard).node)
    if macro is not None and not evaluates_in_place(source, macro):
        line = source.position(macro.start_byte)[0]
        name = macro_name(source, macro).decode("utf-8", "replace")
        yield f"the macro `{name}!` in line {line} is given the expression"


def of_field(name: bytes, ops: Iterable[str]) -> frozenset[str]:
    """The words of operations on one field of a struct."""
    return frozenset(f"{name.decode('utf-8', 'replace')}.{op}" for op in ops)


def _earlier(use: LockUse, effect: Effect, guard: Node, what: Access) -> bool:
    """Done before the lock is taken, or the access itself. The right side of an assignment to a
    number is evaluated before its left side."""
    own = (what.node, handed_to(use.source, what))
    if effect.node in own or effect.node.end_byte <= guard.start_byte:
        return True
    if effect.what == "write" and what.kind == "read":
        return True
    if what.operand is None or what.kind not in ("assign", "compound"):
        return False
    first = span_of(what.operand) not in use.references  # `u64 += &u64` is a call, left side first
    return first and span_of(effect.node) in span_of(what.operand)


def _read(use: LockUse, node: Node, notes: tuple[str, ...]) -> Rewrite:
    whole = outward(node)
    require_no_comment(use.source, span_of(whole))
    edit = Edit(use.source.path, whole.start_byte, whole.end_byte, load(use))
    return Rewrite((edit,), use.read(node), notes)


def load(use: LockUse) -> bytes:
    """The expression that reads the atomic in place of the lock."""
    return decoded(use.inner, b"%s.load(%s)" % (use.receiver, use.orders.of("load")))


def require_no_comment(source: Source, *spans: Span) -> None:
    """Raises Refused where replacing ``spans`` would lose a comment."""
    if any(source.comments_in(span) for span in spans):
        raise Refused("a comment stands inside the text that would be replaced")


def _write(use: LockUse, what: Access, notes: tuple[str, ...]) -> Rewrite:
    source = use.source
    by_ref = what.operand is not None and span_of(what.operand) in use.references
    change = change_of(source, what, lambda _: None, use.inner, b"value", by_ref)
    if what.kind in ("take", "replace", "swap"):
        return _exchange(use, what, change, notes)
    head, tail = as_statement(source, what.node, change)
    first = what.operand if not by_ref else None  # `u64 += &u64` is a call, left side first
    if first and use.held and (change.bound or not exchangeable(source, first, use.held)):
        edits = _bound_first(use, what.node, change, head, tail)
        return Rewrite(edits, frozenset({change.told}), (*notes, *_dropped_first(source, first)))
    edits = call_edits(use, what.node, change, head, tail)
    return Rewrite(edits, frozenset({change.told}), notes)


def _bound_first(
    use: LockUse, node: Node, change: Change, head: bytes, tail: bytes
) -> tuple[Edit, ...]:
    """The right side of an assignment is evaluated before its place; an argument comes after what the
    method is called on. So the right side gets a name in front. Raises Refused."""
    source, kept = use.source, change.node
    if kept is None or change.kind == "update":
        raise Refused("the new value was computed before the lock's path, and would be after it")
    if any(effect.what == "lock" for effect in effects(source, kept)):
        raise Refused("another lock that the new value takes would be given back before the change")
    before, after = Span(node.start_byte, kept.start_byte), Span(kept.end_byte, node.end_byte)
    require_no_comment(source, before, after)
    taken = words_around(source, node)
    names = (b"value", b"new_value", b"amount", b"operand")
    name = first_free(names, lambda n: n not in taken)
    up = source.parent(node)
    alone = up is not None and up.type in ("expression_statement", "block")
    call = change.named(name).call(use.receiver, use.orders)
    if not alone and not head.startswith(b"{"):
        head, tail = b"{ " + head, tail + b" }"
    opened = b"{ " if head.startswith(b"{ ") else b""
    gap = b" " if opened else source.newline + source.indent_of(node.start_byte)
    text = b";" + gap + head.removeprefix(opened) + call + tail
    return (
        Edit(source.path, before.start, before.end, opened + b"let %s = " % name),
        Edit(source.path, after.start, after.end, text),
    )


def _dropped_first(source: Source, value: Node) -> Iterator[str]:
    """What is made on the way to a value that gets a name goes with its ``let``."""
    for made in living_on(source, value):
        line = source.position(made.start_byte)[0]
        words = source.quoted(span_of(made))
        yield f"what `{words}` gives (line {line}) is now dropped before the change, not behind it"


def _exchange(use: LockUse, what: Access, change: Change, notes: tuple[str, ...]) -> Rewrite:
    """``mem::take``, ``replace`` and ``swap`` as an atomic swap."""
    head = b""
    if what.kind == "swap" and what.operand is not None:
        if not only_reads(use.source, what.operand):
            raise Refused("what it is swapped with would be looked for twice")
        head = use.source.text(what.operand) + b" = "
    edits = call_edits(use, what.node, change, head, b"")
    return Rewrite(edits, frozenset({"swap"}), notes)


def as_statement(source: Source, node: Node, change: Change) -> tuple[bytes, bytes]:
    """What must stand before and after the call that replaces ``node``, an assignment: its value
    is no longer ``()``. Raises Refused where a value is expected."""
    up = source.parent(node)
    if up is None or up.type == "macro_invocation":
        raise Refused(OF_VALUE)
    ignored = b"let _ = " if change.updates else b""
    if up.type == "expression_statement":
        ended = source.text(up).endswith(b";")
        return ignored, b"" if ended or not change.returns else b";"
    if not change.returns:
        return b"", b""
    if is_macro_brackets(up):
        return b"{ " + ignored, b"; }"
    if up.type == "block":
        return ignored, b";"
    armed = up.type == "ERROR" and source.data[: node.start_byte].rstrip().endswith(b"=>")
    if armed or up.type in ("closure_expression", "match_arm"):
        return b"{ " + ignored, b"; }"
    raise Refused(OF_VALUE)


def call_edits(
    use: LockUse, node: Node, change: Change, head: bytes, tail: bytes
) -> tuple[Edit, ...]:
    """Edits that put the call for ``change`` in the place of ``node``. The operand's own text is
    left alone where it can be: another counter's rewrite may lie in it."""
    source, path = use.source, use.source.path
    kept, want_old = change.node, change.kind == "swap"
    if change.bound:
        return _bound_first(use, node, change, head, tail)
    if kept is None or change.kind == "update":
        require_no_comment(source, span_of(node))
        text = change.call(use.receiver, use.orders, want_old)
        return (Edit(path, node.start_byte, node.end_byte, head + text + tail),)
    before, after = Span(node.start_byte, kept.start_byte), Span(kept.end_byte, node.end_byte)
    require_no_comment(source, before, after)
    opened, closed = change.around_operand(use.receiver, use.orders, want_old)
    return (
        Edit(path, before.start, before.end, head + opened),
        Edit(path, after.start, after.end, closed + tail),
    )
