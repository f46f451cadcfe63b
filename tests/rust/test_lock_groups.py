"""Locks by the places that hold them: types, groups, guards, and what else is done with them."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.base.model import Span
from engine.rust.calls import Calls
from engine.rust.lock_groups.lock_guards import Refused, guard_from
from engine.rust.lock_groups.lock_places import LockPlaces
from engine.rust.lock_groups.lock_sets import Group, expand_aliases, groups
from engine.rust.lock_groups.lock_sites import METHODS, located
from engine.rust.lock_groups.lock_types import Family, Lock, family_of, guard_of, lock_of
from engine.rust.lock_groups.lock_uses import Uses, exposed, require_no_macro, require_seen
from engine.rust.nodes import method_call
from engine.rust.queries import walk
from engine.rust.syntax import Source, walk_all
from engine.rust.type_parser import parse
from tests.rust.workspace import Workspace


def source_of(body: str) -> Source:
    return Source("src/lib.rs", f"fn f(g: G) {{\n{body}\n}}\n".encode())


def node_of(source: Source, text: str) -> Node:
    start = source.data.index(text.encode())
    node = source.node_at(Span(start, start + len(text.encode())))
    assert node is not None, text
    return node


# -- lock types --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "lock", "guard"),
    [
        ("std::sync::Mutex<u64>", Lock("std", "u64"), None),
        ("&std::sync::Arc<std::sync::RwLock<bool>>", Lock("std", "bool"), None),
        ("tokio::sync::Mutex<u64>", Lock("tokio", "u64"), None),
        ("async_lock::Mutex<u64>", Lock("tokio", "u64"), None),
        (
            "lock_api::Mutex<parking_lot::RawMutex, u64>",
            Lock("parking_lot", "u64"),
            None,
        ),
        ("lock_api::Mutex<spin::Raw, u64>", None, None),
        ("mine::Mutex<u64>", None, None),
        (
            "std::result::Result<std::sync::MutexGuard<'_, u64>, E>",
            None,
            Lock("std", "u64"),
        ),
        ("u64", None, None),
    ],
)
def test_locks_and_guards_by_type(told: str, lock: Lock | None, guard: Lock | None) -> None:
    assert lock_of(parse(told)) == lock
    assert guard_of(parse(told)) == guard


@pytest.mark.parametrize(
    ("uses", "path", "family", "known"),
    [
        ("use std::sync::Mutex;", "Mutex", "std", True),
        ("use parking_lot::RwLock as Lock;", "Lock", "parking_lot", True),
        ("", "tokio::sync::Mutex", "tokio", True),
        ("use mine::Mutex;", "Mutex", None, True),
        ("use crate::Mutex;", "Mutex", None, False),  # perhaps a re-export
        ("mod locks; use locks::Mutex;", "Mutex", None, False),
        ("mod locks { pub use a::Mutex; }", "locks::Mutex", None, False),
        ("", "Mutex", None, False),  # perhaps a glob's
        ("", "Vec", None, True),
    ],
)
def test_families_by_name(uses: str, path: str, family: Family | None, known: bool) -> None:
    source = Source("src/lib.rs", f"{uses}\nstatic S: {path}<u64> = X;".encode())
    named = next(n for n in walk(source.root) if n.type == "generic_type")
    assert family_of(source, named, path.encode()) == (family, known)


# -- from the call to the guard ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "family", "guard", "form", "handler"),
    [
        ("m.lock().unwrap();", "std", "m.lock().unwrap()", "value", False),
        ("(m.lock()).expect(a);", "std", "(m.lock()).expect(a)", "value", False),
        ("m.lock()?;", "std", "m.lock()?", "value", False),
        ("m.lock().map_err(a)?;", "std", "m.lock().map_err(a)?", "value", True),
        (
            "m.lock().unwrap_or_else(|e| e.into_inner());",
            "std",
            "m.lock().unwrap_or_else(|e| e.into_inner())",
            "value",
            False,
        ),
        (
            "m.lock().unwrap_or_else(|e| die(e));",
            "std",
            "m.lock().unwrap_or_else(|e| die(e))",
            "value",
            True,
        ),
        (
            "if let Ok(mut h) = m.lock() { 1 } else { 2 };",
            "std",
            "if let Ok(mut h) = m.lock() { 1 } else { 2 }",
            "if-let",
            True,
        ),
        (
            "let Ok(h) = m.lock() else { return };",
            "std",
            "let Ok(h) = m.lock() else { return };",
            "let-else",
            True,
        ),
        (
            "match m.lock() { Ok(h) => h, Err(e) => e.into_inner() };",
            "std",
            "match m.lock() { Ok(h) => h, Err(e) => e.into_inner() }",
            "value",
            False,
        ),
        (
            "match m.lock() { Ok(h) => *h, Err(_) => 0 };",
            "std",
            "match m.lock() { Ok(h) => *h, Err(_) => 0 }",
            "match",
            True,
        ),
        (
            "m.lock().map(|h| *h).unwrap_or(0);",
            "std",
            "m.lock().map(|h| *h).unwrap_or(0)",
            "map",
            True,
        ),
        ("m.lock().map(|h| *h).unwrap();", "std", "m.lock().map(|h| *h).unwrap()", "map", False),
        ("m.lock().x;", "parking_lot", "m.lock()", "value", False),
        ("m.lock().await;", "tokio", "m.lock().await", "value", False),
    ],
)
def test_guards_of_calls(body: str, family: Family, guard: str, form: str, handler: bool) -> None:
    source = source_of(body)
    found = guard_from(source, node_of(source, "m.lock()"), family, b"lock")
    assert source.text(found.node).decode() == guard
    assert (found.form, found.handler) == (form, handler)


@pytest.mark.parametrize(
    ("body", "family", "reason"),
    [
        ("let r = m.lock();", "std", "what becomes of the lock's result"),
        ("while let Ok(h) = m.lock() { }", "std", "a pattern that is not understood"),
        ("match m.lock() { Ok(h) if a => 1, _ => 2 };", "std", "a guard of its own"),
        ("m.lock().map(|(a, b)| a).unwrap();", "std", "the closure on the lock's result"),
        ("let f = m.lock();", "tokio", "not awaited on the spot"),
    ],
)
def test_calls_without_a_guard(body: str, family: Family, reason: str) -> None:
    source = source_of(body)
    with pytest.raises(Refused, match=reason):
        guard_from(source, node_of(source, "m.lock()"), family, b"lock")


# -- groups --------------------------------------------------------------------------------------


def places_of(files: dict[str, str]) -> LockPlaces:
    """All locks of the files, located by their names; rustc tells nothing."""
    workspace = Workspace(files)
    calls = Calls(workspace.sources, workspace.items, lambda _path, _span: None)
    places = LockPlaces(
        "test", workspace.sources, workspace.items, calls, lambda _path, _span: None,
        workspace.package_of,
    )  # fmt: skip
    for path in workspace.sources.paths:
        source = workspace.sources.get(path)
        every = list(walk_all(source, source.root))
        types = [n for n in every if n.type == "generic_type"]
        news = [
            n for n in every if n.type == "scoped_identifier" and source.text(n).endswith(b"::new")
        ]
        taken = [
            n
            for n in every
            if (c := method_call(source, n)) is not None and c.method in METHODS and not c.arguments
        ]
        for site in located("test", source, types, news, taken):
            places.add_site(site)
    expand_aliases(places)
    return places


def told(places: LockPlaces, group: Group) -> str:
    names = sorted({decl.shown for decl in group.declarations})
    return f"{' '.join(names)}: {len(group.constructors)} made, {len(group.lock_calls)} locked"


USES = "use tokio::sync::Mutex; use std::sync::Arc;"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"src/lib.rs": f"{USES} struct S {{ a: Mutex<T>, b: Mutex<T> }} impl S {{ "
             "fn new() -> S { S { a: Mutex::new(T), b: Mutex::new(T) } } "
             "async fn f(&self) { self.a.lock().await; self.b.lock().await; self.a.try_lock(); } }"},
            ["S.a: 1 made, 2 locked", "S.b: 1 made, 1 locked"],
        ),
        # one place takes both
        (
            {"src/lib.rs": f"{USES} struct S {{ a: Mutex<T>, b: Mutex<T> }} impl S {{ "
             "async fn f(&self) { let m = if x { &self.a } else { &self.b }; m.lock().await; } }"},
            ["S.a S.b: 0 made, 1 locked"],
        ),
        # handles, parameters and results, over files
        (
            {"src/lib.rs": f"{USES} mod other; fn make() -> Arc<Mutex<T>> {{ Arc::new(Mutex::new(T)) }} "
             "fn f() { let m = make(); other::g(Arc::clone(&m)); }",
             "src/other.rs": f"{USES} pub async fn g(given: Arc<Mutex<T>>) {{ given.lock().await; }}"},
            ["g make: 1 made, 1 locked"],
        ),
        (
            {"src/lib.rs": f"{USES} type Shared = Arc<Mutex<T>>; struct S {{ s: Shared }} impl S {{ "
             "async fn f(&self) { self.s.lock().await; } }"},
            ["S.s Shared: 0 made, 1 locked"],
        ),
        (
            {"src/lib.rs": f"{USES} static A: Mutex<T> = Mutex::const_new(T); async fn f() {{ "
             "A.lock().await; let c = || A.try_lock(); }"},
            ["A: 0 made, 2 locked"],
        ),
        # functions of one name in two modules
        (
            {"src/lib.rs": f"{USES} mod a; mod b;",
             "src/a.rs": f"{USES} struct S {{ a: Mutex<T> }} fn f(s: &S) {{ add(&s.a); }} "
             "fn add(m: &Mutex<T>) { m.try_lock(); }",
             "src/b.rs": f"{USES} struct U {{ b: Mutex<T> }} fn f(u: &U) {{ add(&u.b); }} "
             "fn add(m: &Mutex<T>) { m.try_lock(); }"},
            ["S.a add: 0 made, 1 locked", "U.b add: 0 made, 1 locked"],
        ),
        # what a framework fills by its type
        (
            {"src/lib.rs": f"{USES} async fn f(State(given): State<Arc<Mutex<T>>>) {{ "
             "given.lock().await; }"},
            ["f: 0 made, 1 locked"],
        ),
        # a lock of the workspace's own is none
        ({"src/lib.rs": "struct Mutex<T>(T); struct S { a: Mutex<T> }"}, ["S.a: 0 made, 0 locked"]),
        ({"src/lib.rs": "use mine::Mutex; struct S { a: Mutex<T> }"}, []),
    ],
)  # fmt: skip
def test_groups(files: dict[str, str], expected: list[str]) -> None:
    places = places_of(files)
    assert [told(places, group) for group in groups(places, lambda _: True)] == expected


# -- other uses ----------------------------------------------------------------------------------


def seen(body: str, more: str = "") -> list[str]:
    """The ends that need a look, or why none is to be looked for."""
    text = (
        f"{USES} struct S {{ vv: Arc<Mutex<T>> }} impl S {{ fn new() -> S {{ S {{ vv: "
        f"Arc::new(Mutex::new(T)) }} }} fn f(&self) {{ {body} }} }}\n{more}\n"
    )
    places = places_of({"src/lib.rs": text})
    group, *others = groups(places, lambda _: True)
    uses = Uses("another", lambda _group, _source, _type: True, lambda _one, _other: True)
    try:
        require_no_macro(places, group)
        return [end.words for end in require_seen(places, group, [group, *others], uses)]
    except Refused as refused:
        return [refused.reason.partition(": ")[2]]


@pytest.mark.parametrize(
    ("body", "more", "expected"),
    [
        ("self.vv.lock();", "", []),
        ("let m = Arc::clone(&self.vv); take(m);", "fn take(m: Arc<Mutex<T>>) {}", []),
        ('println!("{:?}", self.vv);', "", ["`println!(..)` shows it"]),
        (
            "let a: Arc<dyn Any> = self.vv.clone();", "",
            ["it becomes `dyn Any`, so that its type is no longer told: the lock may come out as one elsewhere"],
        ),
        (
            "let x: Option<&Mutex<T>> = any.downcast_ref::<Mutex<T>>();", "",
            ["`Mutex<T>` is named there to find one whose type was erased, and it may be this one"],
        ),
        (
            "take(&self.vv);", "fn take(m: &impl Lockable) {} trait Lockable {}",
            ["`take(..)` has `impl Lockable` for it, which may lock it, or do something else for "
             "another"],
        ),
        (
            "locked!(self);", "macro_rules! locked { ($s:expr) => { $s.vv.lock() } }",
            ["the macro `locked` names `vv`, and may lock it wherever it is expanded"],
        ),
    ],
)  # fmt: skip
def test_other_uses(body: str, more: str, expected: list[str]) -> None:
    assert seen(body, more) == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("pub struct S { pub a: Mutex<T> }", "S.a"),
        ("pub struct S { a: Mutex<T> }", ""),
        ("struct S { pub a: Mutex<T> }", ""),
        ("pub struct S(pub Mutex<T>);", "S.0"),
        ("pub struct S(Mutex<T>);", ""),
        ("pub fn f(m: &Mutex<T>) {}", "f"),
        ("pub(crate) fn f(m: &Mutex<T>) {}", ""),
        ("pub static A: Mutex<T> = Mutex::const_new(T);", "A"),
    ],
)
def test_what_other_crates_see(text: str, shown: str) -> None:
    places = places_of({"src/lib.rs": f"{USES} {text}"})
    (group,) = groups(places, lambda _: True)
    found = exposed(places, group)
    assert (found.shown if found is not None else "") == shown
