"""Which calls a configuration may leave out, and what shows that they are compiled."""

from __future__ import annotations

import pytest

from engine.base.model import NO_UNIT, Span
from engine.rust.syntax import span_of
from engine.rust.type_parser import parse
from engine.rust.types import Type
from engine.rust.unbuilt_calls import Unbuilt, doubtful, teller
from tests.rust.workspace import Workspace


def _doubtful(files: dict[str, str]) -> list[str]:
    sources = Workspace(files).sources
    return [source.text(call).decode() for source, call in doubtful(sources, b"f")]


_FIRST = "fn first() { f(0); }\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("fn g() { f(1); m::f(2); x.f(3); }", []),
        ("#[cfg(unix)] fn g() { f(1); }", ["f(1)"]),
        ("#[cfg(unix)] mod m { fn g() { f(1); } }", ["f(1)"]),
        ("#[cfg(test)] mod m { fn g() { assert_eq!(f(1), 2); } }", ["f(1)"]),
        ("#[cfg_attr(unix, cfg(windows))] fn g() { m::f(1); }", ["m::f(1)"]),
        ("impl S { #[cfg(unix)] fn g(&self) { self.f(1); } fn h(&self) { self.f(2); } }", ["self.f(1)"]),
        ("fn g() { #[cfg(unix)] f(1); f(2); }", ["f(1)"]),
        ("fn g() { #[cfg(unix)] { f(1); } f(2); }", ["f(1)"]),
        ("fn g() { if cfg!(unix) { f(1); } }", []),
        ("cfg_if! { if #[cfg(unix)] { fn g() { say!(f(1)); } } }", ["f(1)"]),
        ("cfg_rt! { fn g() { f(1); } }", ["f(1)"]),
        ("fn g() { say!(f(1)); run(f); }", []),
    ],
)  # fmt: skip
def test_calls_that_may_be_left_out(text: str, found: list[str]) -> None:
    assert _doubtful({"src/lib.rs": _FIRST + text}) == ["f(0)", *found]


def test_one_call_of_each_file_is_asked() -> None:
    files = {"src/lib.rs": "fn g() { f(1); f(2); }", "src/b.rs": "fn g() { f(3); f(4); }"}
    assert _doubtful(files) == ["f(3)", "f(1)"]
    assert _doubtful({"src/lib.rs": "#![cfg(unix)] fn g() { f(1); f(2); }"}) == ["f(1)", "f(2)"]


@pytest.mark.parametrize(
    ("call", "told_by"), [("f(1)", "f"), ("m::f(1)", "m::f"), ("f::<T>(1)", "f::<T>"), ("x.y.f(1)", "x.y")]
)  # fmt: skip
def test_what_tells_that_a_call_is_compiled(call: str, told_by: str) -> None:
    ((source, found),) = doubtful(Workspace({"src/lib.rs": f"fn g() {{ {call}; }}"}).sources, b"f")
    assert source.text(teller(found)).decode() == told_by


@pytest.mark.parametrize(
    ("told", "reason", "held"),
    [
        (("f",), "", []),
        ((), "rustc could not tell", ["f(2)", "f(3)"]),
        ((), NO_UNIT, ["f(1)", "f(2)", "f(3)"]),
        (("g",), "", ["f(2)", "f(3)"]),
    ],
)
def test_what_rustc_told_decides(told: tuple[str, ...], reason: str, held: list[str]) -> None:
    text = "fn g() { f(1); } #[cfg(unix)] fn h() { f(2); } #[cfg(test)] mod m { fn i() { f(3); } }"
    sources = Workspace({"src/lib.rs": text}).sources

    def type_of(path: str, span: Span) -> Type | None:
        name = sources.get(path).slice(span).decode()
        return parse("fn(u8) {app::f}") if name in told else None

    unbuilt = Unbuilt(sources, b"f", type_of, lambda path, span: reason)
    source = sources.get("src/lib.rs")
    calls = [source.data.index(b"f(%d)" % n) for n in (1, 2, 3)]
    nodes = [source.node_at(Span(at, at + 4)) for at in calls]
    assert [source.text(n).decode() for n in nodes if n and unbuilt.holds(source, n)] == held
    assert all(
        n is not None and span_of(n).end == at + 4 for n, at in zip(nodes, calls, strict=True)
    )
