"""What a future does to, and sees of, what others have."""

from __future__ import annotations

import pytest

from engine.rust.shared_effects import SharedEffects, asked_of_effects
from tests.rust.future_snippets import Future

_ITEMS = """
pub struct App { name: String, hits: AtomicU64 }
impl App {
    fn name(&self) -> &str { self.name.as_str() }
    fn known(&self, x: &str) -> bool { self.list.contains_key(x) }
    fn count(&self) -> u64 { self.hits.load(SeqCst) }
    fn add(&self) { self.hits.fetch_add(1, SeqCst); }
}
fn doubled(n: &str) -> String { n.repeat(2) }
fn fill(out: &mut String) { out.push_str("x"); }
"""
_ATOMIC = "&std::sync::atomic::AtomicUsize"
_MAP = "std::collections::HashMap<u8, u8>"


@pytest.mark.parametrize(
    ("function", "types", "effects"),
    [
        # what changes behind a shared reference is looked at
        ("async fn f(c: &A) { c.load(S); }", {"c": _ATOMIC}, ["read c.load(..)"]),
        ("async fn f(c: &A) { c.store(1, S); }", {"c": _ATOMIC}, ["call c.store(..)"]),
        ("async fn f(c: &C) { c.get(); }", {"c": "&std::cell::Cell<u8>"}, ["read c.get(..)"]),
        ("async fn f(c: &C) { c.len(); }", {"c": "&dashmap::DashMap<u8, u8>"}, ["read c.len(..)"]),
        ("async fn f(c: &C) { c.get().is_some(); }",
         {"c": "&std::sync::OnceLock<u8>", "c.get()": "std::option::Option<&u8>"},
         ["read c.get(..)"]),
        ("async fn f(c: &C) { c.get(1); }", {"c": "&other::Cache"}, ["read c.get(..)"]),
        ("async fn f(c: C) { c.get(1); }", {"c": "other::Query"}, []),
        ("async fn f(c: &C) { c.get(&1); }", {"c": f"&{_MAP}"}, []),
        ("async fn f(c: &C) { c.clone(); }", {"c": "&std::sync::Arc<App>"}, []),
        ("async fn f() { let c = Cell::new(1); c.get(); }", {"c": "std::cell::Cell<u8>"}, []),
        ("async fn f(p: &Path) { p.join(q); }", {"p": "&std::path::Path"}, []),
        ("async fn f(p: H) { p.join(); }", {"p": "std::thread::JoinHandle<()>"}, ["call p.join(..)"]),
        # what is lent to the future is others'
        ("async fn f(o: &mut String) { o.push_str(a); }", {"o": "&mut std::string::String"},
         ["call o.push_str(..)"]),
        ("async fn f(o: &mut String) { o.push_str(a); }", {}, ["call o.push_str(..)"]),
        ("async fn f() { let mut o = String::new(); o.push_str(a); }", {}, []),
        ("async fn f() { let mut o = String::new(); o.push_str(a); }",
         {"o": "std::string::String"}, []),
        ("async fn f(m: M) { m.insert(1, 2); }", {"m": _MAP}, []),
        ("async fn f(m: &mut M) { m.insert(1, 2); }", {"m": f"&mut {_MAP}"}, ["call m.insert(..)"]),
        ("async fn f(o: &mut String) { write!(o, \"a\"); }", {}, ["write write!(..)"]),
        ("async fn f() { let mut o = String::new(); write!(&mut o, \"a\"); }", {}, []),
        ("async fn f(&mut self) { self.n += 1; }", {}, ["write the write to self.n"]),
        ("async fn f(mut n: N) { n.a = 1; }", {}, []),
        ("async fn f(mut m: Meter) { m += 1; }", {"m": "other::Meter"}, ["call m+=1"]),
        ("async fn f(mut m: u8) { m += 1; }", {"m": "u8"}, []),
        ("async fn f(&mut self) { std::mem::take(&mut self.v); }", {}, ["call std::mem::take(..)"]),
        ("async fn f() { let mut v = vec![]; std::mem::take(&mut v); }", {}, []),
        # functions of the workspace
        ("async fn f(a: &App) { a.name(); }", {"a": "&App"}, []),
        ("async fn f(a: &App) { a.known(x); }", {"a": "&App"}, ["read a.known(..)"]),
        ("async fn f(a: &App) { a.count(); }", {"a": "&App"}, ["read a.count(..)"]),
        ("async fn f(a: &App) { a.add(); }", {"a": "&App"}, ["call a.add(..)"]),
        ("async fn f(s: String) { doubled(&s); }", {"s": "std::string::String"}, []),
        ("async fn f(s: String) { fill(&mut s); }", {"s": "std::string::String"}, ["call fill(..)"]),
        ("async fn f(s: String) { unknown(&s); }", {"s": "std::string::String"}, ["call unknown(..)"]),
        # others
        ("async fn f(m: &M) { m.lock(); }", {}, ["lock another lock, m.lock(),"]),
        ("async fn f(v: &V) { v.iter().map(|x| x + 1).sum(); }", {"v": "&[u8]"}, []),
        ("async fn f(s: Output) { s.status.success(); }",
         {"s": "std::process::Output", "s.status": "std::process::ExitStatus"}, []),
    ],
)  # fmt: skip
def test_effects(function: str, types: dict[str, str], effects: list[str]) -> None:
    future = Future(_ITEMS + function, types)
    found = SharedEffects(future.own, future.workspace.items, future.calls).effects()
    assert [f"{each.what} {each.words.replace('`', '')}" for each in found] == effects


def test_what_is_asked() -> None:
    text = 'async fn f() { a.b.get(&c.d)?; m += g(1); write!(&mut o, ""); async { x.y(); }; }'
    future = Future(text, {})
    asked = {future.source.slice(span) for span in asked_of_effects(future.source, future.body)}
    assert asked == {b"a", b"a.b", b"c", b"c.d", b"m", b"1", b"o"}
