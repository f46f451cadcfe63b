"""Which locks are held together."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.calls import Calls
from engine.rust.lock_pairs import LockPairs, Shared, is_shared_read
from engine.rust.syntax import span_of
from tests.rust.workspace import Workspace

HEAD = """use std::sync::{Mutex, MutexGuard, RwLock, atomic::{AtomicU64, Ordering::SeqCst}};
pub struct S { a: Mutex<Vec<u8>>, b: Mutex<u64>, n: AtomicU64, part: Part, list: Vec<Mutex<u8>> }
pub struct Part { b: Mutex<u64>, c: Mutex<u64> }
pub struct Other { a: Mutex<u8>, b: Mutex<u8> }
static A: Mutex<u8> = Mutex::new(0); static B: Mutex<u8> = Mutex::new(0);
"""


def pairs_of(files: dict[str, str]) -> tuple[Workspace, LockPairs]:
    workspace = Workspace(files)
    calls = Calls(workspace.sources, workspace.items, lambda path, span: None)
    return workspace, LockPairs(workspace.sources, workspace.items, calls)


def together(body: str, one: str = "self.a", other: str = "self.b") -> str:
    """Where ``one`` and ``other``, as ``probe`` names them, are held together in ``body``: lines of
    the body, from 1."""
    probe = f"impl S {{ fn probe(&self) {{ {one}; {other}; }} }}"
    workspace, pairs = pairs_of({"src/lib.rs": f"{HEAD}{probe}\n{body}\n"})
    found = []
    for text in (one, other):
        source = workspace.sources.get("src/lib.rs")
        start = source.data.index(f" {text};".encode(), len(HEAD)) + 1
        shared = pairs.named_by(source, source.innermost(Span(start, start + len(text))))
        assert shared is not None, text
        found.append(shared)
    pair = pairs.together(found[0], found[1])
    if pair is None:
        return ""
    above = HEAD.count("\n") + 1
    lines = [int(p.rpartition(":")[2]) - above for p in (pair.first_place, pair.second_place)]
    return f"{pair.first.name.decode()} {lines[0]}, {pair.second.name.decode()} {lines[1]}"


ME = "impl S {{ {} }}"
BODIES = [
    ("fn f(&self) {\nlet mut a = self.a.lock().unwrap();\na.push(1);\n*self.b.lock().unwrap() += 1; }",
     "a 2, b 4"),
    ("async fn f(&self) {\nlet mut a = self.a.lock().await;\na.push(1);\n*self.b.lock().await += 1; }",
     "a 2, b 4"),
    ("fn f(&self) {\nif let Some(mut a) = self.a.try_write().ok() {\na.push(1);\n*self.b.lock().unwrap() += 1; } }",
     "a 2, b 4"),
    ("fn f(&self) {\nif let Ok(mut a) = self.a.write() {\na.push(1);\n*self.b.lock().unwrap() += 1; } }",
     "a 2, b 4"),
    # the other way round
    ("fn f(&self) {\nlet b = self.b.lock().unwrap();\nself.a.lock().unwrap().push(*b as u8); }",
     "b 2, a 3"),
    # one after the other
    ("fn f(&self) { self.a.lock().unwrap().push(1); *self.b.lock().unwrap() += 1; }", ""),
    ("fn f(&self) { { let mut a = self.a.lock().unwrap(); a.push(1); } *self.b.lock().unwrap() += 1; }",
     ""),
    ("fn f(&self) { let mut a = self.a.lock().unwrap(); a.push(1); drop(a); *self.b.lock().unwrap() += 1; }",
     ""),
    # in one statement
    ("fn f(&self) {\nself.a.lock().unwrap().push(*self.b.lock().unwrap() as u8); }", "a 2, b 2"),
    ("fn f(&self) {\nif let Ok(mut a) = self.a.lock() {\na.push(1); *self.b.lock().unwrap() = 0; } }",
     "a 2, b 3"),
    # kept for the order of things, not looked into
    ("fn f(&self) { let _a = self.a.lock().unwrap(); *self.b.lock().unwrap() = 0; }", ""),
    ("fn f(&self) { let mut a = self.a.lock().unwrap(); a.push(1); let _b = self.b.lock().unwrap(); }",
     ""),
    # by a callee, two levels down
    ("fn f(&self) {\nlet mut a = self.a.lock().unwrap();\na.push(1); self.g(); }\n"
     "fn g(&self) { self.h(); }\nfn h(&self) { *self.b.lock().unwrap() += 1; }", "a 2, b 5"),
    ("fn f(&self) { let mut a = self.a.lock().unwrap(); a.push(1); spawn(move || self.g()); }\n"
     "fn g(&self) { *self.b.lock().unwrap() += 1; }", ""),
    # by names of their own
    ("fn f(&self) {\nlet (x, y) = (0, 1); let first = &self.a; let second = &self.b;\n"
     "let mut g = first.lock().unwrap();\ng.push(1); *second.lock().unwrap() = 0; }", "a 3, b 4"),
    # `b` of another struct
    ("fn f(&self) { let mut a = self.a.lock().unwrap(); a.push(1); *self.part.b.lock().unwrap() = 0; }",
     ""),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), BODIES)
def test_pairs_in_an_impl(body: str, expected: str) -> None:
    assert together(ME.format(body)) == expected


FREE = [
    ("fn f(s: &S) {\nlet mut a = s.a.lock().unwrap();\na.push(1); *s.b.lock().unwrap() = 0; }",
     "self.a", "self.b", "a 2, b 3"),
    ("fn f(s: Arc<S>) { let t = s.clone();\nlet mut a = t.a.lock().unwrap();\na.push(1); *s.b.lock().unwrap() = 0; }",
     "self.a", "self.b", "a 2, b 3"),
    # fields of the same names of another struct
    ("fn f(o: &Other) { let mut a = o.a.lock().unwrap(); *a += 1; *o.b.lock().unwrap() = 0; }",
     "self.a", "self.b", ""),
    # a type that is not known: by the name
    ("fn f() { let o = make();\nlet mut a = o.a.lock().unwrap();\n*a += 1; *o.b.lock().unwrap() = 0; }",
     "self.a", "self.b", "a 2, b 3"),
    ("fn f(a: &Mutex<u8>, b: &Mutex<u8>) {\nlet mut g = a.lock().unwrap();\n*g += 1; *b.lock().unwrap() = 0; }",
     "self.a", "self.b", "a 2, b 3"),
    ("fn f(p: &Part) {\nlet mut b = p.b.lock().unwrap();\n*b += 1; *p.c.lock().unwrap() = 0; }",
     "self.part.b", "self.part.c", "b 2, c 3"),
    ("fn f(p: &Part) { let mut b = p.b.lock().unwrap(); *b += 1; *p.c.lock().unwrap() = 0; }",
     "self.b", "self.part.c", ""),
    # statics
    ("fn f() {\nlet mut a = A.lock().unwrap();\n*a += 1; *B.lock().unwrap() = 0; }", "A", "B", "A 2, B 3"),
    ("mod m { static A: Mutex<u8> = Mutex::new(0);\nfn f() { let mut a = A.lock().unwrap(); *a += 1; *super::B.lock().unwrap() = 0; } }",
     "A", "B", ""),
    # atomics
    ("impl S { fn f(&self) {\nlet mut a = self.a.lock().unwrap();\na.push(1); self.n.store(a.len(), SeqCst); } }",
     "self.a", "self.n", "a 2, n 3"),
    ("impl S { fn f(&self) { let mut a = self.a.lock().unwrap(); a.push(1); self.n.store(1); } }",
     "self.a", "self.n", ""),
    # one lock of a list
    ("impl S { fn f(&self, i: usize) {\nlet mut a = self.a.lock().unwrap();\na.push(1); *self.list[i].lock().unwrap() = 0; } }",
     "self.a", "self.list", "a 2, list 3"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "one", "other", "expected"), FREE)
def test_pairs_elsewhere(body: str, one: str, other: str, expected: str) -> None:
    assert together(body, one, other) == expected


LOGGED = (
    "thread_local! { static LOG: RefCell<Vec<u8>> = RefCell::new(Vec::new()); }\n"
    "fn log() { LOG.with(|out| out.borrow_mut().push(1)); }\n"
    "fn count() { LOG.with(|out| out.lock().unwrap().push(1)); }\n"
)


@pytest.mark.parametrize(
    ("inside", "touched"),
    [
        ("log();", []),
        ("count();", []),
        ("LOG.with(|out| out.borrow_mut().push(1));", []),
        ("LOG.with(|all| all.fetch_add(1, SeqCst));", []),
        ("A.lock().unwrap().push(1);", ["A"]),
        ("self.n.fetch_add(1, SeqCst);", ["n counts"]),
        ("let _n = self.n.fetch_add(1, SeqCst);", ["n"]),
        ("let n = 1 + self.n.fetch_sub(1, SeqCst);", ["n"]),
        ("self.n.store(1, SeqCst);", ["n"]),
        ("self.n.load(SeqCst);", ["n"]),
    ],
)
def test_what_is_touched(inside: str, touched: list[str]) -> None:
    body = f"{HEAD}{LOGGED}impl S {{ fn f(&self) {{ {inside} }} }}"
    workspace, pairs = pairs_of({"src/lib.rs": body})
    source = workspace.sources.get("src/lib.rs")
    start = source.data.index(inside.encode(), len(HEAD) + len(LOGGED))
    function = source.fn_item_of(source.innermost(Span(start, start + 1)))
    assert function is not None
    found = [
        t.shared.name.decode() + (" counts" if t.counts else "")
        for t in pairs.touched(source, function)
    ]
    assert found == touched


def test_a_method_of_a_threads_own_static_is_none_of_the_workspaces() -> None:
    own = "pub struct T { c: Mutex<u8> }\nimpl T { pub fn with(&self, _n: u8) { *self.c.lock().unwrap() += 1; } }\n"
    body = f"{HEAD}{LOGGED}{own}fn f() {{ LOG.with(|out| out.borrow_mut().push(1)); }}"
    workspace, pairs = pairs_of({"src/lib.rs": body})
    source = workspace.sources.get("src/lib.rs")
    at = source.data.index(b"LOG.with", source.data.index(b"fn f()"))
    function = source.fn_item_of(source.innermost(Span(at, at + 3)))
    assert function is not None and not list(pairs.touched(source, function))


def test_a_static_of_the_same_name_as_a_threads_own() -> None:
    """What is found by its path is what it is, whatever else has the name."""
    text = "mod log { thread_local! { static B: Cell<u8> = Cell::new(0); } }\nfn f() { B.lock().unwrap().x(); }"
    workspace, pairs = pairs_of({"src/lib.rs": HEAD + text})
    source, node = workspace.find("src/lib.rs", "B.lock()")
    assert pairs.lock_of(source, node) == Shared(b"B", f"src/lib.rs:{HEAD.index('static B')}")


COUNTED = [
    # nobody who has the lock looks at the number
    ("fn g(&self) { let mut a = self.a.lock().unwrap(); a.push(1); self.n.fetch_add(1, SeqCst); }", False),
    ("fn g(&self) { let mut a = self.a.lock().unwrap(); a.push(1); self.h(); }\n"
     "fn h(&self) { self.n.fetch_sub(1, SeqCst); }", False),
    ("fn g(&self) -> u64 { self.n.load(SeqCst) }", False),
    # one looks at both, sets both, or takes the number for what it is
    ("fn g(&self) { let a = self.a.lock().unwrap(); assert!(a.len() == self.n.load(SeqCst)); }", True),
    ("fn g(&self) { let mut a = self.a.lock().unwrap(); a.clear(); self.n.store(0, SeqCst); }", True),
    ("fn g(&self) { let mut a = self.a.lock().unwrap(); a.push(self.n.fetch_add(1, SeqCst) as u8); }", True),
    ("fn g(&self) { let mut a = self.a.lock().unwrap(); a.clear(); self.n.swap(0, SeqCst); }", True),
]  # fmt: skip


@pytest.mark.parametrize(("body", "pair"), COUNTED)
def test_a_number_that_is_only_counted_up(body: str, pair: bool) -> None:
    text = f"{HEAD}impl S {{ fn probe(&self) {{ self.a; self.n; }} {body} }}"
    workspace, pairs = pairs_of({"src/lib.rs": text})
    source = workspace.sources.get("src/lib.rs")
    one, other = (
        pairs.named_by(source, source.innermost(Span(at, at + 6)))
        for at in (source.data.index(text) for text in (b"self.a;", b"self.n;"))
    )
    assert one is not None and other is not None
    assert (pairs.together(one, other, counting=True) is not None) is pair


READERS = [
    # two readers are let in together today
    ("read", "read", False),
    ("write", "read", True),
    ("read", "write", True),
    ("read", "lock", True),
    ("upgradable_read", "read", True),
]


@pytest.mark.parametrize(("mine", "theirs", "expected"), READERS)
def test_a_reader_excludes_no_reader(mine: str, theirs: str, expected: bool) -> None:
    body = (
        f"impl S {{ fn f(&self) {{ let a = self.a.{theirs}().unwrap(); self.b.lock().unwrap().x(a.len()); }}"
        f" fn probe(&self) {{ self.a; self.b; self.a.{mine}().unwrap().len(); }} }}"
    )
    workspace, pairs = pairs_of({"src/lib.rs": HEAD + body})
    source = workspace.sources.get("src/lib.rs")
    one, other = (
        pairs.named_by(source, source.innermost(Span(at, at + 6)))
        for at in (source.data.index(text) for text in (b"self.a;", b"self.b;"))
    )
    assert one is not None and other is not None
    start = source.data.index(f"self.a.{mine}().unwrap().len()".encode())
    call = source.node_at(Span(start, start + len(f"self.a.{mine}()")))
    assert call is not None
    found = pairs.together(one, other, reading=is_shared_read(source, call))
    assert (found is not None) is expected
    assert pairs.together(one, other) is not None


def test_over_files() -> None:
    workspace, pairs = pairs_of(
        {
            "src/lib.rs": f"mod m;\n{HEAD}impl S {{ fn probe(&self) {{ self.a; self.b; }} }}",
            "src/m.rs": "use crate::S;\nimpl S { fn f(&self) { let a = self.a.lock().unwrap();\n"
            "a.len(); *self.b.lock().unwrap() = 0; } }",
        }
    )
    one, other = (
        pairs.lock_of(*workspace.find("src/m.rs", text))
        for text in ("self.a.lock()", "self.b.lock()")
    )
    assert one is not None and other is not None
    pair = pairs.together(one, other)
    assert pair is not None
    assert (pair.first_place, pair.second_place) == ("src/m.rs:2", "src/m.rs:3")
    source, node = workspace.find("src/m.rs", "self.a.lock().unwrap()")
    assert pairs.together(one, other, {(source.path, span_of(node))}) is None


AT = HEAD.index("pub struct S "), HEAD.index("pub struct Part ")


TAKING = [
    ("self.a.lock().await", Shared(b"a", f"src/lib.rs:{AT[0]}")),
    ("self.items().unwrap()", Shared(b"a", f"src/lib.rs:{AT[0]}")),
    ("self.part.b.lock()", Shared(b"b", f"src/lib.rs:{AT[1]}")),
    ("shards.get(&k).unwrap()", Shared(b"shards", "")),
]


@pytest.mark.parametrize(("text", "expected"), TAKING)
def test_what_a_guard_is_of(text: str, expected: Shared) -> None:
    helper = "fn items(&self) -> LockResult<MutexGuard<'_, Vec<u8>>> { self.a.lock() }"
    body = f"{HEAD}impl S {{ {helper} fn f(&self) {{ {text}; }} }}"
    workspace, pairs = pairs_of({"src/lib.rs": body})
    source, node = workspace.find("src/lib.rs", text)
    assert pairs.lock_of(source, node) == expected
