"""What a statement throws away while a temporary's guard is held."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.dropped_values import dropped_under
from engine.rust.syntax import Source


@pytest.mark.parametrize(
    ("body", "kind", "value", "place"),
    [
        ("*L.lock() = new;", "assigned", "new", "*L.lock()"),
        ("L.lock().x = new();", "assigned", "new()", "L.lock().x"),
        ("(*L.lock()).x[1] = new;", "assigned", "new", "(*L.lock()).x[1]"),
        ("L.lock().insert(k, v);", "result", "L.lock().insert(k, v)", "L.lock()"),
        ("L.lock().x.remove(&k);", "result", "L.lock().x.remove(&k)", "L.lock()"),
        ("let _ = L.lock().remove(&k);", "result", "L.lock().remove(&k)", "L.lock()"),
        ("drop(L.lock().take());", "result", "L.lock().take()", "L.lock()"),
        ("drop(std::mem::take(&mut *L.lock()));", "result", "std::mem::take(&mut *L.lock())", "L.lock()"),
        ("mem::replace(&mut L.lock().x, n);", "result", "mem::replace(&mut L.lock().x, n)", "L.lock()"),
    ],
)  # fmt: skip
def test_what_is_dropped(body: str, kind: str, value: str, place: str) -> None:
    source = Source("src/lib.rs", f"fn f() {{ {body} }}".encode())
    start = source.data.index(b"L.lock()")
    guard = source.node_at(Span(start, start + 8))
    found = dropped_under(source, guard) if guard is not None else None
    assert found is not None
    shown = source.text(found.value).decode(), source.text(found.place).decode()
    assert (found.kind, *shown) == (kind, value, place)
    assert source.text(found.statement).decode() == body


@pytest.mark.parametrize(
    "body",
    [
        "let old = L.lock().remove(&k);", "let _old = L.lock().take();", "L.lock().take()",
        "*L.lock() += 1;", "f(L.lock().take());", "L.lock().x;", "let _ = L.lock();", "drop(L.lock());",
        "let _ = &L.lock().x;", "a => L.lock().take(),", "return L.lock().take();", "f(&mut *L.lock());",
        "if a { *L.lock() = b }", "L.lock().push(x);", "x = L.lock().take();",
    ],
)  # fmt: skip
def test_what_is_kept(body: str) -> None:
    source = Source("src/lib.rs", f"fn f() {{ {body} }}".encode())
    start = source.data.index(b"L.lock()")
    guard = source.node_at(Span(start, start + 8))
    assert guard is not None
    assert dropped_under(source, guard) is None
