"""What runs a place, and how hot that makes it."""

from __future__ import annotations

import pytest

from engine.base.model import Heat, Span
from engine.rust import context
from engine.rust.context import (
    heat_of,
    heat_through_closures,
    in_test_code,
    is_per_item,
    is_per_item_method,
)
from engine.rust.syntax import Source

_TABLE = [
    ("fn f() { HERE(); }", ()),
    ("fn f() { for x in y { HERE(); } }", ("loop",)),
    ("async fn f() { HERE(); }", ("async",)),
    (
        "async fn f() { while let Some(x) = s.next().await { HERE(); } }",
        ("stream", "loop", "async"),
    ),
    ("fn f(r: Json<T>) { HERE(); }", ("handler",)),
    ('#[get("/")]\nfn f() { HERE(); }', ("handler",)),
    ("fn f() { let g = m.lock().unwrap(); HERE(); }", ("under-lock",)),
    ("fn f() { { let g = m.lock().unwrap(); } HERE(); }", ()),
    ("fn f() { for x in y { run(|| HERE()); } }", ()),
]


def _heat(text: str, path: str = "src/lib.rs") -> tuple[Heat, bool]:
    source = Source(path, text.encode())
    at = text.index("HERE")
    node = source.innermost(Span(at, at + 4))
    return heat_of(source, node), in_test_code(source, node)


@pytest.mark.parametrize(("text", "reasons"), _TABLE)
def test_what_runs_a_place_is_told_the_weightiest_first(
    text: str, reasons: tuple[str, ...]
) -> None:
    found, in_tests = _heat(text)
    assert found.reasons == reasons
    assert found == context.heat(reasons)
    assert not in_tests


def test_each_reason_makes_a_place_hotter_and_counts_once() -> None:
    ordered = [
        context.heat(r)
        for r in ((), ("async",), ("under-lock",), ("loop",), ("handler",), ("stream",))
    ]
    assert ordered == sorted(ordered)
    assert len({heat.score for heat in ordered}) == len(ordered)
    assert context.heat(("loop", "async", "loop")) == context.heat(("async", "loop"))
    assert context.heat(("async", "loop")).score == sum(
        context.heat((reason,)).score for reason in ("async", "loop")
    )


def test_code_that_no_traffic_reaches_keeps_its_reasons_and_is_cold() -> None:
    text = "#[test]\nfn f() { for x in y { HERE(); } }"
    found, in_tests = _heat(text)
    assert (found.reasons, in_tests) == (("loop",), True)
    assert found.score < 0
    assert _heat(text.removeprefix("#[test]\n"), "tests/a.rs") == (found, True)


def test_a_word_that_is_no_reason_is_an_error() -> None:
    with pytest.raises(KeyError):
        context.heat(("test",))


def test_what_runs_a_closure_counts_when_it_is_named() -> None:
    text = "fn f() { for x in y { run(move || HERE()); } }"
    source = Source("src/lib.rs", text.encode())
    at = text.index("HERE")
    node = source.innermost(Span(at, at + 4))
    closure = next(n for n in source.ancestors(node) if n.type == "closure_expression")
    assert heat_of(source, node).reasons == ()
    assert heat_of(source, node, closure).reasons == ("loop",)
    assert heat_through_closures(source, node) == heat_of(source, node, closure)


@pytest.mark.parametrize(
    ("reasons", "answer"),
    [
        (("stream",), True),
        (("loop", "async"), True),
        (("handler", "loop"), True),
        (("loop",), False),
        (("handler", "async"), False),
        ((), False),
    ],
)
def test_places_that_run_for_each_item(reasons: tuple[str, ...], answer: bool) -> None:
    assert is_per_item(context.heat(reasons)) is answer


@pytest.mark.parametrize(
    ("head", "answer"),
    [
        ("impl Decoder for Frames", True),
        ("impl<T> tower::Service<Request<T>> for Frames", True),
        ("impl futures::Stream for Frames", True),
        ("impl Clone for Frames", False),
        ("impl Frames", False),
        ("trait Decoder", False),
        ("mod decoder", False),
    ],
)
def test_methods_that_run_for_each_item(head: str, answer: bool) -> None:
    source = Source("src/lib.rs", f"{head} {{ fn f() {{ HERE(); }} }}".encode())
    at = source.data.index(b"HERE")
    function = source.fn_item_of(source.innermost(Span(at, at + 4)))
    assert function is not None
    assert is_per_item_method(source, function) is answer


@pytest.mark.parametrize(
    ("text", "often"),
    [
        ("fn f() { HERE(); }", False),
        ("fn f() { for x in y { HERE(); } }", True),
        ("fn f() { for x in HERE() { } }", True),
        ("fn f() { run(|| HERE()); }", True),
        ("async fn f() { HERE(); }", True),
        ("fn f() { async { HERE() } }", True),
        ("fn f(r: Json<T>) { HERE(); }", True),
        ("impl Stream for S { fn poll_next(&self) { HERE(); } }", True),
        ("impl S { fn call(&self) { HERE(); } }", False),
    ],
)
def test_what_runs_for_each_request_or_item(text: str, often: bool) -> None:
    source = Source("src/lib.rs", text.encode())
    at = text.index("HERE")
    assert context.runs_often(source, source.innermost(Span(at, at + 4))) is often


_ONCE = [
    ("async fn main() { HERE(); }", True),
    ("async fn main() { loop { HERE(); } }", False),
    ("async fn main() { serve(|| HERE()); }", False),
    ("async fn main() { spawn(async { HERE(); }); }", False),
    ("fn main() { rt.block_on(async { HERE(); }); }", True),
    ("fn main() { loop { rt.block_on(async { HERE(); }); } }", False),
    ("async fn main() { init().await; }\nasync fn init() { HERE(); }", True),
    ("async fn main() { a().await; }\nasync fn a() { b(); }\nfn b() { HERE(); }", True),
    ("async fn main() { loop { init().await; } }\nasync fn init() { HERE(); }", False),
    ("async fn main() { init().await; }\npub async fn init() { HERE(); }", False),
    ("async fn main() { route(init); }\nasync fn init() { HERE(); }", False),
    ("async fn main() {}\nasync fn init() { HERE(); }", False),
    ("async fn main() { init().await; }\nasync fn init() { init().await; HERE(); }", False),
    ("async fn f() { init().await; }\nasync fn init() { HERE(); }", False),
    ("impl A { async fn main() { HERE(); } }", False),
    ("fn main() { println!(\"{}\", init()); }\nfn init() { HERE(); }", True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "once"), _ONCE)
def test_what_runs_once_at_the_start_is_cold(text: str, once: bool) -> None:
    source = Source("src/main.rs", text.encode())
    at = text.index("HERE")
    node = source.innermost(Span(at, at + 4))
    assert context.runs_once(source, node) is once
    if once:
        assert not context.runs_often(source, node)
        assert "async" not in heat_of(source, node).reasons


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("fn main() { HERE(); }", True),
        ("#[tokio::main]\nasync fn main() { if a { HERE(); } }", True),
        ("fn main() { start(); } fn start() { HERE(); }", True),
        ("fn main() { rt.block_on(async { HERE(); }); }", True),
        # each of two calls runs it
        ("fn main() { start(); start(); } fn start() { HERE(); }", False),
        ("fn main() { HERE(); } fn again() { main(); }", False),
        ("fn main() { for x in y { HERE(); } }", False),
        ("fn main() { run(|| HERE()); }", False),
        ("fn main() { run(start); } fn start() { HERE(); }", False),
        ("fn main() { start(); } pub fn start() { HERE(); }", False),
    ],
)
def test_what_runs_no_second_time(text: str, once: bool) -> None:
    source = Source("src/main.rs", text.encode())
    start = source.data.index(b"HERE()")
    node = source.node_at(Span(start, start + len(b"HERE()")))
    assert node is not None
    assert context.runs_at_most_once(source, node) is once
