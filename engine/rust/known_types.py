"""What is known of the types of std and of well-known crates, by their full paths.

Tables alone, for what the compiler was not asked (``type_facts`` asks first). A type is known by its
full path with its crate, never by its last name: ``mycrate::Arc`` is nobody's here. Paths are those
that rustc prints untrimmed (observed with rustc 1.95): std's by the shortest public path, with
``core`` or ``alloc`` in front where a crate is ``no_std``; those of other crates by a path that
depends on what the crate in question can see (``http::StatusCode``, ``http::status::StatusCode``,
``axum::http::StatusCode``), so that for them the first and the last segment count.

What stands here was read in the sources of the crates (``http`` 1.5, ``chrono`` 0.4.45, ``bytes``
1.12, ``rust_decimal`` 1.25 ...).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.rust.types import Type


class Cost(StrEnum):
    """What one clone of a value costs."""

    NONE = "none"  # a copy of some bytes
    COUNT = "count"  # an atomic (or plain) increment
    TEXT = "text"  # about one allocation, of what is mostly short: a text, a path, a URL
    DEEP = "deep"  # allocations, and a copy of the contents
    UNKNOWN = "unknown"

    @property
    def allocates(self) -> bool:
        """Does a clone allocate?"""
        return self in (Cost.TEXT, Cost.DEEP)


class Nature(StrEnum):
    """What it means that one instance less exists, or that one is dropped at another time."""

    PLAIN = "plain"  # nothing: memory only
    SHARED = "shared"  # Arc and Rc: strong_count, try_unwrap and Weak can tell
    HANDLE = "handle"  # a channel closes, a permit returns
    CELL = "cell"  # it changes behind a shared reference, or what its raw pointer points to does
    UNKNOWN = "unknown"  # a type whose Drop and Clone are not known here


@dataclass(frozen=True, slots=True)
class Known:
    """One type's entry. ``cost`` is that of a clone, ``nature`` what dropping a value means.

    ``holds``: it owns values of its type arguments, whose nature is its own too. ``wraps``: it is
    no more than these, so that a clone costs what theirs do. ``copy``: it is ``Copy`` (where it
    wraps: if they are). ``data``: text, bytes, a collection or a wrapper of them; no handle to
    anything. ``apart``: a clone is not the same thing as the original, but has a position or a slot
    of its own.
    """

    cost: Cost
    nature: Nature = Nature.PLAIN
    holds: bool = False
    wraps: bool = False
    copy: bool = False
    data: bool = False
    apart: bool = False


_NUMBERS = "u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f16 f32 f64 f128"
INTEGERS = frozenset(name for name in _NUMBERS.split() if name[0] != "f")
_PRIMITIVES = frozenset({*_NUMBERS.split(), "bool", "char", "str"})
_ATOMICS = " ".join(f"Atomic{sign}{size}" for sign in "IU" for size in (8, 16, 32, 64, "size"))
_HTTP = "http hyper axum reqwest"  # the last three show http's types as their own


def _paths(*groups: str) -> Iterator[str]:
    """``"std::net: IpAddr SocketAddr"`` as two full paths; several crates may stand in front."""
    for group in groups:
        homes, _, names = group.partition(": ")
        for home in homes.split():
            yield from (f"{home}::{name}" for name in names.split())


_COPY = Known(Cost.NONE, copy=True)
_WRAPPER = Known(Cost.NONE, holds=True, wraps=True, copy=True, data=True)
_BETWEEN = Known(Cost.NONE, holds=True, wraps=True, data=True)
_COUNTED = Known(Cost.COUNT, Nature.SHARED)
_SHARED_DATA = Known(Cost.COUNT, data=True)
_TEXT = Known(Cost.TEXT, data=True)
_DATA = Known(Cost.DEEP, data=True)
_COLLECTION = Known(Cost.DEEP, holds=True, data=True)

_KNOWN: Mapping[str, Known] = {
    **dict.fromkeys((*_NUMBERS.split(), "bool", "char"), _COPY),
    **dict.fromkeys(
        _paths(
            "std::time: Duration Instant SystemTime",
            "std::net: IpAddr Ipv4Addr Ipv6Addr SocketAddr SocketAddrV4 SocketAddrV6",
            "std::cmp: Ordering",
            "std::sync::atomic: Ordering",
            "std::num: NonZero",
            "std::any: TypeId",
            "std::thread: ThreadId",
            "std::process: ExitStatus",
            "std::fs: FileType",
            "std::marker: PhantomData",
            "std::alloc: Layout",
            "std::mem: Discriminant",
            f"{_HTTP}: StatusCode Version",
            "uuid: Uuid",
            "tracing tracing_core log: Level",
            "tokio mio: Interest",
            "chrono: NaiveDate NaiveTime NaiveDateTime TimeDelta Duration Utc Local FixedOffset",
            "chrono: Weekday Month",
            "chrono_tz: Tz",
            "rust_decimal: Decimal",
        ),
        _COPY,
    ),
    **dict.fromkeys(
        _paths(
            "std::option: Option",
            "std::result: Result",
            "std::cmp: Reverse",
            "std::num: Wrapping",
        ),
        _WRAPPER,
    ),
    "chrono::DateTime": Known(Cost.NONE, holds=True, wraps=True, copy=True),  # of a time zone
    **dict.fromkeys(_paths("std::ops: Range RangeInclusive", "std::borrow: Cow"), _BETWEEN),
    **dict.fromkeys(_paths("std::sync: Arc Weak", "std::rc: Rc Weak"), _COUNTED),
    **dict.fromkeys(
        _paths("bytes: Bytes", f"{_HTTP}: HeaderName HeaderValue Uri", "smol_str: SmolStr"),
        _SHARED_DATA,
    ),
    **dict.fromkeys(
        _paths(
            "tokio_util: CancellationToken",
            "reqwest: Client",
            "tokio: Handle",
            "tonic: Channel",
            "sqlx bb8 deadpool: Pool",
            "redis: ConnectionManager MultiplexedConnection",
        ),
        Known(Cost.COUNT),
    ),
    **dict.fromkeys(
        _paths(
            "std::sync::mpsc: Sender SyncSender",
            "tokio: Sender UnboundedSender",
            "futures futures_channel: UnboundedSender",
            "flume async_channel crossbeam_channel kanal: Sender Receiver",
            "tracing: Span",
        ),
        Known(Cost.COUNT, Nature.HANDLE),
    ),
    # watch's Receiver has a position, a bounded Sender of futures a slot.
    **dict.fromkeys(
        _paths("tokio: Receiver", "futures futures_channel: Sender Receiver"),
        Known(Cost.COUNT, Nature.HANDLE, apart=True),
    ),
    **dict.fromkeys(
        _paths(
            "std::cell: Cell RefCell OnceCell LazyCell UnsafeCell",
            "std::sync: Mutex RwLock OnceLock LazyLock",
            f"std::sync::atomic: AtomicBool AtomicPtr {_ATOMICS}",
        ),
        Known(Cost.UNKNOWN, Nature.CELL),
    ),
    "std::fs::Metadata": Known(Cost.NONE),
    "std::process::Output": Known(Cost.DEEP),
    "std::ptr::NonNull": Known(Cost.NONE, Nature.CELL, copy=True),
    "str": _TEXT,
    **dict.fromkeys(
        _paths(
            "std::string: String",
            "std::path: Path PathBuf",
            "std::ffi: OsStr OsString CStr CString",
            "url reqwest: Url",
            f"{_HTTP}: Method",
            "compact_str: CompactString",
        ),
        _TEXT,
    ),
    **dict.fromkeys(
        _paths(
            "std::ffi: CStr CString",
            "bytes: BytesMut",
            f"{_HTTP}: HeaderMap",
            "serde_json: Value Number Map",
            "toml serde_yaml: Value",
        ),
        _DATA,
    ),
    **dict.fromkeys(
        _paths(
            "std::vec: Vec",
            "std::boxed: Box",
            "std::collections: VecDeque LinkedList BinaryHeap HashMap HashSet BTreeMap BTreeSet",
            "hashbrown: HashMap HashSet",
            "indexmap: IndexMap IndexSet",
            "smallvec: SmallVec",
        ),
        _COLLECTION,
    ),
    **dict.fromkeys(
        _paths(
            "std::io std::fmt: Error", "anyhow serde_json reqwest hyper sqlx: Error", "eyre: Report"
        ),
        Known(Cost.UNKNOWN),
    ),
}
# Own a buffer that may be larger than what it holds.
_GROWING = frozenset(
    _paths(
        "std::vec: Vec",
        "std::string: String",
        "std::path: PathBuf",
        "std::ffi: OsString",
        "std::collections: VecDeque HashMap HashSet BinaryHeap",
        "hashbrown: HashMap HashSet",
    )
)

# Types that a method call looks through, and which argument they lead to.
DEREFS: Mapping[str, int] = {
    **dict.fromkeys(
        _paths(
            "std::boxed: Box",
            "std::rc: Rc",
            "std::pin: Pin",
            "std::borrow: Cow",
            "std::cell: Ref RefMut LazyCell",
            "std::mem: ManuallyDrop",
            "std::panic: AssertUnwindSafe",
            "std::sync: Arc LazyLock MutexGuard RwLockReadGuard RwLockWriteGuard",
            "tokio: MutexGuard OwnedMutexGuard RwLockReadGuard RwLockWriteGuard",
            "once_cell: Lazy",
        ),
        0,
    ),
    # The raw lock comes first.
    **dict.fromkeys(_paths("lock_api: MutexGuard RwLockReadGuard RwLockWriteGuard"), 1),
}


def key_of(name: str) -> str:
    """The path under which a type is found in the tables: ``std`` for ``core`` and ``alloc``, and
    of another crate's path the first and the last segment."""
    head, _, rest = name.partition("::")
    if head in ("core", "alloc"):
        return f"std::{rest}"
    if head == "std" or not rest:
        return name
    return f"{head}::{rest.rpartition('::')[2]}"


def leads_to(type_: Type | None, path: str) -> bool:
    """Is it the type with this full path, or does auto-deref lead to that through types whose methods
    are known? None: False."""
    return type_ is not None and any(key_of(step.name) == path for step in type_.deref_chain())


# Their ``Display`` and ``Debug`` (read in std, rustc 1.95) fail only if those of their arguments do.
_SHOWN_WHOLE = frozenset(
    _paths(
        "std::string: String FromUtf8Error FromUtf16Error",
        "std::boxed: Box",
        "std::rc: Rc Weak",
        "std::sync: Arc Weak Mutex MutexGuard RwLock RwLockReadGuard RwLockWriteGuard OnceLock",
        f"std::sync::atomic: AtomicBool Ordering {_ATOMICS}",
        "std::borrow: Cow",
        "std::pin: Pin",
        "std::cell: Cell RefCell OnceCell Ref RefMut",
        "std::option: Option",
        "std::result: Result",
        "std::cmp: Ordering Reverse",
        "std::num: NonZero Wrapping Saturating ParseIntError ParseFloatError TryFromIntError",
        "std::num: IntErrorKind",
        "std::str: Utf8Error ParseBoolError",
        "std::char: ParseCharError CharTryFromError ToLowercase ToUppercase EscapeDebug",
        "std::char: EscapeDefault EscapeUnicode",
        "std::ops: Range RangeInclusive RangeFrom RangeTo RangeToInclusive RangeFull Bound",
        "std::vec: Vec",
        "std::collections: VecDeque LinkedList BinaryHeap HashMap HashSet BTreeMap BTreeSet",
        "std::hash: RandomState BuildHasherDefault",
        "std::alloc: Global Layout",
        "std::time: Duration Instant SystemTime SystemTimeError",
        "std::net: IpAddr Ipv4Addr Ipv6Addr SocketAddr SocketAddrV4 SocketAddrV6 AddrParseError",
        "std::path: Path PathBuf Display",
        "std::ffi: OsStr OsString CStr CString",
        "std::io: ErrorKind",
        "std::fmt: Error",
        "std::thread: ThreadId",
        "std::any: TypeId",
        "std::panic: Location",
        "std::process: ExitStatus ExitCode",
        "std::marker: PhantomData",
        "std::env: VarError",
    )
)
# They show what somebody else's ``Display`` says.
_SHOWING_OTHERS = frozenset({"std::fmt::Arguments", "std::io::Error"})


def of_std_alone(type_: Type) -> bool:
    """Is the type with all its arguments std's, so that no code of the user's runs when a value is
    shown, compared or hashed?"""

    def is_std(part: Type) -> bool:
        if part.kind == "path":
            std = part.name.partition("::")[0] in ("std", "core", "alloc")
            return part.name in _PRIMITIVES or (std and key_of(part.name) not in _SHOWING_OTHERS)
        return part.kind in ("ref", "tuple", "array", "slice", "const", "infer", "never")

    return all(map(is_std, type_.walk()))


def is_shown_whole(type_: Type) -> bool:
    """Does it never fail or panic to show such a value, by ``Display`` or ``Debug``: are it and all that it
    shows of the types of std that are known not to?"""

    def is_whole(part: Type) -> bool:
        if part.kind == "path":
            return part.name in _PRIMITIVES or key_of(part.name) in _SHOWN_WHOLE
        open_number = part.kind == "infer" and part.name != "_"
        return open_number or part.kind in ("ref", "tuple", "array", "slice", "const", "never")

    return all(map(is_whole, type_.walk()))


def shows_itself(type_: Type) -> bool:
    """Does ``to_string`` make the text of such a value without a formatter: of text, integers, ``char``
    and ``bool`` (``SpecToString`` in ``alloc::string``, rustc 1.95)?"""
    if key_of(type_.name) == "std::borrow::Cow":
        return type_.args[-1:] != () and type_.args[-1].name == "str"
    return key_of(type_.name) in {*INTEGERS, "str", "char", "bool", "std::string::String"}


def known(name: str) -> Known | None:
    """The entry of the type that rustc prints as ``name`` (without generics); None: not known."""
    return _KNOWN.get(key_of(name))


def has_spare_room(name: str) -> bool:
    """Does the type own a buffer that may be larger than what it holds?"""
    return key_of(name) in _GROWING


def std_path(last: str) -> str | None:
    """The full path of std's type of this last name; None when the tables have none, or several
    (``Ordering``)."""
    return _STD_BY_LAST.get(last)


def _by_last(paths: Iterable[str]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for path in paths:
        if path.startswith("std::"):
            found.setdefault(path.rpartition("::")[2], set()).add(path)
    return {last: min(full) for last, full in found.items() if len(full) == 1}


_STD_BY_LAST = _by_last((*_KNOWN, *DEREFS))
