"""Questions for traits, put to the real rustc: what is told, what is not, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from engine.base.model import Span
from engine.cargo.cargo import Cargo
from engine.cargo.oracle import Oracle
from engine.cargo.trait_probes import CLOSURE, LATE
from engine.detect.facts import Sources
from engine.rust.questions import (
    CLONE,
    COPY,
    DEBUG,
    DISPLAY,
    DOUBLE_ENDED_ITERATOR,
    EXACT_SIZE_ITERATOR,
    ITERATOR,
    SEND,
    SYNC,
    Answers,
    Question,
)
from tests.oraclecrate import receivers
from tests.smallcrate import cargo, manifest

LIB = """\
use std::{cell::Cell, collections::HashMap, fmt, rc::Rc, sync::Arc};

pub trait Row {}
impl Row for Plain {}
impl<T: Row> Row for Vec<T> {}

#[derive(Clone, Copy, Debug)]
pub struct Plain(u8);
pub struct Shown;
impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("shown") }
}
#[derive(Clone)]
pub struct Of<T>(T);

pub fn values<T: Send, U: fmt::Display + ?Sized>(t: T, u: &U, plain: Plain, shown: Shown) -> T {
    let rc = Rc::new(1);
    let _ = (plain/*1*/.clone(), Of(1)/*3*/.clone(), rc/*4*/.clone(), Cell::new(2)/*5*/.get());
    let _ = (Of(shown)/*6*/.0, u/*7*/.to_string());
    let mut late = Vec::new();
    let _ = (late/*8*/.len(), late/*9*/.is_empty());
    late.push(rc);
    let mut early = Vec::new();
    let _ = early/*10*/.len();
    early.push(1u8);
    let unsized_ = *"text"/*11*/.trim();
    let number = 1/*12*/;
    let parsed: u64 = "3".parse()/*13*/.unwrap();
    let _ = (number as u64) + parsed + unsized_.len() as u64;
    t/*2*/
}

pub fn chains(map: &HashMap<u8, u8>, text: &str) -> usize {
    let values = [1u8, 2];
    let hand = std::iter::once(3);
    let a = values.iter()/*20*/.count() + values.iter().filter(|v| **v > 1)/*21*/.count();
    a + map.keys()/*22*/.count() + text.chars()/*23*/.count() + hand/*24*/.count()
}

async fn tick() {}
async fn keeps() {
    let rc = Rc::new(1);
    tick().await;
    drop(rc);
}
pub fn hidden() -> impl Iterator<Item = u8> { vec![1u8].into_iter() }

pub async fn futures() {
    let rc = Rc::new(Cell::new(1));
    let shared = Arc::new(1);
    let block = async { keeps().await };
    let far = keeps();
    let boxed: Box<dyn Fn() + Send> = Box::new(|| ());
    let closure = || rc.get();
    let other = move || *shared;
    block/*30*/.await;
    far/*31*/.await;
    let _ = (boxed/*32*/(), closure/*33*/(), other/*34*/(), hidden()/*35*/.count());
}

#[cfg(feature = "extra")]
pub fn extra(x: u8) -> u8 { x/*40*/.count_ones() as u8 }
pub const C: usize = "const"/*41*/.len();
"""
FILES = {
    "Cargo.toml": manifest("p", "[features]\nextra = []"),
    "src/lib.rs": LIB.replace("let unsized_ = *", "let unsized_ = "),
}
ROW, READ, AS_STR = "crate::Row", "std::io::Read", "core::convert::AsRef<str>"
# (number of the expression, trait): does its type implement it?
TABLE: Mapping[tuple[int, str], bool | None] = {
    (1, COPY): True, (1, CLONE): True, (1, DEBUG): True, (1, DISPLAY): False, (1, SEND): True,
    (1, ROW): True, (1, READ): False, (2, SEND): True, (2, SYNC): False, (2, COPY): False,
    (3, CLONE): True, (3, COPY): False, (3, ROW): False, (4, SEND): False, (4, CLONE): True,
    (4, DISPLAY): True, (5, SEND): True, (5, SYNC): False, (6, CLONE): False, (7, DISPLAY): True,
    (7, DEBUG): False,
    # Not inferred yet where they are asked:
    (8, SEND): False, (9, CLONE): True, (9, DISPLAY): False, (10, SEND): True, (10, ROW): False,
    (11, AS_STR): True, (12, COPY): True, (12, DISPLAY): True, (13, SEND): True, (13, COPY): False,
    (20, EXACT_SIZE_ITERATOR): True, (20, DOUBLE_ENDED_ITERATOR): True, (20, COPY): False,
    (21, EXACT_SIZE_ITERATOR): False, (21, DOUBLE_ENDED_ITERATOR): True, (21, ITERATOR): True,
    (22, EXACT_SIZE_ITERATOR): True, (22, DOUBLE_ENDED_ITERATOR): False, (22, CLONE): True,
    (23, EXACT_SIZE_ITERATOR): False, (23, DOUBLE_ENDED_ITERATOR): True, (24, ITERATOR): True,
    # A yes of an auto trait would be told before rustc has looked into a future.
    (30, SEND): None, (31, COPY): False, (32, SEND): True, (32, SYNC): False, (33, SEND): False,
    (33, CLONE): True, (34, SEND): True, (35, ITERATOR): True, (35, EXACT_SIZE_ITERATOR): False,
    (35, SEND): None, (40, COPY): None, (41, COPY): None,
}  # fmt: skip


@pytest.fixture(scope="module")
def crate(tmp_path_factory: pytest.TempPathFactory) -> Cargo:
    driver = cargo(tmp_path_factory.mktemp("traits"), FILES)
    run = driver.check()
    assert run.ok, [found.rendered for found in run.diagnostics]
    return driver


def parsed(files: Mapping[str, str]) -> Sources:
    return Sources([p for p in files if p.endswith(".rs")], lambda path: files[path].encode())


SOURCES = parsed(FILES)
MARKS = receivers(SOURCES.get("src/lib.rs"))


def question(number: int, trait: str = "") -> Question:
    return Question("src/lib.rs", MARKS[number], trait)


def told(answers: Answers, number: int, trait: str) -> bool | None:
    return answers.implements("src/lib.rs", MARKS[number], trait)


def test_traits(crate: Cargo) -> None:
    answers = Oracle(crate).ask([question(*key) for key in TABLE], SOURCES)
    assert {key: told(answers, *key) for key in TABLE} == TABLE
    reasons = [answers.reason("src/lib.rs", MARKS[n], t) for n, t in ((1, COPY), (30, SEND))]
    assert reasons == ["", LATE]
    assert answers.reason("src/lib.rs", MARKS[40], COPY) == (
        "this configuration does not compile this code"
    )
    assert answers.reason("src/lib.rs", MARKS[1]) == "it was not asked"


@pytest.mark.parametrize("key", TABLE, ids=lambda key: f"{key[0]}-{key[1].rpartition(':')[2]}")
def test_each_alone_is_told_the_same(crate: Cargo, key: tuple[int, str]) -> None:
    """No answer hangs on what else is asked."""
    assert told(Oracle(crate).ask([question(*key)], SOURCES), *key) is TABLE[key]


def test_they_cost_no_round_beside_types(crate: Cargo) -> None:
    """Unless a bound fails late, or EXPR itself must be asked: in both cases one round more."""
    # A closure's or future's type is told with its place in the text with the probes.
    types = [question(number) for number in MARKS if number not in (21, 30, 33, 34)]
    late = [(8, SEND), (10, ROW), (13, COPY), (33, SEND)]
    whole = [key for key in TABLE if key not in late]
    alone = Oracle(crate).ask(types, SOURCES)
    both = Oracle(crate).ask([*types, *(question(*key) for key in whole)], SOURCES)
    assert both.types == alone.types
    assert (both.rounds, both.replays) == (alone.rounds, alone.replays)
    assert {key: told(both, *key) for key in whole} == {key: TABLE[key] for key in whole}


def test_what_is_known_is_not_asked_again(crate: Cargo, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Oracle(crate).ask([question(1), question(1, COPY), question(40, COPY)], SOURCES)
    again = Oracle(crate).ask([question(1, COPY), question(40, COPY)], SOURCES, first)
    assert again == first
    more = Oracle(crate).ask([question(1, COPY), question(7, DISPLAY)], SOURCES, first)
    assert more.rounds == first.rounds + 1
    assert (told(more, 1, COPY), told(more, 7, DISPLAY)) == (True, True)


def test_a_trait_that_is_not_there_costs_no_other_answer(crate: Cargo) -> None:
    bad = ["core::no::Such", "crate::Plain", "std::fmt::rt::Argument", "serde::Serialize"]
    good = [question(1, COPY), question(20, EXACT_SIZE_ITERATOR), question(4)]
    answers = Oracle(crate).ask([*good, *(question(1, trait) for trait in bad)], SOURCES)
    assert (told(answers, 1, COPY), told(answers, 20, EXACT_SIZE_ITERATOR)) == (True, True)
    assert str(answers.type_of("src/lib.rs", MARKS[4])) == "std::rc::Rc<i32>"
    assert [told(answers, 1, trait) for trait in bad] == [None] * 4
    reasons = [answers.reason("src/lib.rs", MARKS[1], trait) for trait in bad]
    assert all(reason.startswith("rustc: ") for reason in reasons[:3]), reasons
    assert reasons[3] == "not every target with this code depends on `serde`"
    assert answers.rounds <= 3  # the paths are known bad after one round, not tried elsewhere


@pytest.mark.parametrize("edition", ["2015", "2018", "2024"])
def test_editions_and_crates_without_std(tmp_path: Path, edition: str) -> None:
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["a", "b"]\nresolver = "2"\n',
        "a/Cargo.toml": manifest("a", edition=edition),
        "a/src/lib.rs": "#![no_std]\n#![no_implicit_prelude]\npub trait Key {}\n"
        "impl Key for u8 {}\npub mod alloc { pub fn f(x: &[u8]) -> u8 { x/*1*/[0] } }\n"
        "pub fn g(x: u8) -> u8 { x/*2*/ }\n",
        "b/Cargo.toml": manifest("b", '[dependencies]\na = { path = "../a" }', edition),
        "b/src/lib.rs": "extern crate a;\npub fn g(x: u8) -> u8 { let _ = x/*3*/; a::g(x) }\n",
    }
    driver = cargo(tmp_path, files)
    run = driver.check()
    assert run.ok, [found.rendered for found in run.diagnostics]
    sources = parsed(files)
    first, second = receivers(sources.get("a/src/lib.rs")), receivers(sources.get("b/src/lib.rs"))
    wanted = {
        Question("a/src/lib.rs", first[1], SEND): True,
        Question("a/src/lib.rs", first[1], COPY): True,
        Question("a/src/lib.rs", first[2], "crate::Key"): True,
        Question("a/src/lib.rs", first[1], "crate::Key"): False,
        Question("b/src/lib.rs", second[3], "a::Key"): True,
        Question("b/src/lib.rs", second[3], "std::io::Read"): False,
    }
    answers = Oracle(driver).ask(wanted, sources)
    assert {each: answers.traits.get(each) for each in wanted} == wanted, answers.reasons
    assert answers.rounds == 1
    lost = Question("a/src/lib.rs", first[2], "std::io::Read")
    none = Oracle(driver).ask([lost, Question("a/src/lib.rs", first[2], COPY)], sources)
    assert none.implements(lost.path, lost.span, COPY) is True
    assert none.implements(lost.path, lost.span, lost.trait) is None
    assert none.reason(lost.path, lost.span, lost.trait).startswith("rustc: ")


def test_an_answer_that_would_steer_inference_is_not_taken(tmp_path: Path) -> None:
    """`Only` is implemented for one `Of<_>`: rustc would decide an open one by the question."""
    text = (
        "pub trait Only {}\npub struct Of<T>(pub Vec<T>);\nimpl Only for Of<u8> {}\n"
        "pub fn f() -> usize { let mut x = Of(Vec::new()); let n = x/*1*/.0.len(); x.0.push('c'); n }\n"
    )
    files = {"Cargo.toml": manifest("p"), "src/lib.rs": text}
    driver = cargo(tmp_path, files)
    assert driver.check().ok
    sources = parsed(files)
    span: Span = receivers(sources.get("src/lib.rs"))[1]
    answers = Oracle(driver).ask([Question("src/lib.rs", span, "crate::Only")], sources)
    assert answers.implements("src/lib.rs", span, "crate::Only") is not True
    assert answers.reason("src/lib.rs", span, "crate::Only").startswith("rustc: ")


def test_a_closure_is_told_what_it_is_by_where_it_stands(crate: Cargo) -> None:
    start = SOURCES.get("src/lib.rs").data.index(b"|v| **v > 1")
    closure = Question("src/lib.rs", Span(start, start + len("|v| **v > 1")), CLONE)
    alone = Oracle(crate).ask([question(20, COPY)], SOURCES)
    both = Oracle(crate).ask([question(20, COPY), closure], SOURCES)
    assert both.reasons[closure] == CLOSURE
    assert (both.rounds, both.traits[question(20, COPY)]) == (alone.rounds, False)
