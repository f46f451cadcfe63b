"""Values made in passing that live on to the end of their statement."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.syntax import Source
from engine.rust.temporaries import living_on


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("make().0", ["make()"]),
        ("guard(a).len() as u64", ["guard(a)"]),
        ("count(&make())", ["make()"]),
        ("*get()? + 1", ["get()?"]),
        ("self.state().await.n", ["self.state().await"]),
        ("a + { make().0 }", []),  # the tail's own scope, from edition 2024 on
        ("{ let n = make().0; n }", []),
        ("move || make().0", []),
        ("f(make())", []),
        ("make() + 1", []),
        ("a.len() + b[1].c.len()", []),
        ("a.iter().count()", []),
        ("Instant::now().elapsed().as_micros()", []),
    ],
)
def test_what_is_dropped_with_the_statement(value: str, left: list[str]) -> None:
    text = f"fn f() {{ *x.lock().unwrap() += {value}; }}"
    source = Source("src/lib.rs", text.encode(), 2024)
    start = text.index(value)
    node = source.node_at(Span(start, start + len(value)))
    assert node is not None
    assert [source.text(found).decode() for found in living_on(source, node)] == left
