"""Names that mean another thing in another build."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.switched_names import SwitchedNames
from engine.rust.syntax import span_of
from tests.rust.workspace import Workspace

_TWO = "#[cfg(unix)]\ntype T = String;\n#[cfg(windows)]\ntype T = Other;\n"
_USES = "#[cfg(unix)]\nuse a::T;\n#[cfg(windows)]\nuse b::T;\n"


@pytest.mark.parametrize(
    ("items", "function", "name"),
    [
        (_TWO, "fn f(s: &mut T) { g(s) }", "T"),
        (_TWO, "fn f(s: &mut String) { g(s) }", ""),
        (_TWO, "fn f(t: &mut T, s: u8) { g(s) }", ""),
        (_TWO, "fn f() { let mut s = T::new(); g(s) }", "T"),
        (_TWO, "fn f(t: T) { let u = &t; for s in u { g(s) } }", "T"),
        (_TWO, "fn f(t: T) { let u = 1; for s in u { g(s) } }", ""),
        (_TWO, 'fn f(s: T) { g("{s}") }', "T"),
        (_USES, "fn f(s: &mut T) { g(s) }", "T"),
        ("cfg_if! { if #[cfg(unix)] { use a::T; } else { use b::T; } }", "fn f(s: T) { g(s) }", "T"),
        ("#[cfg(unix)]\ntype T = String;\n#[cfg(windows)]\ntype T = String;",
         "fn f(s: T) { g(s) }", ""),
        ("#[cfg(small)]\nuse a::Text as String;", "fn f(s: &mut String) { g(s) }", "String"),
        ("#[cfg(small)]\nuse a::Text;", "fn f(s: &mut Text) { g(s) }", ""),
        ("#[cfg(not(std))]\nuse alloc::string::String;", "fn f(s: &String) { g(s) }", ""),
        ("#[cfg(not(std))]\nuse alloc::rc::Rc;\n#[cfg(std)]\nuse std::rc::Rc;",
         "fn f(s: &Rc<u8>) { g(s) }", ""),
        ("#[cfg(not(std))]\nuse other::Rc;\n#[cfg(std)]\nuse std::rc::Rc;",
         "fn f(s: &Rc<u8>) { g(s) }", "Rc"),
        ("#[cfg_attr(x, derive(Y))]\nstruct T;", "fn f(s: &mut T) { g(s) }", ""),
        # declared by one
        (_TWO + "type U = Vec<T>;", "fn f(s: &U) { g(s) }", "U"),
        (_TWO + "use self::T as U;", "fn f(s: &U) { g(s) }", "U"),
        (_TWO + "struct S { out: T, n: u8 }", "fn f(s: &S) { g(s.out) }", "out"),
        (_TWO + "struct S { out: T, n: u8 }", "fn f(s: &S) { g(s.n) }", ""),
        (_TWO + "struct S { out: T, n: u8 }", "fn f(s: S) { let S { out, n } = s; g(out) }", "out"),
        (_TWO + "struct S { out: T, n: u8 }", "fn f(s: &S) { let out = 1; g(out) }", ""),
        (_TWO + "struct S(T);", "impl S { fn f(&self) { g(self.0) } }", "S"),
        (_TWO + "struct S(T);", "fn f(s: S) { let S(t) = s; g(t) }", "S"),
        (_TWO + "enum E { A(T), B }", "fn f(e: E) { if let E::A(t) = e { g(t) } }", "E"),
        (_TWO + "struct S(u8);", "impl S { fn f(&self) { g(self.0) } }", ""),
        (_TWO + "struct S { n: u8 }", "impl S { fn f(&self) { g(self.n) } }", ""),
        (_TWO + "fn make() -> T {}", "fn f() { let s = make(); g(s) }", "make"),
        ("#[cfg(unix)]\nfn make() -> u8 {}\n#[cfg(windows)]\nfn make() -> u8 {}",
         "fn f() { let s = make(); g(s) }", ""),
        ("#[cfg(unix)]\nfn make() -> u8 {}\n#[cfg(windows)]\nfn make() -> u16 {}",
         "fn f() { let s = make(); g(s) }", "make"),
        ("#[cfg(unix)]\nmod imp;\n#[cfg(windows)]\nmod imp { struct T; }",
         "fn f(s: &imp::T) { g(s) }", "imp"),
        # functions of a type that is not the one at hand
        (_TWO + "impl T { fn new() -> T {} }", "fn f() { let s = String::new(); g(s) }", ""),
        (_TWO + "impl T { fn new() -> T {} }", "fn f() { let s = make::<u8>::new(); g(s) }", ""),
        (_TWO + "impl U { fn new() -> T {} }", "fn f() { let s = U::new(); g(s) }", "new"),
        (_TWO + "impl U<u8> { fn new() -> T {} }", "fn f() { let s = a::U::<u8>::new(); g(s) }", "new"),
        (_TWO + "impl U { fn new() -> T {} }", "impl U { fn f() { let s = Self::new(); g(s) } }", "new"),
        (_TWO + "impl U { fn new() -> T {} }", "fn f() { let s = <U>::new(); g(s) }", "new"),
        (_TWO + "impl U { fn new(&self) -> T {} }", "fn f(u: u8) { let s = u.new(); g(s) }", "new"),
        (_TWO + "trait A { fn new() -> T; }", "fn f() { let s = A::new(); g(s) }", "new"),
        (_TWO + "impl A for U { fn new() -> T; }", "fn f() { let s = A::new(); g(s) }", "new"),
        (_TWO + "impl U { fn new() -> T {} }", "fn f() { let s = new(); g(s) }", ""),
        (_TWO + "fn new() -> T {}", "fn f() { let s = U::new(); g(s) }", ""),
        (_TWO + "fn new() -> T {}", "fn f() { let s = u::new(); g(s) }", "new"),
        (_TWO + "use U as V; impl U { fn new() -> T {} }", "fn f() { let s = V::new(); g(s) }", "new"),
        (_TWO + "type V = U; impl U { fn new() -> T {} }", "fn f() { let s = V::new(); g(s) }", "new"),
        (_TWO + "impl U { fn new() -> T {} }", "fn f<A: B>() { let s = A::new(); g(s) }", "new"),
        # a local
        ("", "fn f() { #[cfg(unix)] let s = 1; #[cfg(windows)] let s = 2; g(s) }", "s"),
        ("", "fn f() { let s = 1; g(s) }", ""),
        # members of two impls
        ("#[cfg(test)]\nmod t { impl A for S { type T = u8; } impl B for S { type T = u16; } }",
         "fn f(s: T) { g(s) }", ""),
        ("#[cfg(test)]\nmod t { fn a() { struct T(u8); } fn b() { struct T(u16); } }",
         "fn f(s: T) { g(s) }", ""),
    ],
)  # fmt: skip
def test_what_a_type_hangs_on(items: str, function: str, name: str) -> None:
    files = Workspace({"src/lib.rs": items + "\n" + function})
    source = files.sources.get("src/lib.rs")
    start = source.data.rindex(b"g(") + 2
    text = source.data[start : source.data.index(b")", start)]
    at = start + 2 if text.startswith(b'"') else start
    end = at + 1 if text.startswith(b'"') else start + len(text)
    found = SwitchedNames(files.sources, files.items).in_type_of(source, Span(at, end))
    assert (found.name.decode() if found is not None else "") == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mod a; struct T; fn f(s: T) { g(s) }", ""),
        ("mod a; use x::T; fn f(s: T) { g(s) }", ""),
        ("mod a; use a::T; fn f(s: T) { g(s) }", "T"),
        ("mod a; use crate::a::T; fn f(s: T) { g(s) }", "T"),
        ("mod a; use a::T as U; fn f(s: U) { g(s) }", "U"),
        ("mod a; use a::*; fn f(s: T) { g(s) }", "T"),
        ("mod a; use a::S; fn f(s: S) { g(s.s) }", "s"),
    ],
)
def test_what_a_file_declares_itself_comes_first(text: str, name: str) -> None:
    files = Workspace({"src/lib.rs": text, "src/a.rs": _TWO + "pub struct S { s: T }"})
    source, node = files.find("src/lib.rs", "g(s.s)" if "s.s" in text else "g(s)")
    found = SwitchedNames(files.sources, files.items).in_type_of(source, span_of(node))
    assert (found.name.decode() if found is not None else "") == name


def test_names_of_other_files_count_and_say_where() -> None:
    files = Workspace({"src/lib.rs": "mod a; fn f(s: a::T) { g(s) }", "src/a.rs": _TWO})
    source, node = files.find("src/lib.rs", "g(s)")
    found = SwitchedNames(files.sources, files.items).in_type_of(source, span_of(node))
    assert str(found) == "`T` (src/a.rs, line 2)"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("#[cfg(x)]\nuse a::Other as _;", "_"),
        ("#[cfg(x)]\nuse a::{Else, Other};", "Other"),
        ("#[cfg(x)]\nuse a::Else;", ""),
        ("use a::Other;", ""),
        ("#[cfg(x)]\nuse a::S;", ""),
    ],
)
def test_traits_that_are_in_scope_in_another_build(text: str, name: str) -> None:
    other = (
        "pub trait Other { fn to_string(self); } pub trait Else {} impl S { fn to_string(self) {} }"
    )
    files = Workspace({"src/lib.rs": f"mod a;\n{text}", "src/a.rs": other})
    names = SwitchedNames(files.sources, files.items)
    found = names.trait_with(files.sources.get("src/lib.rs"), b"to_string")
    assert (found.name.decode() if found is not None else "") == name
