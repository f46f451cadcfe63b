"""Who only looks at what a guard guards, put to the real rustc."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.base.model import Span
from engine.cargo.look_probes import _GIVEN, _NO_BODY
from engine.cargo.oracle import Oracle
from engine.detect.facts import Sources
from engine.rust.questions import (
    ONLY_LOOKED_AT,
    ONLY_LOOKED_AT_IF_THERE,
    ONLY_LOOKED_AT_IN_RESULT,
    Question,
)
from tests.smallcrate import cargo, manifest

# What is asked about stands between `/*N*/` and `/*-*/`; R is a result, T what is there or not.
_LIB = """\
use std::collections::HashMap;
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError, RwLock};
#[derive(Clone, Default)]
pub struct S { pub n: u64, pub names: Vec<String>, pub by: HashMap<u64, String> }
impl S { fn look(&self) -> u64 { self.n } fn change(&mut self) { self.n += 1; } }
pub struct L { m: Mutex<S>, r: RwLock<S>, a: Mutex<[u64; 4]>, b: Mutex<Box<dyn Fn() -> u64 + Send>> }
impl L {
    pub fn reads(&self) -> u64 { /*1*/self.m.lock().unwrap()/*-*/.look() }
    pub fn calls(&self) { /*2*/self.m.lock().unwrap()/*-*/.change(); }
    pub fn named(&self) -> usize { let g = /*3*/self.m.lock().unwrap()/*-*/; let s = &*g; s.names.len() + g.by.len() }
    pub fn sets(&self) { let mut g = /*4*/self.m.lock().unwrap()/*-*/; g.n = 3; }
    pub fn whole(&self, s: S) { *self.m.lock().unwrap() = S::default(); *(/*5*/self.m.lock().unwrap()/*-*/) = s; }
    pub fn indexed(&self) { let mut g = /*6*/self.a.lock().unwrap()/*-*/; g[1] += 1; }
    pub fn index(&self) -> u64 { let g = /*7*/self.a.lock().unwrap()/*-*/; g[1] }
    pub fn given(&self) -> MutexGuard<'_, S> { /*8*/self.m.lock().unwrap()/*-*/ }
    pub fn waits(&self, c: &Condvar) { let g = /*9*/self.m.lock().unwrap()/*-*/; let _g = c.wait(g).unwrap(); }
    pub fn matched(&self) -> u64 { if let Ok(g) = /*R10*/self.m.lock()/*-*/ { g.n } else { 0 } }
    pub fn matched_to_change(&self) { if let Ok(mut g) = /*R11*/self.m.lock()/*-*/ { g.names.push(String::new()); } }
    pub fn recovered(&self) -> u64 { /*R12*/self.m.lock()/*-*/.unwrap_or_else(PoisonError::into_inner).n }
    pub fn tried(&self) -> u64 { match /*T13*/self.m.try_lock()/*-*/ { Ok(g) => g.n, Err(_) => 0 } }
    pub fn written(&self) -> u64 { /*14*/self.r.write().unwrap()/*-*/.n }
    pub fn shown(&self) -> String { format!("{} {}", /*15*/self.m.lock().unwrap()/*-*/.n, 1) }
    pub fn lent(&self) { add(&mut /*16*/self.m.lock().unwrap()/*-*/.names); }
    pub fn lent_to_look(&self) -> usize { len(&/*17*/self.m.lock().unwrap()/*-*/.names) }
    pub fn by_pattern(&self) { if let Some(n) = /*18*/self.m.lock().unwrap()/*-*/.names.first_mut() { n.clear(); } }
    pub fn ref_mut(&self) { let mut g = /*19*/self.m.lock().unwrap()/*-*/; let S { ref mut n, .. } = *g; *n += 1; }
    pub fn in_closure(&self) { let mut g = /*20*/self.m.lock().unwrap()/*-*/; let mut f = || g.n += 1; f(); }
    pub fn both(&self) -> u64 { let a = /*21*/self.m.lock().unwrap()/*-*/.n; /*22*/self.r.write().unwrap()/*-*/.n = a; a }
    pub fn run(&self) -> u64 { let f = /*23*/self.b.lock().unwrap()/*-*/; f() }
    pub fn beside(&self) -> MutexGuard<'_, S> { let n = /*24*/self.r.write().unwrap()/*-*/.n; let g = /*25*/self.m.lock().unwrap()/*-*/; if n > 1 { panic!() } g }
    pub fn taken(&self) -> S { std::mem::take(&mut *(/*26*/self.m.lock().unwrap()/*-*/)) }
    pub fn shown_whole(&self) -> String { let g = /*29*/TWO.lock().unwrap()/*-*/; format!("{g:?} {g}") }
    pub async fn waited(&self) -> u64 { let g = /*27*/self.r.read().unwrap()/*-*/; std::future::ready(g.n).await }
}
static ONE: LazyLock<u64> = LazyLock::new(|| /*28*/TWO.lock().unwrap()/*-*/.len() as u64);
static TWO: Mutex<String> = Mutex::new(String::new());
pub fn one() -> u64 { *ONE }
fn add(v: &mut Vec<String>) { v.clear() }
fn len(v: &[String]) -> usize { v.len() }
"""
_READS = {1, 3, 7, 10, 12, 13, 14, 15, 17, 21, 23, 24, 27, 29}
_GIVEN_ON = {8, 9, 25}
_WRITES = {2, 4, 5, 6, 11, 16, 18, 19, 20, 22, 26}
_KINDS = {
    b"": ONLY_LOOKED_AT,
    b"R": ONLY_LOOKED_AT_IN_RESULT,
    b"T": ONLY_LOOKED_AT_IF_THERE,
}


@pytest.mark.xdist_group("oracle")
@pytest.mark.parametrize("edition", ["2021", "2024"])
def test_writers_and_readers_are_told_apart(tmp_path: Path, edition: str) -> None:
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["a"]\nresolver = "2"\n',
        "a/Cargo.toml": manifest("a", edition=edition),
        "a/src/lib.rs": _LIB,
    }
    driver = cargo(tmp_path, files)
    run = driver.check()
    assert run.ok, [found.rendered for found in run.diagnostics]
    sources = Sources(["a/src/lib.rs"], lambda path: files[path].encode())
    asked = {
        int(hit[2]): Question("a/src/lib.rs", Span(hit.start(3), hit.end(3)), _KINDS[hit[1]])
        for hit in re.finditer(rb"/\*([RT]?)(\d+)\*/(.*?)/\*-\*/", _LIB.encode())
    }
    assert len(asked) == 29
    answers = Oracle(driver).ask(asked.values(), sources)
    told = {number: answers.traits.get(question) for number, question in asked.items()}
    wanted = {number: number in _READS for number in _READS | _WRITES}
    assert told == wanted | dict.fromkeys(_GIVEN_ON | {28})
    assert {answers.reasons[asked[number]] for number in _GIVEN_ON} == {_GIVEN}
    assert answers.reasons[asked[28]] == _NO_BODY
    assert answers.rounds <= 3
