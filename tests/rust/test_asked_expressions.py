"""Where a name that a pattern binds is known; what is no expression; whose type its surroundings decide."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.asked_expressions import declares, is_expression, is_open, name_place
from engine.rust.syntax import Source


def marked(code: str) -> tuple[Source, Span]:
    """``code`` as a function's body, and the span that the guillemets in it mark."""
    text = f"fn f() {{ {code} }}".encode()
    start, end = text.index("«".encode()), text.index("»".encode())
    return Source("a.rs", text.replace("«".encode(), b"").replace("»".encode(), b"")), Span(
        start, end - len("«".encode())
    )


@pytest.mark.parametrize(
    ("code", "rest"),
    [
        ("let «a» = g(); h(a)", " h(a) }"),
        ("let (mut «a», b) = g(); h(a)", " h(a) }"),
        ("let P { «a», .. } = g();", " }"),
        ("let P { x: «a» } = g();", " }"),
        ("let Some(«a») = g() else { return };", " }"),
        ("if let Some(«a») = g() { h(a) } else { k() }", " h(a) } else { k() } }"),
        ("if x && let Ok(«a») = g() { h(a) }", " h(a) } }"),
        ("while let Some(«a») = g() { h(a) }", " h(a) } }"),
        ("for (i, «a») in g() { h(a) }", " h(a) } }"),
        ("match g() { Some(«a») if k() => h(a), _ => 1 };", "h(a), _ => 1 }; }"),
        ("match g() { Some(«a») => { h(a) } _ => 1 };", " h(a) } _ => 1 }; }"),
        ("g(|«a», b| h(a));", "h(a)); }"),
        ("g(move |&«a»| { h(a) });", " h(a) }); }"),
    ],
)
def test_a_bound_name_is_known_in_what_follows(code: str, rest: str) -> None:
    source, span = marked(code)
    node = source.node_at(span)
    assert node is not None
    place = name_place(source, node)
    assert place is not None
    assert source.data[place.at :].decode() == rest
    assert place.wrap is not rest.startswith(" ")
    assert declares(source, span)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("let a = «b»;", True),
        ("g(«a».b)", True),
        ("g(a.«b»)", False),
        ("«a::B»(1);", True),
        ("a::«B»(1);", False),
        ("match g() { «None» => 1, _ => 2 };", False),
        ("match g() { «Some»(1) => 1, _ => 2 };", False),
        ("match g() { Some(a) if «a» => 1, _ => 2 };", True),
        ("if let «Some»(a) = g() {}", False),
        ("vec![«a».clone()];", True),
        ("vec![a.«clone»()];", False),
        ('println!("{}", A::«B»);', False),
        ("odd!(a => «b» =>);", True),  # nobody can tell
    ],
)
def test_what_is_an_expression(code: str, expected: bool) -> None:
    source, span = marked(code)
    node = source.node_at(span)
    assert node is not None
    assert is_expression(source, node) is expected
    assert not declares(source, span)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("let a = «Mutex::new(0)»;", True),
        ("let a = «Mutex::new(0u8)»;", False),
        ("let a = «Mutex::new(0x1u8)»;", False),
        ("let a = «g(vec![])»;", True),  # a macro may hide a number
        ("let a: u8 = «g()?»;", True),
        ("let «a»: u8 = g();", False),
        ("let a = «g()»;", False),
        ("«Vec::new»();", True),
        ("«g::<u8>»();", False),
        ("let a = «None»;", True),
        ("g(«a.b»);", False),
        ("g(«a»);", False),
    ],
)
def test_what_its_surroundings_may_decide(code: str, expected: bool) -> None:
    source, span = marked(code)
    assert is_open(source, span) is expected
