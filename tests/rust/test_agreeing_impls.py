"""Uses that may see which of two like types they are given: tables of (source, answer)."""

from __future__ import annotations

import pytest

from engine.rust.agreeing_impls import AgreeingImpls, is_byte_pair, is_pair
from engine.rust.calls import Calls
from engine.rust.type_parser import parse
from tests.rust.workspace import Workspace

OTHERS = """
pub trait Encode { fn encode(&self, out: &mut Vec<u8>); fn trim(&self) -> u8; }
pub fn put<T: Encode + ?Sized>(t: &T, out: &mut Vec<u8>) {}
pub fn put_any(t: &impl Encode) {}
pub fn put_dyn(t: &dyn Encode) {}
pub fn show(t: &str) {}
pub fn sum(t: &[u8]) {}
pub struct Sink<T> { t: T }
impl<T: Encode> Sink<T> { pub fn add(&self, t: &T) {} pub fn note(&self, t: &str) {} }
pub fn sort_of<T>(t: &T) where T: Encode {}
"""


def why(body: str, bytes_: bool = False, more: str = "") -> str:
    files = {"src/lib.rs": f"mod others;\nuse others::*;\nfn f(x: T) {{ {body} }}\n{more}"}
    workspace = Workspace({**files, "src/others.rs": OTHERS})
    calls = Calls(workspace.sources, workspace.items, lambda path, span: None)
    agreeing = AgreeingImpls(workspace.sources, workspace.items, calls.callees)
    source, function = workspace.find("src/lib.rs", f"fn f(x: T) {{ {body} }}")
    scopes = workspace.sources.scopes(source, function)
    binding = next(b for b in scopes.bindings if b.name == b"x")
    return agreeing.among(source, scopes, (binding,), bytes_)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("put(&x, out)", "`put` is generic"),
        ("put(&(x), out)", "`put` is generic"),
        ("put(x, out)", "`put` is generic"),
        ("crate::others::put(&x, out)", "`put` is generic"),
        ("put_any(&x)", "`put_any` is generic"),
        ("put_dyn(&x)", "`put_dyn` is generic"),
        ("sort_of(&x)", "`sort_of` is generic"),
        ("sink.add(&x)", "`add` is generic"),
        ("serde_json::to_vec(&x)", "what `to_vec` does may depend on the type"),
        ("query.bind(&x)", "what `bind` does may depend on the type"),
        ("x.trim()", "`trim` is a trait's method in this workspace"),
        ("(&x).trim()", "`trim` is a trait's method in this workspace"),
        ("let y = &x; put(y, out)", "`&x` goes on as a reference"),
        ("let y = Some(&x);", "what `Some` does"),
        ("Named { name: &x }", "`&x` goes on as a reference"),
        ("(&x, 1)", "`&x` goes on as a reference"),
    ],
)
def test_what_may_choose_another_impl(body: str, said: str) -> None:
    assert said in why(body)


@pytest.mark.parametrize(
    "body",
    [
        "show(&x)",
        "sum(&x)",
        "sink.note(&x)",
        "file.write_all(&x).await",
        "list.extend_from_slice(&x)",
        "std::fs::write(path, &x)",
        "std::str::from_utf8(&x)",
        "x.len()",
        "x == y",
        "&x == y",
        "x[0]",
        "&x[1..]",
        'println!("{x} {}", x)',
        "for y in &x { put(y, out) }",
    ],
)
def test_what_does_the_same(body: str) -> None:
    assert why(body) == ""


@pytest.mark.parametrize("body", ['println!("{:?}", x)', 'println!("{x:?}")', "info!(?x)"])
def test_bytes_are_shown_otherwise(body: str) -> None:
    assert "otherwise" in why(body, bytes_=True)
    assert why(body) == ""


def test_comparisons_of_the_workspace() -> None:
    assert why("x == y", more="impl PartialEq<str> for Name { fn eq() {} }")
    assert why("x == y", more="impl PartialEq<Name> for String { fn eq() {} }")
    assert why("x == y", more="impl PartialEq for Name { fn eq(&self) {} }") == ""


@pytest.mark.parametrize(
    ("left", "right", "pair", "byte_pair"),
    [
        ("&str", "std::string::String", True, False),
        ("std::vec::Vec<u8>", "&[u8]", True, False),
        ("bytes::Bytes", "std::vec::Vec<u8>", True, True),
        ("&bytes::BytesMut", "std::vec::Vec<u8>", True, True),
        ("bytes::BytesMut", "bytes::Bytes", True, False),
        ("std::path::PathBuf", "&std::path::Path", True, False),
        ("std::string::String", "std::vec::Vec<u8>", False, False),
    ],
)
def test_pairs(left: str, right: str, pair: bool, byte_pair: bool) -> None:
    assert is_pair(parse(left), parse(right)) is pair
    assert is_byte_pair(parse(left), parse(right)) is byte_pair
