"""Is only the length of a value asked behind a place: a table of (body, the calls that ask)."""

from __future__ import annotations

import pytest

from engine.rust.copies import clone_of
from engine.rust.lengths import lengths_after
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, span_of, walk_all


def found(body: str) -> list[str] | None:
    source = Source("src/lib.rs", f"fn f(x: Vec<u8>) {{ {body} }}".encode())
    scopes = Scopes(source, source.root.named_children[0])
    clone = next(c for n in walk_all(source, source.root) if (c := clone_of(source, n)) is not None)
    binding = scopes.resolve(b"x", clone.node.start_byte)
    assert binding is not None
    lengths = lengths_after(source, scopes, clone.node, binding)
    if lengths is None:
        return None
    return [source.slice(span_of(call)).decode() for _, call in lengths.calls]


@pytest.mark.parametrize(
    ("body", "calls"),
    [
        ("g(x.clone()); h(x.len());", ["x.len()"]),
        ("g(x.clone()); if x.is_empty() { h(x.len()); }", ["x.is_empty()", "x.len()"]),
        ("h(&x); g(x.clone()); h(x.len());", ["x.len()"]),
        ("if c { g(x.clone()); h(x.len()); }", ["x.len()"]),
        ("let y = S { x: x.clone(), n: 1 }; h(x.len());", ["x.len()"]),
        ("g(x.clone()); h(x.first());", None),
        ("g(x.clone()); h(&x);", None),
        ("g(x.clone()); h(x.len()); h(x);", None),
        ("if c { g(x.clone()); } h(x.len());", None),
        ("g(x.len(), x.clone()); h(x.len());", None),
        ("g(x.clone()); h(|| x.len());", None),
        ("spawn(move || g(x.clone())); h(x.len());", None),
        ('g(x.clone()); println!("{}", x.len());', None),
        ('g(x.clone()); println!("{x:?}");', None),
        ("g(x.clone());", None),
        ("let mut x = y; g(x.clone()); h(x.len());", None),
        ("g({ let x = y; k(x.clone()); x.len() });", ["x.len()"]),
    ],
)
def test_lengths_behind_a_copy(body: str, calls: list[str] | None) -> None:
    assert found(body) == calls
