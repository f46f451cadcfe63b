"""``RwLock<T>`` that is replaced whole -> ``RwLock<Arc<T>>``: who reads long takes the ``Arc`` and lets go."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from codemods.shared_lock.group import LockGroup
from codemods.shared_lock.kinds import Used
from codemods.shared_lock.retyped import around_inner, given_values, heads, renamed, wrapped
from engine.base.counts import listed
from engine.base.model import Edit, Fix, Level
from engine.rewrite.use_declarations import name
from engine.rust import nodes
from engine.rust.codegen import first_free, identifiers, in_front, words_around
from engine.rust.effects import outward_effects
from engine.rust.front_places import changed_by, front_of
from engine.rust.lock_groups.guard_sections import GuardSection, GuardUse
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.lock_groups.lock_places import LocatedCall
from engine.rust.scopes import scopes_of
from engine.rust.syntax import Source, span_of

ARC = b"std::sync::Arc"
_READ = {b"lock": b"read", b"blocking_lock": b"blocking_read"}
_WRITE = {b"lock": b"write", b"blocking_lock": b"blocking_write"}
# Methods that an `Arc` has of its own, by a trait that the value may have as well.
_OF_ARCS = frozenset(
    b"""clone borrow as_ref to_owned into try_into type_id hash eq ne cmp partial_cmp lt le gt ge fmt deref
    serialize""".split()
)
_NAMED = 3


def fixes(group: LockGroup) -> tuple[Fix, ...]:
    """The value in an ``Arc`` behind the lock. Raises Refused."""
    group.require_known()
    if group.type_.kind not in ("path", "tuple", "array"):
        raise Refused(f"`{group.type_.short()}` has no size of its own")
    group.require_shareable("an `Arc` of it could not be shared")
    for call, other in group.again():
        raise Refused(
            f"{group.at(call)}: it is read again meanwhile ({group.at(other)}): two snapshots may "
            "differ, where the lock kept both reads together"
        )
    notes = group.require_alone("a lock around an `Arc`")
    if printed := group.printed() if group.kind == "Mutex" else "":
        notes.append(printed)
    notes += _seen_meanwhile(group)
    edits = [*_places(group)]
    for used, call in group.known:
        edits += _call(group, used, call)
    note = " ".join(_note(group, notes))
    return (Fix("snapshot", Level.REVIEW, tuple(sorted(set(edits))), note),)


def _places(group: LockGroup) -> Iterator[Edit]:
    if group.kind == "Mutex":
        yield from heads(group, group.lock_type("RwLock"))
    yield from around_inner(group, name(ARC) + b"<", b">")
    for new, value in given_values(group):
        yield from wrapped(group.places.source(new.file), value, name(ARC) + b"::new(")


def _call(group: LockGroup, used: Used, call: LocatedCall) -> Iterator[Edit]:
    source, node = group.node(call)
    section = used.section
    assert section is not None  # require_known
    method = (_READ if used.reads else _WRITE).get(call.method, call.method)
    if method.startswith(b"try_"):
        raise Refused(f"{group.at(call)}: who fails to get the lock does something else")
    if used.reads and used.long:
        yield from _snapshot(group, call, section, method)
        return
    if method != call.method:
        yield renamed(source, node, method)
    for use in section.uses:
        if use.value is not None:
            yield from wrapped(source, use.value, name(ARC) + b"::new(")
        else:
            yield from _through(source, use, b"*")


def _through(source: Source, use: GuardUse, stars: bytes) -> Iterator[Edit]:
    """One step more from the guard to the value, where a step is written, or a method is asked that an ``Arc``
    answers itself. ``stars`` are those that a written step needs more."""
    whole, up = nodes.unwrapped(use.node)
    if up is not None and nodes.dereferenced(up) == whole:
        if stars:
            yield Edit(source.path, whole.start_byte, whole.start_byte, stars)
        return
    called = nodes.method_on(source, whole)
    if called is not None and called[0] in _OF_ARCS:
        yield from wrapped(source, whole, b"(*" + stars)


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
            yield from _through(source, use, b"")
        return
    if scope.kind == "let":
        if not all(binding.plain for binding in scope.bindings):
            raise Refused(f"{group.at(call)}: the guard comes out of a pattern")
        if method != call.method:
            yield renamed(source, node, method)
        yield from wrapped(source, guard.node, before)
        for use in section.uses:
            yield from _through(source, use, b"")
        return
    yield from _in_front(group, call, section, method)


def _taken(group: LockGroup) -> bytes:
    """How the ``Arc`` is cloned: of what is awaited rustc does not know soon enough that it is a guard."""
    return b"::clone(&*" if group.family == "tokio" else b"::clone(&"


def _in_front(
    group: LockGroup, call: LocatedCall, section: GuardSection, method: bytes
) -> Iterator[Edit]:
    """A ``let`` of the snapshot in front of the statement that the guard is a temporary of."""
    source, node = group.node(call)
    guard = section.guard.node
    front = front_of(source, guard)
    if isinstance(front, str):
        raise Refused(
            f"{group.at(call)}: no snapshot can be taken in front of its statement: {front}"
        )
    receiver = identifiers(source.slice(call.receiver))
    for part in front.before:
        effect = next(outward_effects(source, part), None)
        if effect is not None or changed_by(source, part) & receiver:
            words = effect.words if effect is not None else f"`{source.quoted(span_of(part))}`"
            raise Refused(
                f"{group.at(call)}: {words} comes before the lock: give it a `let` by hand"
            )
    snapshot = _name(group, source, node)
    taken = source.text(guard)
    if method != call.method:
        edit = renamed(source, node, method)
        at = edit.start - guard.start_byte
        taken = taken[:at] + method + taken[at + len(call.method) :]
    text = b"let " + snapshot + b" = " + name(ARC) + _taken(group) + taken + b");"
    if source.comments_in(span_of(guard)):
        raise Refused(f"{group.at(call)}: a comment stands inside what would be moved")
    written = snapshot
    called = nodes.method_on(source, nodes.outward(guard))
    if called is not None and called[0] in _OF_ARCS:
        written = b"(*" + snapshot + b")"
    yield Edit(source.path, guard.start_byte, guard.end_byte, written)
    if front.inline:
        yield from wrapped(source, front.whole, b"{ " + text + b" ", b" }")
    else:
        yield in_front(source, front.whole, text)


def _name(group: LockGroup, source: Source, node: Node) -> bytes:
    """A free name for the snapshot: that of the place, in small letters."""
    kept = [d for d in group.group.declarations if d.kind in ("field", "static", "local")]
    wanted = kept[0].name.lower() if kept else b""
    plain = wanted.decode("utf-8", "replace").isidentifier()
    words = words_around(source, node)
    function = source.fn_item_of(node)
    scopes = scopes_of(source, function) if function is not None else None

    def is_free(word: bytes) -> bool:
        used = scopes is not None and scopes.resolve(word, node.start_byte) is not None
        bound = scopes is not None and any(b.name == word for b in scopes.bindings)
        return not used and not bound and (word == wanted or word not in words)

    return first_free(((wanted,) if plain else ()) + (b"snapshot", b"current"), is_free)


def _seen_meanwhile(group: LockGroup) -> list[str]:
    """What a writer waited for, or ended, and no longer does."""
    notes: list[str] = []
    if told := group.effects(reads_only=True):
        words = "what ran before a new value came, and may now run after it, with the old one"
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
