"""The types that places are declared with. ``HERE`` stands in front of the place asked about."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from engine.base.model import Span
from engine.rust.calls import Calls
from engine.rust.declared_types import DeclaredTypes, Written
from tests.rust.workspace import Workspace

_HEAD = "mod types; use types::Meta; struct Own { hits: Plain, name: String }\n"
_TYPES = (
    "pub struct Meta { pub hits: Counter }\n"
    "#[cfg(unix)] pub struct Twice { pub n: u8 } #[cfg(windows)] pub struct Twice { pub n: u16 }\n"
    "impl Clone for Meta {} impl<T> Keep for other::Meta<T> {} impl Clone for Metal {}"
)


def _declared(text: str) -> tuple[Workspace, DeclaredTypes]:
    workspace = Workspace({"src/lib.rs": _HEAD + text, "src/types.rs": _TYPES})
    calls = Calls(workspace.sources, workspace.items, lambda _path, _span: None)
    return workspace, DeclaredTypes(workspace.sources, workspace.items, calls)


def _texts(found: Iterable[Written]) -> list[str]:
    return [source.text(node).decode() for source, node in found]


@pytest.mark.parametrize(
    ("filled", "types"),
    [
        ("Own { HEREhits: new(), name: n() }", ["Plain"]),
        ("Own { name: n(), HEREhits }", ["Plain"]),
        ("Meta { HEREhits: new() }", ["Counter"]),  # in another file
        ("types::Twice { HEREn: 1 }", ["u8", "u16"]),
        ("Foreign { HEREhits: new() }", []),
    ],
)
def test_of_the_field_that_a_literal_fills(filled: str, types: list[str]) -> None:
    text = f"fn f() {{ {filled} }}"
    workspace, declared = _declared(text.replace("HERE", ""))
    source = workspace.sources.get("src/lib.rs")
    at = len(_HEAD) + text.index("HERE")
    node = source.enclosing(source.innermost(Span(at, at + 1)), ("field_initializer",))
    node = node or source.innermost(Span(at, at + 1))
    assert _texts(declared.of_field(source, node)) == types


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("fn f(x: &Meta) { use_it(HEREx) }", ["&Meta"]),
        ("fn f() { let x: Vec<u8> = y; use_it(HEREx) }", ["Vec<u8>"]),
        ("fn f() { let x = y; use_it(HEREx) }", []),  # inferred
        ("fn f(x: &Meta) { let x: u8 = 1; use_it(HEREx) }", ["u8"]),
        ("fn f() { use_it(HEREx) }", []),
        ("impl Own { fn f(&self) { use_it(HEREself.name) } }", ["String"]),
        ("fn f(m: &Meta) { use_it(HEREm.hits) }", ["Counter"]),
        ("fn f(m: &Foreign) { use_it(HEREm.hits) }", []),
        ("fn f() { use_it(HEREg()) }", []),
    ],
)
def test_of_a_place(text: str, types: list[str]) -> None:
    workspace, declared = _declared(text.replace("HERE", ""))
    start = len(_HEAD) + text.index("HERE")
    end = start + text[text.index("HERE") + 4 :].index(" }")
    source = workspace.sources.get("src/lib.rs")
    argument = source.node_at(Span(start, end - 1))
    assert argument is not None
    assert _texts(declared.of_place(source, argument)) == types


def test_impls_for_a_type() -> None:
    text = "impl Meta { fn f() {} } fn g() { impl Drop for Meta {} } "
    text += "mod b { pub struct Meta; impl Meta {} }"  # another one of this name
    workspace, declared = _declared(text)
    source, name = workspace.find("src/types.rs", "Meta")
    assert name.parent is not None
    found = [(s.path, s.text(n).split(b" {")[0]) for s, n in declared.impls(source, name.parent)]
    assert found == [
        ("src/lib.rs", b"impl Meta"),
        ("src/lib.rs", b"impl Drop for Meta"),
        ("src/types.rs", b"impl Clone for Meta"),
        ("src/types.rs", b"impl<T> Keep for other::Meta<T>"),
    ]
