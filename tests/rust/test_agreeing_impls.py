"""Uses that may see which of two like types they are given: tables of (source, answer)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from engine.base.model import Span
from engine.rust.agreeing_impls import (
    AgreeingImpls,
    deciding_expressions,
    deciding_in_functions,
    is_byte_pair,
    is_pair,
)
from engine.rust.calls import Calls
from engine.rust.definitions import functions_named
from engine.rust.scopes import scopes_of
from engine.rust.syntax import Source
from engine.rust.type_parser import parse
from engine.rust.types import Type
from tests.rust.workspace import Workspace

OTHERS = """
pub trait Encode { fn encode(&self, out: &mut Vec<u8>); fn trim(&self) -> u8; }
impl Encode for String { fn encode(&self, out: &mut Vec<u8>) {} fn trim(&self) -> u8 { 1 } }
pub fn put<T: Encode + ?Sized>(t: &T, out: &mut Vec<u8>) {}
pub fn put_any(t: &impl Encode) {}
pub fn put_dyn(t: &dyn Encode) {}
pub fn show(t: &str) {}
pub fn sum(t: &[u8]) {}
pub struct Sink<T> { t: T }
impl<T: Encode> Sink<T> { pub fn add(&self, t: &T) {} pub fn note(&self, t: &str) {} pub fn note_all(&self, t: &[T]) {} pub fn add_all(&self, t: &Vec<T>) {} }
pub fn sort_of<T>(t: &T) where T: Encode {}
"""


def why(
    body: str, bytes_: bool = False, more: str = "", told: Mapping[str, str] | None = None
) -> str:
    """``told``: what rustc says of expressions, by their texts."""
    files = {"src/lib.rs": f"mod others;\nuse others::*;\nfn f(x: T) {{ {body} }}\n{more}"}
    workspace = Workspace({**files, "src/others.rs": OTHERS})
    calls = Calls(workspace.sources, workspace.items, lambda path, span: None)

    def type_of(path: str, span: Span) -> Type | None:
        text = workspace.sources.get(path).slice(span).decode()
        return parse((told or {})[text]) if text in (told or {}) else None

    agreeing = AgreeingImpls(workspace.sources, workspace.items, calls.callees, type_of)
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
        ("sink.add_all(&x)", "`add_all` is generic"),
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
        "sink.note_all(&x)",
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


STACK = "pub struct Heap; pub trait Stack { fn len(&self) -> usize; }\n"


@pytest.mark.parametrize(
    ("impl", "given"),
    [
        ("impl Stack for Heap { fn len(&self) -> usize { 1 } }", False),
        ("impl Stack for Vec<u8> { fn len(&self) -> usize { 1 } }", True),
        ("impl Stack for Option<u8> { fn len(&self) -> usize { 1 } }", False),
        ("impl<T> Stack for T { fn len(&self) -> usize { 1 } }", True),
        ("impl<T: Copy> Stack for &T { fn len(&self) -> usize { 1 } }", True),
        ("impl<'a> Stack for &'a Heap { fn len(&self) -> usize { 1 } }", False),
        ("impl Stack for &mut &Heap { fn len(&self) -> usize { 1 } }", False),
        ("impl<'a> Stack for &'a Vec<u8> { fn len(&self) -> usize { 1 } }", True),
        ("impl Stack for &[u8] { fn len(&self) -> usize { 1 } }", True),
        ("impl Stack for [u8] { fn len(&self) -> usize { 1 } }", True),
        ("type Name = String; impl Stack for Name { fn len(&self) -> usize { 1 } }", True),
        ("macro_rules! all { ($t:ty) => { impl Stack for $t {} } }", True),
        ("impl Stack for Heap {}", False),
        ("", False),
    ],
)
def test_a_method_that_a_trait_has_too(impl: str, given: bool) -> None:
    assert bool(why("x.len()", more=STACK + impl)) is given


@pytest.mark.parametrize(
    ("body", "told", "agrees"),
    [
        # What rustc tells of the function: is the parameter's type written there?
        ("serde_json::from_str(&x)", "for<'a> fn(&'a str) -> C {from_str::<'_, C>}", True),
        ("regex::Regex::new(&x)", "for<'a> fn(&'a str) -> R {regex::Regex::new}", True),
        ("wire::put(&x)", "for<'a> fn(&'a String) {wire::put::<std::string::String>}", False),
        ("wire::put(&x)", "for<'a> fn(&'a (dyn Wire + 'a)) {wire::put}", False),
        ("wire::put(&x)", "for<'a> fn(&'a [u8]) {wire::put}", True),
        ("wire::put(&x)", "for<'a> fn(&'a [&'a str]) {wire::put::<&str>}", True),
        ("wire::put(&x)", "for<'a> fn(&'a mut [&'a str]) {wire::put::<&str>}", False),
        ("wire::File::open(&x)", "fn(&String) {wire::File::open::<&std::string::String>}", False),
        ("File::open(&x)", "fn(&String) {std::fs::File::open::<&std::string::String>}", True),
        ("Some(&x)", "fn(&String) -> O {std::option::Option::<&std::string::String>::Some}", False),
        (
            "size_of_val(&x)",
            "fn(&String) -> u {std::mem::size_of_val::<std::string::String>}",
            False,
        ),
        (
            "once(&x)",
            "fn(&std::string::String) -> std::iter::Once<&std::string::String> "
            "{std::iter::once::<&std::string::String>}",
            False,
        ),
        # ... and of the receiver of a method that is known by its name.
        ("file.update(&x)", "sha2::Sha256", True),
        ("file.update(&x)", "wire::Row", False),
        ("file.update(&x)", "&mut wire::Row", False),
        ("file.update(&x)", "D", True),
        ("file.write_all(&x)", "tokio::net::TcpStream", True),
    ],
)
def test_what_rustc_tells_of_the_callee(body: str, told: str, agrees: bool) -> None:
    decides = "file" if body.startswith("file.") else body.partition("(")[0]
    assert (why(body, told={decides: told}) == "") is agrees


def test_what_decides() -> None:
    text = "fn f(x: T) { put(&x); sink.add((&x)); make::<u8>(x); let y = x; x.len(); }"
    source = Source("a.rs", text.encode())
    function = next(functions_named(source, b"f"))
    scopes = scopes_of(source, function)
    bound = [b for b in scopes.bindings if b.name == b"x"]
    found = [source.text(node) for node in deciding_expressions(source, scopes, bound)]
    assert found == [b"put", b"sink", b"make::<u8>"]


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


def test_what_decides_in_functions() -> None:
    text = (
        "fn g(n: u8, x: String) { put(&x); show(n); } "
        "struct S; impl S { fn g(&self, x: Vec<u8>, y: T) { sum(&x); sort_of(y); } }"
    )
    workspace = Workspace({"src/lib.rs": text})

    def found(index: int) -> list[bytes]:
        pairs = deciding_in_functions(workspace.sources, b"g", index)
        return [source.text(node) for source, node in pairs]

    # The argument of a method call, or of one by path, whose first one is the receiver.
    assert found(0) == [b"sum"]
    assert found(1) == [b"put", b"sum"]
