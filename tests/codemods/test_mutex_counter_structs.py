"""Locks around structs of counters, over several files: without cargo, with types made up."""

from __future__ import annotations

import pytest

from tests.codemods.test_mutex_counter import Workspace, one

META = "std::sync::Mutex<meta::Meta>"
MADE = "Mutex::new(Meta{hits:0,name})"


def told(work: Workspace) -> str:
    """The reason of the only proposal, "" where it has a fix; "silent" without one."""
    found = work.plan()
    assert len(found) < 2
    return found[0].reason if found else "silent"


# -- over files ------------------------------------------------------------------------------------

FILES = {
    "src/lib.rs": "mod meta;\nmod shared;\nmod one;\nmod two;\n",
    "src/meta.rs": "pub(crate) struct Meta {\n    pub(crate) hits: u64,\n}\n",
    "src/shared.rs": """\
use crate::meta;
use std::sync::{Arc, Mutex};

pub(crate) type Shared = Arc<Mutex<meta::Meta>>;

pub(crate) fn make() -> Shared {
    Arc::new(Mutex::new(meta::Meta { hits: 0 }))
}
""",
    "src/one.rs": """\
use crate::shared::Shared;

pub(crate) async fn handle(meta: Shared) {
    let mut meta = meta.lock().unwrap();
    meta.hits += 1;
    work().await;
}

async fn work() {}
""",
    "src/two.rs": """\
use std::sync::Mutex;

pub fn count(meta: &Mutex<crate::meta::Meta>) -> u64 {
    let meta = meta.lock().unwrap();
    meta.hits
}
""",
}
TYPES = {"meta": META, "Mutex::new(meta::Meta{hits:0})": META}


def test_a_struct_of_one_file_behind_locks_of_others() -> None:
    work = Workspace(FILES, TYPES)
    (proposal,) = work.plan()
    assert [(s.path, s.message) for s in proposal.sites] == [
        (
            "src/shared.rs",
            "`Shared = Arc<Mutex<meta::Meta>`: one lock stands before a struct of counters",
        )
    ]
    after = work.applied(proposal.fixes[0])
    assert after["src/meta.rs"] == (
        "use std::sync::atomic::AtomicU64;\n\n"
        "pub(crate) struct Meta {\n    pub(crate) hits: AtomicU64,\n}\n"
    )
    assert (
        after["src/shared.rs"]
        == """\
use crate::meta;
use std::sync::atomic::AtomicU64;
use std::sync::Arc;

pub(crate) type Shared = Arc<meta::Meta>;

pub(crate) fn make() -> Shared {
    Arc::new(meta::Meta { hits: AtomicU64::new(0) })
}
"""
    )
    assert "    meta.hits.fetch_add(1, Ordering::" in after["src/one.rs"]
    assert "lock" not in after["src/one.rs"]
    assert "pub fn count(meta: &crate::meta::Meta) -> u64 {" in after["src/two.rs"]
    assert "src/one.rs: `work().await` (line 6) ran one at a time" in proposal.fixes[0].note


def test_a_struct_behind_an_alias_with_a_parameter() -> None:
    text = """\
use std::sync::{Arc, Mutex};

type Shared<T> = Arc<Mutex<T>>;

struct Meta {
    hits: u64,
}

fn hit(meta: &Shared<Meta>, names: Shared<Vec<String>>) {
    meta.lock().unwrap().hits += 1;
}

fn make() -> Shared<Meta> {
    Arc::new(Mutex::new(Meta { hits: 0 }))
}
"""
    meta = "std::sync::Mutex<Meta>"
    after = one(text, {"meta": meta, "Mutex::new(Meta{hits:0})": meta}).rewritten()
    assert "type Shared<T> = Arc<Mutex<T>>;" in after
    assert "fn hit(meta: &Arc<Meta>, names: Shared<Vec<String>>) {" in after
    assert "fn make() -> Arc<Meta> {\n    Arc::new(Meta { hits: AtomicU64::new(0) })\n}" in after


# -- what is shown ---------------------------------------------------------------------------------

HEAD = "use std::sync::{Arc, Mutex};\nstruct Meta { hits: u64 }\n"
ADD = "m.lock().unwrap().hits += 1;"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("fn f(m: &Mutex<Meta>) { ADD }", ["m: &Mutex<Meta>"]),
        ("fn f() { let m: Arc<Mutex<Meta>> = g(); ADD }", ["m: Arc<Mutex<Meta>>"]),
        ("fn f() { let m = Mutex::new(Meta { hits: 0 }); ADD }",
         ["m = Mutex::new(Meta { hits: 0 })"]),
        ("fn g() -> Arc<Mutex<Meta>> { h() } fn f() { let m = g(); ADD }", ["Mutex<Meta>"]),
        # One place for what is handed on; all that keep it.
        ("fn f(m: &Mutex<Meta>) { ADD } fn g(m: &Mutex<Meta>) { f(m) }", ["m: &Mutex<Meta>"]),
        ("struct S { a: Mutex<Meta>, b: Mutex<Meta> } fn f(m: &Mutex<Meta>) { ADD }",
         ["a: Mutex<Meta>", "b: Mutex<Meta>"]),
        ("type Shared = Arc<Mutex<Meta>>; fn f(m: Shared) { ADD }", ["Shared = Arc<Mutex<Meta>"]),
        # Settings are no counters.
        ("fn f(m: &Mutex<Meta>) { m.lock().unwrap().hits = 1; }", []),
    ],
)  # fmt: skip
def test_the_places_that_are_shown(text: str, shown: list[str]) -> None:
    m = "std::sync::Mutex<Meta>"
    work = one(HEAD + text.replace("ADD", ADD), {"m": m, "Mutex::new(Meta{hits:0})": m})
    words = [s.message.split("`")[1] for p in work.plan() for s in p.sites]
    assert words == shown
    seen = [s.message.split("`")[1] for s in work.sites if s.role == "site"]
    assert seen == shown  # by `scan`, too


@pytest.mark.parametrize(
    ("struct", "functions", "note"),
    [
        ("pub struct", "pub fn f(m: &Mutex<Meta>) { ADD }",
         "Look at: `Meta` is public, so its type is part of the library's API; `f` is public, so its "
         "signature is part of the library's API."),
        ("struct", "pub fn f(m: &Mutex<Meta>) { ADD } pub fn g() -> Arc<Mutex<Meta>> { h() }",
         "Look at: `f`, `g` are public, so their signatures are part of the library's API."),
        ("struct", "pub fn f() { let m: Mutex<Meta> = g(); ADD }", ""),
        ("struct", "pub(crate) fn f(m: &Mutex<Meta>) { ADD }", ""),
    ],
)  # fmt: skip
def test_public_functions_are_named(struct: str, functions: str, note: str) -> None:
    text = (HEAD.replace("struct", struct) + functions).replace("ADD", ADD)
    (proposal,) = one(text, {"m": "std::sync::Mutex<Meta>"}).plan()
    assert proposal.fixes[0].level == "review"
    assert proposal.fixes[0].note.partition("64-bit atomics.")[2].strip() == note


# -- what stays ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("#[derive(Clone)] pub STRUCT fn f(m: &Mutex<Meta>) { ADD }", "`Meta` has `Clone`"),
        ("#[derive(Ord, PartialEq)] pub STRUCT fn f(m: &Mutex<Meta>) { ADD }", "`Meta` has `Ord`"),
        ("#[derive(FromRow)] STRUCT fn f(m: &Mutex<Meta>) { ADD }", "`Meta` has `FromRow`"),
        ("#[counted] STRUCT fn f(m: &Mutex<Meta>) { ADD }", "`Meta` has `#[counted]`"),
        ("#[derive(Clone, PartialEq)] STRUCT fn f(m: &Mutex<Meta>) { ADD }", ""),
        ("#[derive(serde::Serialize)] #[serde(deny_unknown_fields)] STRUCT fn f(m: &Mutex<Meta>) { ADD }",
         ""),
        ("#[derive(Debug, Default)] STRUCT fn f(m: &Mutex<Meta>) { ADD }", ""),
        ("#[derive(Serialize)] struct Meta { #[serde(skip_serializing_if = \"none\")] hits: u64 } "
         "fn f(m: &Mutex<Meta>) { ADD } fn none(hits: &u64) -> bool { *hits == 0 }",
         "`none` is for the number `hits`: write it for an atomic first"),
        ("#[derive(Serialize)] struct Meta { #[serde(rename = \"with\", default)] hits: u64 } "
         "fn f(m: &Mutex<Meta>) { ADD }", ""),
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD } fn g(m: Meta) {}", "used there without the lock"),
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD } impl Drop for Meta { fn drop(&mut self) {} }",
         "used there without the lock"),
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD } fn g(m: std::sync::MutexGuard<'_, Meta>) {}",
         "used there without the lock"),
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD h(&mut m.lock().unwrap()); }", "used as a whole"),
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD let n = m.lock().unwrap().clone(); }",
         "is cloned, and a struct of atomics has no `Clone`"),
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD *m.lock().unwrap() = g(); }", "used as a whole"),
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD let n = std::mem::take(&mut *m.lock().unwrap()); }",
         "used as a whole"),
        ("STRUCT fn f(m: Mutex<Meta>) { ADD let n = m.into_inner(); }", "used as a whole"),
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD } fn g(unseen: &Mutex<Meta>) { unseen.lock(); }",
         "may lock it, but it is not compiled"),
        # Types that are erased, macros that somebody else may expand.
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD } fn g(x: Box<dyn Any>) { x.downcast::<Mutex<Meta>>(); }",
         "`Mutex<Meta>` is named where types are erased"),
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD } fn g(x: *const ()) { x as *const Mutex<Meta>; }",
         "is named where types are erased"),
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD } fn g(x: *mut Mutex<Meta>) {}",
         "is named where types are erased"),
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD } fn g() { TypeId::of::<Mutex<Meta>>(); }",
         "is named where types are erased"),
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD } fn g() { map.get::<Arc<Mutex<Meta>>>(); }",
         "is named where types are erased"),
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD } fn g() { x.collect::<Vec<Mutex<Meta>>>(); }", ""),
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD } fn g() { x.get_with(|m: &Mutex<Meta>| f(m)); }", ""),
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD MACRO } fn g(n: &Mutex<Meta>) { add!(n); }",
         "the macro `add` may lock it, wherever it is expanded"),
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD MACRO } fn g() { let n = get(); add!(n); }",
         "the macro `add` may lock it"),
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD MACRO } "
         "macro_rules! two { ($m:expr) => { add!($m); add!($m); } }", "the macro `add` may lock it"),
        ("STRUCT struct A { meta: Mutex<Meta> } fn f(m: &Mutex<Meta>) { ADD } "
         "macro_rules! one { ($a:expr) => { $a.meta.lock().unwrap().hits += 1 } }",
         "the macro `one` may lock it"),
        # Nobody leads it there: other structs have such a field, too.
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD MACRO } fn g(n: &Mutex<Other>) { add!(n); }", ""),
        ("STRUCT struct A { other: Mutex<Other> } fn f(m: &Mutex<Meta>) { ADD MACRO } "
         "impl A { fn g(&self) { add!(self.other); } }", ""),
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD } #[macro_export] MACRO", "the macro `add` may lock it"),
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD } macro_rules! one { ($m:expr) => { $m.hits } }", ""),
        ("STRUCT fn f(m: &Mutex<Meta>) { ADD } fn g() { if let Some(m) = Meta::new() {} }",
         "used there without the lock"),
    ],
)  # fmt: skip
def test_structs_that_stay_behind_their_lock(text: str, reason: str) -> None:
    macro = "macro_rules! add { ($m:expr) => { $m.lock().unwrap().hits += 1 } }"
    text = text.replace("STRUCT", "struct Meta { hits: u64 }").replace("ADD", ADD)
    text = text.replace("MACRO", macro)
    found = told(one(f"use std::sync::Mutex;\n{text}\n", {"m": "std::sync::Mutex<Meta>"}))
    assert reason in found if reason else not found


@pytest.mark.parametrize(
    ("derives", "after", "told"),
    [
        ("#[derive(Clone, Debug, Default)]", "#[derive(Debug, Default)]", "`Clone` goes from"),
        ("#[derive(Debug, std::clone::Clone, PartialEq)]", "#[derive(Debug)]",
         "`std::clone::Clone`, `PartialEq` go from"),
        ("/// Two.\n#[derive(Clone)]", "/// Two.", "`Clone` goes from its derives"),
        ("#[derive(Serialize)]", "#[derive(Serialize)]", ""),
    ],
)  # fmt: skip
def test_derives_that_nothing_needs_go(derives: str, after: str, told: str) -> None:
    text = f"use std::sync::Mutex;\n{derives}\nstruct Meta {{\n    hits: u64,\n}}\n"
    work = one(
        text + "fn f(m: &Mutex<Meta>) { ADD }".replace("ADD", ADD), {"m": "std::sync::Mutex<Meta>"}
    )
    (fix,) = work.plan()[0].fixes
    assert f"\n{after}\nstruct Meta {{\n    hits: AtomicU64,\n}}" in work.applied(fix)["src/lib.rs"]
    assert told in fix.note and ("derives" in fix.note) == bool(told)


# -- counters beside other things ------------------------------------------------------------------

SPLIT = """\
use std::sync::{Arc, Mutex};

#[derive(Debug)]
pub(crate) struct Meta {
    /// How often.
    hits: u64,
    /// Whose.
    pub(crate) name: String,
    #[allow(dead_code)]
    limit: u32,
}

fn hit(meta: &Mutex<Meta>) {
    meta.lock().unwrap().hits += 1;
}

fn rename(meta: &Mutex<Meta>, name: &str) {
    let mut meta = meta.lock().unwrap();
    if meta.limit > 3 {
        meta.name = name.to_string();
    }
}

fn make(name: String) -> Arc<Mutex<Meta>> {
    Arc::new(Mutex::new(Meta {
        hits: 0,
        name,
        limit: 7,
    }))
}
"""


def split(text: str) -> Workspace:
    made = "std::sync::Mutex<Meta>"
    news = ("{hits:0,name,limit:7,}", "{name,hits:g(),limit:h()}", "{name,limit:7,hits:g()}")
    return one(text, {"meta": made, **{f"Mutex::new(Meta{new})": made for new in news}})


def test_counters_leave_the_lock_of_the_others() -> None:
    work = split(SPLIT)
    (proposal,) = work.plan()
    assert (
        work.rewritten()
        == """\
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

#[derive(Debug)]
pub(crate) struct Meta {
    /// How often.
    hits: AtomicU64,
    pub(crate) rest: Mutex<MetaRest>,
}

/// What stays behind the lock of [`Meta`].
#[derive(Debug)]
pub(crate) struct MetaRest {
    /// Whose.
    pub(crate) name: String,
    #[allow(dead_code)]
    limit: u32,
}

fn hit(meta: &Meta) {
    meta.hits.fetch_add(1, Ordering::Relaxed);
}

fn rename(meta: &Meta, name: &str) {
    let mut meta = meta.rest.lock().unwrap();
    if meta.limit > 3 {
        meta.name = name.to_string();
    }
}

fn make(name: String) -> Arc<Meta> {
    Arc::new(Meta {
        hits: AtomicU64::new(0),
        rest: Mutex::new(MetaRest {
            name,
            limit: 7,
        }),
    })
}
"""
    )
    assert "`hits` leaves the lock around `Meta`" in proposal.fixes[0].note


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        # A critical section that needs both, for reading or writing.
        (("meta.name =", "meta.hits += 1; meta.name ="), "`hits` and `name` are needed in one"),
        (("if meta.limit > 3", "if meta.hits > 3"), "`hits` and `name` are needed in one"),
        # Nothing is there for the counter alone: the lock is meant as one.
        (("meta.lock().unwrap().hits += 1", "let mut m = meta.lock().unwrap(); m.hits += m.name.len()"),
         "silent"),
        (("hits += 1", "hits = 1; look(meta.lock().unwrap().limit)"), ""),
        (("hits += 1", "hits += 1; whole(&mut meta.lock().unwrap())"), "used as a whole"),
        (("hits += 1", "hits += 1; meta.lock_owned()"), "`.lock_owned()` is called on the lock"),
        (("#[derive(Debug)]", "#[derive(Debug, Clone)]"), ""),
        (("#[derive(Debug)]", "#[derive(Debug, Serialize)]"), "`Meta` has `Serialize`"),
        (("hits: u64,", "#[cfg(unix)] hits: u64,"), "hangs on `cfg`"),
        (("limit: u32,", "pub(in crate::a) limit: u32,"), "visible in several ways"),
        (("    limit: u32,", "    limit: u32, // at most"), "a comment stands inside"),
        (("hits: 0,\n        name,\n        limit: 7,\n", "name, hits: g(), limit: h()"),
         "computed in another order"),
        (("hits: 0,\n        name,\n        limit: 7,\n", "name, limit: 7, hits: g()"), ""),
        (("fn hit(meta: &Mutex<Meta>", "fn hit(meta: &std::sync::RwLock<Meta>"),
         "stands behind locks of several kinds"),
    ],
)  # fmt: skip
def test_counters_that_stay(change: tuple[str, str], reason: str) -> None:
    assert change[0] in SPLIT
    found = told(split(SPLIT.replace(*change, 1)))
    assert reason in found if reason else not found


def test_names_that_are_taken() -> None:
    text = SPLIT.replace("limit: u32", "rest: u32").replace("limit", "rest")
    work = one(text + "struct MetaRest;\n", {"meta": "std::sync::Mutex<Meta>",
               "Mutex::new(Meta{hits:0,name,rest:7,})": "std::sync::Mutex<Meta>"})  # fmt: skip
    after = work.rewritten()
    assert "    pub(crate) inner: Mutex<MetaInner>,\n" in after
    assert "meta.inner.lock().unwrap();" in after
