"""Which memory orderings the mutex-counter codemod takes, and what they are for: by rule on made-up
sources, and by running what it wrote."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.codemods.test_mutex_counter import Workspace, one

_LOCK = "std::sync::Mutex<{}>"
_TYPES = {"self.n": _LOCK.format("u64"), "self": "&krate::S"}
_READS = """\
use std::sync::Mutex;
struct S {{
    n: Mutex<u64>,
}}
impl S {{
    fn change(&self) {{
        *self.n.lock().unwrap() {sign} 1;
    }}
    fn count(&self) -> u64 {{
        *self.n.lock().unwrap()
    }}
}}
{more}
"""


def _orders(sign: str, more: str) -> str:
    """The orderings of a counter that ``count`` returns and ``more`` uses."""
    text = one(_READS.format(sign=sign, more=more), _TYPES).rewritten()
    seq, relaxed = text.count("Ordering::SeqCst"), text.count("Ordering::Relaxed")
    assert (seq == 0) != (relaxed == 0)
    return "SeqCst" if seq else "Relaxed"


@pytest.mark.parametrize(
    "more",
    [
        "",
        'fn f(s: &S) { println!("{}", s.count()); }',
        "fn f(s: &S) -> String { let n = s.count() * 2; n.to_string() }",
        "fn f(s: &S) -> Vec<u64> { vec![s.count()] }",
        "fn f(s: &S) { gauge!(s.count()); }",
        'fn f(s: &S) { show(s.count()); } fn show(n: u64) { println!("{n}"); }',
        "fn f(s: &S) { let _ = s.count(); s.count(); }",
        # Functions that only share the name: of another type, with other arguments.
        "impl T { fn f(&self) -> bool { self.count() > 3 } fn count(&self) -> u64 { 1 } }",
        "fn f(xs: &X) -> bool { xs.count(1) > 3 } fn g() -> bool { count() > 3 }",
    ],
)
@pytest.mark.parametrize("sign", ["+=", "-="])
def test_what_is_only_shown_is_relaxed(sign: str, more: str) -> None:
    assert _orders(sign, more) == "Relaxed"


@pytest.mark.parametrize(
    "more",
    [
        "fn f(s: &S) -> bool { s.count() == 0 }",
        "fn f(s: &S) { if s.count() > 3 { stop(); } }",
        "fn f(s: &S) { while g(s) != 0 {} } fn g(s: &S) -> u64 { s.count() + 1 }",
        "fn f(s: &S) -> bool { let (n, m) = (s.count(), 1); n < m }",
        "fn f(s: &S) { for _ in 0..s.count() { step(); } }",
        "fn f(s: &S) { match s.count() { 0 => stop(), _ => {} } }",
        "fn f(s: &S) -> Option<u64> { s.count().checked_sub(1).filter(|n| *n > 2) }",
        "fn f(s: &S) -> Option<u64> { let n = s.count().checked_sub(1)?; Some(n) }",
        "fn f(s: &S) { let mut n = 0; n = s.count(); if n > 3 { stop(); } }",
        "fn f(s: &S) { let mut n = 0; n += s.count(); if n > 3 { stop(); } }",
        "fn f(s: &S) { g(1, s.count()) } fn g(a: u64, b: u64) { if b > a { stop(); } }",
        "fn f(s: &S) -> bool { T { n: 0 }.g(s.count()) } impl T { fn g(&self, b: u64) -> bool { b > 1 } }",
        "fn f(s: &S) -> R { R { left: s.count() } } fn g(r: R) -> bool { r.left == 0 }",
        "fn f(s: &S) -> R { R { left: s.count() } } fn g(r: R) -> bool { let R { left } = r; left == 0 }",
        "fn f(s: &S) -> bool { let count = || s.count(); count() == 0 }",
        "fn f(s: &S) -> bool { matches!(s.count(), 0) }",
        "fn f(s: &S) -> bool { s.count().eq(&0) }",
        "fn f(s: &S) { let Some(n) = Some(s.count()) else { return }; show(n); }",
        "fn f(s: &S) { let n = loop { break s.count(); }; if n == 1 { stop(); } }",
        "fn f(s: &S) { select! { _ = later() => { if s.count() == 1 { stop(); } } } }",
    ],
)
def test_what_something_hangs_on_is_seqcst(more: str) -> None:
    assert _orders("+=", more) == "SeqCst"


@pytest.mark.parametrize(
    "more",
    [
        "fn f(s: &S) { assert_eq!(s.count(), 3); }",
        "fn f(s: &S, to: &Sender<u64>) { to.send(s.count()); }",
        "fn f(s: &S, all: &[u8]) -> u8 { all[s.count() as usize] }",
        "fn f(s: &[S]) -> Vec<u64> { s.iter().map(S::count).collect() }",
        "fn f(s: &S, m: &mut M) { if m.insert(s.count(), 1).is_some() { stop(); } }",
        "pub fn f(s: &S) -> u64 { s.count() }",
        "pub fn f(s: &S) -> String { s.count().to_string() }",
        "fn f(s: &S) -> R { R { left: s.count() } }",
    ],
)
@pytest.mark.parametrize("sign", ["+=", "-="])
def test_what_is_not_known_to_be_accounting_is_seqcst(sign: str, more: str) -> None:
    assert _orders(sign, more) == "SeqCst"


_BESIDE = """\
use std::sync::atomic::{{AtomicBool, Ordering}};
use std::sync::Mutex;
struct S {{
    n: Mutex<u64>,
    stop: AtomicBool,
}}
impl S {{
    fn one(&self) {{
        {one}
    }}
    fn two(&self) {{
        {two}
    }}
    fn set(&self) {{
        self.stop.store(true, Ordering::Release);
    }}
    fn add(&self) {{
        *self.n.lock().unwrap() += 1;
    }}
}}
"""
_ADD, _TEST = "*self.n.lock().unwrap() += 1;", "if *self.n.lock().unwrap() > 0 { return; }"
_SET, _GET = "self.stop.store(true, Ordering::Release);", "self.stop.load(Ordering::Acquire);"


@pytest.mark.parametrize(
    ("one", "two", "left"),
    [
        (_ADD + _GET, _SET + _TEST, True),
        ("self.add();" + _GET, "self.set();" + _TEST, True),
        ("loop { " + _GET + _ADD + " }", _SET + _TEST, True),
        (_TEST + _GET, _ADD + _SET + _TEST, True),
        # The flag is published by the value, or the other way round: that holds.
        (_SET + _ADD, _TEST + _GET, False),
        (_ADD + _SET, _GET + _TEST, False),
        # Nobody writes the flag.
        (_ADD + _GET, _GET + _TEST, False),
        # One thread's steps and the other's are no order.
        ("thread::spawn(|| { " + _GET + " });" + _TEST, _ADD, False),
        # All SeqCst.
        (_ADD + "self.stop.load(Ordering::SeqCst);",
         "self.stop.store(true, Ordering::SeqCst);" + _TEST, False),
    ],
)  # fmt: skip
def test_an_atomic_of_the_codes_own_that_is_not_seqcst(one: str, two: str, left: bool) -> None:
    work = Workspace({"src/lib.rs": _BESIDE.format(one=one, two=two)}, _TYPES)
    (proposal,) = work.plan()
    assert bool(proposal.fixes) != left
    assert ("is not SeqCst" in proposal.reason) == left


_SHOWN = """\
use std::sync::atomic::{{AtomicU64, Ordering}};
use std::sync::Mutex;
struct S {{
    n: Mutex<u64>,
    slots: [AtomicU64; 4],
    other: AtomicU64,
}}
impl S {{
    fn change(&self, p: *mut u64) {{
        {change}
    }}
    fn show(&self, p: *const u64) {{
        {show}
    }}
}}
{more}
"""
_LOOK = 'println!("{}", *self.n.lock().unwrap());'


@pytest.mark.parametrize(
    ("change", "show", "more", "orders", "level"),
    [
        (_ADD, _LOOK, "", "Relaxed", "safe"),
        # What the number may announce: written before it, read after it.
        ("self.slots[1].store(3, Ordering::Relaxed);" + _ADD, _LOOK, "", "SeqCst", "safe"),
        (_ADD, _LOOK + 'println!("{}", self.slots[0].load(Ordering::Relaxed));',
         "", "SeqCst", "safe"),
        ("self.slots[1].store(3, Ordering::Release);" + _ADD,
         "let s = &self.slots;" + _LOOK + "s[0].load(Ordering::Acquire) + 1;",
         "", "SeqCst", "review"),
        ("set(&self.slots[1]);" + _ADD, _LOOK + "get(&self.slots[1]);",
         "fn set(a: &AtomicU64) { a.store(1, Ordering::Relaxed); } "
         "fn get(a: &AtomicU64) -> u64 { a.load(Ordering::Relaxed) }", "SeqCst", "review"),
        ("unsafe { *p = 1; }" + _ADD, _LOOK, "", "SeqCst", "review"),
        (_ADD, _LOOK + "let x = unsafe { *p };", "", "SeqCst", "review"),
        ("put(p);" + _ADD, _LOOK, "fn put(p: *mut u64) { unsafe { *p = 1; } }",
         "SeqCst", "review"),
        # After the change, or before the look: nothing is announced.
        (_ADD + "self.other.store(3, Ordering::Relaxed);", _LOOK, "", "Relaxed", "safe"),
        # Statistics of the code's own: only added to, or read where the value is not.
        ("self.other.fetch_add(1, Ordering::Relaxed);" + _ADD, _LOOK, "", "SeqCst", "safe"),
        # SeqCst ones have an order with each other, and none with what is Relaxed.
        ("self.other.store(1, Ordering::SeqCst);" + _ADD,
         _LOOK + "let x = self.other.load(Ordering::SeqCst);", "", "SeqCst", "safe"),
        (_ADD + "let x = self.other.load(Ordering::SeqCst);",
         "self.other.store(1, Ordering::SeqCst);" + _LOOK, "", "SeqCst", "safe"),
        (_ADD + "self.other.store(1, Ordering::SeqCst);", _LOOK, "", "Relaxed", "safe"),
        ("self.other.store(1, Ordering::SeqCst);" + _ADD, _LOOK, "", "Relaxed", "safe"),
    ],
)  # fmt: skip
def test_a_number_that_may_publish_other_memory(
    change: str, show: str, more: str, orders: str, level: str
) -> None:
    text = _SHOWN.format(change=change, show=show, more=more)
    work = Workspace({"src/main.rs": text}, _TYPES)
    (proposal,) = work.plan()
    (fix,) = proposal.fixes
    after = work.applied(fix)["src/main.rs"]
    assert f"self.n.fetch_add(1, Ordering::{orders})" in after
    assert str(fix.level) == level
    assert ("runs with this value" in fix.note) == (level == "review")


_LOCK_FREE = """\
use std::sync::mpsc::{{Receiver, Sender}};
use std::sync::Mutex;
struct S {{
    n: Mutex<u64>,
    config: std::sync::Arc<arc_swap::ArcSwap<Config>>,
    out: Sender<u64>,
}}
impl S {{
    fn change(&self, from: &Receiver<u64>) {{
        {change}
    }}
    fn show(&self) {{
        {show}
    }}
}}
"""


@pytest.mark.parametrize(
    ("change", "show", "orders", "level"),
    [
        (_ADD, _LOOK + "other(self.config.load());", "Relaxed", "safe"),
        ("self.config.store(new);" + _ADD, _LOOK, "Relaxed", "safe"),
        ("let c = self.config.load();" + _ADD, "let c = self.config.load();" + _LOOK,
         "Relaxed", "safe"),
        ("self.config.store(new);" + _ADD, _LOOK + "other(self.config.load());",
         "SeqCst", "review"),
        ("loop { self.out.send(1); " + _ADD + "}", _LOOK, "Relaxed", "safe"),
    ],
)  # fmt: skip
def test_types_without_a_lock_are_memory_that_a_lock_orders(
    change: str, show: str, orders: str, level: str
) -> None:
    text = _LOCK_FREE.format(change=change, show=show)
    work = Workspace({"src/main.rs": text}, _TYPES)
    (proposal,) = work.plan()
    (fix,) = proposal.fixes
    assert f"self.n.fetch_add(1, Ordering::{orders})" in work.applied(fix)["src/main.rs"]
    assert str(fix.level) == level, fix.note


def test_a_type_without_a_lock_that_needs_the_locks_order() -> None:
    """Each side may miss what the other did: only a lock orders the two."""
    change, show = _ADD + "let c = self.config.load();", "self.config.store(new);" + _LOOK
    work = Workspace({"src/main.rs": _LOCK_FREE.format(change=change, show=show)}, _TYPES)
    (proposal,) = work.plan()
    assert not proposal.fixes
    assert "`self.config.store(new)` is used together with this value" in proposal.reason
    assert "may not be SeqCst inside" in proposal.reason


@pytest.mark.parametrize(
    ("change", "show"),
    [
        (_ADD + "unsafe { *p = 1; }", "let x = unsafe { *p };" + _LOOK),
        # Both in one unsafe block: which comes first is not looked at.
        ("unsafe { *p += 1;" + _ADD + "}", _LOOK),
    ],
)
def test_unsafe_code_that_may_need_the_locks_order_keeps_it(change: str, show: str) -> None:
    """Before a look in one place, after a change in another: only a lock orders the two."""
    text = _SHOWN.format(change=change, show=show, more="")
    (proposal,) = Workspace({"src/main.rs": text}, _TYPES).plan()
    assert not proposal.fixes
    assert "`unsafe` is used together with this value" in proposal.reason


_DEKKER = """\
use std::sync::{Barrier, Mutex};
use std::thread;
struct S {
    left: Mutex<bool>,
    right: Mutex<bool>,
}
impl S {
    fn left(&self) -> bool {
        *self.left.lock().unwrap() = true;
        *self.right.lock().unwrap()
    }
    fn right(&self) -> bool {
        *self.right.lock().unwrap() = true;
        *self.left.lock().unwrap()
    }
}
fn main() {
    let made: Vec<S> = (0..200_000)
        .map(|_| S { left: Mutex::new(false), right: Mutex::new(false) })
        .collect();
    let start = Barrier::new(2);
    let run = |side: fn(&S) -> bool| {
        start.wait();
        made.iter().map(side).collect::<Vec<bool>>()
    };
    let (ones, others) = thread::scope(|scope| {
        let other = scope.spawn(|| run(S::right));
        (run(S::left), other.join().unwrap())
    });
    let missed = ones.iter().zip(&others).filter(|(one, other)| !**one && !**other).count();
    println!("{missed}");
}
"""


def _missed(folder: Path, text: str) -> int:
    source = folder / "dekker.rs"
    source.write_text(text, "utf-8")
    command = ["rustc", "--edition=2021", "-O", "-o", "dekker", source.name]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=600)
    runs = (
        subprocess.run([folder / "dekker"], check=True, capture_output=True, text=True, timeout=60)
        for _ in range(5)
    )
    return sum(int(done.stdout) for done in runs)


@pytest.mark.slow
def test_two_threads_cannot_both_miss_what_the_other_wrote(tmp_path: Path) -> None:
    """With Release and Acquire in the place of SeqCst this fails on x86-64, whose stores wait in a
    buffer while later loads are done."""
    flag = _LOCK.format("bool")
    work = one(_DEKKER, {"self.left": flag, "self.right": flag, "self": "&krate::S"})
    text = work.rewritten()
    assert "Mutex::new" not in text
    assert _missed(tmp_path, text) == 0
