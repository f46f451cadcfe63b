"""A walk on all paths: which calls may have been made last where control gets to the end."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tree_sitter import Node

from engine.rust.nodes import call_of
from engine.rust.path_walk import Walk
from engine.rust.syntax import Source

State = frozenset[bytes]


class _LastCalls(Walk[State]):
    """The state: the names of the functions that may have been called last."""

    def joined(self, states: Sequence[State]) -> State:
        return frozenset().union(*states)

    def called(self, call: Node, state: State) -> State | None:
        after = self.parts(call, state)
        found = call_of(call)
        assert found is not None
        return frozenset({self.source.text(found.callee)}) if after is not None else None


def _ends(body: str) -> str:
    """The last calls, in order; ``-`` where control does not get to the end, ``start`` for none."""
    source = Source("src/lib.rs", f"async fn f() {{ {body} }}".encode())
    [function] = source.root.named_children
    walk = _LastCalls(source)
    after = walk.run([function.named_children[-1]], frozenset({b"start"}))
    return " ".join(sorted(name.decode() for name in after)) if after is not None else "-"


@pytest.mark.parametrize(
    ("body", "ends"),
    [
        ("a(); b();", "b"),
        ("a(b());", "a"),
        ("if c() { a(); }", "a c"),
        ("if c() { a(); } else { b(); }", "a b"),
        ("if c() { a(); return; } b();", "b"),
        ("if c() { return; } else { return; } b();", "-"),
        ("match c() { 1 => a(), 2 if g() => b(), _ => {} }", "a b c g"),
        ("match c() { 1 => a(), _ => panic!(\"{}\", b()) }", "a"),
        ("c() && a();", "a c"),
        ("x = { a(); c() };", "c"),
        ("x[a()] = c();", "a"),  # the right side first
        ("x[a()] += c();", "a"),
        ("while c() { a(); }", "c"),
        ("while c() { a(); break; }", "a c"),
        ("loop { a(); }", "-"),
        ("loop { if c() { break; } a(); }", "c"),
        ("'o: loop { loop { a(); break 'o; } b(); }", "a"),
        ("'o: loop { loop { if c() { break; } a(); } b(); break; }", "b"),
        ("for x in c() { a(); continue; b(); }", "a c"),
        ("'b: { if c() { break 'b; } a(); }", "a c"),
        ("let Some(x) = c() else { a(); return; };", "c"),
        ("let Some(x) = c() else { a(); loop {} };", "c"),
        ("c()?; a();", "a"),
        ("let g = || { a(); return; }; b();", "b"),  # not run where it stands
        ("let g = async { a() }; g.await", "start"),
        ("fn inner() { a(); }", "start"),
        ("assert!(c(), \"{}\", a());", "a"),
        ("bail!(a());", "-"),
        ("select! { _ = a() => b(), _ = c() => {} }", "b c"),
    ],
)  # fmt: skip
def test_all_paths_to_the_end(body: str, ends: str) -> None:
    assert _ends(body) == ends


def test_a_closure_may_be_run_where_a_subclass_says_so() -> None:
    class Inlined(_LastCalls):
        def nested(self, node: Node, state: State) -> State | None:
            return self.inline(node, state)

    source = Source(
        "src/lib.rs", b"fn f() { start(); xs.map(|x| { if c() { return a(); } b() }); }"
    )
    [function] = source.root.named_children
    after = Inlined(source).run([function.named_children[-1].named_children[1]], frozenset())
    assert after == frozenset({b"xs.map"})


def test_what_control_does_not_reach_is_not_visited() -> None:
    seen = []

    class Seen(_LastCalls):
        def named(self, node: Node, state: State) -> State | None:
            seen.append(self.source.text(node))
            return state

    source = Source("src/lib.rs", b"fn f() { loop { x; break; y; } z; return w; v; }")
    [function] = source.root.named_children
    assert Seen(source).run([function.named_children[-1]], frozenset()) is None
    assert sorted(set(seen)) == [b"w", b"x", b"z"]
