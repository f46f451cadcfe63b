"""What a shared lock's other form means, run: programs before and after, those that are refused by hand.

Each program says what happens when; a channel or a pause makes sure that the other thread is where it matters.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.app.pipeline import run
from engine.app.request import ProofSettings, RunRequest
from engine.base.model import Outcome
from engine.base.ui import Ui
from engine.cargo.workspace import Selection, discover
from tests.smallcrate import manifest
from tests.trees import build

_HEAD = """#![allow(dead_code)]
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, RwLock};
use std::thread::{sleep, spawn};
use std::time::Duration;

fn pause() {
    sleep(Duration::from_millis(200));
}
"""


@dataclass(frozen=True)
class _Trap:
    """``after`` is what the codemod makes of it, or "" where it does; ``says`` are both outputs; ``words``
    stand in the note, or in the reason."""

    before: str
    says: tuple[str, str]
    words: str
    after: tuple[tuple[str, str], ...] = ()  # replaced by hand: what the codemod refuses to


_WAITS = _Trap(
    """
struct Shared { words: RwLock<Vec<u32>>, }
fn used(_: u32) { pause(); println!("read"); }
impl Shared {
    fn read(&self, said: std::sync::mpsc::Sender<()>) {
        let words = self.words.read().unwrap();
        let _ = said.send(());
        for word in words.iter() { used(*word); }
    }
    fn sum(&self) -> u32 { self.words.read().unwrap().iter().sum() }
    fn set(&self, words: Vec<u32>) { *self.words.write().unwrap() = words; }
}
fn main() {
    let shared = Arc::new(Shared { words: RwLock::new(vec![1]) });
    let (said, heard) = channel();
    let reader = shared.clone();
    let thread = spawn(move || reader.read(said));
    heard.recv().unwrap();
    shared.set(vec![2, 3]);
    println!("replaced");
    thread.join().unwrap();
    println!("{}", shared.sum());
}
""",
    ("read\nreplaced\n5\n", "replaced\nread\n5\n"),
    "may now run after it, with the old one: `said.send(..)`",
)
_COUNTED = _Trap(
    """
struct Page { text: Vec<u32>, seen: AtomicU64, }
struct Shared { page: RwLock<Page>, }
impl Shared {
    fn read(&self, said: std::sync::mpsc::Sender<()>) {
        let page = self.page.read().unwrap();
        let _ = said.send(());
        for _ in &page.text { pause(); }
        page.seen.store(1, Ordering::SeqCst);
    }
    fn sum(&self) -> u32 { self.page.read().unwrap().text.iter().sum() }
    fn seen(&self) -> u64 { self.page.read().unwrap().seen.load(Ordering::SeqCst) }
    fn again(&self) {
        let mut page = self.page.write().unwrap();
        let seen = page.seen.load(Ordering::SeqCst);
        *page = Page { text: vec![2], seen: AtomicU64::new(seen) };
    }
}
fn main() {
    let shared = Arc::new(Shared { page: RwLock::new(Page { text: vec![1], seen: AtomicU64::new(0) }) });
    let (said, heard) = channel();
    let reader = shared.clone();
    let thread = spawn(move || reader.read(said));
    heard.recv().unwrap();
    shared.again();
    thread.join().unwrap();
    println!("{} {}", shared.sum(), shared.seen());
}
""",
    ("2 1\n", "2 0\n"),
    "what a reader changes in the old value is not in the new one",
)
_TORN = _Trap(
    """
struct Both { left: Vec<u32>, right: Vec<u32>, }
struct Shared { both: RwLock<Both>, }
impl Shared {
    fn right(&self) -> u32 { self.both.read().unwrap().right[0] }
    fn read(&self, said: std::sync::mpsc::Sender<()>) {
        let both = self.both.read().unwrap();
        let _ = said.send(());
        for left in &both.left { pause(); println!("{left} {}", self.right()); }
    }
    fn set(&self, n: u32) { *self.both.write().unwrap() = Both { left: vec![n], right: vec![n] }; }
}
fn main() {
    let shared = Arc::new(Shared { both: RwLock::new(Both { left: vec![1], right: vec![1] }) });
    let (said, heard) = channel();
    let reader = shared.clone();
    let thread = spawn(move || reader.read(said));
    heard.recv().unwrap();
    /*set*/ spawn(move || shared.set(2));
    thread.join().unwrap();
}
""",
    ("", "1 2\n"),  # the second read waits for a writer that waits: even as it is, for ever
    "two snapshots may differ",
    (
        ("RwLock<Both>", "RwLock<Arc<Both>>"),
        ("= self.both.read().unwrap();", "= Arc::clone(&self.both.read().unwrap());"),
        ("= Both { left: vec![n]", "= Arc::new(Both { left: vec![n]"),
        ("right: vec![n] };", "right: vec![n] });"),
        ("RwLock::new(Both { left: vec![1], right: vec![1] })",
         "RwLock::new(Arc::new(Both { left: vec![1], right: vec![1] }))"),
    ),
)  # fmt: skip
_STEPS = _Trap(
    """
struct Ring { slots: Vec<u32>, next: AtomicU64, }
struct Shared { ring: Mutex<Ring>, }
impl Shared {
    fn turn(&self) -> u32 {
        let ring = self.ring.lock().unwrap();
        let next = ring.next.load(Ordering::SeqCst);
        pause();
        ring.next.store(next + 1, Ordering::SeqCst);
        ring.slots.iter().sum()
    }
    fn next(&self) -> u64 {
        let ring = self.ring.lock().unwrap();
        for slot in &ring.slots { assert!(*slot > 0); }
        ring.next.load(Ordering::SeqCst)
    }
    fn push(&self) { self.ring.lock().unwrap().slots.push(1); }
}
fn main() {
    let shared = Arc::new(Shared { ring: Mutex::new(Ring { slots: vec![1], next: AtomicU64::new(0) }) });
    shared.push();
    let threads: Vec<_> = (0..2).map(|_| { let s = shared.clone(); spawn(move || s.turn()) }).collect();
    for thread in threads { thread.join().unwrap(); }
    println!("{}", shared.next());
}
""",
    ("2\n", "1\n"),
    "which changes behind a shared reference",
    (
        ("Mutex", "RwLock"),
        ("lock().unwrap().slots.push", "write().unwrap().slots.push"),
        ("lock()", "read()"),
    ),
)
_FLIGHT = _Trap(
    """
struct Jobs { names: Mutex<Vec<u32>>, }
impl Jobs {
    fn run(&self) -> u32 {
        let Ok(names) = self.names.try_lock() else { return 0; };
        for _ in names.iter() { pause(); }
        1
    }
    fn sum(&self) -> u32 { self.names.lock().unwrap().iter().sum() }
    fn add(&self) { self.names.lock().unwrap().push(1); }
}
fn main() {
    let jobs = Arc::new(Jobs { names: Mutex::new(vec![]) });
    jobs.add();
    let threads: Vec<_> = (0..2).map(|_| { let j = jobs.clone(); spawn(move || j.run()) }).collect();
    let runs: u32 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    println!("{runs} {}", jobs.sum());
}
""",
    ("1 1\n", "2 1\n"),
    "several readers would get it at a time",
    (
        ("Mutex", "RwLock"),
        ("try_lock()", "try_read()"),
        ("lock().unwrap().push", "write().unwrap().push"),
        ("lock()", "read()"),
    ),
)
_AGAIN = _Trap(
    """
struct Account { entries: Mutex<Vec<u32>>, }
impl Account {
    fn balance(&self) -> u32 { self.entries.lock().unwrap().iter().sum() }
    fn is_richer(&self, other: &Account, said: std::sync::mpsc::Sender<()>) -> bool {
        let mine = self.entries.lock().unwrap();
        let mut sum = 0;
        for entry in mine.iter() { sum += entry; }
        let _ = said.send(());
        pause();
        drop(said);
        sum > other.balance()
    }
    fn add(&self) { self.entries.lock().unwrap().push(1); }
}
fn main() {
    let [one, two] = [2, 1].map(|n| Arc::new(Account { entries: Mutex::new(vec![n]) }));
    let (said, heard) = channel();
    let (mine, other) = (one.clone(), /*other*/two.clone());
    let thread = spawn(move || mine.is_richer(&other, said));
    heard.recv().unwrap();
    let writer = spawn(move || /*written*/two.add());
    println!("{}", thread.join().unwrap());
    writer.join().unwrap();
}
""",
    ("false\n", ""),
    "the second read waits for ever",
    (
        ("/*other*/two", "one"),  # a read in a read, which a `Mutex` would never let pass either
        ("/*written*/two", "one"),
        ("Mutex", "RwLock"),
        ("lock().unwrap().push", "write().unwrap().push"),
        ("lock()", "read()"),
    ),
)
_TRAPS = {
    "a writer waits": _WAITS,
    "changed in the old value": _COUNTED,
    "two snapshots": _TORN,
    "two steps on an atomic": _STEPS,
    "one at a time": _FLIGHT,
    "a read in a read": _AGAIN,
}


def _said(root: Path, text: str) -> str:
    """What the program says; "" for one that waits for ever."""
    (root / "main.rs").write_text(_HEAD + text, "utf-8")
    command = ["rustc", "--edition=2021", "-A", "warnings", "-o", "main", "main.rs"]
    subprocess.run(command, cwd=root, check=True, capture_output=True, timeout=120)
    try:
        done = subprocess.run(["./main"], cwd=root, capture_output=True, text=True, timeout=5)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", list(_TRAPS))
def test_what_changes_is_told_or_refused(tmp_path: Path, name: str) -> None:
    trap = _TRAPS[name]
    root = tmp_path / "crate"
    build(root, {"Cargo.toml": manifest("traps"), "src/main.rs": _HEAD + trap.before})
    proof = ProofSettings(review=True, tests=False)
    request = RunRequest(
        discover(root, Selection()), ("shared-lock",), proof, target=tmp_path / "t"
    )
    (verdict,) = run(request, Ui(quiet=True)).verdicts
    after = trap.before
    if trap.after:
        assert trap.words in verdict.reason
        for old, new in trap.after:
            after = after.replace(old, new)
    else:
        assert verdict.outcome is Outcome.VERIFIED and verdict.fix is not None, verdict.reason
        assert trap.words in verdict.fix.note
        result = run(request, Ui(quiet=True))
        after = result.files["src/main.rs"].decode().removeprefix(_HEAD)
    assert (_said(tmp_path, trap.before), _said(tmp_path, after)) == trap.says


_OWNED = """
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
pub(crate) struct Counted { hits: u64, misses: u64 }
struct All {
    hits: Mutex<u64>,                         // mutex-counter
    counted: Mutex<Counted>,                  // mutex-counter
    rows: tokio::sync::Mutex<Vec<u32>>,       // async-lock
    table: Mutex<Vec<u32>>,                   // shared-lock
    once: Mutex<Option<Vec<u32>>>,            // init-once
}
impl All {
    fn hit(&self) { *self.hits.lock().unwrap() += 1; self.counted.lock().unwrap().hits += 1; }
    fn miss(&self) { self.counted.lock().unwrap().misses += 1; }
    async fn sum(&self) -> u32 { self.rows.lock().await.iter().sum() }
    async fn push(&self) { self.rows.lock().await.push(1); }
    fn total(&self) -> u32 { self.table.lock().unwrap().iter().sum() }
    fn most(&self) -> Option<u32> { self.table.lock().unwrap().iter().copied().max() }
    fn add(&self, n: u32) { self.table.lock().unwrap().push(n); }
    fn made(&self) -> u32 { self.once.lock().unwrap().get_or_insert_with(|| vec![1]).iter().sum() }
    fn most_made(&self) -> Option<u32> {
        let mut once = self.once.lock().unwrap();
        if once.is_none() { *once = Some(vec![1]); }
        once.as_ref().unwrap().iter().copied().max()
    }
}
pub fn all() -> Option<u32> {
    let all = Arc::new(All {
        hits: Mutex::new(0),
        counted: Mutex::new(Counted { hits: 0, misses: 0 }),
        rows: tokio::sync::Mutex::new(vec![]),
        table: Mutex::new(vec![]),
        once: Mutex::new(None),
    });
    all.add(all.made());
    let _ = all.most_made();
    all.hit();
    all.miss();
    all.add(all.total());
    drop(all.sum());
    drop(all.push());
    let _: HashMap<u8, u8> = HashMap::new();
    all.most()
}
"""


@pytest.mark.slow
def test_each_lock_is_one_codemods(tmp_path: Path) -> None:
    more = '[dependencies]\ntokio = { version = "1", features = ["sync"] }\n'
    root = build(tmp_path / "crate", {"Cargo.toml": manifest("owned", more), "src/lib.rs": _OWNED})
    locks = ("mutex-counter", "async-lock", "shared-lock", "init-once")
    names = (*locks, "guard-across-await", "work-under-lock")
    request = RunRequest(
        discover(root, Selection()), names, ProofSettings(review=True, tests=False),
        target=tmp_path / "t",
    )  # fmt: skip
    found = run(request, Ui(quiet=True)).verdicts
    lines = {
        (verdict.proposal.codemod, _OWNED[: site.span.start].count("\n"))
        for verdict in found
        for site in verdict.proposal.sites
    }
    wanted = {
        (line.rpartition("// ")[2], number)
        for number, line in enumerate(_OWNED.splitlines())
        if "  // " in line
    }
    assert lines == wanted
