"""Programs in which a cell that is filled once is no lock: what they do is the same, or a note tells of it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from engine.app.pipeline import run
from engine.app.request import ProofSettings, RunRequest
from engine.base.model import Outcome
from engine.base.ui import Ui
from engine.cargo.workspace import Selection, discover

_WORK = Path(__file__).resolve().parents[2] / "target" / "init-once"
_HEAD = """use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{mpsc, Arc, Barrier, Mutex, RwLock};
use std::thread;
use std::time::Duration;

"""
# Each says what it sees by its result. By name: (program, a part of the note that tells of a difference).
_PROGRAMS: Mapping[str, tuple[str, str]] = {
    "made_once_by_many": (
        """
static MADE: AtomicU32 = AtomicU32::new(0);
static VALUE: RwLock<Option<Arc<u32>>> = RwLock::new(None);
fn value() -> Arc<u32> {
    if let Some(value) = VALUE.read().unwrap().as_ref() {
        return Arc::clone(value);
    }
    let mut value = VALUE.write().unwrap();
    if let Some(value) = value.as_ref() {
        return Arc::clone(value);
    }
    thread::sleep(Duration::from_millis(20));
    let made = Arc::new(MADE.fetch_add(1, Ordering::SeqCst));
    *value = Some(Arc::clone(&made));
    made
}
pub fn run() -> String {
    let start = Arc::new(Barrier::new(4));
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let start = Arc::clone(&start);
            thread::spawn(move || {
                start.wait();
                value()
            })
        })
        .collect();
    let seen: Vec<_> = threads.into_iter().map(|each| each.join().unwrap()).collect();
    format!("{seen:?} {} {}", MADE.load(Ordering::SeqCst), Arc::strong_count(&seen[0]))
}
""",
        "",
    ),
    # std's lock is poisoned for good, and the next one who asks makes it.
    "a_panic_while_it_is_made": (
        """
static FAILS: AtomicU32 = AtomicU32::new(1);
static VALUE: Mutex<Option<u32>> = Mutex::new(None);
fn value() -> u32 {
    let mut value = VALUE.lock().unwrap();
    if value.is_none() {
        assert!(FAILS.fetch_sub(1, Ordering::SeqCst) != 1, "not yet");
        *value = Some(7);
    }
    value.unwrap()
}
pub fn run() -> String {
    let asked = || thread::spawn(value).join().ok();
    format!("{:?} {:?}", asked(), asked())
}
""",
        "may panic while the value is made",
    ),
    # Who looks waits until it is made, and sees nothing there.
    "a_look_while_it_is_made": (
        """
static VALUE: Mutex<Option<u32>> = Mutex::new(None);
fn known() -> bool {
    VALUE.lock().unwrap().is_some()
}
fn value(begun: mpsc::Sender<()>) -> u32 {
    let mut value = VALUE.lock().unwrap();
    if value.is_none() {
        begun.send(()).ok();
        thread::sleep(Duration::from_millis(300));
        *value = Some(7);
    }
    value.unwrap()
}
pub fn run() -> String {
    let (begun, waits) = mpsc::channel();
    let made = thread::spawn(move || value(begun));
    waits.recv().ok();
    let seen = known();
    format!("{seen} {:?} {}", made.join().ok(), known())
}
""",
        "no longer waits while the value is made",
    ),
    # A `Clone` of one's own is not the same thing: the first one gets another of the two.
    "a_clone_is_another_one": (
        """
pub struct Ticket(u32);
impl Clone for Ticket {
    fn clone(&self) -> Ticket {
        Ticket(self.0 + 1)
    }
}
static VALUE: Mutex<Option<Ticket>> = Mutex::new(None);
fn value() -> Ticket {
    let mut value = VALUE.lock().unwrap();
    if let Some(value) = &*value {
        return value.clone();
    }
    let made = Ticket(10);
    *value = Some(made.clone());
    made
}
pub fn run() -> String {
    format!("{} {}", value().0, value().0)
}
""",
        "the value itself is kept now, and a clone given back",
    ),
    # What ran one at a time under the lock.
    "a_section_behind_the_look": (
        """
static INSIDE: AtomicU32 = AtomicU32::new(0);
static MOST: AtomicU32 = AtomicU32::new(0);
static VALUE: Mutex<Option<u32>> = Mutex::new(None);
fn use_it() {
    let value = VALUE.lock().unwrap();
    if value.is_some() {
        let inside = INSIDE.fetch_add(1, Ordering::SeqCst) + 1;
        MOST.fetch_max(inside, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(50));
        INSIDE.fetch_sub(1, Ordering::SeqCst);
    }
}
pub fn run() -> String {
    VALUE.lock().unwrap().get_or_insert_with(|| 7);
    let start = Arc::new(Barrier::new(2));
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let start = Arc::clone(&start);
            thread::spawn(move || {
                start.wait();
                use_it()
            })
        })
        .collect();
    threads.into_iter().for_each(|each| each.join().unwrap());
    format!("{} at once", MOST.load(Ordering::SeqCst))
}
""",
        "what ran one at a time under the lock",
    ),
    "dropped_as_it_was": (
        """
struct Loud(&'static str, Arc<Mutex<Vec<&'static str>>>);
impl Drop for Loud {
    fn drop(&mut self) {
        self.1.lock().unwrap().push(self.0);
    }
}
struct Both {
    first: Mutex<Option<Loud>>,
    second: Loud,
}
impl Both {
    fn first(&self) -> usize {
        let log = Arc::clone(&self.second.1);
        let mut first = self.first.lock().unwrap();
        first.get_or_insert_with(|| Loud("first", log)).0.len()
    }
}
pub fn run() -> String {
    let log = Arc::new(Mutex::new(Vec::new()));
    for round in 0..2 {
        let both = Both { first: Mutex::new(None), second: Loud("second", Arc::clone(&log)) };
        for _ in 0..round {
            both.first();
        }
    }
    let told = format!("{:?}", log.lock().unwrap());
    told
}
""",
        "",
    ),
}


@dataclass(frozen=True)
class Ran:
    """What the programs said before and after, and the notes of the fixes."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    notes: Mapping[str, str]
    levels: Mapping[str, str]


def _said(root: Path) -> dict[str, str]:
    done = subprocess.run(
        ["cargo", "run", "--quiet", "--target-dir", str(_WORK / "plain")],
        cwd=root, capture_output=True, text=True, check=True, timeout=600,
    )  # fmt: skip
    return dict(line.split(": ", 1) for line in done.stdout.splitlines())


@cache
def ran() -> Ran:
    root = _WORK / "programs"
    calls = "".join(f'    println!("{name}: {{}}", {name}::run());\n' for name in _PROGRAMS)
    texts = {
        "Cargo.toml": '[package]\nname = "programs"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n',
        "src/main.rs": "#![allow(unused)]\n"
        + "".join(f"mod {name};\n" for name in _PROGRAMS)
        + f"fn main() {{\n    std::panic::set_hook(Box::new(|_| {{}}));\n{calls}}}\n",
        **{f"src/{name}.rs": _HEAD + text for name, (text, _) in _PROGRAMS.items()},
    }
    for path, text in texts.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    before = _said(root)
    proof = ProofSettings(review=True, tests=False, prefer=("once-lock",))
    result = run(
        RunRequest(discover(root, Selection()), ("init-once",), proof, target=_WORK / "proof"),
        Ui(quiet=True),
    )
    fixes = [v for v in result.verdicts if v.outcome is Outcome.VERIFIED and v.fix is not None]
    for path, data in result.files.items():
        (root / path).write_bytes(data)
    named = {Path(v.proposal.sites[0].path).stem: v.fix for v in fixes if v.fix is not None}
    return Ran(
        before,
        _said(root),
        {name: fix.note for name, fix in named.items()},
        {name: str(fix.level) for name, fix in named.items()},
    )


@pytest.mark.slow
@pytest.mark.xdist_group("init-once-runs")
@pytest.mark.parametrize("name", list(_PROGRAMS))
def test_a_program_does_what_it_did_or_a_note_tells(name: str) -> None:
    done, note = ran(), _PROGRAMS[name][1]
    assert name in done.notes, "nothing was rewritten"
    if note:
        assert done.before[name] != done.after[name], "the note tells of what is not so"
        assert done.levels[name] == "review"
        assert note in done.notes[name]
    else:
        assert done.before[name] == done.after[name]
