"""What a type is: Copy, plain data, counted, a handle; what a clone of it costs, what others see when
a value of it is dropped.

Answers come, in this order, from the compiler (what it told of an expression), from the definition
of a type of the workspace (``type_definitions``), from tables by full path (``known_types``), and
last from names, and then only to the careful side: what is called a sender may close a channel, what
is called a guard may hold a lock, but nothing is taken for cheap or ``Copy`` by its name. Not
answered: which guards are alive where, lifetimes of structs (they are not shown in the types), and
what a generic parameter stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.rust.known_types import Cost, Known, Nature, has_spare_room, key_of, known
from engine.rust.locks import guards_in
from engine.rust.questions import COPY

if TYPE_CHECKING:
    from engine.base.model import Span
    from engine.rust.types import Type

# By the last words of their names, where nothing better is known: the last one of these to go does
# something that others see ...
_HANDLES = (
    *("Sender", "Receiver", "Permit", "JoinHandle", "AbortHandle", "DropGuard", "TaskTracker"),
    *("Subscription", "Span", "Waker", "Weak"),
)
# ... these end something at once ...
_RELEASING = (
    *("Guard", "Permit", "Entered", "EnteredSpan", "Lease", "Transaction", "Timer", "Defer"),
)
# ... and these change behind a shared reference.
_CELLS = frozenset(
    {"Cell", "RefCell", "OnceCell", "UnsafeCell", "LazyCell", "OnceLock", "LazyLock", "Mutex"}
    | {"RwLock", "ReentrantMutex", "FairMutex", "Semaphore", "Notify", "DashMap", "DashSet"}
    | {"ArcSwap", "AtomicBool", "AtomicPtr", "AtomicUsize", "AtomicIsize"}
    | {f"Atomic{sign}{bits}" for sign in "UI" for bits in (8, 16, 32, 64)}
)
_GUARDING = ("Guard", "Ref", "RefMut", "RefMulti")
# Parameters of collections that are no part of what they hold.
_HASHERS = ("RandomState", "Hasher", "BuildHasherDefault", "Global")
# Iterators of std's collections that borrow from them.
_BORROWING = frozenset(
    {"Iter", "IterMut", "Drain", "Keys", "Values", "ValuesMut", "Range", "RangeMut", "Splice"}
    | {"Entry", "OccupiedEntry", "VacantEntry", "PeekMut", "ExtractIf", "Union", "Difference"}
)
_BORROWING_ITERATORS = frozenset({"Iter", "IterMut", "Keys", "Values", "ValuesMut"})
_BORROWING_MODULES = tuple(
    f"{crate}::{module}::" for crate in ("std", "core") for module in ("slice", "iter", "str")
)


@dataclass(frozen=True, slots=True)
class Ownership:
    """What it means to own, to clone and to drop a value of a type.

    ``copy``: it is ``Copy``, as far as known. ``apart``: a clone is not the same thing as the
    original. ``why``: the nature in words, "" for a plain one.
    """

    cost: Cost
    nature: Nature
    copy: bool = False
    apart: bool = False
    why: str = ""


# What a type of the workspace is, by its definition; None for one that the workspace does not define.
Definitions = Callable[["Type"], Ownership | None]
# An expression: the file's path and the span in it.
Expression = tuple[str, "Span"]
# Does the type of the expression implement the trait (``engine.rust.questions``)? None: rustc did not
# tell.
Implements = Callable[[str, "Span", str], "bool | None"]

_COPY = Ownership(Cost.NONE, Nature.PLAIN, copy=True)


class TypeFacts:
    """Answers about types. ``defined`` judges those of the workspace, ``implements`` gives what rustc
    told."""

    def __init__(
        self,
        defined: Definitions = lambda _: None,
        implements: Implements = lambda *_: None,
    ) -> None:
        self._defined = defined
        self._implements = implements

    def ownership(self, type_: Type, of: Expression | None = None) -> Ownership:
        """What owning a ``type_`` means. ``of``: an expression of that type, about which rustc may
        have been asked."""
        found = self._ownership(type_)
        told = self._implements(*of, COPY) if of is not None else None
        if told:
            return as_copy(found)
        return found if told is None else replace(found, copy=False)

    def is_copy(self, type_: Type, of: Expression | None = None) -> bool:
        """Known to be ``Copy`` (False: not known)."""
        return self.ownership(type_, of).copy

    def may_be_copy(self, type_: Type, of: Expression | None = None) -> bool:
        """Not known to be anything else than ``Copy``."""
        told = self._implements(*of, COPY) if of is not None else None
        return self._may_be_copy(type_) if told is None else told

    def is_cheap(self, type_: Type) -> bool:
        """A clone of the value costs a copy or a reference count, and is the same thing as the
        original. (A clone of a reference is none of the value: False.)"""
        found = self.ownership(type_)
        return (
            not type_.is_ref
            and found.cost in (Cost.NONE, Cost.COUNT)
            and found.nature not in (Nature.CELL, Nature.UNKNOWN)
            and not found.apart
        )

    def is_small(self, type_: Type) -> bool:
        """A clone costs about one allocation: a text, alone or in an ``Option`` or a tuple."""
        found = self.ownership(type_)
        return found.cost is Cost.TEXT and found.nature is Nature.PLAIN

    def drop_is_seen(self, type_: Type | None) -> bool | None:
        """Would others notice when a value of this type is dropped earlier? None: it cannot be
        told. (An ``Arc`` may be the last one: then what is in it is dropped.)"""
        if type_ is None:
            return None
        if type_.is_ref:
            return False
        if any(True for _ in guards_in(type_)) or self._releases(type_):
            return True
        found = self.ownership(type_)
        counted = found.nature is Nature.SHARED and not self.drop_runs_others(type_)
        return False if found.copy or found.nature is Nature.PLAIN or counted else None

    def is_plain(self, type_: Type) -> bool:
        """Known to do nothing when it is dropped but to give back memory (False: not known).

        Std's iterators do no more than what they are made of.
        """
        if type_.is_ref or type_.kind in ("const", "fn", "fndef", "never", "infer"):
            return True
        if any(True for _ in guards_in(type_)) or self._releases(type_):
            return False
        if type_.kind == "path" and type_.name.startswith(_BORROWING_MODULES):
            return all(map(self.is_plain, type_.args))
        found = self.ownership(type_)
        return found.copy or found.nature is Nature.PLAIN

    def drop_runs_others(self, type_: Type) -> bool:
        """May dropping such a value run a ``Drop`` that is not std's, which may panic? What is borrowed is
        not dropped; a closure's captures are taken to be none that matter."""
        if type_.kind in ("ref", "ptr", "const", "fn", "fndef", "never", "infer", "closure"):
            return False
        key = key_of(type_.name)
        if type_.kind == "path" and key.startswith("std::"):
            borrows = key.startswith("std::slice::") or type_.last in _BORROWING_ITERATORS
            return not borrows and any(map(self.drop_runs_others, type_.args))
        return not self.is_plain(type_)

    # -- by the type's form --------------------------------------------------------------------

    def _ownership(self, type_: Type) -> Ownership:
        match type_.kind:
            case "ref" if type_.is_mut_ref:
                return unknown("it is a mutable reference")
            case "ptr":
                return Ownership(Cost.NONE, Nature.CELL, copy=True, why=_of_pointer(type_))
            case "ref" | "fn" | "fndef" | "never":
                return _COPY
            case "infer" if type_.name != "_":
                return _COPY  # {integer}, {float}
            case "tuple" | "array":
                return joined(map(self._ownership, type_.args))
            case "slice":
                return replace(joined(map(self._ownership, type_.args)), cost=Cost.DEEP, copy=False)
            case "path":
                return self._path(type_)
            case _:
                return unknown(f"`{type_}` is not a named type")

    def _path(self, type_: Type) -> Ownership:
        key, entry = key_of(type_.name), known(type_.name)
        primitive = entry is not None and "::" not in key
        # A module of the workspace may be called like a crate.
        if not (primitive or key.startswith("std::")) and (found := self._defined(type_)):
            return found
        if entry is None:
            return _by_name(type_)
        if not entry.holds:
            return Ownership(entry.cost, entry.nature, entry.copy, entry.apart, _why(type_, entry))
        inner = joined(self._ownership(a) for a in type_.args if not a.last.endswith(_HASHERS))
        if entry.wraps:
            return replace(inner, copy=entry.copy and inner.copy)
        return replace(inner, cost=entry.cost, copy=False)

    def _may_be_copy(self, type_: Type) -> bool:
        if self.is_copy(type_):
            return True
        if type_.kind != "path":
            return False
        entry = known(type_.name)
        if entry is not None and entry.wraps and entry.copy:
            return all(map(self._may_be_copy, type_.args))
        return entry is None and self.ownership(type_).cost is Cost.UNKNOWN

    def _releases(self, type_: Type) -> bool:
        """Is the value, or one that it owns, called like something that ends when it is dropped?"""
        if type_.kind in ("ref", "ptr", "fn", "fndef", "never", "const", "infer"):
            return False
        if type_.kind == "path" and type_.last.endswith(_RELEASING):
            own = self._defined(type_)
            if known(type_.name) is None and (own is None or own.nature is Nature.UNKNOWN):
                return True
        return not self.is_copy(type_) and any(map(self._releases, type_.args))


def unknown(why: str) -> Ownership:
    """Nothing is known, for this reason."""
    return Ownership(Cost.UNKNOWN, Nature.UNKNOWN, why=why)


def as_copy(found: Ownership) -> Ownership:
    """Of a type that is known to be ``Copy``: dropping a value does nothing."""
    pointer = found.nature is Nature.CELL
    return replace(found, cost=Cost.NONE, copy=True) if pointer else _COPY


def joined(parts: Iterable[Ownership]) -> Ownership:
    """Of a value that holds one of each of these."""
    every = list(parts)
    order = (Nature.CELL, Nature.HANDLE, Nature.UNKNOWN, Nature.SHARED)
    worst = next((p for n in order for p in every if p.nature is n), None)
    costs = {part.cost for part in every}
    if {Cost.TEXT, Cost.UNKNOWN} <= costs:
        costs.add(Cost.DEEP)
    steps = (Cost.DEEP, Cost.TEXT, Cost.UNKNOWN, Cost.COUNT)
    return Ownership(
        next((cost for cost in steps if cost in costs), Cost.NONE),
        worst.nature if worst is not None else Nature.PLAIN,
        all(part.copy for part in every),
        any(part.apart for part in every),
        worst.why if worst is not None else "",
    )


def _why(type_: Type, entry: Known) -> str:
    match entry.nature:
        case Nature.SHARED:
            return f"with one `{type_.last}` less, `strong_count`, `try_unwrap` and `Weak` may tell"
        case Nature.HANDLE:
            return _of_handle(type_)
        case Nature.CELL:
            return _of_pointer(type_) if entry.copy else _of_cell(type_)
        case _:
            return ""


def _of_handle(type_: Type) -> str:
    return f"dropping a `{type_.last}` has effects that others see (a channel closes, a permit returns)"


def _of_pointer(type_: Type) -> str:
    return f"what a `{type_.short()}` points to may change"


def _of_cell(type_: Type) -> str:
    return f"`{type_.last}` changes behind a shared reference"


def _by_name(type_: Type) -> Ownership:
    """For a type of which nothing but its name is known: to the careful side."""
    if type_.last.endswith(_HANDLES):
        return Ownership(Cost.UNKNOWN, Nature.HANDLE, apart=True, why=_of_handle(type_))
    if type_.last.endswith(_GUARDING) or type_.last in _CELLS:
        return Ownership(Cost.UNKNOWN, Nature.CELL, why=_of_cell(type_))
    return unknown(f"what dropping or cloning a `{type_.last}` does is not known here")


# -- questions that the type alone answers -----------------------------------------------------------


def is_named(type_: Type, *names: str) -> bool:
    """Is it one of the known types with one of these last names (std's ``Vec``, bytes' ``Bytes``)?"""
    return type_.kind == "path" and type_.last in names and known(type_.name) is not None


def is_bytes(type_: Type) -> bool:
    """``bytes::Bytes``"""
    return is_named(type_, "Bytes")


def is_counted(type_: Type) -> bool:
    """An ``Arc`` or an ``Rc`` itself (not something that holds one)."""
    return is_named(type_, "Arc", "Rc") and bool(type_.args)


def is_data(type_: Type) -> bool:
    """Text, bytes, a collection or a wrapper of std or a well-known crate, whose methods are known."""
    if type_.kind in ("tuple", "array", "slice"):
        return True
    entry = known(type_.name) if type_.kind == "path" else None
    if is_named(type_, "Box"):
        return bool(type_.args) and is_data(type_.args[0])
    return entry is not None and entry.data


def has_buffer(type_: Type) -> bool:
    """Does a value of this type own a buffer that may be larger than what it holds?

    std's growing types, alone or in an ``Option``, a tuple or each other. (A type of the workspace
    is not looked into.)
    """
    if type_.kind == "path" and has_spare_room(type_.name):
        return True
    return not (type_.is_ref or is_counted(type_)) and any(map(has_buffer, type_.args))


def view_of(type_: Type) -> Type | None:
    """``[T]``, ``str``, ``Path``, ``OsStr`` or ``CStr`` where the type is one or derefs to one; None for
    others."""
    return next((t for t in type_.deref_chain() if is_view(t)), None)


def is_view(type_: Type) -> bool:
    """Is it ``[T]``, ``str``, ``Path``, ``OsStr`` or ``CStr``?"""
    unsized = type_.kind == "slice" or type_.name == "str"
    return unsized or is_named(type_, "Path", "OsStr", "CStr")


def may_guard(type_: Type) -> bool:
    """Is it, or has it inside, behind references too, what may hold a lock, a RefCell, a shard of a
    map or a snapshot? By its name, whatever crate it is of: to the careful side."""
    for inner in type_.walk():
        if inner.kind != "path":
            continue
        if inner.last.endswith("Guard") and inner.last not in ("DropGuard", "ScopeGuard"):
            return True
        if inner.last in ("Ref", "RefMut", "RefMulti", "RefMutMulti", "OwnedRef", "MappedRef"):
            return True
        entry = inner.last in ("OccupiedEntry", "VacantEntry", "Entry")
        if entry and "collections" not in inner.name:
            return True
    return False


def is_whole(type_: Type) -> bool:
    """By its looks a value of its own, that borrows from nothing, points to nothing and holds no
    guard. (Lifetimes of structs are not shown here: rustc has the last word.)"""
    for part in type_.walk():
        if part.kind in ("ref", "ptr", "impl", "opaque", "coroutine", "closure", "dyn"):
            return False
        if is_named(part, "NonNull"):
            return False
        if part.kind == "infer" and part.name == "_":
            return False
        if part.name.startswith(_BORROWING_MODULES):
            return False
        std = part.name.startswith(("std::collections::", "std::vec::", "alloc::"))
        if std and part.last in _BORROWING:
            return False
    return next(guards_in(type_), None) is None


def shared_target(type_: Type) -> Type | None:
    """``T`` of ``&T`` or ``Option<&T>``; None for anything else (``&mut T`` may be written to)."""
    if is_named(type_, "Option") and type_.args:
        type_ = type_.args[0]
    return type_.args[0] if type_.is_shared_ref else None


def is_used_mutably(type_: Type) -> bool:
    """A handle whose methods ask for ``&mut self``."""
    return key_of(type_.name) in (
        *("redis::ConnectionManager", "redis::MultiplexedConnection", "tonic::Channel"),
    )
