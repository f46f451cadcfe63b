"""Whether a future may still be sent with one more await in it, put to the real rustc."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.base.model import Span
from engine.cargo.oracle import Oracle
from engine.cargo.send_probes import _NO_FUTURE, SendProbes
from engine.cargo.toolchain import CRASHED, TOO_LONG, UNSTEADY, Reply
from engine.cargo.units import Unit
from engine.detect.facts import Sources
from engine.rust.questions import AWAIT_BEFORE, AWAIT_IN_PLACE, Question
from tests.smallcrate import cargo, manifest

_LIB = """\
use std::rc::Rc;
use std::sync::Mutex;
pub struct S { m: Mutex<String>, n: u64 }
fn op<T>(_: T) -> Result<u64, std::io::Error> { Ok(1) }
pub async fn plain(p: &str) -> Result<u64, Box<dyn std::error::Error>> { let v = op(p)?/*1*/; Ok(v) }
pub async fn held(s: &S) -> u64 { let g = s.m.lock().unwrap(); let v = op(1).unwrap()/*2*/; g.len() as u64 + v }
pub async fn dropped(s: &S) -> u64 { { let _g = s.m.lock().unwrap(); } op(1).unwrap()/*3*/ }
pub async fn argument(s: &S) -> u64 { op(&*s.m.lock().unwrap()).unwrap()/*4*/ }
pub async fn earlier(s: &S) -> u64 { add(s.m.lock().unwrap().len() as u64, op(2).unwrap()/*5*/) }
fn add(a: u64, b: u64) -> u64 { a + b }
pub async fn counted() { let r = Rc::new(1); std::future::ready(()).await; let _ = op(2)/*6*/; drop(r); }
pub async fn both(s: &S) -> u64 {
    let a = op(1).unwrap()/*7*/;
    let g = s.m.lock().unwrap();
    let b = op(2).unwrap()/*8*/;
    drop(g);
    a + b
}
impl S { pub async fn changes(&mut self) -> u64 { self.n = op(1).unwrap()/*9*/; if self.n > 2 { return 3; } self.n } }
pub fn spawned() -> impl std::future::Future<Output = u64> { async move { op(1).unwrap()/*10*/ } }
pub fn sync() -> u64 { op(1).unwrap()/*11*/ }
pub async fn scrutinee(s: &S) -> u64 { match s.m.lock().unwrap().len() { 0 => op(1).unwrap()/*12*/, _ => 1 } }
pub async fn shown(p: &str) -> String { format!("{} {}", p, op(p).unwrap()/*13*/) }
pub async fn opaque(p: &str) -> impl Clone { op(p).unwrap()/*14*/ }
"""
_TOLD = {
    1: True,
    2: False,
    3: True,
    4: False,
    5: False,
    6: True,  # it could not be sent before either
    7: True,
    8: False,
    9: True,
    10: True,
    11: None,
    12: False,
    13: True,
    14: True,
}


def _asked(number: int) -> Question:
    mark = f"/*{number}*/"
    end = _LIB.index(mark)
    start = max(_LIB.rindex("op(", 0, end), 0)
    return Question("a/src/lib.rs", Span(start, end), AWAIT_IN_PLACE)


@pytest.mark.xdist_group("oracle")
def test_an_await_that_keeps_what_cannot_be_sent_is_told(tmp_path: Path) -> None:
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["a"]\nresolver = "2"\n',
        "a/Cargo.toml": manifest("a"),
        "a/src/lib.rs": _LIB,
    }
    driver = cargo(tmp_path, files)
    run = driver.check()
    assert run.ok, [found.rendered for found in run.diagnostics]
    sources = Sources(["a/src/lib.rs"], lambda path: files[path].encode())
    asked = {number: _asked(number) for number in _TOLD}
    type_of = Question("a/src/lib.rs", asked[1].span)
    answers = Oracle(driver).ask([*asked.values(), type_of], sources)
    assert {number: answers.traits.get(question) for number, question in asked.items()} == _TOLD
    assert answers.reasons[asked[11]] == _NO_FUTURE
    assert str(answers.types[type_of]) == "u64"  # what is asked beside them is told all the same

    statement = _LIB.index("let b = op(2)")
    before = Question("a/src/lib.rs", Span(statement, _LIB.index(";", statement) + 1), AWAIT_BEFORE)
    first = _LIB.index("let a = op(1)")
    free = Question("a/src/lib.rs", Span(first, _LIB.index(";", first) + 1), AWAIT_BEFORE)
    later = Oracle(driver).ask([before, free], sources)
    assert (later.traits[before], later.traits[free]) == (False, True)
    assert later.rounds <= 3


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply((), "", -9, True, 1.0), TOO_LONG),
        (Reply((), "internal compiler error: no", 101, False, 1.0), CRASHED),
    ],
)
def test_what_rustc_may_answer_another_time_is_told_as_that(reply: Reply, why: str) -> None:
    sources = Sources(["a/src/lib.rs"], lambda path: _LIB.encode())
    unit = Unit("a", ("rustc",), "", {}, frozenset({"a/src/lib.rs"}))
    probes = SendProbes(sources)
    probes.ask([_asked(1), _asked(2)], [unit], lambda units, texts: [reply])
    told = probes.answers()
    assert told.traits == {}
    assert {told.reasons[_asked(1)], told.reasons[_asked(2)]} == {why}
    assert why in UNSTEADY
    assert (told.rounds, told.replays, told.seconds) == (1, 1, 1.0)
