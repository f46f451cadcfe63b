"""Accesses to memory whose order with a lock beside it somebody may see."""

from __future__ import annotations

import pytest

from engine.rust.memory_order import access_at, is_handed_over, mentions_accesses
from engine.rust.queries import walk
from engine.rust.syntax import Source


@pytest.mark.parametrize(
    ("code", "receiver", "does", "orders"),
    [
        ("self.a.load(Ordering::Relaxed);", "self.a", "reads", "Relaxed"),
        ("let x = A.load(Acquire);", "A", "reads looked", "Acquire"),
        ("a.b.store(1, Ordering::Release);", "a.b", "writes", "Release"),
        ("a.fetch_add(1, Ordering::Relaxed);", "a", "reads writes", "Relaxed"),
        ("let x = a.fetch_add(1, Ordering::SeqCst);", "a", "reads writes looked", "SeqCst"),
        ("if a.swap(true, AcqRel) { }", "a", "reads writes looked", "AcqRel"),
        ("a.compare_exchange(1, 2, SeqCst, Relaxed);", "a", "reads writes", "Relaxed SeqCst"),
        ("a.load(key);", "", "", ""),
        ("a.get(Ordering::Relaxed);", "", "", ""),
        ("a.store(1);", "", "", ""),
        ("unsafe { *p = 1; }", "", "reads writes looked", "unsafe"),
    ],
)
def test_accesses(code: str, receiver: str, does: str, orders: str) -> None:
    source = Source("src/lib.rs", f"fn f() {{ {code} }}".encode())
    found = [a for node in walk(source.root) if (a := access_at(source, node)) is not None]
    if not orders:
        assert found == []
        return
    (access,) = found
    assert (source.text(access.receiver).decode() if access.receiver else "") == receiver
    flags = ("reads", "writes", "looked")
    assert " ".join(flag for flag in flags if getattr(access, flag)) == does
    assert b" ".join(sorted(access.orders)).decode() == orders


@pytest.mark.parametrize(
    ("function", "unsafe"),
    [
        ("unsafe fn f() { g(); }", True),
        ("pub async unsafe fn f() { }", True),
        ('unsafe extern "C" fn f() { }', True),
        ("fn f() { }", False),
        ("async fn f() { }", False),
    ],
)
def test_unsafe_functions(function: str, unsafe: bool) -> None:
    source = Source("src/lib.rs", function.encode())
    assert (access_at(source, source.root.named_children[0]) is not None) is unsafe


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a.load(Ordering::Relaxed)", True),
        ("unsafe { }", True),
        ("a.load(Ordering::SeqCst)", True),
        ("a.load(key)", False),
        ("fn unsafely() { NotRelaxed }", False),
    ],
)
def test_files_that_may_hold_any(text: str, found: bool) -> None:
    assert mentions_accesses(text.encode()) is found


@pytest.mark.parametrize(
    ("before", "after", "handed"),
    [
        ("Acquire", "Release", True),
        ("SeqCst", "SeqCst", True),
        ("AcqRel", "AcqRel", True),
        ("Relaxed", "Release", False),
        ("Acquire", "Relaxed", False),
        ("unsafe", "unsafe", False),
    ],
)
def test_a_message_that_is_passed(before: str, after: str, handed: bool) -> None:
    assert is_handed_over(frozenset({before.encode()}), frozenset({after.encode()})) is handed
