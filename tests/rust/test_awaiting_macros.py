"""Which macro calls await what their text does not show."""

from __future__ import annotations

import pytest

from engine.rust.awaiting_macros import may_await
from engine.rust.syntax import walk_all
from tests.rust.workspace import Workspace


@pytest.mark.parametrize(
    ("call", "defined", "expected"),
    [
        ("step!(other())", "macro_rules! step { ($e:expr) => { $e.await } }", True),
        ("step!()", "macro_rules! step { () => { other().await } }", True),
        ("step!()", "macro_rules! step { () => { other() } }", False),
        ("step!()", "macro_rules! step { () => { f() } // no await\n }", False),
        ("step!()", 'macro_rules! step { () => { f("await") } }', False),
        # through other macros
        ("a!(x)", "macro_rules! a { ($e:expr) => { b!($e) } } macro_rules! b { ($e:expr) => { $e.await } }", True),
        ("a!(x)", "macro_rules! a { ($e:expr) => { b!($e) } } macro_rules! b { ($e:expr) => { a!($e) } }", False),
        ("a!(x)", "macro_rules! a { ($e:expr) => { elsewhere!($e) } }", None),
        ("a!(x)", "macro_rules! a { ($e:expr) => { tokio::join!($e) } }", True),
        ("a!(x)", "macro_rules! a { ($e:expr) => { info!($e) } }", False),
        # the word is given
        ("a!(x, await)", "macro_rules! a { ($e:expr, $w:tt) => { $e.$w } }", True),
        ("a!(x.await)", "macro_rules! a { ($e:expr) => { $e } }", False),
        # not the workspace's
        ("join!(a, b)", "", True),
        ("futures::pending!()", "", True),
        ("elsewhere!(x)", "", None),
        ("info!(\"{}\", x)", "", False),
        ("vec![x]", "", False),
        ("stream! { yield x; }", "", False),
    ],
)  # fmt: skip
def test_may_await(call: str, defined: str, expected: bool | None) -> None:
    workspace = Workspace({"src/lib.rs": f"{defined}\nasync fn f() {{ {call}; }}"})
    source = workspace.sources.get("src/lib.rs")
    node = next(n for n in walk_all(source, source.root) if n.type == "macro_invocation")
    assert may_await(workspace.sources, source, node) is expected
