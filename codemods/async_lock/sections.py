"""What one lock call's guard is, how long it lives, and what is done meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import lasting_work, nodes, statement_nodes
from engine.rust.awaiting_macros import may_await
from engine.rust.drop_scopes import temporary_scope
from engine.rust.effects import Effect, parts_of
from engine.rust.files import Files
from engine.rust.guard_scopes import GuardScope, alive_at, guard_scope
from engine.rust.held_effects import held_effects
from engine.rust.held_guards import owner
from engine.rust.hidden_impls import HiddenImpls, parts_of_code
from engine.rust.lasting_work import Lasting, LastingWork
from engine.rust.lock_groups.guard_sections import require_followed
from engine.rust.lock_groups.lock_guards import DIRECT, LOCKS, TRIES, Refused, guard_from
from engine.rust.locks import with_tails
from engine.rust.scope_end import ended, lingers
from engine.rust.scopes import Binding
from engine.rust.suspension import awaits_arguments, is_suspension, suspends
from engine.rust.syntax import FUNCTIONS, LOOPS, Source, span_of, walk_all
from engine.rust.types import Type
from engine.rust.value_flow import value_of

# They give up waiting, or wait for several futures at once.
_COMBINING = frozenset(
    b"""timeout timeout_at select select_all select_ok join join_all try_join try_join_all race
    race_ok poll now_or_never shared fuse""".split()
)


class Held(Exception):  # noqa: N818 - an answer, not a fault
    """The guard is held over an await, or the lock is used as a gate: it is meant to be async."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Section:
    """What runs while the guard of one call lives. ``tried``: the code goes on without the lock, too."""

    scope: GuardScope | None
    tried: bool = False


def section_of(source: Source, call: Node, method: bytes) -> Section:
    """The section that ``call`` opens. Raises Held, and Refused where the guard is not followed."""
    if method in DIRECT:
        return Section(None)
    if method not in LOCKS | TRIES:
        name = method.decode("utf-8", "replace")
        raise Refused(f"`.{name}()` gives a guard that is handed around")
    _require_no_race(source, call)
    if method in TRIES:
        node = with_tails(source, call)
    else:
        node = guard_from(source, call, "tokio", method).node
    try:
        scope = guard_scope(source, node)
        around = guard_scope(source, owner(source, node)) if scope is None else scope
    except RecursionError:
        raise Refused("the code is nested too deeply") from None
    _, up = nodes.unwrapped(node)
    let = statement_nodes.let_of(up) if up is not None else None
    if let is not None and source.text(let.pattern) == b"_":
        raise Held("the lock is taken as a gate: its value is not used")
    if around is not None and around.trace.awaits:
        line = source.position(around.trace.ordered()[0].start_byte)[0]
        raise Held(f"the guard is held over the await in line {line}")
    if scope is None:
        macro = source.enclosing(node, ("macro_invocation",))
        if macro is not None and source.enclosing(macro, FUNCTIONS) == source.enclosing(
            node, FUNCTIONS
        ):
            shown = nodes.macro_name(source, macro).decode("utf-8", "replace")
            raise Refused(
                f"its guard is an argument of `{shown}!`: where it goes there is not followed"
            )
        raise Refused("where its guard goes is not followed")
    if method in TRIES and _waits_meanwhile(source, node):
        raise Refused(
            "something is awaited while the result of the attempt is a part of the future, which would "
            "not be `Send` with std's guard in it"
        )
    require_followed(source, scope, node)
    if scope.kind == "let" and not scope.uses:
        raise Held("the lock is taken as a gate: its value is not used")
    return Section(scope, method in TRIES)


def _waits_meanwhile(source: Source, tried: Node) -> bool:
    """Is there an await in the scope of the value in passing that ``tried`` is, be it taken apart or not?
    (In ``match m.try_lock() { .. Err(_) => wait().await }`` no guard is there, but rustc counts its type.)"""
    scope = temporary_scope(source, tried)
    if scope is None:
        return False
    behind = Span(tried.end_byte, scope.span.end)
    pending = [scope.node]
    while pending:
        node = pending.pop()
        if node.type in FUNCTIONS or node.type == "async_block":
            continue
        inside = node.start_byte < behind.end and node.end_byte > behind.start
        if inside and is_suspension(source, node):
            return True
        pending += parts_of(source, node)
    return False


def _require_no_race(source: Source, call: Node) -> None:
    """Raises Refused where somebody waits for the lock beside something else: an async block that does
    nothing but lock would be ready at once, and no longer give up."""
    block = source.function_of(call)
    if block is None or block.type != "async_block":
        return
    around = nodes.call_around(block)
    name = nodes.callee_name(around) if around is not None else None
    combined = name is not None and source.text(name) in _COMBINING
    macro = source.enclosing(block, ("macro_invocation",))
    combined = combined or (macro is not None and awaits_arguments(source, macro))
    body = statement_nodes.body_of(block) or block
    own = nodes.unwrapped(call)[1]
    if combined and own is not None and not _suspends_beside(source, body, own):
        raise Refused("the lock's future is waited for beside something else")


def _suspends_beside(source: Source, body: Node, own: Node) -> bool:
    """Is there another point of suspension in ``body``?"""
    pending = [body]
    while pending:
        node = pending.pop()
        if node == own:
            continue
        if node.type == "await_expression":
            return True
        if span_of(own) in span_of(node):
            pending += node.named_children
        elif suspends(source, node):
            return True
    return False


def require_seen_macros(files: Files, source: Source, section: Section, call: Node) -> None:
    """Raises Held where a macro awaits while the guard lives, and Refused where that is not seen."""
    scope = section.scope
    if scope is None:
        return
    function = source.enclosing(scope.node, FUNCTIONS)
    # What a macro does with a guard in passing that it is given is in its text.
    up = takewhile(lambda node: node.type not in FUNCTIONS, source.ancestors(call))
    around = [n for n in up if n.type == "macro_invocation" and not awaits_arguments(source, n)]
    if scope.kind != "temporary":
        around = []
    inside = [
        node
        for node in walk_all(source, scope.region)
        if node.type == "macro_invocation"
        and node.end_byte > scope.node.end_byte
        and span_of(call) not in span_of(node)
        and source.enclosing(node, FUNCTIONS) == function
    ]
    alive = alive_at(source, scope, inside)
    for macro in (*around, *(node for node in inside if span_of(node) in alive)):
        awaits = may_await(files, source, macro)
        line = source.position(macro.start_byte)[0]
        shown = nodes.macro_name(source, macro).decode("utf-8", "replace")
        if awaits:
            raise Held(f"the guard is held over the await that is in `{shown}!` in line {line}")
        if awaits is None:
            raise Refused(
                f"what `{shown}!` in line {line} expands to is not seen, and may await under the lock"
            )


def effects_under(source: Source, section: Section) -> tuple[Effect, ...]:
    """What others may see of what runs while the guard lives."""
    scope = section.scope
    if scope is None:
        return ()
    return tuple(e for e in held_effects(source, scope) if e.span != span_of(scope.node))


def lasting(source: Source, section: Section, work: LastingWork) -> Iterator[Lasting]:
    """What may last of that."""
    scope = section.scope
    if scope is None:
        return
    for effect in effects_under(source, section):
        found = work.of(source, effect)
        if found is not None:
            yield found
    end = max((drop.start_byte for drop in scope.trace.drops), default=scope.region.end_byte)
    for loop in work.loops(source, scope.region):
        items = statement_nodes.scrutinee_of(loop.node)
        over = items is not None and span_of(scope.node) in span_of(items)
        whole = loop.node.type in LOOPS and not over
        around = whole and span_of(scope.node) in span_of(loop.node)
        inside = loop.node.start_byte < end and loop.node.end_byte > scope.node.end_byte
        if inside and not around:
            yield loop
    if scope.kind == "for":
        yield from work.loops(source, scope.holder)


def hidden(source: Source, section: Section, type_: Type, impls: HiddenImpls) -> Iterator[Lasting]:
    """What may last of the traits' methods that are run on what is behind the lock, a ``type_``."""
    scope = section.scope
    if scope is None:
        return
    found = [n for n in parts_of_code(scope.region) if n.end_byte > scope.node.end_byte]
    alive = alive_at(source, scope, found)
    yield from impls.lasting(source, [n for n in found if span_of(n) in alive], type_)


def ends_with_it(source: Source, section: Section) -> Iterator[tuple[Binding, Node | None]]:
    """The names that are dropped with the guard where a block ends it, each with what it is made of, where
    one name is bound to all of it."""
    scope = section.scope
    if scope is None or not lingers(source, scope):
        return
    try:
        gone = ended(source, scope).gone
    except Refused:
        return
    for binding in gone:
        yield binding, value_of(source, binding) if binding.plain else None


def asked(files: Files, source: Source, section: Section) -> Iterator[tuple[str, Span]]:
    """The expressions whose types decide what may last."""
    for effect in effects_under(source, section):
        yield from lasting_work.asked(files, source, effect)
    for _, value in ends_with_it(source, section):
        if value is not None:
            yield source.path, span_of(value)
