"""What the user reads: the message and the reasons. They name the guard, the await and the lines."""

from __future__ import annotations

from tree_sitter import Node

from codemods.guard_across_await.words import (
    await_line,
    awaited_in_words,
    first_await,
    guard_name,
    line,
    one_line,
)
from engine.base.model import Span
from engine.rust.guard_scopes import GuardScope
from engine.rust.lock_pairs import Together, Touch
from engine.rust.locks import LockCall, lock_call
from engine.rust.places import is_written
from engine.rust.scopes import Binding
from engine.rust.syntax import LOOPS, Source, span_of
from engine.rust.type_facts import shared_target
from engine.rust.types import Type


def message(source: Source, scope: GuardScope, type_: Type | None = None) -> str:
    """One sentence for the finding."""
    first = scope.trace.ordered()[0]
    name = guard_name(source, scope)
    if scope.kind == "let":
        locked = lock_call(source, scope.node)
        if locked is not None:
            name += f", the guard of `{one_line(source, locked.receiver)}`,"
    if type_ is not None and lock_call(source, scope.node) is None:
        name += f" (a `{type_.last}`)"
    return (
        f"{name} is held while {awaited_in_words(source, first)} is awaited on line "
        f"{await_line(source, first)}"
    )


# -- reasons -----------------------------------------------------------------------------------


def on_purpose(source: Source, scope: GuardScope) -> str:
    """The guard is never used, or its name starts with an underscore."""
    what, at = first_await(source, scope)
    return (
        f"{guard_name(source, scope)} is kept for nothing but to hold the lock: it serialises {what} "
        f"(line {at}) on purpose, so it stays"
    )


def allowed(source: Source, scope: GuardScope, attribute: Node) -> str:
    """An ``attribute`` of the code allows clippy's lint here."""
    what, at = first_await(source, scope)
    return (
        f"`{one_line(source, attribute)}` on line {line(source, attribute.start_byte)} says that "
        f"{guard_name(source, scope)} is held across {what} (line {at}) on purpose, so it stays"
    )


def commented(source: Source, scope: GuardScope, comment: Node) -> str:
    """A ``comment`` of the code speaks of the lock's being held."""
    what, at = first_await(source, scope)
    return (
        f"the comment on line {line(source, comment.start_byte)} (`{one_line(source, comment)}`) says that "
        f"{guard_name(source, scope)} is held across {what} (line {at}) on purpose, so it stays"
    )


def tried(source: Source, scope: GuardScope, locked: LockCall) -> str:
    """``try_lock`` and its like: not to get the lock is an answer too."""
    what, at = first_await(source, scope)
    return (
        f"{guard_name(source, scope)} is taken by `{locked.method.decode()}`: who does not get it goes on "
        f"without, so it may be the claim to do {what} (line {at}) alone"
    )


def guards_nothing(source: Source, scope: GuardScope) -> str:
    """The lock is one of ``()``: it can only be there for the order of things."""
    what, at = first_await(source, scope)
    return (
        f"the lock guards no data (`()`): {guard_name(source, scope)} serialises {what} (line {at}) on "
        "purpose, so it stays"
    )


def given_away(source: Source, scope: GuardScope, node: Node) -> str:
    """``node`` moves the guard: into a call, a struct, a closure, or out of the function."""
    return (
        f"{guard_name(source, scope)} is given away on line {line(source, node.start_byte)} "
        f"(`{one_line(source, _around(node))}`): whoever gets it decides how long the lock is held"
    )


def passed(source: Source, scope: GuardScope) -> str:
    """The guard is an argument of what is awaited, which owns it from then on."""
    what, at = first_await(source, scope)
    return (
        f"the guard of `{one_line(source, scope.node)}` is passed into {what} on line {at}: that "
        "future decides how long the lock is held"
    )


def is_parameter(source: Source, scope: GuardScope) -> str:
    """The guard was taken by a caller."""
    what, at = first_await(source, scope)
    return (
        f"{guard_name(source, scope)} comes in as a parameter: the caller took the lock, and only there "
        f"can it end before {what} on line {at}"
    )


def assigned_again(source: Source, scope: GuardScope, node: Node) -> str:
    """``node`` puts another guard in the variable."""
    return (
        f"{guard_name(source, scope)} is assigned again on line {line(source, node.start_byte)}: one "
        "block cannot hold both locks"
    )


def dropped_after(source: Source, scope: GuardScope, drop: Node) -> str:
    """The code's own ``drop`` ends the guard, but only after the await."""
    what, at = first_await(source, scope)
    return (
        f"`{one_line(source, drop)}` on line {line(source, drop.start_byte)} stands after {what} "
        f"(line {at}): the lock is held that long on purpose, or the drop belongs further up"
    )


def dropped_in_part(source: Source, scope: GuardScope, drop: Node) -> str:
    """The code's own ``drop`` ends the guard, but not on every way to an await."""
    return (
        f"`{one_line(source, drop)}` on line {line(source, drop.start_byte)} ends "
        f"{guard_name(source, scope)} on one way through the statement that awaits"
    )


def raw(source: Source, scope: GuardScope, said: str) -> str:
    """``said`` tells of a raw pointer that the borrow checker does not follow."""
    what, at = first_await(source, scope)
    return (
        f"{said}: it may be used when {what} is awaited on line {at} or later, and what it points to "
        f"may change once {guard_name(source, scope)} is gone"
    )


def used_after(source: Source, scope: GuardScope, use: Span | None) -> str:
    """The guard is needed behind an await: at ``use``, or (None) somewhere that has no place of its
    own. Read, await, write is told apart, as it would lose updates if it were split."""
    what, at = first_await(source, scope)
    name = guard_name(source, scope)
    if use is None:
        return f"{name} is still needed after {what} is awaited on line {at}"
    node = source.innermost(use)
    writes = _is_written(source, node)
    again = f"is {'written to' if writes else 'used'} again on line {line(source, use.start)}"
    looped = any(
        a.type in LOOPS for a in source.ancestors(node) if span_of(a) in span_of(scope.region)
    )
    if looped and use.start < scope.trace.ordered()[0].start_byte:
        again += ", in the next round of the loop"
    reads = any(
        u.start < use.start and not _is_written(source, source.innermost(u)) for u in scope.uses
    )
    if writes and reads and scope.trace.ordered()[0].start_byte > min(scope.uses).start:
        return (
            f"{name} {again} after {what} was awaited on line {at}: read, await and write back are "
            "one critical section; splitting it lets another task in between"
        )
    return (
        f"{name} {again}, after {what} is awaited on line {at}: what stands between is one "
        "critical section; take the lock a second time there if it need not be"
    )


_PLACES = frozenset(
    {"identifier", "self", "field_expression", "index_expression", "unary_expression"}
    | {"parenthesized_expression"}
)


def _is_written(source: Source, node: Node) -> bool:
    """Is the place that starts with this name written, or a part of it?"""
    current: Node | None = node
    while current is not None and current.type in _PLACES:
        if is_written(source, current):
            return True
        current = current.parent
    return False


def awaited_on(source: Source, scope: GuardScope, use: Node, awaits: list[Node]) -> str:
    """What is awaited works on what the lock guards."""
    node = next(a for a in awaits if span_of(use) in span_of(a))
    return (
        f"{awaited_in_words(source, node)} on line {await_line(source, node)} works on what "
        f"{guard_name(source, scope)} guards while it is awaited: a value of its own cannot be taken out "
        "first. A handle that needs no lock (a clone, an `Arc`, a channel to the task that owns "
        "it) would let others in"
    )


def looked_into_while(
    source: Source, scope: GuardScope, top: Node, awaits: list[Node], type_: Type
) -> str:
    """A scrutinee or condition borrows from the lock, and its branch awaits."""
    inner = shared_target(type_)
    way = f"a clone of `{inner.short()}`" if inner is not None else "a copy of what is needed"
    return (
        f"`{one_line(source, top)}` (`{type_.short()}`) looks into what {guard_name(source, scope)} guards and "
        f"is needed while {awaited_in_words(source, awaits[0])} is awaited on line "
        f"{await_line(source, awaits[0])}; {way}, taken out in front, would end the lock, but is "
        "not known to be cheap"
    )


def needed_inside(
    source: Source, scope: GuardScope, top: Node, awaits: list[Node], type_: Type
) -> str:
    """``top`` is cheap to copy, but stands on a path of its own in the statement that awaits."""
    return (
        f"`{one_line(source, top)}` (`{type_.short()}`) is needed inside of the statement in which "
        f"{awaited_in_words(source, awaits[0])} is awaited on line {await_line(source, awaits[0])}, not at "
        f"its head: bind it to a name in front, where {guard_name(source, scope)} may end"
    )


def waits_for(source: Source, scope: GuardScope, top: Node, node: Node) -> str:
    """``top`` begins with the guard, and a part of it awaits ``node``."""
    return (
        f"`{one_line(source, top)}` takes {guard_name(source, scope)} first, and then waits for "
        f"{awaited_in_words(source, node)} on line {await_line(source, node)}: bind what that gives to a name "
        "in front, if it need not be asked for under the lock"
    )


def type_decides(source: Source, scope: GuardScope, top: Node, awaits: list[Node]) -> str:
    """``top`` may look into what is guarded, and rustc has not been asked for its type."""
    return (
        f"only the type of `{one_line(source, top)}` can tell whether it can be taken out before "
        f"{awaited_in_words(source, awaits[0])} is awaited on line {await_line(source, awaits[0])}"
    )


def looked_into(use: Node) -> Node:
    """The whole scrutinee or condition that the guard is used in."""
    current = use
    while current.parent is not None and current.parent.type in _OPERANDS:
        current = current.parent
    return current


_OPERANDS = frozenset(
    {"field_expression", "call_expression", "unary_expression", "reference_expression"}
    | {"await_expression", "try_expression", "index_expression", "parenthesized_expression"}
)


def not_first(source: Source, scope: GuardScope, node: Node) -> str:
    """``node`` would have to be computed before things that stand in front of it."""
    return (
        f"`{one_line(source, node)}` is not the first thing that its statement does: taking it out in "
        f"front would change the order of effects; bind it to a name where {guard_name(source, scope)} "
        "may end"
    )


def released_late(source: Source, scope: GuardScope, node: Node) -> str:
    """``node`` makes what others notice when it is dropped, which a name would keep for longer."""
    return (
        f"what `{one_line(source, node)}` gives ends with its statement: with a name of its own, taken out "
        f"where {guard_name(source, scope)} may end, it would be kept for longer"
    )


def dropped_earlier(scope: GuardScope, name: str, type_: Type | None = None) -> str:
    """``name``, declared under the guard, has a ``Drop`` that is seen when it runs earlier, or is a
    guard itself. ``type_``: its type where it is known."""
    held = f" (`{type_.last}`)" if type_ is not None and type_.name else ""
    return (
        f"`{name}`{held} is declared while the guard lives and kept to the end of the scope: a "
        "block around the guard would drop it before the await"
    )


def declared_without_value(scope: GuardScope, name: str) -> str:
    """``let name;`` under the guard is given its value later: a block cannot hand that out."""
    return f"`{name}` is declared without a value inside the guard's scope and used after it"


def attribute(scope: GuardScope, text: bytes) -> str:
    """``text`` is an attribute on or between the statements that would move."""
    shown_ = " ".join(text.decode("utf-8", "replace").split())
    return f"`{shown_}` stands in the statements that would go into a block: split them by hand"


def item_inside(scope: GuardScope, kind: str) -> str:
    """``kind`` (the grammar's name of an item, or "pinned value") says what among the statements that
    would move is needed in the scope that it stands in."""
    kind = kind.replace("_item", "").replace("_declaration", "").replace("_", " ")
    return f"a {kind} is declared between the guard and its last use: split them by hand"


def not_understood(scope: GuardScope) -> str:
    """The grammar finds an error in the statements that would move."""
    return "the statements around the guard hold syntax that is not understood here"


def other_guard(source: Source, scope: GuardScope, other: GuardScope) -> str:
    """``other`` is taken under this guard and has to outlive it."""
    return (
        f"{guard_name(source, other)}, taken while {guard_name(source, scope)} is held, is "
        "needed after the await: the two locks are one critical section"
    )


def held_together(source: Source, scope: GuardScope, touch: Touch, pair: Together) -> str:
    """Other code touches the second lock, or atomic, while it holds the first."""
    name, second = guard_name(source, scope), touch.shared.name.decode("utf-8", "replace")
    first, other = pair.first.name.decode("utf-8", "replace"), pair.second.name.decode()
    return (
        f"{name} is held while `{second}` is used ({touch.place}), and {pair.first_place} holds "
        f"`{first}` while it uses `{other}` ({pair.second_place}): the two are kept in step, and "
        "would not be if other tasks could get in between"
    )


def fed_by(source: Source, scope: GuardScope, touch: Touch) -> str:
    """What was changed under the lock is put under a second one, which two calls would do in another
    order."""
    name, second = guard_name(source, scope), touch.shared.name.decode("utf-8", "replace")
    return (
        f"`{second}` ({touch.place}) is given what comes from {name}, changed right before and still "
        "held: the two are kept in step, and would not be if another call could get in between"
    )


def borrowed_beyond(source: Source, scope: GuardScope, binding: Binding, use: Span) -> str:
    """``binding`` holds a reference into what is guarded, and is used at ``use``, after the await."""
    what, at = first_await(source, scope)
    name = binding.name.decode("utf-8", "replace")
    return (
        f"`{name}` borrows from {guard_name(source, scope)} and is used on line {line(source, use.start)}, "
        f"after {what} is awaited (line {at}); a clone would end the lock, but is not known to be "
        "cheap"
    )


def bound_by_pattern(source: Source, scope: GuardScope) -> str:
    """``if let`` or ``match`` binds the guard, which is needed up to the await."""
    what, at = first_await(source, scope)
    return (
        f"{guard_name(source, scope)} is bound by a pattern and needed up to {what} on line {at}; take "
        "what is needed out of it in the scrutinee (`.map(|x| ..)`)"
    )


def iterates(source: Source, scope: GuardScope) -> str:
    """A ``for`` goes over something that holds the lock, and its body awaits."""
    what, at = first_await(source, scope)
    return (
        f"the loop over `{one_line(source, scope.node)}` holds its lock while {what} is awaited on "
        f"line {at}; collect what the body needs before the loop if a snapshot will do"
    )


def in_a_macro(source: Source, scope: GuardScope) -> str:
    """There is no statement to write something in front of."""
    what, at = first_await(source, scope)
    return (
        f"the guard of `{one_line(source, scope.node)}` lives in a macro's arguments while {what} is "
        f"awaited on line {at}; take the value out in front of the macro"
    )


# Why no block can end a guard in one part of a statement.
NESTED = "what needs it stands in the same statement as what does not"


def too_deep() -> str:
    """Python's recursion limit was hit."""
    return "nested too deeply to be followed"


def _around(node: Node) -> Node:
    current = node
    while current.parent is not None and current.parent.type not in ("block", "source_file"):
        current = current.parent
        if current.type in ("call_expression", "struct_expression", "closure_expression"):
            break
    return current
