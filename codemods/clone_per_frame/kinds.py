"""What a type means for its clones: what one costs, and whether dropping one earlier is seen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from .tables import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.rust.types import Type

_SCALARS = words("u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 bool char")
# Well-known types that are Copy, by last segment, with the crates that define them.
_STD = ("std", "core", "alloc")
_COPIED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        words(
            "Duration Instant SystemTime Ipv4Addr Ipv6Addr IpAddr SocketAddr SocketAddrV4"
            " SocketAddrV6 NonZero Ordering TypeId ThreadId PhantomData Layout Discriminant"
        ),
        _STD,
    ),
    "StatusCode": ("http", "hyper", "axum", "reqwest"),
    "Version": ("http", "hyper", "axum", "reqwest"),
    "Uuid": ("uuid",),
    "Level": ("tracing", "tracing_core", "log"),
}
# Plain data that owns heap memory, or may; by last segment, with the crates that define them.
_TEXT = {
    "String": ("std", "alloc"),
    "str": ("",),
    "PathBuf": ("std",),
    "Path": ("std",),
    "OsString": ("std",),
    "OsStr": ("std", "core"),
    "CString": ("std", "alloc"),
    "BytesMut": ("bytes",),
    "Bytes": ("bytes",),
    "Url": ("url", "reqwest"),
    "Uri": ("http", "hyper", "axum"),
    "Method": ("http", "hyper", "axum", "reqwest"),
    "HeaderMap": ("http", "hyper", "axum", "reqwest"),
    "HeaderName": ("http", "hyper", "axum", "reqwest"),
    "HeaderValue": ("http", "hyper", "axum", "reqwest"),
    "Value": ("serde_json",),
    "Number": ("serde_json",),
    "Map": ("serde_json",),
    "SmolStr": ("smol_str",),
    "CompactString": ("compact_str",),
    "DateTime": ("chrono",),
    "NaiveDateTime": ("chrono",),
    "NaiveDate": ("chrono",),
    "Decimal": ("rust_decimal",),
}
_CONTAINERS = {
    "Vec": ("std", "alloc"),
    "VecDeque": ("std", "alloc"),
    "LinkedList": ("std", "alloc"),
    "BinaryHeap": ("std", "alloc"),
    "HashMap": ("std", "hashbrown"),
    "HashSet": ("std", "hashbrown"),
    "BTreeMap": ("std", "alloc"),
    "BTreeSet": ("std", "alloc"),
    "IndexMap": ("indexmap",),
    "IndexSet": ("indexmap",),
    "SmallVec": ("smallvec",),
    "Box": ("std", "alloc"),
    "Option": ("std", "core"),
    "Result": ("std", "core"),
    "Cow": ("std", "alloc"),
    "Reverse": ("std", "core"),
    "Wrapping": ("std", "core"),
    "Range": ("std", "core"),
    "RangeInclusive": ("std", "core"),
}
# Only wrap: free to copy when what is inside is.
_WRAPPERS = words("Option Result Reverse Wrapping Range RangeInclusive Cow")
_COUNTED = words("Arc Rc")
# Shared by their clones, with nothing that happens when one of them goes.
_SHARED: dict[str, tuple[str, ...]] = {
    "CancellationToken": ("tokio_util",),
    "Client": ("reqwest",),
    "Interest": ("tokio", "mio"),
}
# Handles: when the last one goes, something happens that others see.
_HANDLES = (
    "Sender",
    "Receiver",
    "Permit",
    "JoinHandle",
    "AbortHandle",
    "DropGuard",
    "TaskTracker",
    "Weak",
    "Subscription",
    "Span",
    "Waker",
)
_CELLS = words(
    "Cell RefCell OnceCell UnsafeCell Mutex RwLock ReentrantMutex FairMutex Semaphore Notify"
    " AtomicBool AtomicU8 AtomicU16 AtomicU32 AtomicU64 AtomicUsize AtomicI8 AtomicI16 AtomicI32"
    " AtomicI64 AtomicIsize AtomicPtr OnceLock LazyLock LazyCell DashMap DashSet ArcSwap"
)


class Cost(StrEnum):
    """What one clone costs."""

    NONE = "none"  # a copy of some bytes
    COUNT = "count"  # an atomic (or plain) increment
    DEEP = "deep"  # an allocation, and a copy of the contents
    UNKNOWN = "unknown"


class Nature(StrEnum):
    """What it means that one instance less exists, or that one is dropped at another time."""

    PLAIN = "plain"  # nothing: memory only
    SHARED = "shared"  # Arc: strong_count, try_unwrap and Weak can tell
    HANDLE = "handle"  # a channel closes, a permit returns
    CELL = "cell"  # a deep copy of something that changes behind a shared reference
    UNKNOWN = "unknown"  # a type whose Drop and Clone are not known here


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known about a type."""

    cost: Cost
    nature: Nature
    copy: bool = False
    why: str = ""  # for a nature that is not plain, in words


# What a type of the workspace is: found in its sources by its path, or None.
Lookup: TypeAlias = "Callable[[Type], Kind | None]"


def last(name: str) -> str:
    return name.rpartition("::")[2]


def _is(type_: Type, table: dict[str, tuple[str, ...]]) -> bool:
    crates = table.get(last(type_.name))
    if crates is None or type_.kind != "path":
        return False
    head, separator, _ = type_.name.partition("::")
    return not separator or head in crates or (head in _STD and "std" in crates)


def kind_of(type_: Type, lookup: Lookup | None = None) -> Kind:
    """What cloning a ``type_`` costs and what dropping one means."""
    match type_.kind:
        case "ref":
            if type_.is_mut_ref:
                return Kind(Cost.UNKNOWN, Nature.UNKNOWN, why="it is a mutable reference")
            return Kind(Cost.NONE, Nature.PLAIN, copy=True)
        case "ptr" | "fn" | "fndef" | "never" | "infer":
            return Kind(Cost.NONE, Nature.PLAIN, copy=True)
        case "tuple" | "array" | "slice":
            return _joined(type_.args, lookup, wraps=True)
        case "path":
            return _path(type_, lookup)
        case _:
            return Kind(Cost.UNKNOWN, Nature.UNKNOWN, why=f"`{type_}` is not a named type")


def _path(type_: Type, lookup: Lookup | None) -> Kind:
    name = last(type_.name)
    if type_.name in _SCALARS:
        return Kind(Cost.NONE, Nature.PLAIN, copy=True)
    # A bare name: the workspace's own type of that name comes before the well-known one.
    bare = "::" not in type_.name
    if bare and lookup is not None and (found := lookup(type_)) is not None:
        return found
    if _is(type_, _COPIED):
        return Kind(Cost.NONE, Nature.PLAIN, copy=True)
    if name == "Bytes" and _is(type_, _TEXT):
        return Kind(Cost.COUNT, Nature.PLAIN)
    if "::" in type_.name and _is(type_, _SHARED):
        return Kind(Cost.COUNT, Nature.PLAIN)
    if _is(type_, _TEXT):
        return Kind(Cost.DEEP, Nature.PLAIN)
    if _is(type_, _CONTAINERS):
        inner = _joined(type_.args, lookup, wraps=name in _WRAPPERS)
        return inner if name in _WRAPPERS else Kind(Cost.DEEP, inner.nature, False, inner.why)
    head = type_.name.partition("::")[0]
    if name in _COUNTED and head in ("std", "alloc", name):
        return Kind(
            Cost.COUNT,
            Nature.SHARED,
            why=f"with one `{name}` less, `strong_count`, `try_unwrap` and `Weak` may tell",
        )
    if any(name.endswith(handle) for handle in _HANDLES):
        return Kind(
            Cost.COUNT,
            Nature.HANDLE,
            why=f"dropping a `{name}` has effects that others see (a channel closes, a permit "
            "returns)",
        )
    if name.endswith(("Guard", "Ref", "RefMut", "RefMulti")) or name in _CELLS:
        return Kind(Cost.UNKNOWN, Nature.CELL, why=f"`{name}` changes behind a shared reference")
    if "::" in type_.name and lookup is not None and (known := lookup(type_)) is not None:
        return known
    return Kind(
        Cost.UNKNOWN,
        Nature.UNKNOWN,
        why=f"what dropping or cloning a `{name}` does is not known here",
    )


def _joined(args: tuple[Type, ...], lookup: Lookup | None, *, wraps: bool) -> Kind:
    """The kind of something that holds values of all of ``args``."""
    kinds = [kind_of(a, lookup) for a in args if not _is_hasher(a)]
    return join(kinds, wraps=wraps)


def _is_hasher(type_: Type) -> bool:
    return last(type_.name).endswith(("RandomState", "Hasher", "BuildHasherDefault", "Global"))


def join(kinds: list[Kind], *, wraps: bool) -> Kind:
    """The kind of a value that holds one of each of ``kinds``."""
    order = (Nature.CELL, Nature.HANDLE, Nature.UNKNOWN, Nature.SHARED)
    worst = next((k for n in order for k in kinds if k.nature == n), None)
    costs = {k.cost for k in kinds}
    cost = next((c for c in (Cost.DEEP, Cost.UNKNOWN, Cost.COUNT) if c in costs), Cost.NONE)
    return Kind(
        cost,
        worst.nature if worst is not None else Nature.PLAIN,
        wraps and all(k.copy for k in kinds),
        worst.why if worst is not None else "",
    )


def is_guard(type_: Type) -> bool:
    """Does a value of this type hold a lock, a RefCell, a shard of a map, or a snapshot?"""
    for inner in type_.walk():
        name = last(inner.name)
        if inner.kind != "path":
            continue
        if name.endswith("Guard") and name not in ("DropGuard", "ScopeGuard"):
            return True
        if name in ("Ref", "RefMut", "RefMulti", "RefMutMulti", "OwnedRef", "MappedRef"):
            return True
        if name in ("OccupiedEntry", "VacantEntry", "Entry") and "collections" not in inner.name:
            return True
    return False


def is_bytes(type_: Type) -> bool:
    return type_.kind == "path" and last(type_.name) == "Bytes" and _is(type_, _TEXT)


def is_counted(type_: Type) -> bool:
    """An Arc or an Rc itself (not something that holds one)."""
    return type_.kind == "path" and last(type_.name) in _COUNTED and bool(type_.args)


def is_named(type_: Type, *names: str) -> bool:
    """Is it one of std's (or bytes') types of these short names?"""
    return (
        type_.kind == "path"
        and last(type_.name) in names
        and (_is(type_, _TEXT) or _is(type_, _CONTAINERS))
    )


def is_standard(type_: Type) -> bool:
    """Text, a collection or a wrapper of std or a well-known crate, whose methods are known."""
    if type_.kind in ("tuple", "array", "slice"):
        return True
    if last(type_.name) == "Box":
        return bool(type_.args) and is_standard(type_.args[0])
    return type_.kind == "path" and (_is(type_, _TEXT) or _is(type_, _CONTAINERS))


def cost_words(type_: Type, kind: Kind, word: bytes) -> str:
    """What the clone cost, for the note: one sentence."""
    name = last(type_.name) or str(type_)
    if is_bytes(type_) and word in (b"clone", b"to_owned"):
        return (
            "The clone was an atomic increment, and the first one of a `Bytes` made from a `Vec` "
            "allocates its shared header."
        )
    if is_bytes(type_):
        return "It allocated a buffer and copied all bytes of the frame into it."
    if name in _COUNTED:
        step = "an atomic" if name == "Arc" else "a"
        return f"The clone was {step} increment of the reference count, and a decrement later."
    match kind.cost:
        case Cost.COUNT:
            return "The clone raised a reference count."
        case Cost.DEEP if last(type_.name) in ("String", "BytesMut", "PathBuf", "OsString"):
            return f"The clone allocated a new `{name}` and copied all of its bytes."
        case Cost.DEEP if is_named(type_, "Vec", "VecDeque", "HashMap", "BTreeMap", "HashSet"):
            return f"The clone allocated a new `{name}` and cloned every element into it."
        case Cost.DEEP:
            return f"The clone copied all that `{short(type_)}` owns, with an allocation for each."
        case _:
            return f"The clone made a second `{short(type_)}`."


def short(type_: Type) -> str:
    """A type with short names, cut when long."""
    text = last(type_.name) if type_.kind == "path" else str(type_)
    if type_.kind == "path" and type_.args:
        text += "<" + ", ".join(short(a) for a in type_.args) + ">"
    return text if len(text) <= 60 else text[:57] + "..."
