"""clone-per-frame without cargo: types, places behind locks, plans with given types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codemods.clone_per_frame import CODEMOD
from engine.base.codemod_options import Options
from engine.base.model import Fix, Level, Proposal, Site, Span
from engine.cargo.packages import Package
from engine.detect.codemod import Problem, Refusal
from engine.detect.facts import Facts, Sources
from engine.detect.scan import scan_source
from engine.rewrite import edits
from engine.rust.syntax import Source
from engine.rust.type_parser import parse
from engine.rust.types import Type
from tests.rust.workspace import Workspace

# -- plans -----------------------------------------------------------------------------------


def facts_of(
    files: Mapping[str, bytes],
    types: Mapping[bytes, str],
    options: Mapping[str, Mapping[str, object]] | None = None,
) -> Facts:
    """Facts whose types are given by the text of the expression."""
    sources = Sources(tuple(files), files.__getitem__)

    def type_of(path: str, span: Span) -> Type | None:
        text = types.get(files[path][span.start : span.end])
        return parse(text) if text is not None else None

    return Facts(
        sources, type_of, lambda path, span: "not told", lambda path: None, Options(options or {})
    )


def plans(files: Mapping[str, bytes], types: Mapping[bytes, str]) -> list[Proposal]:
    return [found for found in every_plan(files, types) if not found.dismissed]


def every_plan(files: Mapping[str, bytes], types: Mapping[bytes, str]) -> list[Proposal]:
    """Those for sites that are none, too."""
    return list(CODEMOD.plan(sites_of(files), facts_of(files, types)))


def sites_of(files: Mapping[str, bytes]) -> list[Site]:
    return [
        site
        for path, data in files.items()
        for site in scan_source(Source(path, data), (CODEMOD.name,)).sites
    ]


def applied(files: Mapping[str, bytes], proposals: list[Proposal]) -> Mapping[str, bytes]:
    fixes = [proposal.fixes[0] for proposal in proposals if proposal.fixes]
    return edits.apply(files, fixes).files


STRING = "std::string::String"


def test_line_ends_and_other_scripts_survive() -> None:
    text = "async fn f(größe: String, r#type: String) {\r\n    g(größe.clone());\r\n    g(r#type.clone()); // ü\r\n}\r\n"
    files = {"src/lib.rs": text.encode()}
    types = {
        "größe".encode(): STRING,
        "größe.clone()".encode(): STRING,
        b"r#type": STRING,
        b"r#type.clone()": STRING,
    }
    found = plans(files, types)
    assert [p.fixes[0].label for p in found] == ["move", "move"]
    after = text.replace(".clone()", "")
    assert applied(files, found) == {"src/lib.rs": after.encode()}


TEXT = {b"x": "&std::string::String", b"x.clone()": STRING, b"x.to_string()": STRING}
ASKS = b"mod a; use a::length; async fn f(x: &String) -> usize { length(x.clone()) }"
METHOD = b"mod a; async fn f(x: &String, y: &a::S) -> usize { y.length(x.clone()) }"


@pytest.mark.parametrize(
    ("caller", "callee", "after", "level"),
    [
        (
            ASKS,
            b"pub(crate) fn length(t: String) -> usize { t.len() }",
            b"pub(crate) fn length(t: &str) -> usize { t.len() }",
            Level.REVIEW,
        ),
        (
            ASKS.replace(b".clone()", b".to_string()"),
            b"pub fn length(t: String) -> usize { t.len() }",
            b"pub fn length(t: &str) -> usize { t.len() }",
            Level.REVIEW,
        ),
        (
            METHOD,
            b"pub struct S; impl S { pub(crate) fn length(&self, t: String) -> usize { t.len() } }",
            b"pub struct S; impl S { pub(crate) fn length(&self, t: &str) -> usize { t.len() } }",
            Level.REVIEW,
        ),
    ],
)
def test_functions_of_other_files_are_lent_what_they_read(
    caller: bytes, callee: bytes, after: bytes, level: Level
) -> None:
    files = {"src/lib.rs": caller, "src/a.rs": callee}
    types = {**TEXT, b"length": "fn(std::string::String) -> usize {a::length}", b"y": "&a::S"}
    found = plans(files, types)
    assert [(fix.label, fix.level) for p in found for fix in p.fixes[:1]] == [("parameter", level)]
    changed = applied(files, found)
    assert changed["src/a.rs"] == after
    assert b"length(x)" in changed["src/lib.rs"]


@pytest.mark.parametrize(
    ("caller", "callee", "reason"),
    [
        (ASKS.replace(b"mod a", b"pub mod a"), b"pub fn length(t: String) -> usize { t.len() }", "public"),
        (ASKS, b"pub fn length(t: String) -> Box<str> { t.into() }", "needs its parameter"),
        (ASKS, b"pub fn length(t: impl Into<String>) -> usize { 1 }", "takes a `impl"),
    ],
)  # fmt: skip
def test_why_functions_of_other_files_keep_theirs(
    caller: bytes, callee: bytes, reason: str
) -> None:
    files = {"src/lib.rs": caller, "src/a.rs": callee}
    types = {**TEXT, b"length": "fn(std::string::String) -> usize {a::length}"}
    (found,) = every_plan(files, types)
    assert found.dismissed and reason in found.reason


@pytest.mark.parametrize(
    ("publish", "outside", "said"),
    [
        (False, (), "is public, of a package that is not published"),
        (
            False,
            (("../fuzz/src/main.rs", 3),),
            "! ../fuzz/src/main.rs:3, outside of this workspace",
        ),
        (True, (), "! `length` is public"),
    ],
)
def test_calls_in_the_workspace_change_where_nothing_is_published(
    publish: bool, outside: tuple[tuple[str, int], ...], said: str
) -> None:
    files = {
        "one/src/lib.rs": b"pub fn length(t: String) -> usize { t.len() }",
        "two/src/lib.rs": b"use one::length; async fn f(x: &String) -> usize { length(x.clone()) }",
        "three/src/lib.rs": b"fn g() -> usize { one::length(String::new()) }",
    }
    told = {**TEXT, b"length": "fn(std::string::String) -> usize {one::length}"}
    workspace = Workspace({path: text.decode() for path, text in files.items()}, publish=publish)

    def package_of(path: str) -> Package:
        return cast(Package, workspace.package_of(path))

    facts = replace(facts_of(files, told), package_of=package_of, outside=lambda *_: outside)
    (found,) = CODEMOD.plan(sites_of(files), facts)
    if said.startswith("!"):
        assert found.dismissed and said[2:] in found.reason
        return
    assert found.fixes[0].level is Level.REVIEW and said in found.fixes[0].note
    changed = applied(files, [found])
    assert changed["one/src/lib.rs"] == b"pub fn length(t: &str) -> usize { t.len() }"
    assert b"one::length(&String::new())" in changed["three/src/lib.rs"]


def test_a_future_that_is_kept_owns_what_it_takes() -> None:
    text = (
        b"async fn f(x: &String, d: D) { d.push(length(x.clone())); } async fn length(t: String) -> "
        b"usize { t.len() }"
    )
    told = {**TEXT, b"length": "fn(std::string::String) -> impl Future<Output = usize> {length}"}
    (found,) = every_plan({"src/lib.rs": text}, told)
    assert found.dismissed and "keeps the future of `length`, which must own" in found.reason


def test_a_function_that_the_documentation_calls_keeps_its_parameter() -> None:
    docs = b"/// ```\n/// assert_eq!(one::length(String::new()), 0);\n/// ```\n"
    files = {
        "one/src/lib.rs": docs + b"pub fn length(t: String) -> usize { t.len() }",
        "two/src/lib.rs": b"use one::length; async fn f(x: &String) -> usize { length(x.clone()) }",
    }
    told = {**TEXT, b"length": "fn(std::string::String) -> usize {one::length}"}
    workspace = Workspace({path: text.decode() for path, text in files.items()}, publish=False)

    def package_of(path: str) -> Package:
        return cast(Package, workspace.package_of(path))

    (found,) = CODEMOD.plan(sites_of(files), replace(facts_of(files, told), package_of=package_of))
    assert found.dismissed
    assert "in the documentation at line 2 of one/src/lib.rs names `length`" in found.reason


KEEPS = "fn keep(t: String, a: &mut Vec<String>) { if t.len() > 3 { a.push(t); } }"


@pytest.mark.parametrize(
    ("calls", "after"),
    [
        ("keep(x.clone(), a);", "keep(x, a);"),
        ('keep("no".to_string(), a); keep(x.clone(), a);', 'keep("no", a); keep(x, a);'),
        ("keep(make(), a); keep(x.clone(), a);", "! line 1 of src/lib.rs gives `keep` a value"),
        ("run(keep); keep(x.clone(), a);", "! `keep` is used as a value"),
        ("spawn(keep(x.clone(), a));", "! spawns `keep`, which must own what it takes"),
        ("done.push(keep(x.clone(), a));", "done.push(keep(x, a));"),
    ],
)
def test_what_is_kept_on_some_ways_is_cloned_there(calls: str, after: str) -> None:
    head = "async fn f(x: &String, a: &mut Vec<String>) {{ {} }} "
    files = {"src/lib.rs": (head.format(calls) + KEEPS).encode()}
    told = {
        **TEXT,
        b"keep": "fn(std::string::String, &mut Vec<String>) {keep}",
        b"a": "&mut std::vec::Vec<std::string::String>",
    }
    found = next(
        p
        for p in every_plan(files, told)
        if b"x.clone()" in files["src/lib.rs"][p.sites[0].span.start :][:9]
    )
    if after.startswith("!"):
        assert not found.fixes and after[2:] in found.reason
        return
    changed = applied(files, [found])["src/lib.rs"].decode()
    assert changed == head.format(after) + KEEPS.replace("t: String", "t: &str").replace(
        "push(t)", "push(t.to_owned())"
    )


def test_a_shared_self_in_a_loop_is_not_told_by_syntax() -> None:
    text = b"impl S { async fn f(self: Arc<Self>, xs: X) { for x in xs { g(self.clone(), x); } } }"
    assert [site.role for site in sites_of({"src/lib.rs": text})] == []


def test_of_functions_of_others_nothing_is_asked() -> None:
    files = {"src/lib.rs": ASKS, "src/a.rs": b"pub use other::length;"}
    sites = sites_of(files)
    assert [site.role for site in sites] == ["maybe"]
    assert not list(CODEMOD.questions(sites, facts_of(files, {}).sources, None))
    assert every_plan(files, {}) == []


def test_without_a_type_nothing_is_claimed() -> None:
    files = {"src/lib.rs": b"async fn f(x: String) { g(x.clone()); }"}
    (found,) = plans(files, {})
    assert not found.fixes and "not told" in found.reason


def test_copies_and_needed_counts_are_not_mentioned() -> None:
    files = {"src/lib.rs": b"async fn f(x: A, l: L) { for y in l { g(x.clone()); h(y.clone()); } }"}
    arc = "std::sync::Arc<u8>"
    types = {b"x": arc, b"x.clone()": arc, b"y": "u8", b"y.clone()": "u8"}
    assert plans(files, types) == []


@pytest.mark.parametrize(
    ("owner", "labels"),
    [
        ("&mut std::process::Command", ["borrow"]),
        ("&mut tokio::process::Command", ["borrow"]),
        ("&mut app::Command", []),  # whatever its `arg` takes
    ],
)
def test_methods_that_take_references_are_those_of_the_types_meant(
    owner: str, labels: list[str]
) -> None:
    text = b"async fn f(c: &mut C, x: &String) { loop { c.arg(x.clone()); } }"
    types = {b"c": owner, b"x": "&std::string::String", b"x.clone()": STRING}
    found = plans({"src/lib.rs": text}, types)
    assert [fix.label for proposal in found for fix in proposal.fixes] == labels


def test_a_use_line_that_served_only_the_clone_is_dropped() -> None:
    text = b"use std::sync::Arc;\n\nasync fn f(x: &S) {\n    Arc::clone(&x.a).run().await;\n}\n"
    arc = "std::sync::Arc<Inner>"
    types = {b"Arc::clone(&x.a)": arc, b"x.a": arc, b"x": "&S"}
    found = plans({"src/lib.rs": text}, types)
    after = applied({"src/lib.rs": text}, found)["src/lib.rs"]
    assert after == b"async fn f(x: &S) {\n    x.a.run().await;\n}\n"


@pytest.mark.parametrize(
    ("body", "type_", "said"),
    [
        ("map.insert(k, x.clone());", STRING, True),
        ("list.push((k, x.clone()));", "std::vec::Vec<u8>", True),
        ("map.entry(k).or_insert(Some(x.clone()));", STRING, True),
        ("let s = S { a: x.clone() };", STRING, True),
        ("let s = S { x: x.clone() };", STRING, True),
        ("S { a: Some(Box::new(x.clone())) }", "std::vec::Vec<u8>", True),
        ("Frame(x.clone())", "std::vec::Vec<u8>", True),
        ("Arc::new(x.clone())", "std::vec::Vec<u8>", True),
        ("self.last = x.clone();", "std::path::PathBuf", True),
        ("NAMES.lock().push(x.clone());", STRING, True),
        ("let y = x.clone(); log(); map.insert(k, y);", STRING, True),
        ("map.insert(k, x.clone());", "std::option::Option<std::string::String>", True),
        ("map.insert(k, if c { x.clone() } else { d() });", STRING, True),
        ("g(x.clone());", STRING, False),
        ("m.send(x.clone()).await;", STRING, False),
        ("return x.clone();", STRING, False),
        ("Some(x.clone())", STRING, False),
        ("let y = x.clone(); g(y);", STRING, False),
        ("map.insert(k, g(x.clone()));", STRING, False),
        # As large as what they hold, whoever has them.
        ("map.insert(k, x.clone());", "std::boxed::Box<[u8]>", False),
        ("map.insert(k, x.clone());", "bytes::Bytes", False),
        ("map.insert(k, x.clone());", "std::sync::Arc<std::string::String>", False),
    ],
)
def test_what_is_stored_keeps_its_spare_capacity(body: str, type_: str, said: bool) -> None:
    text = f"async fn f(x: T, k: K) -> R {{ {body} }}".encode()
    (found,) = plans({"src/lib.rs": text}, {b"x": type_, b"x.clone()": type_})
    assert found.fixes[0].label == "move"
    assert ("spare capacity" in found.fixes[0].note) == said


CALLEE = b"""async fn run(frame: Vec<u8>, log: Log) {
    let first = sum(frame.clone());
    log.keep(frame, first);
}

fn sum(frame: Vec<u8>) -> usize {
    frame.len()
}
"""
VEC = "std::vec::Vec<u8>"
CALLEE_TYPES = {
    b"frame.clone()": VEC,
    b"frame": VEC,
    b"sum": f"fn({VEC}) -> usize {{sum}}",
}


def test_a_private_function_borrows_with_its_calls_in_other_files() -> None:
    other = b"use crate::sum;\n\npub fn g() -> usize {\n    sum(vec![1, 2]) + sum(a() + b())\n}\n"
    files = {"src/lib.rs": CALLEE, "src/other.rs": other}
    (found,) = plans(files, CALLEE_TYPES)
    assert found.fixes[0].label == "parameter" and found.fixes[0].level is Level.SAFE
    after = applied(files, [found])
    assert b"sum(&frame)" in after["src/lib.rs"] and b"frame: &[u8]" in after["src/lib.rs"]
    assert b"sum(&[1, 2]) + sum(&(a() + b()))" in after["src/other.rs"]


@pytest.mark.parametrize(
    "other",
    [
        b"fn g(l: L) { l.map(sum); }",
        b"fn g() { let f: fn(Vec<u8>) -> usize = crate::sum; }",
        b"fn g(f: Vec<u8>) { tokio::spawn(sum(f)); }",
        b"macro_rules! m { ($x:expr) => { sum($x) }; }",
        b"#[arg(value_parser = sum)] struct S;",
    ],
)
def test_a_function_that_is_more_than_called_keeps_its_parameter(other: bytes) -> None:
    assert plans({"src/lib.rs": CALLEE, "src/other.rs": other}, CALLEE_TYPES) == []


def test_locals_fields_and_words_of_the_same_name_are_no_calls() -> None:
    other = b"""mod sum {}
fn g(s: S) -> usize {
    let sum = s.sum + s.sum();
    // sum is not a value here
    println!("sum {}", sum);
    sum
}
"""
    (found,) = plans({"src/lib.rs": CALLEE, "src/other.rs": other}, CALLEE_TYPES)
    assert found.fixes[0].paths == ("src/lib.rs",)


def _problem(text: bytes, at: bytes, **changed: object) -> Problem:
    start = text.rindex(at)
    values: dict[str, object] = {
        "path": "src/lib.rs",
        "span": Span(start, start + len(at)),
        "inside": False,
        "primary": True,
        "code": "E0308",
        "message": "mismatched types",
        "label": "expected `&Vec<u8>`, found `Vec<u8>`",
    }
    return Problem(**(values | changed))  # type: ignore[arg-type]


METHODS = b"""struct Log { bytes: usize }
impl Log {
    fn add(&mut self, frame: Vec<u8>) { self.bytes += frame.len(); }
}
async fn run(mut log: Log, frame: Vec<u8>) -> Vec<u8> {
    log.add(frame.clone());
    log.add(make(1));
    frame
}
"""
METHOD_TYPES = {b"frame.clone()": VEC, b"frame": VEC, b"log": "Log"}


def test_rustc_is_followed_to_the_other_calls() -> None:
    files = {"src/lib.rs": METHODS}
    facts = facts_of(files, METHOD_TYPES)
    (found,) = CODEMOD.plan(sites_of(files), facts)
    fix = found.fixes[0]
    assert b"log.add(make(1))" in applied(files, [found])["src/lib.rs"]
    larger = CODEMOD.follow(fix, [_problem(METHODS, b"make(1)")], facts)
    assert isinstance(larger, Fix)
    after = edits.apply(files, [larger]).files["src/lib.rs"]
    assert b"log.add(&frame);\n    log.add(&make(1));" in after
    assert CODEMOD.follow(larger, [_problem(METHODS, b"make(1)")], facts) is None


def test_an_error_elsewhere_ends_the_way_in_words() -> None:
    files = {"src/lib.rs": METHODS}
    facts = facts_of(files, METHOD_TYPES)
    (found,) = CODEMOD.plan(sites_of(files), facts)
    problem = _problem(METHODS, b"self.bytes += frame.len()", code="E0507", label="cannot move")
    refused = CODEMOD.follow(found.fixes[0], [problem], facts)
    assert isinstance(refused, Refusal) and "line 3" in refused.reason
    assert "cannot move" in refused.reason and "`add`" in refused.reason


# -- buffers that hand out their frames ---------------------------------------------------------

_BUFFER_TYPES = {
    b"buf": "bytes::BytesMut",
    b"buf.clone()": "bytes::BytesMut",
    b"tx": "&tokio::sync::mpsc::Sender<bytes::Bytes>",
}


@pytest.mark.parametrize(
    ("made", "room"),
    [
        ("let mut buf = BytesMut::with_capacity(4096);", "4096"),
        ("let mut buf = BytesMut::with_capacity(crate::ROOM);", "crate::ROOM"),
        ("let mut buf: BytesMut = BytesMut::with_capacity(2 * ROOM);", "2 * ROOM"),
        ("let (mut buf, n) = (BytesMut::with_capacity(64), 1);", "64"),
        ("let room = 8; let mut buf = BytesMut::with_capacity(room);", None),
        ("let mut buf = BytesMut::with_capacity(/* why */ 8 /* why */ + 1);", None),
        ("let mut buf = BytesMut::new();", None),
        ("let mut buf = pool.take();", None),
    ],
)
def test_a_buffer_keeps_the_room_that_is_written(made: str, room: str | None) -> None:
    text = (
        f"async fn f(tx: &Sender) {{ {made} loop {{ read(&mut buf).await; "
        "tx.send(buf.clone().freeze()).await; buf.clear(); } }"
    )
    files = {"src/lib.rs": text.encode()}
    facts = facts_of(files, _BUFFER_TYPES, {CODEMOD.name: {"reuse": True}})
    (found,) = CODEMOD.plan(sites_of(files), facts)
    if room is None:
        assert not found.fixes and "how much room `buf` is to keep is not written" in found.reason
        return
    assert [(fix.label, fix.level) for fix in found.fixes] == [("reuse", Level.REVIEW)]
    after = text.replace("buf.clone().freeze()", "buf.split().freeze()")
    after = after.replace("buf.clear()", f"buf.reserve({room})")
    assert applied(files, [found]) == {"src/lib.rs": after.encode()}


# -- odd input ---------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "x.clone()", ".clone()", "Arc::clone(&x)", "Bytes::copy_from_slice(&x)", "let y = ",
        "for y in ", "match ", "{", "}", "(", ")", "[", "]", "&", "&mut ", "async ", "move ", "|",
        "fn f(x: String)", "impl S for T ", "loop ", "while let Some(x) = ", ".await", "?", ";",
        ",", "=>", "=", "==", 'format!("{x}"', "vec![", "select! {", "return ", "break ", "'a: ",
        "self.", "// spikeproof\n", "/* c */", "\r\n", "é", "r#", "#[cfg(test)]", "::<", "\0",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40))
def test_no_text_makes_it_raise(pieces: list[str]) -> None:
    text = "async fn f(x: String) { " + " ".join(pieces)
    files = {"src/lib.rs": text.encode()}
    sites = sites_of(files)
    source = Source("src/lib.rs", files["src/lib.rs"])
    list(CODEMOD.questions(sites, Sources(tuple(files), files.__getitem__), None))
    every = {source.slice(site.span): STRING for site in sites}
    types = {**every, b"x": STRING}
    for proposal in CODEMOD.plan(sites, facts_of(files, types)):
        for fix in proposal.fixes:
            edits.apply(files, [fix])


SENDER = "tokio::sync::mpsc::Sender<u8>"


@pytest.mark.parametrize(
    ("body", "labels", "said"),
    [
        # a borrow drops nothing at another time
        ("let y = x.clone(); y.is_closed(); y.len();", ["borrow"], ""),
        ("let y = x.clone(); y.is_closed(); drop(x); last().await;", [], ""),
        ("keep(x.clone());", [], "dropped at another time"),
        ("keep(x.clone()); keep(x);", [], ""),
    ],
)
def test_a_sender_that_is_only_read_is_lent(body: str, labels: list[str], said: str) -> None:
    text = f"async fn f(x: S) {{ {body} }}".encode()
    found = plans({"src/lib.rs": text}, {b"x": SENDER, b"x.clone()": SENDER, b"y": SENDER})
    assert [fix.label for proposal in found for fix in proposal.fixes] == labels
    assert all(fix.level is Level.REVIEW for proposal in found for fix in proposal.fixes)
    assert not said or any(said in proposal.reason for proposal in found)


@pytest.mark.parametrize(
    ("types", "said"),
    [
        ({b"x": "&&str", b"x.clone()": "&str"}, "the types show no copy: `&str`"),
        ({b"x": "u32", b"x.clone()": "u32"}, "the types show no copy: `u32`"),
        ({}, "its type is not known: not told"),
        ({b"x": "std::sync::Arc<A>", b"x.clone()": "std::sync::Arc<A>"}, "one more reference"),
    ],
)
def test_whatever_is_no_site_has_its_reason(types: Mapping[bytes, str], said: str) -> None:
    text = b"async fn f(x: A, l: L) { for y in l { g(x.clone()); } }"
    (found,) = every_plan({"src/lib.rs": text}, types)
    assert said in found.reason and (found.dismissed or not types)


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("u32", "`x` is a `u32`, of which a text is made, and no copy"),
        ("std::net::SocketAddr", "`x` is a `SocketAddr`, of which a text is made"),
    ],
)
def test_the_text_of_a_number_is_no_copy(shown: str, said: str) -> None:
    files = {"src/lib.rs": b"async fn f(x: A) { log(x.to_string().as_str()); }"}
    (site,) = sites_of(files)
    assert site.message == "`x.to_string()` makes a `String` that is only read"
    (found,) = every_plan(files, {b"x": shown, b"x.to_string()": STRING})
    assert found.dismissed and said in found.reason


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("while go() { let y = x.clone(); x.push('a'); y.len(); }", "may change, or go, at line 1"),
        ("for y in x.clone() { x.clear(); y.len(); }", "may change, or go, at line 1"),
        ("let y = x.clone(); let z = x; y.len();", "may change, or go, at line 1"),
        ("for y in l { keep(x.clone()); }", "the next round needs it"),
    ],
)
def test_a_copy_of_what_changes_meanwhile_says_so(body: str, said: str) -> None:
    files = {"src/lib.rs": f"async fn f(mut x: T, l: L) {{ {body} }}".encode()}
    types = "std::vec::Vec<u8>"
    (found,) = every_plan(files, {b"x": types, b"x.clone()": types, b"y": "u8"})
    assert not found.fixes and said in found.reason
    assert "of its own" not in found.reason


def test_what_only_copies_a_reference_changes_nothing() -> None:
    text = b"async fn f(l: &[A]) { for x in l { let y = x.clone(); total(x); y.len(); } }"
    rows = "std::vec::Vec<u8>"
    types = {b"x": f"&{rows}", b"x.clone()": rows, b"l": f"&[{rows}]"}
    (found,) = plans({"src/lib.rs": text}, types)
    assert [fix.label for fix in found.fixes] == ["borrow"]


@pytest.mark.parametrize(("told", "labels"), [(STRING, []), ("u32", ["borrow"]), ("", ["borrow"])])
def test_a_field_that_is_moved_out_of_the_copy(told: str, labels: list[str]) -> None:
    files = {"src/lib.rs": b"async fn f(x: &C) { let y = x.clone(); keep(y.a.b); }"}
    types = {b"x": "&app::C", b"x.clone()": "app::C", **({b"y.a.b": told} if told else {})}
    found = plans(files, types)
    assert [fix.label for proposal in found for fix in proposal.fixes] == labels


def test_a_copy_of_the_same_name_is_told_apart_in_words() -> None:
    files = {"src/lib.rs": b"async fn f(x: S) { for _ in 0..2 { let x = x.clone(); x.len(); } }"}
    (found,) = plans(files, {b"x": STRING, b"x.clone()": STRING})
    (fix,) = found.fixes
    assert "The copy of `x` has its name and is only read, so `x` itself is read." in fix.note


def test_what_is_copied_in_bytes_may_keep_a_large_buffer() -> None:
    files = {"src/lib.rs": b"async fn f(l: L) { l.map(|x| x.to_vec()); }"}
    (found,) = plans(files, {b"x": "bytes::Bytes", b"x.to_vec()": "std::vec::Vec<u8>"})
    (fix,) = found.fixes
    assert fix.level is Level.REVIEW and "small part of a large buffer" in fix.note


def test_what_an_arc_that_is_given_away_may_take_with_it() -> None:
    files = {"src/lib.rs": b"async fn f(x: A) { keep(x.clone()); last().await; }"}
    arc = "std::sync::Arc<app::Loud>"
    (found,) = plans(files, {b"x": arc, b"x.clone()": arc})
    (fix,) = found.fixes
    assert fix.level is Level.REVIEW
    assert (
        "`x` goes to who takes it: if it is the last one, what is behind it is dropped" in fix.note
    )


def test_the_room_of_a_channel_is_the_channels() -> None:
    files = {"src/lib.rs": b"async fn f(x: S) { let y = x.clone(); y.capacity(); }"}
    (found,) = plans(files, {b"x": SENDER, b"x.clone()": SENDER, b"y": SENDER})
    assert [fix.label for fix in found.fixes] == ["borrow"]


def test_an_owned_value_that_comes_out_of_a_lock_is_not_copied_again() -> None:
    files = {"src/lib.rs": b"async fn f(m: M) { let y = m.get(1).cloned().clone(); y.is_some(); }"}
    optional = f"std::option::Option<{STRING}>"
    types = {
        b"m": f"std::sync::RwLockReadGuard<'_, std::collections::HashMap<u8, {STRING}>>",
        b"m.get(1)": f"std::option::Option<&{STRING}>",
        b"m.get(1).cloned()": optional,
        b"m.get(1).cloned().clone()": optional,
    }
    found = plans(files, types)
    assert [fix.label for proposal in found for fix in proposal.fixes] == ["move"]


@pytest.mark.parametrize(
    ("head", "labels"), [("&self", ["borrow"]), ("&mut self", []), ("self", [])]
)
def test_nothing_is_lent_to_a_method_that_changes_where_it_comes_from(
    head: str, labels: list[str]
) -> None:
    text = f"""impl C {{
        fn send({head}, to: &str) {{}}
        async fn f(&mut self) {{ self.send(&self.name.clone()) }}
    }}"""
    types = {b"self.name": STRING, b"self": "&mut C", b"self.name.clone()": STRING}
    found = plans({"src/lib.rs": text.encode()}, types)
    assert [fix.label for proposal in found for fix in proposal.fixes] == labels


DEEP = b"pub struct Deep(std::rc::Rc<std::cell::Cell<u8>>); impl Clone for Deep { fn clone(&self) -> Deep { todo!() } }"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            b"let y = x.clone(); y.len()",
            "if it changes behind a shared reference, the clone is a snapshot",
        ),
        (
            b"let y = x.clone(); x.push(1); y.len()",
            "by `x.push(..)` at line 2: the clone is a snapshot",
        ),
    ],
)
def test_what_may_change_behind_a_reference_is_said(body: bytes, said: str) -> None:
    files = {"src/lib.rs": DEEP + b"\nasync fn f(x: &Deep) -> usize { " + body + b" }"}
    found = plans(files, {b"x": "&Deep", b"x.clone()": "Deep"})
    assert [(*(f.level for f in p.fixes), said in p.reason) for p in found if not p.fixes] == (
        [(True,)] if b"push" in body else []
    )
    assert all(f.level is Level.REVIEW and said in f.note for p in found for f in p.fixes)
    assert found
