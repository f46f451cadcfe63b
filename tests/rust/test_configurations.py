"""What a ``cfg`` may leave out."""

from __future__ import annotations

import pytest

from engine.rust.configurations import conditional_part, is_conditional
from tests.rust.workspace import Workspace


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("#[cfg(unix)]\nfn f() { here(); }", "function_item"),
        ("fn f() {\n#[cfg(unix)]\nhere();\n}", "expression_statement"),
        ("fn f() {\n#[cfg(unix)]\nother();\nhere();\n}", ""),
        ("fn f() {\n#![cfg(unix)]\nhere();\n}", "block"),
        ("fn f() { match x {\n#[cfg(unix)]\nA => here(),\nB => {} } }", "match_arm"),
        ("fn f() { match x {\n#[cfg(unix)]\nA => {},\nB => here() } }", ""),
        ("#[cfg(unix)]\nimpl X { fn f() { here(); } }", "impl_item"),
        ("impl X {\n#[cfg(unix)]\nfn g() {}\nfn f() { here(); } }", ""),
        ("cfg_if! { if #[cfg(unix)] { fn f() { here(); } } }", "macro_invocation"),
        ("#[cfg_attr(test, cfg(unix))]\nfn f() { here(); }", "function_item"),
        ("#[cfg_attr(test, derive(Debug))]\nfn f() { here(); }", ""),
        ("#[my_cfg(unix)]\nfn f() { here(); }", ""),
        ("#[cfg(unix)]\n/// Documented.\n#[inline]\nfn f() { here(); }", "function_item"),
        ("struct S {\n#[cfg(unix)]\na: A,\nb: here(),\n}", ""),
        ("fn f(\n#[cfg(unix)]\na: A, b: B) { g(\n#[cfg(unix)]\na, here()) }", ""),
        ("#[cfg(unix)]\nmod m { fn f() { here(); } }", ""),  # of the module, not below it
    ],
)
def test_the_innermost_part_that_may_be_left_out(text: str, part: str) -> None:
    source, node = Workspace({"src/lib.rs": text}).find("src/lib.rs", "here()")
    found = conditional_part(source, node)
    assert (found.type if found is not None else "") == part


def test_of_the_item_itself() -> None:
    text = "#[cfg(unix)]\nstruct A;\nstruct B;\n#[cfg(unix)]\nmod m { struct C; }"
    workspace = Workspace({"src/lib.rs": text})
    told = {
        name: is_conditional(*workspace.find("src/lib.rs", f"struct {name};")) for name in "ABC"
    }
    assert told == {"A": True, "B": False, "C": False}
