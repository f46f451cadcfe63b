"""The section of a named guard, by statements; what it waits for."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.base.model import Span
from engine.rust.guard_scopes import GuardScope, guard_scope
from engine.rust.held_waits import may_wait, waits
from engine.rust.lock_sections import section_of
from engine.rust.locks import outermost
from engine.rust.syntax import Source, walk_all
from engine.rust.type_parser import parse
from engine.rust.types import Type


def scope_in(body: str) -> tuple[Source, GuardScope]:
    """Of the first lock call of the body."""
    source = Source("src/lib.rs", f"fn f(&self) {{ {body} }}".encode())
    for node in walk_all(source, source.root):
        locked = outermost(source, node) if node.type == "call_expression" else None
        scope = guard_scope(source, locked.node) if locked is not None else None
        if scope is not None:
            return source, scope
    raise AssertionError(body)


_LET = "let mut g = m.lock().unwrap(); "


@pytest.mark.parametrize(
    ("body", "head", "tail"),
    [
        ("a(); g.push(b); c(); d", ["a();"], ["c();", "d"]),
        ("g.push(a);", [], []), ("g.push(a); drop(g); c();", [], []),
        ("g.push(a); b(); drop(g); c();", [], ["b();"]), ("if a { g.push(b); } c();", [], ["c();"]),
        ("let x = || g.push(1); x(); a();", [], ["x();", "a();"]),
        ("let x = g.first(); a(x); b();", [], ["a(x);", "b();"]),
    ],
)  # fmt: skip
def test_what_stands_around_the_uses(body: str, head: list[str], tail: list[str]) -> None:
    source, scope = scope_in(_LET + body)
    found = section_of(source, scope)
    assert found is not None
    assert [source.text(s).decode() for s in found.head] == head
    assert [source.text(s).decode() for s in found.tail] == tail


@pytest.mark.parametrize(
    "body",
    ["", "give(g);", "g.push(1); g = m.lock().unwrap();", "if a { drop(g); } else { g.push(1); } b();",
     "cv.wait(g); a();", "g.push(1); fn inner() {} a();"],
)  # fmt: skip
def test_what_has_no_such_section(body: str) -> None:
    source, scope = scope_in(_LET + body)
    assert section_of(source, scope) is None


def test_what_borrows_from_the_guarded_uses_the_guard() -> None:
    source, scope = scope_in(_LET + "let x = g.first(); let y = x.n; a(x); b(y);")

    def is_apart(name: Node) -> bool:
        return source.text(name) == b"y"

    found = section_of(source, scope, is_apart)
    assert found is not None
    assert [source.text(s).decode() for s in found.tail] == ["b(y);"]


_TYPES = {
    "std::fs::write": "fn() {std::fs::write::<&str, &str>}", "n.lock().unwrap()":
    "std::sync::MutexGuard<'_, u64>", "child": "std::process::Child", "text": "std::string::String",
    "std::thread::sleep": "fn() {std::thread::sleep}", "app::fs::write": "fn() {app::fs::write}",
    "g": "std::sync::MutexGuard<'_, std::fs::File>",
}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "named", "told"),
    [
        (_LET + "std::fs::write(p, t); g.n", ["std::fs::write(p, t)"], ["the disk"]),
        (_LET + "let h = n.lock().unwrap(); g.n", ["n.lock().unwrap()"], ["another lock"]),
        (_LET + "g.write_all(b);", [], []), (_LET + "child.wait();", ["child.wait()"], ["another process"]),
        (_LET + "drop(g); std::fs::write(p, t);", [], []), (_LET + "app::fs::write(p, t); g.n", ["app::fs::write(p, t)"], []),
        (_LET + "run(|| std::fs::write(p, t)); g.n", [], []), ("m.lock().unwrap().n; std::thread::sleep(d);", [], []),
        ("m.lock().unwrap().f(std::thread::sleep(d));", ["std::thread::sleep(d)"], ["a clock"]),
        ("*m.lock().unwrap() = std::fs::write(p, t);", [], []),
        ("m.lock().unwrap().push(n.lock().unwrap().n);", ["n.lock().unwrap()"], ["another lock"]),
        (_LET + "n.try_lock(); g.n", [], []), (_LET + "text.write(b); g.n", ["text.write(b)"], []),
    ],
)  # fmt: skip
def test_what_is_waited_for(body: str, named: list[str], told: list[str]) -> None:
    source, scope = scope_in(body)

    def type_of(span: Span) -> Type | None:
        found = _TYPES.get(source.quoted(span))
        return parse(found) if found is not None else None

    assert [source.text(node).decode() for node in may_wait(source, scope)] == named
    assert [wait.words for wait in waits(source, scope, type_of)] == told
