"""``RwLock<T>`` that is replaced whole -> ``RwLock<Arc<T>>``: who reads long takes the ``Arc`` and lets go."""

from __future__ import annotations

from collections.abc import Iterator

from codemods.shared_lock import arc_swaps
from codemods.shared_lock.group import LockGroup
from codemods.shared_lock.kinds import Used
from codemods.shared_lock.retyped import around_inner, given_values, heads, renamed, wrapped
from codemods.shared_lock.sections import taken_out
from codemods.shared_lock.snapshot_edits import in_front_of, through
from engine.base.counts import listed
from engine.base.model import Edit, Fix, Level
from engine.base.rust_version import may_use
from engine.rewrite.use_declarations import name
from engine.rust import nodes
from engine.rust.broad_impls import broad_trait
from engine.rust.codegen import first_free, words_around
from engine.rust.lock_groups.guard_sections import GuardSection
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.lock_groups.lock_places import LocatedCall
from engine.rust.questions import CLONE
from engine.rust.syntax import span_of

ARC = b"std::sync::Arc"
_READ = {b"lock": b"read", b"blocking_lock": b"blocking_read"}
_WRITE = {b"lock": b"write", b"blocking_lock": b"blocking_write"}
_NAMED = 3
_SINCE = (1, 76)  # `Arc::unwrap_or_clone`


def fixes(group: LockGroup) -> tuple[tuple[Fix, ...], dict[str, str]]:
    """The value in an ``Arc`` behind the lock, or in an ``ArcSwap``; why there is none of the latter. Raises
    Refused."""
    group.require_known(frozenset({b"into_inner"}))
    if group.type_.kind not in ("path", "tuple", "array"):
        raise Refused(f"`{group.type_.short()}` has no size of its own")
    group.require_shareable("an `Arc` of it could not be shared")
    for call, other in group.again():
        raise Refused(
            f"{group.at(call)}: it is read again meanwhile ({group.at(other)}): two snapshots may "
            "differ, where the lock kept both reads together"
        )
    if group.kind == "Mutex":
        group.require_unchanged_when_shared()
    for used, call in group.known:
        _require_no_own_trait(group, used, call)
    notes = group.require_alone("a lock around an `Arc`")
    if printed := group.printed() if group.kind == "Mutex" else "":
        notes.append(printed)
    notes += _seen_meanwhile(group)
    edits = [*_places(group), *_calls(group, notes)]
    for call, _ in group.refused:
        edits += _taken_out(group, call)
    note = " ".join(_note(group, notes))
    found = [Fix("snapshot", Level.REVIEW, tuple(sorted(set(edits))), note)]
    lacking: dict[str, str] = {}
    try:
        swapped = arc_swaps.edits_of(group)
        found.append(Fix(arc_swaps.LABEL, Level.REVIEW, swapped, f"{note} {arc_swaps.NOTE}"))
    except Refused as refused:
        lacking[arc_swaps.LABEL] = refused.reason
    return tuple(found), lacking


def _require_no_own_trait(group: LockGroup, used: Used, call: LocatedCall) -> None:
    """Raises Refused where a method on the guard may be one of a trait of the workspace's that guards or
    ``Arc``s have, too."""
    source = group.places.source(call.path)
    for use in used.section.uses if used.section is not None else ():
        called = nodes.method_on(source, nodes.outward(use.node))
        facts = group.sections.facts
        trait = broad_trait(facts.sources, facts.items, called[0]) if called is not None else ""
        if called is not None and trait:
            raise Refused(
                f"{group.at(call)}: `{called[0].decode('utf-8', 'replace')}` may be a method of the trait "
                f"`{trait}`, which an `Arc` has as well"
            )


def _places(group: LockGroup) -> Iterator[Edit]:
    if group.kind == "Mutex":
        yield from heads(group, group.lock_type("RwLock"))
    yield from around_inner(group, name(ARC) + b"<", b">")
    for new, value in given_values(group):
        yield from wrapped(group.places.source(new.file), value, name(ARC) + b"::new(")


def _calls(group: LockGroup, notes: list[str]) -> list[Edit]:
    """All calls; ``notes`` takes what is to be said of long sections that stay under the lock. Raises Refused
    where none of them leaves it."""
    edits: list[Edit] = []
    left, held = 0, list[Refused]()
    for used, call in group.known:
        section = used.section
        assert section is not None  # require_known
        method = (_READ if used.reads else _WRITE).get(call.method, call.method)
        if method.startswith(b"try_"):
            raise Refused(f"{group.at(call)}: who fails to get the lock does something else")
        try:
            if used.reads and used.long:
                edits += list(_snapshot(group, call, section, method))
                left += 1
                continue
        except Refused as refused:
            held.append(refused)
        edits += _under_lock(group, call, section, method)
    if held and not left:
        raise held[0]
    notes += (f"a long section stays under the lock ({refused.reason})" for refused in held)
    return edits


def _under_lock(
    group: LockGroup, call: LocatedCall, section: GuardSection, method: bytes
) -> Iterator[Edit]:
    source, node = group.node(call)
    if method != call.method:
        yield renamed(source, node, method)
    for use in section.uses:
        if use.value is not None:
            yield from wrapped(source, use.value, name(ARC) + b"::new(")
        else:
            yield from through(source, use, b"*")


def _taken_out(group: LockGroup, call: LocatedCall) -> Iterator[Edit]:
    """``l.into_inner().unwrap()`` -> ``Arc::unwrap_or_clone(l.into_inner().unwrap())``: a reader may hold the
    value still."""
    source, node = group.node(call)
    value, facts = taken_out(source, node, group.family), group.sections.facts
    package = facts.package_of(call.path)
    if package is None or not may_use(package.rust_version, _SINCE):
        raise Refused(f"{group.at(call)}: `Arc::unwrap_or_clone` needs Rust 1.76")
    if facts.implements(call.path, span_of(value), CLONE) is not True:
        raise Refused(
            f"{group.at(call)}: the value is taken out of the lock, which a reader may hold still, and it is "
            "not known to have a `Clone`"
        )
    yield from wrapped(source, value, name(ARC) + b"::unwrap_or_clone(")


def _snapshot(
    group: LockGroup, call: LocatedCall, section: GuardSection, method: bytes
) -> Iterator[Edit]:
    source, node = group.node(call)
    guard, scope = section.guard, section.scope
    before = name(ARC) + _taken(group)
    if guard.form in ("if-let", "let-else", "match"):
        if method != call.method:
            yield renamed(source, node, method)
        taken = first_free((b"guard", b"locked"), lambda w: w not in words_around(source, node))
        mapped = b".map(|" + taken + b"| " + name(ARC) + b"::clone(&" + taken + b"))"
        yield Edit(source.path, node.end_byte, node.end_byte, mapped)
        for use in section.uses:
            yield from through(source, use, b"")
        return
    if scope.kind == "let":
        if not all(binding.plain for binding in scope.bindings):
            raise Refused(f"{group.at(call)}: the guard comes out of a pattern")
        if method != call.method:
            yield renamed(source, node, method)
        yield from wrapped(source, guard.node, before)
        for use in section.uses:
            yield from through(source, use, b"")
        return
    taken = source.text(guard.node)
    if method != call.method:
        at = renamed(source, node, method).start - guard.node.start_byte
        taken = taken[:at] + method + taken[at + len(call.method) :]
    yield from in_front_of(group, call, section, before + taken + b")")


def _taken(group: LockGroup) -> bytes:
    """How the ``Arc`` is cloned: of what is awaited rustc does not know soon enough that it is a guard."""
    return b"::clone(&*" if group.family == "tokio" else b"::clone(&"


def _seen_meanwhile(group: LockGroup) -> list[str]:
    """What a writer waited for, or ended, and no longer does."""
    notes: list[str] = []
    if told := group.effects(reads_only=True):
        alone = "ran one at a time, and " if group.kind == "Mutex" else ""
        words = (
            f"what {alone}ran before a new value came, and may now run after it, with the old one"
        )
        notes.append(f"{words}: {listed(told, _NAMED)}")
    if cell := group.changes_when_shared():
        notes.append(f"{cell} in it: what a reader changes in the old value is not in the new one")
    if group.drops_more():
        notes.append(
            f"dropping `{group.type_.short()}` does more than give back memory, and no longer happens "
            "where it is replaced"
        )
    return notes


def _note(group: LockGroup, notes: list[str]) -> Iterator[str]:
    yield (
        f"What `{group.shown.shown}` guards is replaced whole, so it stands in an `Arc`: {group.ratio()}, "
        f"and to be read it was held over {group.held()}. Who reads that long takes a snapshot and lets go."
    )
    yield (
        "A writer no longer waits for such readers: they go on with the old value, and whoever is the last "
        "one with it drops it. A snapshot is one moment; two of them may be two."
    )
    if group.family == "std":
        yield "A panic of such a reader no longer poisons the lock."
    if notes:
        yield f"Look at: {'; '.join(dict.fromkeys(notes))}."
