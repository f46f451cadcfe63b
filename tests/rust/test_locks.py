"""Lock calls by their syntax, guards by the types that rustc prints."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.rust.locks import (
    Flavour,
    flavour_of_name,
    guarded,
    guards_in,
    lock_call,
    outermost,
    with_tails,
)
from engine.rust.nodes import method_call
from engine.rust.queries import walk
from engine.rust.syntax import Source
from engine.rust.type_parser import parse


def expression(text: str) -> tuple[Source, Node]:
    source = Source("a.rs", f"fn f() {{ let _x = {text}; }}".encode())
    let = next(n for n in walk(source.root) if n.type == "let_declaration")
    value = let.child_by_field_name("value")
    assert value is not None
    return source, value


@pytest.mark.parametrize(
    ("text", "method", "tails"),
    [
        ("m.lock()", b"lock", ()),
        ("self.a.b.lock().unwrap()", b"lock", ("unwrap",)),
        ('m.lock().expect("poisoned")', b"lock", ("expect",)),
        ("m.lock().unwrap_or_else(|e| e.into_inner())", b"lock", ("unwrap_or_else",)),
        ("m.read().await", b"read", ("await",)),
        ("m.clone().lock_owned().await", b"lock_owned", ("await",)),
        ("m.try_lock()?", b"try_lock", ("?",)),
        ("m.lock().map_err(|_| Poisoned)?", b"lock", ("map_err", "?")),
        ("(m.lock()).unwrap()", b"lock", ("unwrap",)),
        ("(m.lock().await)", b"lock", ("await",)),
        ("m.upgradable_read()", b"upgradable_read", ()),
        ("c.borrow_mut()", b"borrow_mut", ()),
        ("m\n    .lock()\n    // why\n    .await", b"lock", ("await",)),
    ],
)
def test_a_lock_call_is_read_with_its_tails(
    text: str, method: bytes, tails: tuple[str, ...]
) -> None:
    source, node = expression(text)
    found = lock_call(source, node)
    assert found is not None
    assert (found.method, found.tails) == (method, tails)
    assert source.text(found.node).decode() == text


@pytest.mark.parametrize(
    "text",
    [
        "m.lock(1)",
        "lock()",
        "m.len()",
        "m.lock().unwrap().x",
        "std::io::stdout().lock()",
        "stdin().lock()",
        "m.lock",
        "m.read(&mut buffer).await",
        "m.locked()",
        "m.lock().await.get(k)",
    ],
)
def test_what_is_no_lock_call(text: str) -> None:
    source, node = expression(text)
    assert lock_call(source, node) is None


def test_outermost_stops_where_the_guard_is_used() -> None:
    source, node = expression("f(&(self.m.lock().unwrap()).x, 1)")
    call = next(
        n
        for n in walk(node)
        if (called := method_call(source, n)) is not None and called[1] == b"lock"
    )
    found = outermost(source, call)
    assert found is not None
    assert source.text(found.node) == b"(self.m.lock().unwrap())"
    assert source.text(found.receiver) == b"self.m"
    assert source.text(with_tails(source, call)) == b"(self.m.lock().unwrap())"


def test_an_argument_is_no_tail() -> None:
    source, node = expression("g(m.lock().await).await")
    call = next(n for n in walk(node) if source.text(n) == b"m.lock()")
    found = outermost(source, call)
    assert found is not None
    assert source.text(found.node) == b"m.lock().await"


@pytest.mark.parametrize(
    ("name", "flavour"),
    [
        ("std::sync::MutexGuard", Flavour.STD),
        ("std::sync::RwLockWriteGuard", Flavour.STD),
        ("std::sync::nonpoison::MutexGuard", Flavour.STD),
        ("std::cell::Ref", Flavour.REFCELL),
        ("std::cell::RefMut", Flavour.REFCELL),
        ("lock_api::mutex::MutexGuard", Flavour.PARKING_LOT),
        ("parking_lot::lock_api::MappedRwLockReadGuard", Flavour.PARKING_LOT),
        ("parking_lot::ArcRwLockUpgradableReadGuard", Flavour.PARKING_LOT),
        ("tokio::sync::OwnedRwLockMappedWriteGuard", Flavour.TOKIO),
        ("tokio::sync::mutex::MutexGuard", Flavour.TOKIO),
        ("tokio::sync::watch::Ref", Flavour.WATCH),
        ("dashmap::mapref::one::RefMut", Flavour.DASHMAP),
        ("dashmap::setref::multiple::RefMulti", Flavour.DASHMAP),
        ("dashmap::iter::Iter", Flavour.DASHMAP),
        ("futures::lock::MutexGuard", Flavour.ASYNC),
        ("async_lock::RwLockUpgradableReadGuard", Flavour.ASYNC),
        ("spin::MutexGuard", Flavour.SPIN),
        ("tokio::sync::SemaphorePermit", None),
        ("tokio::sync::OwnedSemaphorePermit", None),
        ("std::cell::RefCell", None),
        ("std::slice::Iter", None),
        ("std::io::StdoutLock", None),
        ("my::sync::MutexGuard", None),
        ("MutexGuard", None),
        ("dashmap::DashMap", None),
    ],
)
def test_guards_are_known_by_crate_and_name(name: str, flavour: Flavour | None) -> None:
    assert flavour_of_name(name) is flavour


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("std::sync::MutexGuard<'_, u8>", "std::sync::MutexGuard"),
        ("std::option::Option<dashmap::mapref::one::Ref<'_, u8, u8>>", "dashmap::mapref::one::Ref"),
        ("(u8, tokio::sync::OwnedMutexGuard<u8>)", "tokio::sync::OwnedMutexGuard"),
        ("impl std::iter::Iterator<Item = std::cell::Ref<'_, u8>>", "std::cell::Ref"),
        ("std::iter::Rev<dashmap::iter::Iter<'_, u8, u8>>", "dashmap::iter::Iter"),
        ("&std::sync::MutexGuard<'_, u8>", None),
        ("impl std::future::Future<Output = tokio::sync::MutexGuard<'_, u8>>", None),
        ("tokio::task::JoinHandle<tokio::sync::OwnedMutexGuard<u8>>", None),
        ("std::sync::Arc<std::sync::Mutex<u8>>", None),
        ("fn(&std::sync::Mutex<u8>) -> std::sync::MutexGuard<'_, u8> {a::lock}", None),
    ],
)
def test_guards_are_found_in_what_a_value_owns(text: str, found: str | None) -> None:
    guard = next(guards_in(parse(text)), None)
    assert (guard.name if guard is not None else None) == found


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ("std::sync::MutexGuard<'_, std::vec::Vec<u8>>", "std::vec::Vec<u8>"),
        ("parking_lot::lock_api::MutexGuard<'_, parking_lot::RawMutex, u8>", "u8"),
        ("dashmap::mapref::one::Ref<'_, u8, std::string::String>", "std::string::String"),
        ("dashmap::setref::one::Ref<'_, u8>", "u8"),
        ("tokio::sync::MutexGuard<'_, ()>", "()"),
        ("dashmap::iter::Iter<'_, u8, u8>", None),
        ("std::vec::Vec<u8>", None),
    ],
)
def test_what_a_guard_gives_access_to(text: str, inner: str | None) -> None:
    found = guarded(parse(text))
    assert (str(found) if found is not None else None) == inner
