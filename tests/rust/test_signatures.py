"""What holds a signature as it is, and what must change with it."""

from __future__ import annotations

import pytest

from engine.rust.signatures import (
    Obstacle,
    Parameter,
    ReferenceBound,
    Signatures,
    elides_lifetime,
    reference_bound,
)
from tests.rust.workspace import Workspace


def _of(files: dict[str, str], name: str = "f", index: int = 0) -> tuple[Signatures, Parameter]:
    workspace = Workspace(files)
    signatures = Signatures(workspace.sources, workspace.items, workspace.package_of)
    item = workspace.items.named(name.encode(), "fn")[0]
    parameter = signatures.parameter(item, index)
    assert parameter is not None
    return signatures, parameter


_FIXED = [
    ("fn f(a: A) {}", ""),
    ("pub(crate) fn f(a: A) {}", ""),
    ("mod m { pub fn f(a: A) {} }", ""),
    ("pub fn f(a: A) {}", "`f` is public: it would break those who call it"),
    ("mod m { pub fn f(a: A) {} } pub use m::f;", "`f` is public"),
    ("impl S { pub fn f(a: A) {} }", "`f` is public"),
    ("impl S { fn f(a: A) {} }", ""),
    ("impl T for S { fn f(a: A) {} }", "`f` belongs to a trait, which fixes its parameters"),
    ("trait T { fn f(a: A) {} }", "`f` belongs to a trait"),
    ("#[inline]\n/// words\n#[tracing::instrument(skip(a))]\nfn f(a: A) {}", ""),
    ('#[must_use = "x"] fn f(a: A) {}', ""),
    ("#[test] fn f(a: A) {}", "the attribute `test` may depend on `f`'s form"),
    ("#[pyo3::pyfunction] fn f(a: A) {}", "the attribute `pyfunction` may depend"),
]


@pytest.mark.parametrize(("text", "reason"), _FIXED)
def test_what_fixes_a_signature(text: str, reason: str) -> None:
    signatures, parameter = _of({"src/lib.rs": text})
    found = signatures.why_fixed(parameter.item, "it")
    assert found.startswith(reason) and bool(found) == bool(reason)


def test_a_package_that_is_not_published_has_its_callers_in_the_workspace() -> None:
    files = {
        "one/src/lib.rs": "pub fn f(a: A) {} fn g() { f(w); }",
        "two/src/lib.rs": "fn h() { one::f(x); } mod m { fn f(a: A) {} fn g() { f(y); } }",
        "three/src/main.rs": "use one::f; fn main() { f(z); }",
    }
    for publish in (True, False):
        workspace = Workspace(files, publish=publish)
        signatures = Signatures(workspace.sources, workspace.items, workspace.package_of)
        item = next(i for i in workspace.items.named(b"f", "fn") if i.path == "one/src/lib.rs")
        parameter = signatures.parameter(item, 0)
        assert parameter is not None
        assert bool(signatures.why_fixed(item, "it")) is publish
        given = [p for p in signatures.passed(parameter) if not isinstance(p, Obstacle)]
        assert [p.source.text(p.argument) for p in given] == [b"w", b"z", b"x"]


def test_nothing_is_public_in_a_binary() -> None:
    signatures, parameter = _of({"src/main.rs": "pub fn f(a: A) {}"})
    assert signatures.why_fixed(parameter.item, "it") == ""


_PASSED = [
    # what stands beside `fn f(a: A, b: B) {}`, and what is passed to `a` or what is in the way
    ("fn g() { f(x, y); }", ["x"]),
    ("fn g() { f(x, y); f::<T>(z, y); crate::f(1, 2); self::f(3, 4); }", ["x", "z", "1", "3"]),
    ("fn g() { say!(f(x, y)); }", ["x"]),
    ("fn g() { f(x); }", ["! the call of `f` at line 2 of src/lib.rs is not understood"]),
    ("fn g() { run(f); }", ["! `f` is used as a value at line 2 of src/lib.rs"]),
    ("fn g() { let h = f; }", ["! `f` is used as a value at line 2 of src/lib.rs"]),
    ("fn g() { xs.map(crate::f); }", ["! `f` is used as a value at line 2 of src/lib.rs"]),
    ('#[serde(default = "f")] struct S;', ["! `f` is used as a value at line 2 of src/lib.rs"]),
    ("fn g() { let f = 1; h(f); }", []),
    ("fn g() { x.f(1, 2); }", []),
    ("fn g() { S { f: 1 }.f; f!(x); f::h(); }", []),
    ("macro_rules! f { ($x:expr) => { $x }; } fn g() { f!(x); crate::f!(y); }", []),
    ('// f(x, y)\nfn g() { "f(x, y)"; }', []),
    ("mod m { fn f(a: A) {} fn g() { f(x); super::f(y, z); } }", ["y"]),
    ("mod m { pub fn f(a: A) {} } fn g() { m::f(x); }", []),
    ("mod m { use super::f as g; fn h() { g(x, y); } }",
     ["! `f` is called `g` by the `use` at line 2 of src/lib.rs"]),
    ("mod m { use super::{a, f as g}; }", ["! `f` is called `g` by the `use` at line 2 of src/lib.rs"]),
    ("mod m { pub use crate::f as _; }", ["! `f` is called `_` by the `use` at line 2 of src/lib.rs"]),
    ("mod m { use super::f; fn h() { f(x, y); } }", ["x"]),
    ("mod m { pub fn f(a: A) {} } use m::f as g; fn h() { g(x, y); f(z, y); }", ["z"]),
    # another definition in another configuration
    ("#[cfg(unix)] fn f(a: A, b: B) {} fn g() { f(x, y); }",
     ["! line 2 of src/lib.rs calls another `f` in another configuration"]),
    ("mod m { fn f(a: A) {} } fn g() { f(x, y); }", ["x"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "passed"), _PASSED)
def test_what_is_passed(text: str, passed: list[str]) -> None:
    signatures, parameter = _of({"src/lib.rs": f"fn f(a: A, b: B) {{}}\n{text}"})
    shown = [
        f"! {found.reason}"
        if isinstance(found, Obstacle)
        else found.source.text(found.argument).decode()
        for found in signatures.passed(parameter)
    ]
    assert shown == passed


def test_methods_are_certain_on_self_alone() -> None:
    text = """
        impl S { fn f(&self, a: A) {} fn g(&self) { self.f(1); Self::f(self, 2); S::f(self, 3); s.f(4); } }
        mod m { struct S; impl S { fn h(&self) { self.f(5); } } } struct S;
        fn k(s: &S) { s.f(6); S::f(s, 7); f(8); s.f; }
    """
    signatures, parameter = _of({"src/lib.rs": text})
    found = list(signatures.passed(parameter))
    shown = {}
    for each in found:
        assert not isinstance(each, Obstacle)
        shown[each.source.text(each.argument)] = each.certain
    assert shown == {
        b"1": True, b"2": True, b"3": True, b"4": False, b"5": False, b"6": False, b"7": False
    }  # fmt: skip


def test_other_packages_do_not_count() -> None:
    files = {
        "one/src/lib.rs": "fn f(a: A) {}",
        "two/src/lib.rs": "fn f(a: A) {} fn g() { f(x); run(f); }",
    }
    signatures, parameter = _of(files)
    assert parameter.item.path == "one/src/lib.rs"
    assert not list(signatures.passed(parameter))


@pytest.mark.parametrize(
    ("function", "takes"),
    [
        ("fn f(a: impl AsRef<str>) {}", ReferenceBound.ANY),
        ("fn f<P: AsRef<Path> + Send>(a: P) {}", ReferenceBound.ANY),
        ("fn f<P>(a: P) where P: std::fmt::Display {}", ReferenceBound.ANY),
        ("fn f(a: impl Deref<Target = str>) {}", ReferenceBound.DEREF),
        ("fn f(a: impl Deref<Target = [u8]> + Send) {}", ReferenceBound.DEREF),
        ("fn f(a: impl AsRef<str> + Send) {}", ReferenceBound.ANY),
        ("fn f(a: impl AsRef<str> + Clone) {}", ReferenceBound.NONE),
        ("fn f<P: std::ops::Deref<Target = [u8]> + Send>(a: P) {}", ReferenceBound.DEREF),
        ("fn f<P: AsRef<str>>(a: P, b: P) {}", ReferenceBound.NONE),
        ("fn f<P: AsRef<str>>(a: P, b: &[P]) {}", ReferenceBound.NONE),
        ("fn f<P: AsRef<str>>(a: P) -> Vec<P> { vec![a] }", ReferenceBound.NONE),
        ("fn f<P, Q>(a: P, b: Q) where P: AsRef<str>, Q: Into<P> {}", ReferenceBound.NONE),
        ("fn f<P, Q>(a: P, b: Q) where P: AsRef<str>, Q: AsRef<str> {}", ReferenceBound.ANY),
        ("fn f<P: AsRef<str>>(a: P) { let b: P = a; }", ReferenceBound.ANY),
        ("fn f<P: DerefMut<Target = str>>(a: P) {}", ReferenceBound.NONE),
        ("fn f<P: Into<String>>(a: P) {}", ReferenceBound.NONE),
        ("fn f<P: AsRef<Path> + 'static>(a: P) {}", ReferenceBound.NONE),
        ("fn f<P: AsRef<Path>>(a: P) where P: Clone {}", ReferenceBound.NONE),
        ("fn f<P>(a: P) {}", ReferenceBound.NONE),
        ("fn f<Q: AsRef<str>>(a: P) {}", ReferenceBound.NONE),
        ("fn f(a: String) {}", ReferenceBound.NONE),
        ("mod a; fn f(a: impl a::Display) {}", ReferenceBound.NONE),
        ("mod a; use a::Display; fn f<P: Display>(a: P) {}", ReferenceBound.NONE),
    ],
)
def test_parameters_that_take_a_reference(function: str, takes: ReferenceBound) -> None:
    files = {"src/lib.rs": function, "src/a.rs": "pub trait Display {}"}
    parameter = _of(files)[1]
    assert reference_bound(parameter, Workspace(files).items) is takes


@pytest.mark.parametrize(
    ("function", "elides"),
    [
        ("fn f(a: A, b: &str) -> &str {}", True),
        ("fn f(a: A, b: &str) -> Iter<'_> {}", True),
        ("fn f<'a>(a: A, b: &'a str) -> &'a str {}", False),
        ("fn f(a: A) -> String {}", False),
        ("fn f(a: A) {}", False),
        ("impl S { fn f(&self, a: A) -> &str {} }", False),
    ],
)
def test_elided_lifetimes_of_results(function: str, elides: bool) -> None:
    assert elides_lifetime(_of({"src/lib.rs": function})[1]) is elides


@pytest.mark.parametrize(
    ("function", "name"),
    [("fn f(a: A) { a; }", "a"), ("fn f(mut a: A) {}", ""), ("fn f((a, b): A) {}", "")],
)
def test_the_local_that_a_parameter_is(function: str, name: str) -> None:
    signatures, parameter = _of({"src/lib.rs": function})
    binding = signatures.binding(parameter)
    assert (binding.name.decode() if binding is not None else "") == name


def test_parameters_are_counted_without_self() -> None:
    files = {"src/lib.rs": "impl S { fn f(self: Arc<Self>, a: A, b: B) {} }"}
    signatures, parameter = _of(files, index=1)
    assert parameter.source.text(parameter.declared) == b"B"
    assert signatures.parameter(parameter.item, 2) is None
