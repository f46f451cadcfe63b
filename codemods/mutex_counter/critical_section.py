"""A lock held by a named guard: all that is done under it, as one atomic operation or not at all.

What runs while the guard lives is a critical section. It becomes an atomic operation when nothing
in it but the counter minds the lock, and what it does to the counter is one load, one change, a
change whose old or new value is used, or a pure function of the old value. Where it is counted, and
the guard lives on over an await without being used, what is awaited is work that the lock was never
meant for: it is left out of the section (``later``), for a person to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tree_sitter import Node

from codemods.mutex_counter.guard_access import Access, Methods, access, handed_to, without_fields
from engine.base.model import Span
from engine.rust import nodes, statement_nodes
from engine.rust.drop_scopes import is_tail
from engine.rust.effects import Effect, effects, looks_at_clock, panics_on_purpose
from engine.rust.format_macros import capturing, shown_by
from engine.rust.influence import Influence
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.scopes import Binding, Scopes
from engine.rust.suspension import held_on_purpose, suspends
from engine.rust.syntax import Source, span_of


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention of the guard. ``captured``: where it stands in a format string (``"{g}"``)."""

    node: Node
    access: Access
    statement: int  # index into the region's statements
    captured: Span | None = None

    @property
    def reads(self) -> bool:
        """Is the value only read here? (Anything else writes it.)"""
        return self.access.reads


@dataclass(frozen=True)
class CriticalSection:
    """The statements that run while the guard ``name`` lives, and what they do with it.

    ``head`` is the ``let`` (None: an ``if let`` or a match arm binds the guard), ``drop`` the
    explicit ``drop(g)`` that ends it. ``block`` holds the statements.
    """

    source: Source
    name: bytes
    head: Node | None
    block: Node
    statements: tuple[Node, ...]
    drop: Node | None
    mentions: tuple[Mention, ...]
    notes: tuple[str, ...]
    later: tuple[Node, ...] = field(default=())  # statements after the drop
    released: tuple[Node, ...] = field(default=())  # that run under the lock, and need not

    @property
    def writes(self) -> tuple[Mention, ...]:
        """The mentions that change the value, in the order of the text."""
        return tuple(m for m in self.mentions if not m.reads)

    @property
    def reads(self) -> tuple[Mention, ...]:
        """The mentions that only read the value, in the order of the text."""
        return tuple(m for m in self.mentions if m.reads)

    def is_read(self, node: Node) -> Span | None:
        """The span of the read that ``node`` is (``*g``, or ``g`` with a method call on it)."""
        for mention in self.mentions:
            if mention.reads and mention.access.node == node:
                return span_of(node)
        return None

    def words(self, ops: frozenset[str], influence: Influence) -> frozenset[str]:
        """``ops`` with what becomes of the values read here; the result of a subtraction decides
        when it is used (the last one out turns off the light)."""
        own = [span_of(m.access.node) for m in self.writes]  # `*g = *g + 1` is the change itself
        found: set[str] = set()
        for mention in self.reads:
            node = mention.access.node
            if mention.captured is not None:
                found |= influence.of_capture(self.source, mention.captured)
            elif not any(span_of(node) in span for span in own):
                found |= influence.of(self.source, node, own)
        last = "sub" in ops and len(self.reads) > 0
        return ops | found | ({"decides"} if last else frozenset())

    def is_tail(self, node: Node) -> bool:
        """The value of the region's block."""
        return node.parent == self.block and is_tail(node)


Plain = Callable[[Source, Node], bool]  # is it a call that may as well run without the lock?


def section_of_let(
    source: Source,
    scopes: Scopes,
    let: Node,
    binding: Binding,
    plain: Plain,
    methods: Methods | None = None,
) -> CriticalSection:
    """The section of ``let g = x.lock().unwrap();``. Raises Refused."""
    block = let.parent
    if block is None or block.type != "block":
        raise Refused("the guard is bound in a place that is not understood")
    following = [
        statement
        for statement in nodes.named_children(block)
        if statement.start_byte >= let.end_byte and statement.type != "attribute_item"
    ]
    return _section(source, scopes, binding, let, block, following, plain, methods)


def section_of_block(
    source: Source,
    scopes: Scopes,
    block: Node,
    binding: Binding,
    plain: Plain,
    methods: Methods | None = None,
) -> CriticalSection:
    """The section of ``if let Ok(g) = x.lock() { .. }``. Raises Refused."""
    inside = nodes.named_children(block)
    return _section(source, scopes, binding, None, block, inside, plain, methods)


def section_of_self(
    source: Source,
    body: Node,
    own: Sequence[Node],
    plain: Plain,
    methods: Methods,
    written_to: bytes,
) -> CriticalSection:
    """The section that the ``body`` of a method is, whose caller holds the lock; ``own`` are its
    mentions of ``self``, ``written_to`` a formatter that it is given. Raises Refused."""
    statements = tuple(nodes.named_children(body))
    if any(n.type == "attribute_item" for n in statements):
        raise Refused("an attribute stands on a statement under the lock")
    found: list[Mention] = []
    for node in own:
        at = next(i for i, n in enumerate(statements) if span_of(node) in span_of(n))
        found.append(_mention(source, node, at, statements, methods))
    notes = _notes(source, statements, found, plain, written_to)
    return CriticalSection(source, b"self", None, body, statements, None, tuple(found), notes)


def _section(
    source: Source,
    scopes: Scopes,
    binding: Binding,
    head: Node | None,
    block: Node,
    following: Sequence[Node],
    plain: Plain,
    methods: Methods | None,
) -> CriticalSection:
    name = binding.name
    drop_at = next((i for i, n in enumerate(following) if _drops(source, n, name)), None)
    statements = tuple(following if drop_at is None else following[:drop_at])
    drop = following[drop_at] if drop_at is not None else None
    later = tuple(following[drop_at + 1 :]) if drop_at is not None else ()
    end = drop.end_byte if drop is not None else (following[-1].end_byte if following else 0)
    span = Span(head.start_byte if head is not None else block.start_byte, end)
    if any(n.type == "attribute_item" and span_of(n) in span for n in block.named_children):
        raise Refused("an attribute stands on a statement under the lock")
    mentions = _mentions(source, scopes, binding, statements, drop, methods)
    if not mentions:
        raise Refused("the lock is held as a gate: its value is not used", locks=True)
    released: tuple[Node, ...] = ()
    if (
        drop is None
        and _counts(source, mentions, methods or {})
        and held_on_purpose(source, head or block) is None
    ):
        at = _first_await(source, statements, mentions[-1].statement + 1)
        statements, released = statements[:at], statements[at:]
    notes = _notes(source, statements, mentions, plain)
    return CriticalSection(
        source, name, head, block, statements, drop, mentions, notes, later, released
    )


def _counts(source: Source, mentions: Sequence[Mention], methods: Methods) -> bool:
    """Is the value changed by what it was, and known to nobody afterwards?"""
    writes = [m for m in mentions if not m.reads]
    inside = [span_of(m.access.node) for m in writes]
    own = [m for m in mentions if m.reads and any(span_of(m.node) in span for span in inside)]
    known = len(own) + len(writes) < len(mentions)
    added = (
        m.access.kind == "compound"
        or (m.access.kind == "assign" and own)
        or (m.access.kind == "method" and _only_adds(source, m.access, methods))
        for m in writes
    )
    return bool(writes) and not known and all(added)


def _only_adds(source: Source, what: Access, methods: Methods) -> bool:
    """Is it a call, whose value nobody takes, of a method that only adds?"""
    call = handed_to(source, what)
    called = nodes.method_call(source, call) if call is not None else None
    up = call.parent if call is not None else None
    if called is None or up is None or up.type != "expression_statement":
        return False
    return without_fields(methods[called.method].ops) <= {"add", "sub"}


def _first_await(source: Source, statements: Sequence[Node], start: int) -> int:
    """The index of the first statement from ``start`` on in which the future may be suspended."""
    for at in range(start, len(statements)):
        if suspends(source, statements[at]):
            return at
    return len(statements)


def _drops(source: Source, statement: Node, name: bytes) -> bool:
    text = b"".join(source.text(statement).split())
    return text in tuple(p + b"drop(" + name + b");" for p in (b"", b"mem::", b"std::mem::"))


def _mentions(
    source: Source,
    scopes: Scopes,
    binding: Binding,
    statements: Sequence[Node],
    drop: Node | None,
    methods: Methods | None,
) -> tuple[Mention, ...]:
    found: list[Mention] = []
    for use in scopes.uses(binding):
        if drop is not None and use.span in span_of(drop):
            continue
        at = next((i for i, n in enumerate(statements) if use.span in span_of(n)), None)
        node = source.innermost(use.span)
        line = source.position(use.span.start)[0]
        if at is None:
            raise Refused(f"the guard is used in line {line}, after it was dropped there or moved")
        if use.capture:
            if capturing(source, use.span) is None:
                raise Refused(f"a macro takes the guard in line {line}")
            kind: Literal["read", "look"] = "read" if methods is None else "look"
            found.append(Mention(node, Access(kind, node), at, use.span))
            continue
        if node.type != "identifier" or source.text(node) != binding.name:
            raise Refused(f"a macro in line {line} takes the guard")
        found.append(_mention(source, node, at, statements, methods))
    return tuple(found)


def _mention(
    source: Source, node: Node, at: int, statements: Sequence[Node], methods: Methods | None
) -> Mention:
    """The mention ``node`` of the guard in statement ``at``. Raises Refused."""
    line = source.position(node.start_byte)[0]
    try:
        what = access(source, node, methods)
    except Refused as refused:
        raise Refused(f"{refused.reason} (line {line})", refused.locks) from None
    carrier = _carrier(source, node, statements[at])
    if carrier is not None:
        raise Refused(f"the guard is captured by {carrier} in line {line}", locks=True)
    return Mention(node, what, at)


def _carrier(source: Source, node: Node, statement: Node) -> str | None:
    """What could carry the guard out of its scope."""
    for ancestor in source.ancestors(node):
        if ancestor == statement:
            return None
        if ancestor.type == "async_block":
            return "an async block"
        if ancestor.type == "closure_expression" and source.text(ancestor).startswith(b"move"):
            return "a closure"
    return None


def _notes(
    source: Source,
    statements: Sequence[Node],
    mentions: Sequence[Mention],
    plain: Plain,
    written_to: bytes = b"",
) -> tuple[str, ...]:
    """Notes for what else runs under the lock, or why that makes it a critical section."""
    own = {span_of(m.access.node) for m in mentions if not m.reads}
    own |= {span_of(call) for m in mentions if (call := handed_to(source, m.access)) is not None}
    writes = any(not m.reads for m in mentions)
    notes: list[str] = []
    for statement in statements:
        for effect in effects(source, statement):
            written = written_to and source.text(effect.node).startswith(written_to + b".")
            if span_of(effect.node) in own or written:
                continue
            line = source.position(effect.node.start_byte)[0]
            match effect.what:
                case "lock" if not writes and _only_reads(source, effect):
                    notes.append(
                        f"line {line} took {effect.words} while this one was held: the two values "
                        "are no longer read at one moment"
                    )
                case "log":
                    notes.append(f"{effect.words} (line {line}) no longer runs under the lock")
                case "convention":
                    notes.append(f"{effect.words} (line {line}) ran under the lock")
                case "call" if plain(source, effect.node):
                    pass
                case _:
                    raise Refused(f"{effect.words} (line {line}) runs while the lock is held")
    notes += (
        f"line {source.position(at.start_byte)[0]} may panic on purpose while the lock is held, which poisons one of "
        "std: whoever unwraps it later panics, too, and no longer does"
        for statement in statements
        if (at := panics_on_purpose(source, statement)) is not None
    )
    known = any(m.reads and not any(span_of(m.node) in span for span in own) for m in mentions)
    if writes and known:
        clocks = (looks_at_clock(source, statement, own) for statement in statements)
        notes += (
            f"line {source.position(clock.start_byte)[0]} looked at the clock under the lock: times and "
            "numbers need no longer be in the same order"
            for clock in clocks
            if clock is not None
        )
    return tuple(dict.fromkeys(notes))


def _only_reads(source: Source, effect: Effect) -> bool:
    """The other lock is taken to read one value on the spot, or by a ``let`` of its own."""
    node = effect.node
    while shown_by(source, node) is None:
        up = source.parent(node)
        if up is None:
            return False
        if nodes.dereferenced(up) is not None:
            return _is_read(source, node)
        let = statement_nodes.let_of(up)
        if let is not None and up.type == "let_declaration":
            return let.value == node and not nodes.is_mut(up)
        if up.type not in (
            "call_expression", "field_expression", "try_expression", "await_expression",
            "parenthesized_expression",
        ):  # fmt: skip
            return False
        node = up
    return True


def _is_read(source: Source, guard: Node) -> bool:
    try:
        return access(source, guard).kind == "read"
    except Refused:
        return False


def written(section: CriticalSection, mention: Mention) -> Node | None:
    """The top-level statement that is just this write, if there is one."""
    statement = section.statements[mention.statement]
    node = nodes.outward(mention.access.node)
    return statement if node in (statement, statement_nodes.expression_in(statement)) else None
