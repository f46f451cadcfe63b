"""Where a guard stood, the ``Arc`` that was taken: a name for it, its ``let``, and the uses of the value."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from codemods.shared_lock.group import LockGroup
from codemods.shared_lock.retyped import wrapped
from engine.base.model import Edit
from engine.rust import nodes
from engine.rust.codegen import first_free, identifiers, in_front, words_around
from engine.rust.effects import outward_effects
from engine.rust.front_places import changed_by, front_of
from engine.rust.lock_groups.guard_sections import GuardSection, GuardUse
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.lock_groups.lock_places import LocatedCall
from engine.rust.scopes import scopes_of
from engine.rust.syntax import Source, span_of

# Methods that an `Arc` has of its own, by a trait that the value may have as well.
_OF_ARCS = frozenset(
    b"""clone borrow as_ref to_owned into try_into type_id hash eq ne cmp partial_cmp lt le gt ge fmt deref
    serialize""".split()
)


def through(source: Source, use: GuardUse, stars: bytes) -> Iterator[Edit]:
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


def in_front_of(
    group: LockGroup, call: LocatedCall, section: GuardSection, taken: bytes
) -> Iterator[Edit]:
    """A ``let`` of the snapshot, which ``taken`` takes, in front of the statement that the guard is a temporary
    of, and its name in the guard's place. Raises Refused where there is no such place."""
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
    text = b"let " + snapshot + b" = " + taken + b";"
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
