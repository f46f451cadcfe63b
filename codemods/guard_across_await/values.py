"""What a type says about taking a value out of a lock: is it whole, copied, cheap to clone, and
does it matter when it is dropped?"""

from __future__ import annotations

from engine.rust.locks import guards_in
from engine.rust.types import Type

_NUMBERS = frozenset(
    {"i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize"}
    | {"f32", "f64", "bool", "char"}
)
_COPIED = frozenset(
    {"Duration", "Instant", "SystemTime", "IpAddr", "Ipv4Addr", "Ipv6Addr", "SocketAddr"}
    | {"SocketAddrV4", "SocketAddrV6", "Ordering", "Uuid", "DateTime", "NaiveDateTime"}
    | {"NaiveDate", "ThreadId", "StatusCode", "Level", "PhantomData"}
)
_COUNTED = frozenset({"Arc", "Rc", "Weak", "Bytes"})
# Handles whose clone is another handle to the same thing. Not here: watch and broadcast receivers
# (a clone has its own position) and futures' bounded Sender (each clone adds a slot).
_HANDLES = frozenset(
    {
        "tokio::sync::mpsc::Sender",
        "tokio::sync::mpsc::UnboundedSender",
        "tokio::sync::broadcast::Sender",
        "tokio::sync::watch::Sender",
        "tokio::runtime::Handle",
        "tokio_util::sync::CancellationToken",
        "std::sync::mpsc::Sender",
        "std::sync::mpsc::SyncSender",
        "futures::channel::mpsc::UnboundedSender",
        "futures_channel::mpsc::UnboundedSender",
        "flume::Sender",
        "flume::Receiver",
        "async_channel::Sender",
        "async_channel::Receiver",
        "crossbeam_channel::Sender",
        "crossbeam_channel::Receiver",
        "reqwest::Client",
        "tonic::transport::Channel",
        "tonic::transport::channel::Channel",
        "sqlx::Pool",
        "sqlx::pool::Pool",
        "bb8::Pool",
        "deadpool::managed::Pool",
        "redis::aio::ConnectionManager",
        "redis::aio::MultiplexedConnection",
        "tracing::Span",
    }
)
_SMALL = frozenset({"String", "PathBuf", "OsString", "HeaderValue", "Uri", "Url"})
_WRAPPERS = frozenset({"Option", "Result", "Box"})
# Dropping one of these is seen by nobody but the allocator.
_PLAIN = (
    _COPIED
    | _SMALL
    | _WRAPPERS
    | {"Vec", "VecDeque", "HashMap", "HashSet", "BTreeMap", "BTreeSet", "BinaryHeap", "Cow"}
    | {"Bytes", "BytesMut", "Value", "Map", "Error", "RandomState", "Global", "Formatter"}
)
_RAII = ("Guard", "Permit", "Entered", "EnteredSpan", "Lease", "Transaction", "Timer", "Defer")
# Iterators of std's collections that borrow from them.
_BORROWING = frozenset(
    {"Iter", "IterMut", "Drain", "Keys", "Values", "ValuesMut", "Range", "RangeMut", "Splice"}
    | {"Entry", "OccupiedEntry", "VacantEntry", "PeekMut", "ExtractIf", "Union", "Difference"}
)
_LAZY_PREFIXES = ("std::slice::", "core::slice::", "std::iter::", "core::iter::", "std::str::")


def _last(type_: Type) -> str:
    return type_.name.rpartition("::")[2]


def is_copy(type_: Type) -> bool:
    """Known to be ``Copy`` (False: not known)."""
    if type_.kind == "path":
        if type_.name in _NUMBERS or _last(type_) in _COPIED:
            return True
        return _last(type_) == "Option" and all(map(is_copy, type_.args))
    if type_.kind in ("tuple", "array"):
        return all(map(is_copy, type_.args))
    if type_.kind == "infer":
        return type_.name in ("{integer}", "{float}")
    return type_.kind in ("fn", "fndef", "never") or (type_.is_ref and not type_.is_mut_ref)


def is_cheap(type_: Type) -> bool:
    """A clone costs a copy or a reference count, and is the same thing as the original."""
    if type_.is_ref:
        return False
    if is_copy(type_) or type_.name in _HANDLES:
        return True
    if type_.kind == "tuple" or (type_.kind == "path" and _last(type_) == "Option"):
        return all(map(is_cheap, type_.args))
    return type_.kind == "path" and _last(type_) in _COUNTED


def is_used_mutably(type_: Type) -> bool:
    """A handle whose methods ask for ``&mut self``."""
    return type_.name.startswith(("redis::", "tonic::"))


def is_small(type_: Type) -> bool:
    """A clone costs about one allocation."""
    if type_.kind == "tuple" or (type_.kind == "path" and _last(type_) == "Option"):
        return all(is_cheap(arg) or is_small(arg) for arg in type_.args)
    return type_.kind == "path" and _last(type_) in _SMALL


def is_whole(type_: Type) -> bool:
    """By its looks a value of its own, that borrows from nothing and holds no guard. (Lifetimes of
    structs are not shown here: rustc has the last word.)"""
    for part in type_.walk():
        if part.kind in ("ref", "impl", "opaque", "coroutine", "closure", "dyn"):
            return False
        if part.kind == "infer" and part.name == "_":
            return False
        if part.name.startswith(_LAZY_PREFIXES):
            return False
        std = part.name.startswith(("std::collections::", "std::vec::", "alloc::"))
        if std and _last(part) in _BORROWING:
            return False
    return next(guards_in(type_), None) is None


def may_be_copy(type_: Type) -> bool:
    """Not known to be anything else than ``Copy``: rustc can tell."""
    if is_copy(type_):
        return True
    if type_.kind != "path":
        return False
    last = _last(type_)
    if last == "Option":
        return all(map(may_be_copy, type_.args))
    known = _PLAIN | _COUNTED | _SMALL
    return last not in known and type_.name not in _HANDLES


def pointee(type_: Type) -> Type | None:
    """``T`` of ``&T`` or ``Option<&T>``; None for anything else (``&mut T`` may be written to)."""
    if type_.kind == "path" and _last(type_) == "Option" and type_.args:
        type_ = type_.args[0]
    return type_.args[0] if type_.is_ref and not type_.is_mut_ref else None


def matters_when_dropped(type_: Type | None) -> bool | None:
    """Would others notice when a value of this type is dropped earlier? None: it cannot be told."""
    if type_ is None:
        return None
    if any(True for _ in guards_in(type_)):
        return True
    unknown = False
    pending = [type_]
    while pending:
        part = pending.pop()
        if part.is_ref or part.kind in ("ptr", "fn", "fndef", "never", "const", "infer"):
            continue
        if part.kind in ("tuple", "array", "slice") or is_copy(part):
            pending.extend(part.args)
            continue
        last = _last(part)
        if last.endswith(_RAII):
            return True
        if part.kind != "path" or not (last in _PLAIN or last in _COUNTED):
            unknown = True
        pending.extend(part.args)
    return None if unknown else False
