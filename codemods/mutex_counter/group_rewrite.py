"""The rewrite of every use and declaration of one group, with one set of orderings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from tree_sitter import Node

from codemods.mutex_counter.atomic_types import atomic
from codemods.mutex_counter.float_bits import first_bits, is_float
from codemods.mutex_counter.groups import inners_of
from codemods.mutex_counter.guard_access import Methods, changing
from codemods.mutex_counter.locate import asked
from codemods.mutex_counter.located import Located
from codemods.mutex_counter.lock_call import rewrite
from codemods.mutex_counter.orderings import RELAXED, SEQ_CST, Orders
from codemods.mutex_counter.temporary_guard import Field, LockUse, Rewrite
from engine.base.model import Edit, Site, Span
from engine.rust import nodes
from engine.rust.codegen import one_line, replaced
from engine.rust.lock_groups.lock_guards import DIRECT, Refused
from engine.rust.lock_groups.lock_places import Constructor, LocatedCall
from engine.rust.lock_groups.lock_sets import Group
from engine.rust.lock_groups.lock_types import Family, lock_of
from engine.rust.lock_groups.lost_lock_waits import lost_notes

_COUNTING = frozenset({"load", "add", "sub", "wrap", "own", "snapshot"})
# One operation each, of which the hardware has an atomic one. ("update" may run its closure again.)
_SINGLE = _COUNTING | {"store", "swap", "max", "min", "and", "or", "xor"}
_FATES = frozenset({"decides", "escapes"})


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Edits with what the plan must know of them (as ``Rewrite``, over any number of files)."""

    edits: tuple[Edit, ...] = ()
    ops: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    uses: tuple[tuple[tuple[str, Span], bool], ...] = ()  # lock calls that change the value or not


def merged(parts: Iterable[Rewritten]) -> Rewritten:
    """All parts as one, each edit once."""
    found = tuple(parts)
    return Rewritten(
        tuple(dict.fromkeys(e for p in found for e in p.edits)),
        frozenset(op for p in found for op in p.ops),
        tuple(dict.fromkeys(n for p in found for n in p.notes)),
        tuple(dict.fromkeys(u for p in found for u in p.uses)),
    )


def is_number(inners: frozenset[str], ops: frozenset[str]) -> bool:
    """An integer, no flag, with which nothing is done but single operations."""
    return not any(i == "bool" or is_float(i) for i in inners) and ops <= _SINGLE | _FATES


def orders_for(inners: frozenset[str], ops: frozenset[str], accompanied: bool) -> Orders:
    """Relaxed for a statistic: a number that is only added to, subtracted from and read, all reads of
    which are known to be mere accounting, and that is not ``accompanied`` by other memory whose order
    somebody may see. SeqCst for everything else (why: the codemod's docs)."""
    statistic = "bool" not in inners and ops <= _COUNTING
    return RELAXED if statistic and not accompanied else SEQ_CST


def rewritten(located: Located, group: Group, orders: Orders) -> Rewritten:
    """All uses, declared types and constructors of a group. Raises Refused with the first thing in
    the way."""
    made = {new: _constructor(located, group, new) for new in group.constructors}
    every = tuple(edit for edits in made.values() for edit in edits)
    parts = [uses_of(located, group.lock_calls, orders, made=every)]
    for decl in group.declarations:
        for span, inner in zip(decl.types, decl.inners, strict=True):
            before, after = decl.around
            edit = Edit(decl.path, span.start, span.end, before + atomic(inner) + after)
            parts.append(Rewritten((edit,)))
    for new, edits in made.items():
        if not any(_holds(call, new) for call in group.lock_calls):
            parts.append(Rewritten(edits))
    return apart(located, merged(parts))


def _holds(call: LocatedCall, new: Constructor) -> bool:
    """Is the lock made where it is taken, as in ``ONCE.get_or_init(|| Mutex::new(0)).lock()``? The
    receiver is written anew, the constructor in it included; that of ``get_mut`` stays as it is."""
    inside = call.path == new.file and new.whole in call.receiver
    return inside and call.method not in DIRECT


def apart(located: Located, made: Rewritten) -> Rewritten:
    """Edits of one fix must not overlap: two locks of one group in one statement may do so."""
    ordered = sorted(made.edits, key=lambda e: (e.path, e.start, e.end))
    for left, right in pairwise(ordered):
        if left.path == right.path and right.start < left.end:
            place = located.place(right.path, right.start)
            raise Refused(f"{place}: it is locked again within the same expression")
    return made


def uses_of(
    located: Located,
    calls: Iterable[LocatedCall],
    orders: Orders,
    fields: Mapping[bytes, Field] | None = None,
    made: tuple[Edit, ...] = (),
    methods: Methods | None = None,
) -> Rewritten:
    """The rewrites of all lock calls. A use of the lock as a lock is told first: it decides. ``made``
    are the edits of constructors, for those that stand in what is locked; ``methods`` those of the struct
    with these ``fields`` that need no lock."""
    calls = tuple(calls)
    done: list[Rewritten] = []
    refused: list[Refused] = []
    for call in calls:
        try:
            done.append(
                _whole(call, rewrite(*opened(located, call, orders, fields or {}, made, methods)))
            )
        except Refused as bad:
            place = located.place(call.path, call.span.start)
            refused.append(Refused(f"{place}: {bad.reason}", bad.locks))
    if refused:
        raise min(refused, key=lambda bad: not bad.locks)
    return merged([*done, Rewritten(notes=lost_notes(located, calls))])


def _whole(call: LocatedCall, made: Rewrite) -> Rewritten:
    notes = tuple(f"{call.path}: {note}" for note in made.notes)
    uses = (((call.path, call.span), bool(changing(made.ops))),)
    return Rewritten(made.edits, made.ops, notes, uses)


def opened(
    located: Located,
    call: LocatedCall,
    orders: Orders,
    fields: Mapping[bytes, Field],
    made: tuple[Edit, ...] = (),
    methods: Methods | None = None,
) -> tuple[LockUse, Node, Family, bytes]:
    """A lock call as ``lock_call.rewrite`` takes it. ``fields`` are those of the struct behind the lock
    (none: a number or flag is behind it), ``made`` and ``methods`` as in ``uses_of``. Raises Refused."""
    source = located.source(call.path)
    node, held = source.node_at(call.span), source.node_at(call.receiver)
    if node is None or held is None or call.lock is None:
        raise Refused("the call is not understood")
    if not source.sound(node):
        raise Refused("a syntax error stands beside it")
    if call.method not in DIRECT and source.comments_in(Span(call.receiver.end, call.span.end)):
        raise Refused("a comment stands inside the text that would be replaced")
    inside = {edit.span: edit.replacement for edit in made if edit.path == call.path}
    text = one_line(replaced(source, call.receiver, inside))
    references = _references(located, call)
    use = LockUse(
        source, text, call.lock.inner, orders, located.facts, located.influence, references, fields,
        held, (methods or {}) if fields else None, _steps(located, call),
    )  # fmt: skip
    return use, node, call.lock.family, call.method


def _steps(located: Located, call: LocatedCall) -> int:
    """How often what the lock is called on is dereferenced to be the lock."""
    told = located.facts.type_of(call.path, call.receiver)
    chain = told.deref_chain() if told is not None else ()
    return sum(1 for type_ in chain if lock_of(type_) is not None) - 1 if chain else 0


def _references(located: Located, call: LocatedCall) -> frozenset[Span]:
    """Operands under this lock that rustc knows as references."""
    source = located.source(call.path)
    site = Site("", call.path, call.span, {}, kind=f"call {call.method.decode()}")
    told = ((span, located.facts.type_of(call.path, span)) for span in asked(site, source))
    return frozenset(span for span, type_ in told if type_ is not None and type_.is_ref)


def _constructor(located: Located, group: Group, new: Constructor) -> tuple[Edit, ...]:
    """``Mutex`` of ``Mutex::new(..)`` becomes the atomic that this lock is; of a float, it is made of its
    bits."""
    inners = inners_of(group)
    if len(inners) > 1 and new.lock is not None:
        inners &= {new.lock.inner}
    if len(inners) != 1:
        place = located.place(new.file, new.whole.start)
        raise Refused(f"{place}: which number this lock is made for is not known")
    inner = next(iter(inners))
    marker, source = atomic(inner), located.source(new.file)
    node = source.node_at(new.whole)
    callee = nodes.callee_of(node) if node is not None else None
    last = nodes.last_segment(source.text(callee)) if callee is not None else b""
    bits = _bits(located, new, node, last, inner) if is_float(inner) and node is not None else ()
    if last in (b"const_new", b"const_mutex", b"const_rwlock") and callee is not None:
        return (Edit(new.file, callee.start_byte, callee.end_byte, marker + b"::new"), *bits)
    return (Edit(new.file, new.path.start, new.path.end, marker), *bits)


def _bits(
    located: Located, new: Constructor, made: Node, last: bytes, inner: str
) -> tuple[Edit, ...]:
    """The bits in the place of the float that a lock is ``made`` of. Raises Refused."""
    if last == b"default" or new.turbofish:
        return ()
    given = nodes.arguments_of(made)
    place = located.place(new.file, new.whole.start)
    if len(given) != 1:
        raise Refused(f"{place}: the function that makes the lock would be given the number's bits")
    package = located.facts.package_of(new.file)
    version = package.rust_version if package is not None else ""
    text = first_bits(located.source(new.file), inner, given[0], version, place)
    return (Edit(new.file, given[0].start_byte, given[0].end_byte, text),)
