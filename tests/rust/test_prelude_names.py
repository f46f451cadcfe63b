"""Whether a name of the prelude is covered at a place."""

from __future__ import annotations

import pytest

from engine.rust.prelude_names import is_covered
from engine.rust.syntax import Source
from tests.smallcrate import span


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("fn f(a: u8) { here; }", False),
        ("fn drop(a: u8) {} fn f(a: u8) { here; }", True),
        ("impl Drop for S { fn drop(&mut self) {} } fn f() { here; }", False),
        ("use crate::later::drop; fn f() { here; }", True),
        ("fn f() { use m::keep as drop; { here; } }", True),
        ("fn f() { fn drop(x: u8) {} here; }", True),
        ("fn f(drop: bool) { here; }", True),
        ("fn f() { let drop = 1; here; }", True),
        ("mod m { fn drop() {} } fn f() { here; }", False),
        ("fn drop() {} mod m { fn f() { here; } }", False),
        ("const drop: fn(u8) = g; fn f() { here; }", True),
    ],
)
def test_what_covers_it(text: str, covered: bool) -> None:
    source = Source("src/lib.rs", text.encode())
    node = source.innermost(span(source, "here"))
    assert is_covered(source, node, b"drop") is covered
