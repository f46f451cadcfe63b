"""The init-once codemod beyond its cases: without cargo, with types made up from the source."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import cast

import pytest

from codemods.init_once import CODEMOD
from engine.base.model import Edit, Proposal, Span
from engine.cargo.packages import Package
from engine.detect.codemod import registry
from engine.detect.facts import Facts, Sources
from engine.detect.scan import scan_source, wanted
from engine.rewrite.use_declarations import strip_markers
from engine.rust.lock_groups.lock_sites import METHODS
from engine.rust.syntax import Source
from engine.rust.type_parser import parse
from engine.rust.types import Type

TEXT = """
use std::sync::Mutex;
struct S { m: Mutex<Option<String>> }
impl S {
    fn new() -> S { S { m: Mutex::new(None) } }
    fn text(&self) -> usize {
        let mut g = self.m.lock().unwrap();
        if g.is_none() { *g = Some(make()); }
        g.as_ref().unwrap().len()
    }
}
"""
LOCK = "std::sync::Mutex<std::option::Option<std::string::String>>"
STATIC = """
static M: std::sync::Mutex<Option<String>> = std::sync::Mutex::new(None);
fn f() -> usize { M.lock().unwrap().get_or_insert_with(String::new).len() }
"""


def package(**more: object) -> Package:
    told = {"name": "p", "external": {}, "optional": frozenset(), "renamed": {}, "rust_version": ""}
    return cast(Package, SimpleNamespace(**{"root": "", "lib": "", "targets": (), **told, **more}))


def planned(
    text: str,
    mine: Package | None = None,
    sync: bool | None = True,
    lock: str = LOCK,
    path: str = "src/lib.rs",
) -> list[Proposal]:
    data = text.encode()
    sources = Sources((path,), lambda _: data)

    def type_of(_path: str, span: Span) -> Type | None:
        return parse(lock) if data[span.start : span.end] in (b"self.m", b"M", b"s.m") else None

    facts = Facts(
        sources, type_of, lambda _p, _s: "it is not compiled", lambda _: mine,
        implements=lambda _p, _s, _t: sync,
    )  # fmt: skip
    return list(CODEMOD.plan(scan_source(sources.get(path), ("init-once",)).sites, facts))


def written(edits: tuple[Edit, ...]) -> list[str]:
    return [strip_markers(edit.replacement).decode() for edit in edits]


def test_it_becomes_a_cell() -> None:
    (proposal,) = planned(TEXT)
    (fix,) = proposal.fixes
    assert (fix.label, fix.level) == ("once-lock", "safe")
    assert "let g = self.m.get_or_init(|| make());" in written(fix.edits)


def test_a_static_may_be_lazy_or_not() -> None:
    (proposal,) = planned(STATIC)
    assert [fix.label for fix in proposal.fixes] == ["lazy-lock", "once-lock"]
    assert "String::new" in written(proposal.fixes[0].edits)
    (old,) = planned(STATIC, package(rust_version="1.79"))
    assert [fix.label for fix in old.fixes] == ["once-lock"]
    assert "1.80" in old.lacking["lazy-lock"]


SET = """
static M: std::sync::RwLock<Option<String>> = std::sync::RwLock::new(None);
fn name() -> Option<String> { M.read().unwrap().clone() }
fn load() -> String { String::from("name") }
fn main() { *M.write().unwrap() = Some(load()); name(); }
"""


@pytest.mark.parametrize(
    ("text", "path", "fixed"),
    [
        (SET, "src/main.rs", True),
        (SET, "src/bin/tool.rs", True),
        (SET, "src/lib.rs", False),
        (SET.replace("*M.write().unwrap() = Some(load());", "start();") + "fn start() { *M.write().unwrap() = Some(load()); }", "src/main.rs", True),
        (SET.replace("*M.write().unwrap() = Some(load());", "start(); start();") + "fn start() { *M.write().unwrap() = Some(load()); }", "src/main.rs", False),
        (SET + "fn again() { main(); }", "src/main.rs", False),
        (SET.replace("*M.write()", "for _ in 0..2 { *M.write()").replace("load());", "load()); }"), "src/main.rs", False),
        (SET + "fn other() { *M.write().unwrap() = Some(load()); }", "src/main.rs", False),
        (SET + "fn other() { M.write().unwrap().take(); }", "src/main.rs", False),
    ],
)  # fmt: skip
def test_what_main_sets_is_set_once(text: str, path: str, fixed: bool) -> None:
    found = planned(text, path=path, lock=LOCK.replace("Mutex", "RwLock"))
    assert [bool(proposal.fixes) for proposal in found] in ([[True]] if fixed else [[False], []])
    if fixed:
        assert "let _ = M.set(" in written(found[0].fixes[0].edits)


@pytest.mark.parametrize(
    ("mine", "label"),
    [
        (package(), "once-lock"),
        (package(rust_version="1.70"), "once-lock"),
        (package(rust_version="1.69", external={"once_cell": ()}), "once-cell"),
        (package(rust_version="1.69"), ""),
        (package(rust_version="1.69", external={"once_cell": ()}, optional={"once_cell"}), ""),
    ],
)
def test_the_oldest_rust_is_heeded(mine: Package, label: str) -> None:
    (proposal,) = planned(TEXT, mine)
    assert [fix.label for fix in proposal.fixes] == ([label] if label else [])
    assert label or "`OnceLock` needs Rust 1.70" in proposal.reason


def test_what_is_behind_must_be_known_to_be_shared() -> None:
    (no,) = planned(TEXT, sync=False)
    assert "not `Sync`" in no.reason and not no.fixes
    (unknown,) = planned(TEXT, sync=None)
    assert "is not known" in unknown.reason and not unknown.fixes


def test_a_lock_that_rustc_did_not_see_keeps_all() -> None:
    text = TEXT + "impl S { #[cfg(x)] fn other(&self, t: &S) { t.m.lock().unwrap().take(); } }"
    (proposal,) = planned(text)
    assert not proposal.fixes
    assert "may lock it, but it is not compiled" in proposal.reason
    (blind,) = planned(TEXT, lock="u8")
    assert not blind.fixes


def test_derives_of_serde_are_heeded() -> None:
    (proposal,) = planned(TEXT.replace("struct S", "#[derive(serde::Serialize)]\nstruct S"))
    assert "derives `Serialize`" in proposal.reason


def test_the_query_and_the_literals_agree() -> None:
    """Every method of the query is a literal, and a file with a lock call alone is wanted."""
    quoted = set(re.findall(r'"([a-z_]+)"', registry()["init-once"].uses))
    assert quoted == {m.decode() for m in METHODS}
    for method in METHODS:
        text = b"fn f() { x.%s(); }" % method
        assert wanted(text, CODEMOD, uses=True)
        assert not wanted(text, CODEMOD)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        (TEXT, "site"),
        (TEXT.replace("std::sync::", "tokio::sync::").replace("().unwrap()", "().await"), "site"),
        (TEXT.replace("make()", "make()?"), "site"),  # nearly: the plan says why not
        # set whatever is there, emptied, only looked at, around something else, another crate's
        (TEXT.replace("if g.is_none() { *g = Some(make()); }", "*g = Some(make());"), "maybe"),
        (TEXT + "fn f(s: &S) { s.m.lock().unwrap().take(); }", "maybe"),
        (TEXT.replace("if g.is_none() { *g = Some(make()); }", ""), "maybe"),
        (TEXT.replace("Mutex<Option<String>>", "Mutex<Vec<String>>"), None),
        (TEXT.replace("std::sync::Mutex", "spin::Mutex"), None),
    ],
)
def test_what_a_scan_shows(text: str, role: str | None) -> None:
    sites = scan_source(Source("src/lib.rs", text.encode()), ("init-once",)).sites
    found = [site.role for site in sites if site.kind == "field"]
    assert found == ([role] if role else [])
