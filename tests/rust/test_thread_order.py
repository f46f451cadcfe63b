"""May one thread come to one place before it comes to another?"""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.syntax import Source
from engine.rust.thread_order import completed_at, may_precede


@pytest.mark.parametrize(
    ("body", "forward", "back"),
    [
        ("a(); b();", True, False),
        ("b(); a();", False, True),
        ("a(b());", False, True),  # arguments first
        ("x.a().b();", True, False),
        ("*a() = b();", False, True),  # the right side of an assignment first
        ("*a() += b();", False, True),
        ("loop { a(); b(); }", True, True),
        ("for x in a() { b(); }", True, False),
        ("for x in y { a(); } b();", True, False),
        ("loop { a(); loop { b(); } }", True, True),
        ("if x { a(); } else { b(); }", True, False),
        ("a(); spawn(move || b());", True, False),
        ("spawn(move || a()); b();", False, False),  # another thread's
        ("spawn(move || { a(); b(); });", True, False),
        ("spawn(async { a(); spawn(async { b(); }); });", True, False),
        ("spawn(async { a(); }); spawn(async { b(); });", False, False),
        ("list.each(|x| a()); b();", True, False),
    ],
)
def test_order_of_two_calls(body: str, forward: bool, back: bool) -> None:
    source = Source("src/lib.rs", f"fn f() {{ {body} }}".encode())
    one, two = (source.data.index(name) for name in (b"a(", b"b("))
    first = source.node_at(_call(source, one))
    second = source.node_at(_call(source, two))
    assert first is not None and second is not None
    assert may_precede(source, first, second) is forward
    assert may_precede(source, second, first) is back


def _call(source: Source, at: int) -> Span:
    """The call whose name stands at ``at``."""
    node = source.innermost(Span(at, at + 1))
    call = source.enclosing(node, ["call_expression"])
    assert call is not None
    return Span(call.start_byte, call.end_byte)


def test_a_place_is_done_when_its_assignment_is() -> None:
    source = Source("src/lib.rs", b"fn f() { *a().unwrap() = b(); }")
    node = source.node_at(Span(10, 13))
    assert node is not None
    assert source.slice(Span(10, completed_at(source, node))) == b"a().unwrap() = b();"
