"""How long evaluating something may keep those waiting who stand behind it: does it wait itself (for a disk,
a peer, a lock, a clock), does it loop, or does it run what is not seen here?

What has a short answer by itself: computing, what std's types and those of well-known crates do in memory,
sending to a channel that takes it at once, functions of the workspace that do no more than that. What a user's
own ``Drop``, ``Hash`` or ``Ord`` does is :mod:`engine.rust.hidden_impls`' answer. By rustc's types where they were asked for; without
one, a method counts as unseen unless its name is one that nobody minds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import known_types
from engine.rust.blocking_calls import Wait, blocking_function, blocking_method
from engine.rust.calls import Calls
from engine.rust.effects import Effect, outward_effects
from engine.rust.files import Files, TypeOf, mentions
from engine.rust.imports import full_paths
from engine.rust.item_nodes import all_parameters, bounds_on, name_of, type_of
from engine.rust.known_calls import LOCKING, is_std_method
from engine.rust.known_types import Nature
from engine.rust.nodes import bare, call_of, callee_name, method_call
from engine.rust.queries import walk
from engine.rust.statement_nodes import body_of, condition_of, let_of, pattern_of
from engine.rust.syntax import FUNCTIONS, LOOPS, Source, is_async, span_of
from engine.rust.types import Type

_DEPTH = 3  # functions in functions that are looked into
_MOST = 6  # functions of one name that are asked about
# Modules of std whose functions and types reach out of the process, or wait.
_OUTWARD = frozenset({"fs", "net", "process", "thread", "io", "os", "env"})
_STDS = frozenset({"std", "core", "alloc"})
# Crates whose types do all that they do in memory.
_IN_MEMORY = frozenset(
    [
        "bytes",
        "serde_json",
        "indexmap",
        "hashbrown",
        "smallvec",
        "arrayvec",
        "tinyvec",
        "uuid",
        "chrono",
        "time",
        "lru",
        "slab",
        "http",
        "url",
        "ordered_float",
        "im",
        "rustc_hash",
        "ahash",
        "fxhash",
        "fnv",
        "smol_str",
        "compact_str",
        "semver",
        "either",
        "num_bigint",
        "rust_decimal",
        "bitflags",
        "generational_arena",
        "slotmap",
        "priority_queue",
    ]
)
# They come back when the threads that were started in them have ended.
_JOINING = frozenset(
    {"std::thread::scope", "rayon::join", "rayon::scope", "crossbeam::thread::scope"}
)
_LOCKING = LOCKING | frozenset(
    b"try_lock try_read try_write blocking_lock blocking_read blocking_write lock_owned read_owned".split()
    + b"write_owned lock_arc read_arc write_arc upgradable_read try_lock_for try_lock_until".split()
)
_RUN = re.compile(rb"\b(?:Fn|FnMut|FnOnce|\w*Iterator)\b")
# Methods of iterators that go to the end.
_GOING_THROUGH = frozenset(
    b"""fold sum product collect count for_each any all max min max_by min_by max_by_key min_by_key last find
    position reduce try_fold""".split()
)
# Types whose methods take a lock of their own.
_LOCKED = frozenset({"DashMap", "DashSet", "Mutex", "RwLock"})
_TAKING_AT_ONCE = (
    "tokio::sync::",
    "tokio_util::sync::",
    "std::sync::mpsc::Sender",
    "futures_channel::mpsc::Unbounded",
)


@dataclass(frozen=True, slots=True)
class Lasting:
    """What may last: ``waits`` for somebody, or is not seen (a loop is seen, and its length is not)."""

    node: Node
    words: str
    waits: bool


class LastingWork:
    """Answers for a workspace."""

    def __init__(self, calls: Calls, type_of: TypeOf) -> None:
        self._calls = calls
        self._type_of = type_of

    def of(self, source: Source, effect: Effect) -> Lasting | None:
        """Why ``effect`` may last; None where it does not."""
        return self._of(source, effect, ())

    def loops(self, source: Source, node: Node) -> Iterator[Lasting]:
        """The loops in ``node``, outside of functions and closures: those with a condition of their own wait
        for it, as far as can be told; a ``for`` or ``while let`` ends with what it goes over. Going through a
        range of any length is one, too, and what a method runs of the caller's."""
        if node.type in FUNCTIONS:
            return
        if node.type in LOOPS:
            condition = condition_of(node)
            ends = node.type == "for_expression" or (
                condition is not None and any(let_of(part) is not None for part in walk(condition))
            )
            line = source.position(node.start_byte)[0]
            yield Lasting(node, f"the loop in line {line}", not ends)
        elif _counts(source, node):
            line = source.position(node.start_byte)[0]
            yield Lasting(node, f"the iteration in line {line}", False)
        elif (given := _given(source, node)) is not None:
            yield Lasting(node, f"`{source.quoted(span_of(given))}`, which the caller gives", False)
        for child in node.named_children:
            yield from self.loops(source, child)

    def _of(
        self, source: Source, effect: Effect, inside: tuple[tuple[str, Span], ...]
    ) -> Lasting | None:
        if _may_join(source, effect):
            return self._of_call(source, effect, inside)
        match effect.what:
            case "write" | "convention" | "unseen":
                return None
            case "await" | "lock":
                return Lasting(effect.node, effect.words.removesuffix(","), True)
            case "log" | "macro":
                return Lasting(effect.node, effect.words, False)
        return self._of_call(source, effect, inside)

    def _of_call(
        self, source: Source, effect: Effect, inside: tuple[tuple[str, Span], ...]
    ) -> Lasting | None:
        call = call_of(effect.node)
        if call is None:
            return Lasting(effect.node, effect.words, False)
        method = method_call(source, effect.node)
        if method is not None:
            told = self._type_of(source.path, span_of(method.receiver))
            found = blocking_method(told, method.method.decode()) if told is not None else None
            if found is not None:
                return Lasting(effect.node, f"{effect.words} waits for {found.wait}", True)
            if told is not None and (lock := _locks(told, method.method)):
                return Lasting(effect.node, f"{effect.words} takes the lock of a `{lock}`", True)
            if (
                told is not None
                and _is_in_memory(told)
                and not self._may_be_own(source, effect.node)
            ):
                return None
        else:
            told = self._type_of(source.path, span_of(call.callee))
            paths = [told.args[1].name] if told is not None and told.kind == "fndef" else []
            paths += (p.decode() for p in full_paths(source, call.callee, source.text(call.callee)))
            wait = next((found for p in paths if (found := blocking_function(p))), None)
            if any(path.replace("core::", "std::") in _JOINING for path in paths):
                return Lasting(effect.node, f"{effect.words} waits for {Wait.THREAD}", True)
            if wait is not None:
                return Lasting(effect.node, f"{effect.words} waits for {wait.wait}", True)
            if paths and all(_is_at_once(path) for path in paths):
                return None
        return self._of_own(source, effect, inside)

    def _may_be_own(self, source: Source, call: Node) -> bool:
        """May the method be one of the workspace's, of a trait that std's types have as well?"""
        name = callee_name(call)
        if name is None or is_std_method(source.text(name)):
            return False
        return next(self._calls.callees(source, name), None) is not None

    def _of_own(
        self, source: Source, effect: Effect, inside: tuple[tuple[str, Span], ...]
    ) -> Lasting | None:
        """A function of the workspace, by what its body does."""
        unseen = Lasting(effect.node, effect.words, False)
        name = callee_name(effect.node)
        bodies = list(self._calls.callees(source, name, sure=True)) if name is not None else []
        if not bodies:
            return unseen
        worst: Lasting | None = None
        for place, function in bodies:
            body, key = body_of(function), (place.path, span_of(function))
            if is_async(function):
                continue  # it only makes a future
            if body is None or key in inside or len(inside) >= _DEPTH:
                return unseen
            found = [*self._in_body(place, body, (*inside, key))]
            waiting = next((each for each in found if each.waits), None)
            if waiting is not None:
                line = place.position(waiting.node.start_byte)[0]
                words = f"{effect.words} ({place.path}:{line}: {waiting.words})"
                return Lasting(effect.node, words, True)
            worst = unseen if found else worst
        return worst

    def _in_body(
        self, source: Source, body: Node, inside: tuple[tuple[str, Span], ...]
    ) -> Iterator[Lasting]:
        yield from self.loops(source, body)
        for effect in outward_effects(source, body):
            found = self._of(source, effect, inside)
            if found is not None:
                yield found


def asked(
    files: Files, source: Source, effect: Effect, depth: int = _DEPTH
) -> Iterator[tuple[str, Span]]:
    """The expressions whose types decide about ``effect``, those in functions of its name too."""
    method, call = method_call(source, effect.node), call_of(effect.node)
    name = callee_name(effect.node)
    if call is None or (effect.what != "call" and not _may_join(source, effect)):
        return
    yield source.path, span_of(call.callee if method is None else method.receiver)
    if name is None or depth == 0 or is_std_method(source.text(name)):
        return
    for place, body in _named(files, source.text(name)):
        for inner in outward_effects(place, body):
            yield from asked(files, place, inner, depth - 1)


def _may_join(source: Source, effect: Effect) -> bool:
    """``x.join()``: a thread's, unless a type tells that it is not (a text's ``join`` takes an argument)."""
    method = method_call(source, effect.node) if effect.what == "convention" else None
    return method is not None and method.method == b"join" and not method.arguments


def _given(source: Source, node: Node) -> Node | None:
    """The argument of a method call that is an iterator or a closure which the function was given."""
    method = method_call(source, node)
    for given in method.arguments if method is not None else ():
        function = source.fn_item_of(given) if given.type == "identifier" else None
        for parameter in all_parameters(function) if function is not None else ():
            pattern, type_ = pattern_of(parameter), type_of(parameter)
            if pattern is None or type_ is None or function is None:
                continue
            if source.text(pattern).split()[-1:] == [source.text(given)]:
                bounds = bounds_on(source, function, source.text(type_))
                if any(_RUN.search(source.text(each)) for each in (type_, *bounds)):
                    return given
    return None


def _counts(source: Source, node: Node) -> bool:
    """Does it go through a range whose length is not written there (``(0..n).fold(..)``), or through what has no
    end by itself?"""
    method = method_call(source, node)
    if method is None or method.method not in _GOING_THROUGH:
        return False
    root = method.receiver
    while (inner := method_call(source, root)) is not None:
        root = inner.receiver
    root = bare(root)
    if root.type == "range_expression":
        return any(not part.type.endswith("literal") for part in root.named_children)
    name = callee_name(root)
    return name is not None and source.text(name) in (b"repeat_with", b"successors", b"from_fn")


def _named(files: Files, name: bytes) -> list[tuple[Source, Node]]:
    """The bodies of the functions called so; none where there are too many to tell anything."""
    found: list[tuple[Source, Node]] = []
    for source, node in mentions(files, name):
        function = node.parent
        body = body_of(function) if function is not None else None
        if function is not None and body is not None and name_of(function) == node:
            found.append((source, body))
    return found if len(found) <= _MOST else []


def _is_std(path: str) -> bool:
    crate, _, rest = path.partition("::")
    return crate in _STDS and rest.partition("::")[0] not in _OUTWARD


def _is_at_once(path: str) -> bool:
    """Is the function with this path std's, of a type that is nothing but data, or of a channel?"""
    owner = known_types.known(path.rpartition("::")[0])
    data = owner is not None and owner.nature is Nature.PLAIN
    return data or _is_std(path) or path.startswith(_TAKING_AT_ONCE)


def _locks(type_: Type, method: bytes) -> str:
    """The type whose lock a call of ``method`` on the type takes; "" for none. (A lock's other methods, a trait's
    of the workspace among them, take none by themselves.)"""
    found = (step.last for step in type_.deref_chain() if step.kind == "path")
    name = next((name for name in found if name in _LOCKED), "")
    return "" if name in ("Mutex", "RwLock") and method not in _LOCKING else name


def _is_in_memory(type_: Type) -> bool:
    """Does what a method call on the type may find do all that it does in memory, at once?"""
    for step in type_.deref_chain():
        if step.kind in ("ref", "tuple", "array", "slice", "infer"):
            continue
        if step.kind != "path":
            return False
        known = ("::" not in step.name and step.name.islower()) or _is_std(step.name)
        listed = known_types.known(step.name)  # addresses, among others
        known = known or (listed is not None and listed.nature is Nature.PLAIN)
        known = known or step.name.partition("::")[0] in _IN_MEMORY
        if not known and "Guard" not in step.last and not step.name.startswith(_TAKING_AT_ONCE):
            return False
    return True
