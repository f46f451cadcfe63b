"""The note of a fix: what changes, what it cost before, what to look at."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from codemods.guard_across_await import messages, words
from engine.rust.effects import Effect
from engine.rust.guard_scopes import GuardScope
from engine.rust.locks import Flavour, lock_call
from engine.rust.moves import Moved
from engine.rust.nodes import method_call
from engine.rust.queries import walk
from engine.rust.syntax import Source
from engine.rust.type_facts import TypeFacts
from engine.rust.types import Type

_COST = {
    Flavour.STD: "others that want the lock block their worker threads meanwhile",
    Flavour.PARKING_LOT: "others that want the lock block their worker threads meanwhile",
    Flavour.SPIN: "others that want the lock burn a core meanwhile",
    Flavour.REFCELL: "a second borrow from another task of this thread panics meanwhile",
    Flavour.DASHMAP: "the shard stays locked, and a task of the same thread that needs it deadlocks",
    Flavour.TOKIO: "every other task that wants the lock waits for it too",
    Flavour.WATCH: "the channel's sender blocks its worker thread meanwhile",
    Flavour.ASYNC: "every other task that wants the lock waits for it too",
}


_CHANGES = frozenset(
    {b"take", b"insert", b"remove", b"push", b"push_back", b"push_front", b"pop", b"pop_front"}
    | {b"pop_back", b"drain", b"clear", b"replace", b"retain", b"extend", b"append", b"truncate"}
)


def _changes(source: Source, scope: GuardScope) -> bool:
    """Is what is guarded changed before the await?"""
    if any(binding.mutable for binding in scope.bindings):
        return True
    top = messages.looked_into(scope.node)
    called = (method_call(source, node) for node in walk(top))
    return any(call is not None and call.method in _CHANGES for call in called)


def note(
    source: Source,
    scope: GuardScope,
    flavour: Flavour,
    extra: tuple[str, ...],
    behind: bool = False,
) -> str:
    """What changes, what it cost before, what to look at. ``behind``: the lock is taken after the await
    now, not let go before it."""
    what, at = words.first_await(source, scope)
    name = words.guard_name(source, scope)
    head = f"{name[0].upper()}{name[1:]} was held while {what} is awaited (line {at}): {_COST[flavour]}."
    if behind:
        look = (
            f"It is now taken behind that: see that {what} need not be asked for under the lock, and need "
            "not run alone."
        )
    elif lock_call(source, scope.trace.ordered()[0]) is not None:
        look = "It now ends before that: see that the two locks need not be held together."
    elif flavour.is_async:
        look = (
            f"It now ends before that, so other tasks can get in between: see that {what} need not "
            "run alone (one writer at a time, check and then act)."
        )
    else:
        look = "It now ends before that: see that nothing relies on the lock being kept."
    if not behind and _changes(source, scope):
        look += f" What is changed under the lock is seen by others before {what} has finished."
    return " ".join((head, look, *extra))


def of_released(source: Source, effects: Sequence[Effect]) -> str:
    """Each thing, beside what is awaited first, that was done under the lock and no longer is."""
    said = [
        f"{_words(effect)} (line {words.line(source, effect.node.start_byte)})"
        for effect in effects
    ]
    return f"Done after the lock's end as well: {', '.join(dict.fromkeys(said))}."


def _words(effect: Effect) -> str:
    return effect.words.removeprefix("another lock, ").removesuffix(",")


def of_drop_earlier(name: str, type_: Type, gone: Moved) -> str:
    """``gone`` tells whether the value is moved away in the block; where it always is, there is
    nothing to say."""
    what, where = _named(type_), _unless(gone)
    return f"`{name}` ({what}) is dropped at the end of the new block, before the await{where}."


def of_drop_later(name: str, type_: Type, gone: Moved) -> str:
    """A local that was dropped right before the guard, and now outlives it; ``gone`` as above."""
    what, where = _named(type_), _unless(gone)
    return f"`{name}` ({what}) was dropped under the lock, and now is behind it{where}."


def of_life_longer(name: str, type_: Type, called: str) -> str:
    """What was made in passing has a name now. ``called``: the method on it, which may take it."""
    unless = f", unless `{called}` takes it" if called else ""
    return (
        f"`{name}` ({_named(type_)}) was dropped at the end of the statement that it was made in, and now "
        f"is at the end of its block{unless}."
    )


def of_drop_in_front(source: Source, node: Node, type_: Type) -> str:
    """What was made on the way to a value that is computed in front now goes before the statement."""
    made = words.one_line(source, node)
    return f"What `{made}` gives ({_named(type_)}) is dropped before the await."


def _named(type_: Type) -> str:
    return {"closure": "a closure", "coroutine": "a future"}.get(type_.kind, f"`{type_.short()}`")


def _unless(gone: Moved) -> str:
    return ", unless it was moved by then" if gone == "sometimes" else ""


def of_drop(flavour: Flavour, why: str) -> str:
    """``drop`` ends the lock, but rustc still counts the guard as part of the future. ``why`` says what
    is in a block's way ("": a block is another alternative)."""
    said = f"`drop` ends it, for a block cannot: {why}" if why else "`drop` ends it"
    if flavour.is_async or flavour is Flavour.DASHMAP:
        return f"{said}."
    return (
        f"{said}. The lock is free at run time, but the future still is not `Send`, and clippy's "
        "`await_holding_lock` still fires."
    )


def of_what_holds(source: Source, awaits: Sequence[Node]) -> str:
    """The ``awaits`` up to which the guard is needed keep it."""
    what, at = words.awaited_in_words(source, awaits[-1]), words.await_line(source, awaits[-1])
    return f"It is still held up to {what} (line {at}), which is one section with what needs it."


def of_drops_gone(source: Source, drops: Sequence[Node]) -> str:
    """The lock's end moves up from where the code's own ``drops`` stand."""
    said = [
        f"`{words.one_line(source, drop)}` (line {words.line(source, drop.start_byte)})"
        for drop in drops
    ]
    where = " and ".join(dict.fromkeys(said))
    return f"The lock's end moves up from {where}: see that nothing in between was to be done under it."


def of_holders(where: str) -> str:
    """A clone is held over the await, and ``where`` it is asked who holds such a value."""
    return f"{where[0].upper()}{where[1:]}: the clone does now, while the lock is free."


def of_handles(facts: TypeFacts, cloned: Sequence[Type]) -> list[str]:
    """A clone of an ``Arc`` or a sender outlives the lock, and with it what it was found in."""
    handles = [t for t in cloned if facts.is_cheap(t) and not facts.is_copy(t)]
    said = ", ".join(dict.fromkeys(f"`{handle.short()}`" for handle in handles))
    if not said:
        return []
    return [
        f"What leads to it may be removed or replaced meanwhile: the clone ({said}) is used still."
    ]


def of_look_ups(source: Source, nodes: Sequence[Node]) -> list[str]:
    """The elements ``nodes`` are looked for before another is worked on."""
    said = ", ".join(f"`{words.one_line(source, node)}`" for node in nodes)
    return (
        [f"{said} is looked up before that, and panics then where it is missing."] if said else []
    )


def of_cost(cost: str) -> str:
    """What the fix adds (a :attr:`Draft.cost`)."""
    return f"It costs {cost}."
