"""What a type is, by the compiler's answers, by tables and by names: type, question, answer."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.known_types import Cost, Nature, key_of, std_path
from engine.rust.questions import COPY
from engine.rust.type_facts import (
    Ownership,
    TypeFacts,
    has_buffer,
    is_bytes,
    is_counted,
    is_data,
    is_named,
    is_used_mutably,
    is_whole,
    may_guard,
    shared_target,
    view_of,
)
from engine.rust.type_parser import parse
from engine.rust.types import Type

FACTS = TypeFacts()
STD = "std::sync::MutexGuard<'_, std::vec::Vec<u8>>"
TOKIO = "tokio::sync::MutexGuard<'_, std::vec::Vec<u8>>"


@pytest.mark.parametrize(
    ("text", "cost", "nature"),
    [
        ("u64", Cost.NONE, Nature.PLAIN),
        ("{integer}", Cost.NONE, Nature.PLAIN),
        ("_", Cost.UNKNOWN, Nature.UNKNOWN),
        ("&std::string::String", Cost.NONE, Nature.PLAIN),
        ("&mut u8", Cost.UNKNOWN, Nature.UNKNOWN),
        ("*const u8", Cost.NONE, Nature.CELL),
        ("std::ptr::NonNull<u8>", Cost.NONE, Nature.CELL),
        ("fn(u8) -> u8", Cost.NONE, Nature.PLAIN),
        ("()", Cost.NONE, Nature.PLAIN),
        ("(u8, [i32; 4])", Cost.NONE, Nature.PLAIN),
        ("[std::string::String; 2]", Cost.TEXT, Nature.PLAIN),
        ("std::net::SocketAddr", Cost.NONE, Nature.PLAIN),
        ("core::net::Ipv4Addr", Cost.NONE, Nature.PLAIN),
        ("std::sync::atomic::Ordering", Cost.NONE, Nature.PLAIN),
        ("std::string::String", Cost.TEXT, Nature.PLAIN),
        ("alloc::string::String", Cost.TEXT, Nature.PLAIN),
        ("std::option::Option<std::string::String>", Cost.TEXT, Nature.PLAIN),
        ("std::option::Option<std::vec::Vec<u8>>", Cost.DEEP, Nature.PLAIN),
        ("(std::string::String, other::Thing)", Cost.DEEP, Nature.UNKNOWN),
        ("std::collections::HashMap<u64, std::string::String>", Cost.DEEP, Nature.PLAIN),
        (
            "std::collections::HashMap<u64, u8, std::hash::RandomState>",
            Cost.DEEP,
            Nature.PLAIN,
        ),
        ("std::boxed::Box<[u8]>", Cost.DEEP, Nature.PLAIN),
        ("std::borrow::Cow<'_, [u8]>", Cost.DEEP, Nature.PLAIN),
        ("std::borrow::Cow<'_, str>", Cost.TEXT, Nature.PLAIN),
        ("std::ops::Range<usize>", Cost.NONE, Nature.PLAIN),
        ("std::collections::btree_map::Range<'_, u8, u8>", Cost.UNKNOWN, Nature.UNKNOWN),
        ("bytes::Bytes", Cost.COUNT, Nature.PLAIN),
        ("bytes::BytesMut", Cost.DEEP, Nature.PLAIN),
        ("http::HeaderValue", Cost.COUNT, Nature.PLAIN),
        ("axum::http::Uri", Cost.COUNT, Nature.PLAIN),
        ("std::sync::Arc<u8>", Cost.COUNT, Nature.SHARED),
        ("std::sync::Weak<u8>", Cost.COUNT, Nature.SHARED),
        ("std::vec::Vec<std::sync::Arc<u8>>", Cost.DEEP, Nature.SHARED),
        ("tokio::sync::mpsc::Sender<u8>", Cost.COUNT, Nature.HANDLE),
        ("std::option::Option<tokio::sync::OwnedSemaphorePermit>", Cost.UNKNOWN, Nature.HANDLE),
        ("std::vec::Vec<std::cell::Cell<u8>>", Cost.DEEP, Nature.CELL),
        ("parking_lot::Mutex<u8>", Cost.UNKNOWN, Nature.CELL),
        ("other::Thing", Cost.UNKNOWN, Nature.UNKNOWN),
        ("dyn std::fmt::Debug", Cost.UNKNOWN, Nature.UNKNOWN),
    ],
)
def test_what_a_clone_costs_and_a_drop_means(text: str, cost: Cost, nature: Nature) -> None:
    found = FACTS.ownership(parse(text))
    assert (found.cost, found.nature) == (cost, nature)
    assert bool(found.why) is (nature is not Nature.PLAIN)


@pytest.mark.parametrize(
    ("text", "copy", "perhaps"),
    [
        ("u64", True, True),
        ("bool", True, True),
        ("&std::vec::Vec<u8>", True, True),
        ("*mut u8", True, True),
        ("_", False, False),
        ("std::option::Option<(u8, &str)>", True, True),
        ("std::option::Option<other::Thing>", False, True),
        ("other::Thing", False, True),
        ("std::vec::Vec<u8>", False, False),
        ("std::ops::Range<usize>", False, False),  # an iterator: not Copy on purpose
        ("std::borrow::Cow<'_, [u8]>", False, False),
        ("std::sync::Arc<u8>", False, False),
        ("chrono::NaiveDate", True, True),
        ("chrono::naive::NaiveDateTime", True, True),
        ("chrono::DateTime<chrono::Utc>", True, True),
        ("chrono::DateTime<chrono::FixedOffset>", True, True),
        ("chrono::DateTime<Tz>", False, True),
        ("std::option::Option<chrono::DateTime<chrono::Local>>", True, True),
        ("rust_decimal::Decimal", True, True),
        ("uuid::Uuid", True, True),
        ("http::StatusCode", True, True),
        ("tokio::io::Interest", True, True),
        ("tracing::Level", True, True),
    ],
)
def test_copy(text: str, copy: bool, perhaps: bool) -> None:
    assert (FACTS.is_copy(parse(text)), FACTS.may_be_copy(parse(text))) == (copy, perhaps)


@pytest.mark.parametrize(
    "text",
    [
        "mycrate::Duration",
        "mycrate::time::Duration",
        "mycrate::Arc<u8>",
        "mycrate::StatusCode",
        "mycrate::Bytes",
        "mycrate::String",
        "mycrate::Option<u8>",
        "rocket::http::StatusCode",
        "Duration",  # of the crate's root, or a generic parameter
        "Arc<u8>",
        "Option<u8>",
    ],
)
def test_the_last_name_makes_no_type_a_known_one(text: str) -> None:
    type_ = parse(text)
    assert FACTS.ownership(type_).nature is Nature.UNKNOWN
    assert not (FACTS.is_copy(type_) or FACTS.is_cheap(type_) or FACTS.is_small(type_))
    assert FACTS.drop_is_seen(type_) is None
    assert not (is_counted(type_) or is_bytes(type_) or is_data(type_) or has_buffer(type_))
    assert not is_named(type_, "Duration", "Arc", "StatusCode", "Bytes", "String", "Option")


@pytest.mark.parametrize(
    ("text", "cheap", "small"),
    [
        ("u64", True, False),
        ("&u8", False, False),
        ("*mut u8", False, False),  # what it points to may be what the lock is for
        ("(u8, std::ptr::NonNull<u8>)", False, False),
        ("std::sync::Arc<std::string::String>", True, False),
        ("std::option::Option<std::sync::Arc<u8>>", True, False),
        ("(std::sync::Arc<u8>, u64)", True, False),
        ("std::option::Option<&u8>", True, False),
        ("bytes::Bytes", True, False),
        ("http::HeaderValue", True, False),
        ("tokio::sync::mpsc::Sender<u8>", True, False),
        ("tokio::sync::watch::Receiver<u8>", False, False),  # a position of its own
        ("futures::channel::mpsc::Sender<u8>", False, False),  # a slot of its own
        ("flume::Receiver<u8>", True, False),
        ("other::Sender<u8>", False, False),
        ("sqlx::pool::Pool<sqlx::Postgres>", True, False),
        ("std::string::String", False, True),
        ("url::Url", False, True),
        ("std::option::Option<(std::path::PathBuf, u64)>", False, True),
        ("std::vec::Vec<u8>", False, False),
        ("std::cell::Cell<u8>", False, False),
        ("other::Thing", False, False),
    ],
)
def test_clones_that_cost_little(text: str, cheap: bool, small: bool) -> None:
    assert (FACTS.is_cheap(parse(text)), FACTS.is_small(parse(text))) == (cheap, small)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("std::string::String", False),
        ("&other::Anything", False),
        ("&mut other::Anything", False),
        ("*mut other::Anything", False),
        ("std::sync::Arc<u8>", False),
        ("std::option::Option<std::sync::Arc<std::string::String>>", False),
        ("std::sync::Arc<std::sync::Mutex<u8>>", False),
        ("std::sync::Arc<other::Config>", None),  # it may be the last
        ("std::option::Option<std::sync::Arc<other::Config>>", None),
        ("std::vec::Vec<(u8, std::rc::Rc<std::boxed::Box<other::Config>>)>", None),
        ("std::sync::Arc<dyn std::error::Error>", None),
        ("std::result::Result<u8, std::io::Error>", False),
        (STD, True),
        (TOKIO, True),
        ("std::option::Option<tokio::sync::OwnedMutexGuard<u8>>", True),
        ("tokio::sync::OwnedSemaphorePermit", True),
        ("std::vec::Vec<tokio::sync::OwnedSemaphorePermit>", True),
        ("tracing::span::EnteredSpan", True),
        ("other::Config", None),
        ("tokio::sync::mpsc::Sender<u8>", None),
        ("std::boxed::Box<dyn std::error::Error>", None),
    ],
)
def test_what_others_notice_of_a_drop(text: str, seen: bool | None) -> None:
    assert FACTS.drop_is_seen(parse(text)) is seen


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("usize", True),
        ("{integer}", True),
        ("()", True),
        ("(u8, std::string::String)", True),
        ("&mut std::sync::MutexGuard<'_, u8>", True),
        ("std::option::Option<&str>", True),
        ("std::vec::Vec<std::string::String>", True),
        ("std::iter::Rev<std::str::Chars>", True),
        ("std::slice::Iter<u8>", True),
        ("std::iter::Once<std::sync::MutexGuard<u8>>", False),
        ("std::iter::Once<other::Thing>", False),
        ("std::sync::Arc<u8>", False),  # its count is seen
        ("std::sync::MutexGuard<u8>", False),
        ("std::cell::Ref<u8>", False),
        ("std::vec::Vec<other::Thing>", False),
        ("other::Thing", False),
        ("std::fs::File", False),
    ],
)
def test_what_gives_back_memory_alone(text: str, plain: bool) -> None:
    assert FACTS.is_plain(parse(text)) is plain


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("std::string::String", False),
        ("std::sync::MutexGuard<u8>", False),  # std's own
        ("&other::Thing", False),
        ("other::Thing", True),
        ("T", True),
        ("(u8, other::Thing)", True),
        ("std::option::Option<other::Thing>", True),
        ("std::sync::Arc<other::Thing>", True),
        ("std::slice::Iter<other::Thing>", False),
        ("std::collections::hash_map::Values<u8, other::Thing>", False),
        ("std::vec::IntoIter<other::Thing>", True),
        ("std::boxed::Box<dyn std::error::Error>", True),
        ("std::iter::Map<std::slice::Iter<other::Thing>, {closure@src/lib.rs:1:1: 1:4}>", False),
    ],
)
def test_whose_drop_may_run(text: str, runs: bool) -> None:
    assert FACTS.drop_runs_others(parse(text)) is runs


def test_a_drop_of_what_is_not_known_is_not_known() -> None:
    assert FACTS.drop_is_seen(None) is None


@pytest.mark.parametrize(
    ("text", "answer", "copy"),
    [
        ("other::Thing", True, True),
        ("other::Thing", False, False),
        ("other::Thing", None, False),
        ("chrono::DateTime<Tz>", True, True),
        ("u64", None, True),
        ("std::time::Duration", False, False),
    ],
)
def test_rustc_is_asked_before_the_tables(text: str, answer: bool | None, copy: bool) -> None:
    told = {("a.rs", Span(1, 2), COPY): answer}
    facts = TypeFacts(implements=lambda *asked: told.get(asked))
    type_ = parse(text)
    assert facts.is_copy(type_, ("a.rs", Span(1, 2))) is copy
    assert facts.is_copy(type_, ("b.rs", Span(1, 2))) is FACTS.is_copy(type_)
    if answer is not None:
        assert facts.may_be_copy(type_, ("a.rs", Span(1, 2))) is answer


def test_the_workspaces_own_type_comes_before_a_crate_of_that_name() -> None:
    own = Ownership(Cost.DEEP, Nature.HANDLE, why="its own")
    facts = TypeFacts(lambda t: own if t.name in ("bytes::Bytes", "lexer::Span") else None)
    assert facts.ownership(parse("bytes::Bytes")) == own
    assert facts.ownership(parse("lexer::Span")) == own
    assert facts.ownership(parse("std::string::String")).nature is Nature.PLAIN


def test_a_guards_name_counts_where_its_definition_does_not_tell() -> None:
    plain = Ownership(Cost.NONE, Nature.PLAIN)
    assert TypeFacts(lambda _: plain).drop_is_seen(parse("chain::Transaction")) is False
    dropped = Ownership(Cost.UNKNOWN, Nature.UNKNOWN, why="it has a `Drop` of its own")
    assert TypeFacts(lambda _: dropped).drop_is_seen(parse("chain::Transaction")) is True


# -- questions that the type alone answers ---------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "guard"),
    [
        ("std::sync::MutexGuard<std::string::String>", True),
        ("parking_lot::lock_api::RwLockReadGuard<parking_lot::RawRwLock, u8>", True),
        ("dashmap::mapref::one::Ref<u64, u8>", True),
        ("std::cell::Ref<u8>", True),
        ("tokio::sync::watch::Ref<u8>", True),
        ("arc_swap::Guard<std::sync::Arc<u8>>", True),
        ("std::option::Option<tokio::sync::OwnedMutexGuard<u8>>", True),
        ("&std::sync::MutexGuard<u8>", True),
        ("dashmap::mapref::entry::Entry<u8, u8>", True),
        ("std::collections::hash_map::Entry<u8, u8>", False),
        ("tokio_util::sync::DropGuard", False),
        ("std::vec::Vec<u8>", False),
    ],
)
def test_what_may_be_a_guard(text: str, guard: bool) -> None:
    assert may_guard(parse(text)) is guard


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("u64", True),
        ("std::sync::Arc<std::string::String>", True),
        ("tokio::sync::watch::Receiver<u8>", True),
        ("&std::vec::Vec<u8>", False),
        ("&mut u8", False),
        ("std::option::Option<&u8>", False),
        ("*mut u8", False),
        ("std::option::Option<std::ptr::NonNull<u8>>", False),
        ("std::collections::hash_map::Values<'_, u8, u8>", False),
        ("std::vec::Drain<'_, u8>", False),
        ("std::slice::Iter<'_, u8>", False),
        ("impl std::future::Future<Output = ()>", False),
        ("std::option::Option<_>", False),
        (STD, False),
    ],
)
def test_values_that_borrow_from_nothing(text: str, whole: bool) -> None:
    assert is_whole(parse(text)) is whole


@pytest.mark.parametrize(
    ("text", "grows"),
    [
        ("std::vec::Vec<u8>", True),
        ("alloc::string::String", True),
        ("std::option::Option<(u8, std::path::PathBuf)>", True),
        ("hashbrown::HashMap<u8, u8>", True),
        ("std::collections::BTreeMap<u8, u8>", False),
        ("std::sync::Arc<std::vec::Vec<u8>>", False),
        ("&std::vec::Vec<u8>", False),
        ("heapless::Vec<u8, 8>", False),
        ("u8", False),
    ],
)
def test_buffers_with_room_to_spare(text: str, grows: bool) -> None:
    assert has_buffer(parse(text)) is grows


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("std::string::String", True),
        ("std::boxed::Box<std::vec::Vec<u8>>", True),
        ("std::boxed::Box<other::Thing>", False),
        ("(other::Thing, u8)", True),
        ("bytes::Bytes", True),
        ("reqwest::Client", False),
        ("std::sync::Arc<std::vec::Vec<u8>>", False),
        ("std::time::Duration", False),
        ("other::Thing", False),
    ],
)
def test_text_and_collections(text: str, data: bool) -> None:
    assert is_data(parse(text)) is data


@pytest.mark.parametrize(
    ("text", "view"),
    [
        ("std::vec::Vec<u8>", "[u8]"),
        ("bytes::BytesMut", "[u8]"),
        ("&[u8; 4]", "[u8]"),
        ("std::sync::Arc<str>", "str"),
        ("&std::path::PathBuf", "std::path::Path"),
        ("std::ffi::OsString", "std::ffi::OsStr"),
        ("&std::ffi::CString", "std::ffi::CStr"),
        ("other::Thing", None),
    ],
)
def test_views(text: str, view: str | None) -> None:
    found = view_of(parse(text))
    assert found == (parse(view) if view is not None else None)


def test_only_shared_references_lead_to_what_may_be_read() -> None:
    assert shared_target(parse("std::option::Option<&u8>")) == Type("u8")
    assert shared_target(parse("&u8")) == Type("u8")
    assert shared_target(parse("&mut u8")) is None
    assert shared_target(parse("std::option::Option<&mut u8>")) is None
    assert shared_target(parse("u8")) is None


def test_handles_whose_methods_ask_for_mut() -> None:
    assert is_used_mutably(parse("tonic::transport::channel::Channel"))
    assert is_used_mutably(parse("redis::aio::ConnectionManager"))
    assert not is_used_mutably(parse("reqwest::Client"))


# -- names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("core::time::Duration", "std::time::Duration"),
        ("alloc::sync::Arc", "std::sync::Arc"),
        ("std::sync::mpsc::Sender", "std::sync::mpsc::Sender"),
        ("http::status::StatusCode", "http::StatusCode"),
        ("axum::http::StatusCode", "axum::StatusCode"),
        ("Bytes", "Bytes"),
    ],
)
def test_keys(name: str, key: str) -> None:
    assert key_of(name) == key


def test_std_paths_by_last_name() -> None:
    assert std_path("Arc") == "std::sync::Arc"
    assert std_path("MutexGuard") == "std::sync::MutexGuard"
    assert std_path("Ordering") is None  # cmp's or atomic's
    assert std_path("Bytes") is None
