"""Questions for methods of other people's traits, put to the real rustc."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.base.model import NOT_COMPILED
from engine.cargo.oracle import Oracle
from engine.detect.facts import Sources
from engine.rust.questions import Question, nobody_elses
from tests.oraclecrate import receivers
from tests.smallcrate import cargo, manifest

_DEP = """\
pub trait Pretty { fn to_string(self) -> String; fn far(&mut self) {} }
impl Pretty for i32 { fn to_string(self) -> String { String::new() } }
impl<T> Pretty for Vec<T> { fn to_string(self) -> String { String::new() } }
impl Pretty for &u8 { fn to_string(self) -> String { String::new() } }
impl Pretty for Box<u16> { fn to_string(self) -> String { String::new() } }
pub trait Loud { fn push_str(&self, text: &str); }
impl Loud for String { fn push_str(&self, _: &str) {} }
#[macro_export] macro_rules! by_macro { () => {
    pub trait Made { fn to_string(self) -> String; }
    impl Made for u64 { fn to_string(self) -> String { String::new() } }
} }
"""
_LIB = """\
use dep::Pretty as _;
dep::by_macro!();
pub fn f(a: i32, b: i64, c: &mut i32, d: &u8, e: Box<u16>, g: u64, text: String, more: String,
    to: &mut String) {
    a/*1*/; b/*2*/; c/*3*/; d/*4*/; e/*5*/; g/*6*/; text/*7*/; to/*8*/; 5/*9*/;
    let mut late = Vec::new();
    late/*10*/.len();
    late.push(1u8);
    { use dep::*; more/*11*/; }
    #[cfg(windows)]
    a/*12*/;
    b + 5/*14*/;
}
"""
_FILES = {
    "Cargo.toml": '[workspace]\nmembers = ["a", "dep"]\nresolver = "2"\n',
    "dep/Cargo.toml": manifest("dep"),
    "dep/src/lib.rs": _DEP,
    "a/Cargo.toml": manifest("a", '[dependencies]\ndep = { path = "../dep" }'),
    "a/src/lib.rs": _LIB,
}
_BY_VALUE, _BOTH = ("self",), ("self", "&self")
_TABLE = {
    (1, "to_string", _BY_VALUE): False,
    (1, "push_str", _BOTH): True,
    (2, "to_string", _BY_VALUE): True,
    (3, "to_string", _BY_VALUE): True,
    (3, "to_string", ("*self",)): False,
    (3, "far", ("self",)): False,  # `&mut self`, of what stands behind the reference
    (4, "to_string", _BY_VALUE): False,
    (5, "to_string", ("&mut self", "*self")): True,
    (5, "to_string", ("&mut self", "self")): False,
    (6, "to_string", _BY_VALUE): False,
    (7, "push_str", _BOTH): True,  # the trait is not in scope
    (8, "push_str", ("self",)): False,  # `String`'s own
    (9, "to_string", _BY_VALUE): False,  # it is an `i32` in the end
    (10, "to_string", _BY_VALUE): False,
    (11, "push_str", _BOTH): False,
    (12, "to_string", _BY_VALUE): None,
    (14, "to_string", _BY_VALUE): True,
}


@pytest.mark.xdist_group("oracle")
def test_methods_that_would_be_found_before(tmp_path: Path) -> None:
    driver = cargo(tmp_path, _FILES)
    run = driver.check()
    assert run.ok, [found.rendered for found in run.diagnostics]
    sources = Sources([p for p in _FILES if p.endswith(".rs")], lambda path: _FILES[path].encode())
    marks = receivers(sources.get("a/src/lib.rs"))
    asked = {key: Question("a/src/lib.rs", marks[key[0]], nobody_elses(*key[1:])) for key in _TABLE}
    types = {n: Question("a/src/lib.rs", marks[n]) for n in (1, 2, 7, 10)}
    answers = Oracle(driver).ask([*asked.values(), *types.values()], sources)
    assert {key: answers.traits.get(question) for key, question in asked.items()} == _TABLE
    assert answers.reasons[asked[12, "to_string", _BY_VALUE]] == NOT_COMPILED
    # What is asked beside them is told all the same.
    told = {number: str(answers.types[question]) for number, question in types.items()}
    text = "std::string::String"
    assert told == {1: "i32", 2: "i64", 7: text, 10: "std::vec::Vec<u8>"}
