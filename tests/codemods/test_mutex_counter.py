"""The mutex-counter codemod beyond its cases: without cargo, with types made up from the source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codemods.mutex_counter import CODEMOD
from engine.base.model import Fix, Outcome, Proposal, Site, Span
from engine.cargo.packages import Package
from engine.detect.codemod import Problem, Refusal, registry
from engine.detect.facts import Facts, Sources
from engine.detect.scan import scan_source, wanted
from engine.rewrite import edits
from engine.rust.lock_groups.lock_sites import METHODS
from engine.rust.queries import compile_query, run_query
from engine.rust.syntax import Source
from engine.rust.type_parser import parse
from engine.rust.types import Type
from tests.examples import examples
from tests.mutator import Cannot, mutate, same

NAME = "mutex-counter"


class Workspace:
    """Files in memory. ``types`` maps an expression's text to the type that rustc would print;
    what is missing there counts as not compiled."""

    def __init__(self, files: Mapping[str, str], types: Mapping[str, str]) -> None:
        self.files = {path: text.encode() for path, text in files.items()}
        self.sources = Sources(tuple(sorted(files)), lambda path: self.files[path])
        self.types = types
        self.facts = Facts(self.sources, self._type, lambda _p, _s: "it is not compiled", _nobody)
        self.sites: list[Site] = []
        for path in sorted(files):
            self.sites += scan_source(self.sources.get(path), (NAME,)).sites

    def _type(self, path: str, span: Span) -> Type | None:
        text = "".join(self.files[path][span.start : span.end].decode().split())
        told = self.types.get(text)
        return parse(told) if told is not None else None

    def plan(self) -> list[Proposal]:
        return list(CODEMOD.plan(self.sites, self.facts))

    def applied(self, *fixes: Fix) -> dict[str, str]:
        done = edits.apply(self.files, fixes)
        assert not done.conflicts
        return {path: text.decode() for path, text in done.files.items()}

    def rewritten(self, path: str = "src/lib.rs") -> str:
        """The file after all fixes."""
        return self.applied(*(p.fixes[0] for p in self.plan() if p.fixes))[path]


def _nobody(_path: str) -> None:
    return None


def one(text: str, types: Mapping[str, str]) -> Workspace:
    return Workspace({"src/lib.rs": text}, types)


U64 = "std::sync::Mutex<u64>"
COUNTER = """\
use std::sync::Mutex;

struct S {
    hits: Mutex<u64>,
}

impl S {
    fn hit(&self) {
        BODY
    }
}
"""


def body(text: str, types: Mapping[str, str] | None = None) -> str:
    """What becomes of a method body that uses ``self.hits``."""
    work = one(
        COUNTER.replace("BODY", text), {"self.hits": U64, "self": "&krate::S", **(types or {})}
    )
    proposals = work.plan()
    assert len(proposals) == 1
    if not proposals[0].fixes:
        return proposals[0].reason
    after = work.applied(proposals[0].fixes[0])["src/lib.rs"]
    inside = after[after.index("&self) {") + len("&self) {") : after.rindex("}\n}")]
    return " ".join(inside.split())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("*self.hits.lock().unwrap() += 1;", "self.hits.fetch_add(1, Ordering::Relaxed);"),
        ("*(self.hits.lock().unwrap()) += 1;", "self.hits.fetch_add(1, Ordering::Relaxed);"),
        ("*self.hits.lock().unwrap() += (a + b);", "self.hits.fetch_add(a + b, Ordering::Relaxed);"),
        # A block's value keeps its binding strength.
        (
            "let n = 2 * { let mut g = self.hits.lock().unwrap(); *g += 1; *g };",
            "let n = 2 * (self.hits.fetch_add(1, Ordering::Relaxed) + 1);",
        ),
        (
            "let n = ({ let mut g = self.hits.lock().unwrap(); let o = *g; *g += 1; o }) - 1;",
            "let n = self.hits.fetch_add(1, Ordering::SeqCst) - 1;",
        ),
        ("let n = -(*self.hits.lock().unwrap() as i64);",
         "let n = -(self.hits.load(Ordering::Relaxed) as i64);"),
        ("let n = (*self.hits.lock().unwrap()).pow(2);",
         "let n = self.hits.load(Ordering::Relaxed).pow(2);"),
        # What is assigned is evaluated before the lock is taken: a call does not matter.
        ("*self.hits.lock().unwrap() += compute();",
         "self.hits.fetch_add(compute(), Ordering::Relaxed);"),
        # A second name for the old value is still the old value.
        (
            "let mut g = self.hits.lock().unwrap(); let old = *g; *g = old + 2; old",
            "self.hits.fetch_add(2, Ordering::Relaxed)",
        ),
        # The guard shadows what the lock is reached through.
        (
            "let s = &self.hits; let mut s = s.lock().unwrap(); *s += 1;",
            "let s = &self.hits; s.fetch_add(1, Ordering::Relaxed);",
        ),
        ("spawn(|| *self.hits.lock().unwrap() += 1);",
         "spawn(|| { self.hits.fetch_add(1, Ordering::Relaxed); });"),
        ("*self.hits.lock().unwrap() += 1", "self.hits.fetch_add(1, Ordering::Relaxed);"),
        # A macro's brackets are its own; an assignment that it is given keeps the type `()`.
        ("dbg!(*self.hits.lock().unwrap());", "dbg!(self.hits.load(Ordering::Relaxed));"),
        ("mine!(*self.hits.lock().unwrap() += 1);",
         "mine!({ self.hits.fetch_add(1, Ordering::Relaxed); });"),
        ("mine!(a, *self.hits.lock().unwrap() += 1);",
         "mine!(a, { self.hits.fetch_add(1, Ordering::Relaxed); });"),
        ("mine!(*self.hits.lock().unwrap() = 1);", "mine!(self.hits.store(1, Ordering::SeqCst));"),
    ],
)  # fmt: skip
def test_one_scope(before: str, after: str) -> None:
    assert body(before, {"s": "&" + U64}) == after


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        # The value decides, and something else happens before it is written.
        ("let mut g = self.hits.lock().unwrap(); if *g > 3 { notify(); } *g += 1;",
         "`notify(..)` (line 9) runs while the lock is held"),
        ("let mut g = self.hits.lock().unwrap(); let n = *g; *g = 0; keep(n);",
         "`keep(..)` (line 9) runs while the lock is held"),
        ("for _ in 0..*self.hits.lock().unwrap() { step(); }",
         "`step(..)` (line 9) runs while the lock is held"),
        ("match *self.hits.lock().unwrap() { 0 => start(), _ => {} }",
         "`start(..)` (line 9) runs while the lock is held"),
        ("if let Some(x) = find(*self.hits.lock().unwrap()) { step(x); }",
         "`find(..)` (line 9) runs while the lock is held"),
        ("let mut g = self.hits.lock().unwrap(); for x in xs { *g += x; }",
         "the value is changed in a loop or closure while the lock is held"),
        # `n` is changed between the two looks.
        ("let mut g = self.hits.lock().unwrap(); let mut n = *g; n += k; *g += n; ",
         "the value is read before other steps and changed after them"),
        ("let mut g = self.hits.lock().unwrap(); let a = *g; *g += 1; let b = *g + a;",
         "is not one operation"),
        ("send(*self.hits.lock().unwrap()).await;", "the lock is held across"),
        ("let g = self.hits.lock().unwrap(); unsafe { poke(*g) };", "an unsafe block"),
        ("my_macro!(*self.hits.lock().unwrap() += 1; other);", "the change stands where a value is expected"),
        ("let g = self.hits.lock(); drop(g);", "what becomes of the lock's result"),
        ("let r: &u64 = &*self.hits.lock().unwrap();", "a reference to the value"),
    ],
)  # fmt: skip
def test_refused_scopes(before: str, reason: str) -> None:
    text = COUNTER.replace("BODY", before)
    work = one(text, {"self.hits": U64, "self": "&krate::S"})
    for proposal in work.plan():
        assert not proposal.fixes
        assert reason in proposal.reason
        assert "src/lib.rs:9" in proposal.reason


@pytest.mark.parametrize(
    ("step", "note"),
    [
        ("n - *g", "if `n - *g` (line 9) panics, the number is already changed"),
        ("xs[*g as usize]", "if `xs[*g as usize]` (line 9) panics"),
        ("n.checked_sub(*g).unwrap()", "if `n.checked_sub(*g).unwrap()` (line 9) panics"),
        ("n.saturating_sub(*g)", ""),
    ],
)
def test_a_change_that_comes_before_what_may_panic_is_for_review(step: str, note: str) -> None:
    text = f"let mut g = self.hits.lock().unwrap(); let d = {step}; *g = n; show(d)"
    text = text.replace("; show(d)", "; drop(g); show(d)")
    work = one(COUNTER.replace("BODY", text), {"self.hits": U64, "self": "&krate::S"})
    (fix,) = work.plan()[0].fixes
    assert (note in fix.note) if note else ("already changed" not in fix.note)
    assert fix.level == "review" or not note


def test_a_refusal_that_shows_a_lock_in_earnest_is_silent() -> None:
    for text in (
        "let _g = self.hits.lock().unwrap(); work();",
        "let mut g = self.hits.lock().unwrap(); while *g > 0 { g = self.cv.wait(g).unwrap(); }",
        "take(&mut self.hits.lock().unwrap());",
        "return self.hits.lock().unwrap();",
    ):
        work = one(COUNTER.replace("BODY", text), {"self.hits": U64, "self": "&krate::S"})
        assert [(p.fixes, p.dismissed) for p in work.plan()] == [((), True)]


def test_code_of_another_configuration_refuses_the_group() -> None:
    text = COUNTER.replace("BODY", "*self.hits.lock().unwrap() += 1;")
    text += "#[cfg(windows)]\nfn f(s: &S) {\n    *s.hits.lock().unwrap() = 0;\n}\n"
    known = {"self.hits": U64, "self": "&krate::S"}
    (proposal,) = one(text, known).plan()
    assert not proposal.fixes
    assert "src/lib.rs:14 may lock it, but it is not compiled" in proposal.reason
    (proposal,) = one(text, {}).plan()
    assert proposal.outcome is Outcome.NOT_COMPILED


def test_a_use_outside_of_the_workspace_is_named() -> None:
    text = COUNTER.replace("struct S", "pub struct S").replace("    hits", "    pub hits")
    work = one(text.replace("BODY", "*self.hits.lock().unwrap() += 1;"), {"self.hits": U64})
    parts = {"name": "core", "root": "", "lib": "src/lib.rs", "crate": "core", "targets": ()}
    package = cast(Package, SimpleNamespace(**parts))
    asked: list[tuple[bytes, str]] = []

    def outside(word: bytes, crate: str) -> list[tuple[str, int]]:
        asked.append((word, crate))
        return [("fuzz/src/main.rs", 7)]

    work.facts = replace(work.facts, package_of=lambda _: package, outside=outside)
    (fix,) = work.plan()[0].fixes
    assert asked == [(b"hits", "core")]
    assert fix.level == "review"
    assert "and fuzz/src/main.rs:7, in a package outside of this workspace" in fix.note


def test_a_package_that_shows_other_builds_is_for_review() -> None:
    lock = COUNTER.replace("BODY", "*self.hits.lock().unwrap() += 1;")
    sign = '#[cfg(target_has_atomic = "64")]\nfn wide() {}\n'
    known = {"self.hits": U64, "self": "&krate::S"}
    work = Workspace({"src/lib.rs": lock, "src/wide.rs": sign}, known)
    (proposal,) = work.plan()
    assert proposal.fixes[0].level == "review"
    assert "src/wide.rs:1: `target_has_atomic` is named there" in proposal.fixes[0].note


def test_fields_of_the_same_name_go_by_their_types() -> None:
    text = """\
use std::sync::Mutex;
struct A {
    n: Mutex<u64>,
}
struct B {
    n: Mutex<u64>,
}
fn a(x: &A, y: &B) {
    *x.n.lock().unwrap() += 1;
    let g = y.n.lock().unwrap();
    work(*g);
}
"""
    types = {"x.n": U64, "y.n": U64, "x": "&krate::A", "y": "&krate::B"}
    first, second = one(text, types).plan()
    assert b"y.n" not in b"".join(e.replacement for e in first.fixes[0].edits)
    assert not second.fixes
    assert "`work(..)`" in second.reason


def test_crlf_and_other_letters_survive() -> None:
    text = COUNTER.replace(
        "BODY", "let mut größe = self.hits.lock().unwrap();\n        *größe += 1;"
    )
    work = one(text.replace("\n", "\r\n"), {"self.hits": U64, "self": "&krate::S"})
    after = work.rewritten()
    assert "        self.hits.fetch_add(1, Ordering::Relaxed);\r\n    }\r\n" in after
    assert after.count("\n") == after.count("\r\n")


def test_uses_in_other_files_and_the_api_note() -> None:
    work = Workspace(
        {
            "src/lib.rs": "pub mod web;\nuse std::sync::{Arc, Mutex};\n"
            "pub struct Stats {\n    pub hits: Arc<Mutex<u64>>,\n}\n",
            "src/web.rs": "use crate::Stats;\npub fn hit(stats: &Stats) {\n"
            "    let hits = stats.hits.clone();\n    *hits.lock().unwrap() += 1;\n}\n",
        },
        {"hits": "std::sync::Arc<std::sync::Mutex<u64>>"},
    )
    (proposal,) = work.plan()
    (fix,) = proposal.fixes
    assert fix.paths == ("src/lib.rs", "src/web.rs")
    assert fix.level == "review"
    assert "`Stats.hits` is public, so its type is part of the library's API" in fix.note
    assert "hits.fetch_add(1, Ordering::SeqCst);" in work.applied(fix)["src/web.rs"]


def test_a_lock_that_is_only_handed_on() -> None:
    text = """\
use std::sync::{Arc, Mutex};

pub fn count(hits: &Mutex<u64>) {
    *hits.lock().unwrap() += 1;
}

pub fn same(hits: Arc<Mutex<u64>>) -> Arc<Mutex<u64>> {
    count(&hits);
    hits
}

pub fn other(unused: &Mutex<u64>) {}
"""
    work = one(text, {"hits": U64})
    (proposal,) = work.plan()
    assert [site.message for site in proposal.sites] == [
        "`hits: &Mutex<u64>`: a lock is taken for every look at one number"
    ]
    assert proposal.fixes[0].level == "review"
    after = work.rewritten()
    assert "pub fn count(hits: &AtomicU64) {\n    hits.fetch_add(1, Ordering::SeqCst);" in after
    assert "pub fn same(hits: Arc<AtomicU64>) -> Arc<AtomicU64> {" in after
    assert "pub fn other(unused: &Mutex<u64>) {}" in after


FOLLOWED = """\
use std::sync::Mutex;

struct S {
    hits: Mutex<u64>,
}

fn pick(s: &S) -> u64 {
    let n = hidden!(s);
    *n.lock().unwrap() = 0;
    *s.hits.lock().unwrap() += 1;
    1
}
"""


def test_follow_joins_the_place_that_rustc_names() -> None:
    """``n`` comes out of a macro: only rustc knows that it is the field."""
    work = one(FOLLOWED, {"n": "&" + U64, "s.hits": U64, "s": "&krate::S"})
    (proposal,) = work.plan()
    fix = proposal.fixes[0]
    after = work.applied(fix)["src/lib.rs"]
    assert "*n.lock().unwrap() = 0;" in after
    assert "Ordering::Relaxed" in after
    at = FOLLOWED.index("n.lock")
    problem = Problem(
        "src/lib.rs", Span(at + 2, at + 6), False, True, "E0599",
        "no method named `lock` found for reference `&AtomicU64`", "method not found",
    )  # fmt: skip
    larger = CODEMOD.follow(fix, [problem], work.facts)
    assert isinstance(larger, Fix)
    after = work.applied(larger)["src/lib.rs"]
    # A store joined the group, so nothing in it is Relaxed any more.
    assert "n.store(0, Ordering::SeqCst);" in after
    assert "s.hits.fetch_add(1, Ordering::SeqCst);" in after
    assert larger.level == "safe"
    assert CODEMOD.follow(larger, [problem], work.facts) is None


def test_follow_gives_up_with_the_reason() -> None:
    text = FOLLOWED.replace("*n.lock().unwrap() = 0;", "let g = n.lock().unwrap(); work(*g);")
    work = one(text, {"n": "&" + U64, "s.hits": U64, "s": "&krate::S"})
    fix = work.plan()[0].fixes[0]
    at = text.index("n.lock")
    problem = Problem("src/lib.rs", Span(at + 2, at + 6), False, True, "E0599", "no method", "")
    refusal = CODEMOD.follow(fix, [problem], work.facts)
    assert isinstance(refusal, Refusal)
    assert "`work(..)` (line 9) runs while the lock is held" in refusal.reason
    elsewhere = Problem("src/lib.rs", Span(0, 3), False, True, "E0432", "unresolved import", "")
    assert CODEMOD.follow(fix, [elsewhere], work.facts) is None


def test_the_query_and_the_literals_agree() -> None:
    """Every method of the query is a literal, and a file with a lock call alone is wanted."""
    quoted = set(re.findall(r'"([a-z_]+)"', registry()[NAME].uses))
    assert quoted == {m.decode() for m in METHODS}
    for method in METHODS:
        text = b"fn f() { x.%s(); }" % method
        assert wanted(text, CODEMOD, uses=True)
        assert not wanted(text, CODEMOD)
        assert [s.role for s in scan_source(Source("a.rs", text), (NAME,)).sites] == ["use"]


# -- the way back: real atomics, made mutexes, made atomics again --------------------------------

ATOMICS = (Path(__file__).parents[1] / "data" / "atomics.rs").read_bytes()


def mutex_types(text: bytes) -> dict[str, str]:
    """Types of the receivers in a mutated text: the file's own declarations tell them."""
    found = {"e": "std::sync::PoisonError<std::sync::MutexGuard<'_, u64>>"}
    source = Source("src/lib.rs", text)
    declared = dict(re.findall(rb"(\w+): (?:\[|Arc<|&|Vec<)*std::sync::Mutex<(\w+)>", text))
    query = compile_query("(call_expression function: (field_expression value: (_) @r)) @c")
    for root in source.roots():
        for _, captures in run_query(query, root):
            receiver = "".join(source.text(captures["r"][0]).decode().split())
            last = re.findall(r"\w+", re.sub(r"\[.*?\]|\(.*?\)", "", receiver))[-1:]
            inner = declared.get(last[0].encode()) if last else None
            if inner is not None:
                found[receiver] = f"std::sync::Mutex<{inner.decode()}>"
    return found


@examples(60)
@given(st.integers(min_value=0, max_value=10**6))
def test_mutated_atomics_are_restored(seed: int) -> None:
    mutated = mutate(ATOMICS, seed)
    assert b"std::sync::Mutex<u64>" in mutated.text
    assert not re.search(rb"\bAtomic\w+::new", mutated.text)
    work = one(mutated.text.decode(), mutex_types(mutated.text))
    proposals = work.plan()
    assert [p.reason for p in proposals if not p.fixes] == []
    restored = work.rewritten()
    assert same(ATOMICS, restored.encode()), restored


def test_the_mutator_takes_every_idiom() -> None:
    taken: dict[str, int] = {}
    for seed in range(40):
        for idiom, times in mutate(ATOMICS, seed).idioms.items():
            taken[idiom] = taken.get(idiom, 0) + times
    assert set(taken) == {
        "unwrap", "expect", "recover", "star", "block", "direct", "guard", "if-let", "drop",
        "after", "before", "compare",
    }  # fmt: skip


def test_the_mutator_says_what_it_cannot() -> None:
    with pytest.raises(Cannot, match="compare_exchange"):
        mutate(b"fn f() { a.compare_exchange(0, 1, Ordering::SeqCst, Ordering::Relaxed); }", 0)
    assert not same(
        b"fn f() { a.load(Ordering::Relaxed); }", b"fn f() { b.load(Ordering::SeqCst); }"
    )
    assert same(b"fn f() { a.load(Ordering::Relaxed,); }", b"fn f(){a.load(Ordering::SeqCst);}")


CASES = [
    path.read_text("utf-8")
    for path in sorted((Path(__file__).parents[2] / "codemods/mutex_counter/cases").rglob("*.rs"))
    if not path.name.endswith(".after.rs")
]


@examples(150)
@given(st.data())
def test_odd_text_never_raises(data: st.DataObject) -> None:
    """Cases with pieces cut out and pieces of others put in."""
    tokens = re.findall(r"\w+|\s+|[^\w\s]", data.draw(st.sampled_from(CASES)))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(tokens)))
        other = re.findall(r"\w+|\s+|[^\w\s]", data.draw(st.sampled_from(CASES)))
        start = data.draw(st.integers(0, len(other)))
        taken = other[start : start + data.draw(st.integers(0, 20))]
        tokens[at : at + data.draw(st.integers(0, 4))] = taken
    text = "".join(tokens)
    types = {
        f"{base}{name}": f"std::sync::{lock}<{inner}>"
        for name, lock, inner in re.findall(r"(\w+)\s*:[^;,=]*?\b(Mutex|RwLock)<(\w+)>", text)
        for base in ("self.", "")
    }
    work = one(text, types)
    fixes = [p.fixes[0] for p in work.plan() if p.fixes]
    edits.apply(work.files, fixes)
    for fix in fixes:
        at = data.draw(st.integers(0, len(text)))
        problem = Problem("src/lib.rs", Span(at, at + 4), False, True, "E0599", "no method", "")
        CODEMOD.follow(fix, [problem], work.facts)


def test_statics_of_one_name_in_different_modules_are_different() -> None:
    kept = (
        "use std::sync::Mutex;\nstatic N: Mutex<u64> = Mutex::new(0);\n"
        "pub fn bump() { let mut g = N.lock().unwrap(); std::thread::yield_now(); *g += 1; }\n"
    )
    counter = (
        "use std::sync::Mutex;\nstatic N: Mutex<u64> = Mutex::new(0);\n"
        "pub fn bump() { *N.lock().unwrap() += 1; }\n"
    )
    files = {"src/lib.rs": "mod a; mod b;", "src/a.rs": counter, "src/b.rs": kept}
    types = {"N": U64, "Mutex::new(0)": U64}
    counted, left = sorted(Workspace(files, types).plan(), key=lambda p: p.sites[0].path)
    assert {edit.path for edit in counted.fixes[0].edits} == {"src/a.rs"}
    assert not left.fixes and "src/b.rs:3" in left.reason


def test_a_function_that_an_attribute_names_changes_with_the_field() -> None:
    text = """\
use std::sync::Mutex;

#[derive(serde::Serialize)]
struct S {
    #[serde(skip_serializing_if = "crate::none")]
    hits: Mutex<u64>,
    #[serde(rename = "none")]
    lost: Mutex<u32>,
}

fn none(n: &Mutex<u64>) -> bool {
    *n.lock().unwrap() == 0
}

fn f(s: &S) {
    *s.hits.lock().unwrap() += 1;
    *s.lost.lock().unwrap() += 1;
}
"""
    types = {"s.hits": U64, "n": "&" + U64, "s.lost": "std::sync::Mutex<u32>", "s": "&krate::S"}
    found = one(text, types).plan()
    assert [len(p.fixes) for p in found] == [1, 1]
    (both,) = (p.fixes[0] for p in found if len(p.fixes[0].edits) > 3)
    after = one(text, types).applied(both)["src/lib.rs"]
    assert "fn none(n: &AtomicU64) -> bool {\n    n.load(Ordering::SeqCst) == 0" in after
    assert "hits: AtomicU64,\n" in after and "lost: Mutex<u32>" in after


@pytest.mark.parametrize(
    ("bound", "taken"),
    [
        ("fn with<F: Fn(&LOCK)>(count: &LOCK, act: F)", "|c| *c.lock().unwrap() += 1"),
        ("fn with<F>(count: &LOCK, act: F) where F: Fn(&LOCK)", "|c| *c.lock().unwrap() += 1"),
        ("fn with(count: &LOCK, act: impl Fn(&LOCK))", "|c| *c.lock().unwrap() += 1"),
        (
            "fn with<F>(count: &LOCK, act: F) where F: Fn(&LOCK) -> u64",
            "|c| { *c.lock().unwrap() += 1; 1 }",
        ),
        ("fn with(count: &LOCK, act: fn(&LOCK))", "|c| *c.lock().unwrap() += 1"),
    ],
)
def test_what_a_closure_is_given_has_the_type_of_its_bound(bound: str, taken: str) -> None:
    text = f"""\
use std::sync::{{Arc, Mutex}};

{bound} {{
    act(count)
}}

fn f() {{
    let count = Arc::new(Mutex::new(0u64));
    with(&count, {taken});
    println!("{{}}", *count.lock().unwrap());
}}
""".replace("LOCK", "Arc<Mutex<u64>>")
    arc = f"std::sync::Arc<{U64}>"
    types = {
        "c": "&" + arc,
        "count": arc,
        "Arc::new(Mutex::new(0u64))": arc,
        "Mutex::new(0u64)": U64,
    }
    work = one(text, types)
    (proposal,) = work.plan()
    assert not proposal.reason
    after = work.rewritten()
    assert "Mutex" not in after and after.count("Arc<AtomicU64>") == 2
    assert "c.fetch_add(1, Ordering::" in after
