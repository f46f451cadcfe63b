"""The rewrite of every use and declaration of one group, with one set of orderings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from codemods.mutex_counter.groups import Group
from codemods.mutex_counter.guard_access import Refused
from codemods.mutex_counter.locate import asked
from codemods.mutex_counter.located import Constructor, Located, LockCall
from codemods.mutex_counter.lock_call import DIRECT, rewrite
from codemods.mutex_counter.lock_types import atomic, full_names
from codemods.mutex_counter.orderings import RELAXED, SEQ_CST, Orders
from codemods.mutex_counter.temporary_guard import READING, Field, LockUse, Rewrite
from engine.base.model import Edit, Site, Span
from engine.rust.codegen import one_line
from engine.rust.syntax import Source

_COUNTING = frozenset({"load", "add", "sub", "wrap", "own", "snapshot"})


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Edits with what the plan must know of them (as ``Rewrite``, over any number of files)."""

    edits: tuple[Edit, ...] = ()
    ops: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    drops: tuple[tuple[str, bytes], ...] = ()


def merged(parts: Iterable[Rewritten]) -> Rewritten:
    """All parts as one, each edit once."""
    found = tuple(parts)
    return Rewritten(
        tuple(dict.fromkeys(e for p in found for e in p.edits)),
        frozenset(op for p in found for op in p.ops),
        tuple(dict.fromkeys(n for p in found for n in p.notes)),
        tuple(dict.fromkeys(d for p in found for d in p.drops)),
    )


def counts_only(inners: frozenset[str], ops: frozenset[str]) -> bool:
    """A number that is only added to, subtracted from and read out."""
    return "bool" not in inners and ops <= _COUNTING | {"decides", "escapes"}


def orders_for(inners: frozenset[str], ops: frozenset[str]) -> Orders:
    """Relaxed for a statistic; SeqCst where anything may hang on the value (why: the codemod's docs).

    A number that also goes down tells how things stand now, so who reads it must be seen; one that
    only grows may be read by anybody.
    """
    signed = any(inner.startswith("i") for inner in inners)
    falls = bool(ops & {"sub", "wrap"}) or (signed and "add" in ops)
    statistic = counts_only(inners, ops) and "decides" not in ops
    return RELAXED if statistic and not (falls and "escapes" in ops) else SEQ_CST


def rewritten(located: Located, group: Group, orders: Orders) -> Rewritten | Refused:
    """All uses, declared types and constructors of a group, or the first thing in the way."""
    used = uses_of(located, group.lock_calls, orders)
    if isinstance(used, Refused):
        return used
    parts = [used]
    for decl in group.declarations:
        source = located.source(decl.path)
        for span, inner in zip(decl.types, decl.inners, strict=True):
            before, after = decl.around
            edit = Edit(decl.path, span.start, span.end, before + atomic(inner) + after)
            parts.append(Rewritten((edit,), drops=tuple(imports_behind(source, span))))
    for new in group.constructors:
        made = _constructor(located, group, new)
        if isinstance(made, Refused):
            return made
        drops = tuple(imports_behind(located.source(new.file), new.named))
        parts.append(Rewritten((made,), drops=drops))
    return apart(located, merged(parts))


def apart(located: Located, made: Rewritten) -> Rewritten | Refused:
    """Edits of one fix must not overlap: two locks of one group in one statement may do so."""
    ordered = sorted(made.edits, key=lambda e: (e.path, e.start, e.end))
    for left, right in pairwise(ordered):
        if left.path == right.path and right.start < left.end:
            place = located.place(right.path, right.start)
            return Refused(f"{place}: it is locked again while it is held")
    return made


def uses_of(
    located: Located,
    calls: Iterable[LockCall],
    orders: Orders,
    fields: Mapping[bytes, Field] | None = None,
) -> Rewritten | Refused:
    """The rewrites of all lock calls. A use of the lock as a lock is told first: it decides."""
    done = [(call, rewrite_call(located, call, orders, fields or {})) for call in calls]
    refused = [(call, made) for call, made in done if isinstance(made, Refused)]
    refused.sort(key=lambda r: not r[1].locks)
    for call, made in refused:
        return Refused(f"{located.place(call.path, call.span.start)}: {made.reason}", made.locks)
    return merged(_whole(call, made) for call, made in done if isinstance(made, Rewrite))


def _whole(call: LockCall, made: Rewrite) -> Rewritten:
    notes = tuple(f"{call.path}: {note}" for note in made.notes)
    drops = tuple((call.path, item) for item in made.drops)
    return Rewritten(made.edits, made.ops, notes, drops)


def changing(
    located: Located, calls: Iterable[LockCall], fields: Mapping[bytes, Field] | None = None
) -> dict[tuple[str, Span], bool]:
    """Which of ``calls``, all of which have a rewrite, change the value."""
    found: dict[tuple[str, Span], bool] = {}
    for call in calls:
        made = rewrite_call(located, call, SEQ_CST, fields or {})
        if isinstance(made, Rewrite):
            ops = {op.rpartition(".")[2] for op in made.ops}
            found[call.path, call.span] = bool(ops - READING - {"snapshot"})
    return found


def rewrite_call(
    located: Located, call: LockCall, orders: Orders, fields: Mapping[bytes, Field]
) -> Rewrite | Refused:
    """One lock call with everything done under it; ``fields`` are those of the struct behind the
    lock (none: a number or flag is behind it)."""
    source = located.source(call.path)
    node, held = source.node_at(call.span), source.node_at(call.receiver)
    if node is None or held is None or call.lock is None:
        return Refused("the call is not understood")
    if not source.sound(node):
        return Refused("a syntax error stands beside it")
    if call.method not in DIRECT and source.comments_in(Span(call.receiver.end, call.span.end)):
        return Refused("a comment stands inside the text that would be replaced")
    text = one_line(source.text(held))
    references = _references(located, call)
    use = LockUse(
        source, text, call.lock.inner, orders, located.facts, located.influence, references, fields
    )
    return rewrite(use, node, call.lock.family, call.method)


def _references(located: Located, call: LockCall) -> frozenset[Span]:
    """Operands under this lock that rustc knows as references."""
    source = located.source(call.path)
    site = Site("", call.path, call.span, {}, kind=f"call {call.method.decode()}")
    found: set[Span] = set()
    for span in asked(site, source):
        told = located.facts.type_of(call.path, span)
        if told is not None and told.is_ref:
            found.add(span)
    return frozenset(found)


def imports_behind(source: Source, span: Span) -> Iterator[tuple[str, bytes]]:
    """(path, full name) of imports behind a lock type's name that may no longer be needed."""
    node = source.innermost(span)
    if node.type == "generic_type":
        node = node.child_by_field_name("type") or node
    text = source.text(node)
    for full in full_names(source, node, text):
        yield source.path, full
    if b"::" in text:
        for full in full_names(source, node, text.partition(b"::")[0]):
            yield source.path, full


def _constructor(located: Located, group: Group, new: Constructor) -> Edit | Refused:
    """``Mutex`` of ``Mutex::new(..)`` becomes the atomic that this lock is."""
    inners = group.inners
    if len(inners) > 1 and new.lock is not None:
        inners &= {new.lock.inner}
    if len(inners) != 1:
        place = located.place(new.file, new.whole.start)
        return Refused(f"{place}: which number this lock is made for is not known")
    marker = atomic(next(iter(inners)))
    source = located.source(new.file)
    node = source.node_at(new.whole)
    function = node.child_by_field_name("function") if node is not None else None
    last = source.text(function).rpartition(b"::")[2] if function is not None else b""
    if last in (b"const_new", b"const_mutex", b"const_rwlock") and function is not None:
        return Edit(new.file, function.start_byte, function.end_byte, marker + b"::new")
    return Edit(new.file, new.path.start, new.path.end, marker)
