"""Macros whose text names something of the workspace's."""

from __future__ import annotations

import pytest

from engine.rust.macro_texts import (
    expansions,
    is_exported,
    is_own_macro,
    macro_named,
    macros_naming,
)
from tests.rust.workspace import Workspace


@pytest.mark.parametrize(
    ("body", "item", "field"),
    [
        ("HITS.lock()", True, False),
        ("$crate::HITS.lock()", True, False),
        ("$s.HITS.lock()", False, True),
        ("$s . HITS", True, True),  # to the careful side
        ("$s.HITS()", False, False),  # a method
        ("HITS!()", False, False),  # a macro
        ("let HITS: u8 = 1;", False, False),  # a name of its own
        ("$HITS + 1", False, False),  # a fragment
        ("MY_HITS + HITSES", False, False),
        ("// HITS\n1", False, False),
        ('"HITS"', False, False),
        ('"\\"HITS"', False, False),
    ],
)
def test_by_the_words_of_the_text(body: str, item: bool, field: bool) -> None:
    files = {"src/lib.rs": f"macro_rules! bump {{ ($s:expr) => {{ {body} }} }}"}
    sources = Workspace(files).sources
    assert bool(list(macros_naming(sources, b"HITS", field=False))) == item
    assert bool(list(macros_naming(sources, b"HITS", field=True))) == field


def test_in_all_files_and_inside_of_bodies() -> None:
    files = {
        "src/lib.rs": "mod a; static HITS: u8 = 0;",
        "src/a.rs": "fn f() { macro_rules! inner { () => { HITS } } inner!(); }",
        "src/b.rs": "macro_rules! other { () => { MISSES } }",
    }
    sources = Workspace(files).sources
    found = [(s.path, macro_named(s, m)) for s, m in macros_naming(sources, b"HITS", field=False)]
    assert found == [("src/a.rs", "inner")]


def test_a_macro_is_the_workspaces_own_by_its_name() -> None:
    files = {"src/lib.rs": "macro_rules! bump { () => { other!() } } fn bumped() {}"}
    sources = Workspace(files).sources
    assert [n for n in (b"bump", b"other", b"bumped") if is_own_macro(sources, n)] == [b"bump"]


def test_who_expands_a_macro() -> None:
    work = Workspace(
        {
            "src/lib.rs": "#[macro_export]\nmacro_rules! add { ($x:expr) => { $x += 1 } }\n"
            "macro_rules! two { ($x:expr) => { add!($x); } }\n"
            "fn f() { add!(a); run! { add!(b) } other!(c); }",
            "src/other.rs": 'fn g() { crate::add!(d); add(e); let s = "add!(f)"; } // add!(g)',
        }
    )
    found = [s.text(node).decode() for s, node in expansions(work.sources, b"add")]
    assert found == [
        "add!(a)",
        "add!(b)",
        "macro_rules! two { ($x:expr) => { add!($x); } }",
        "crate::add!(d)",
    ]
    assert is_own_macro(work.sources, b"add") and not is_own_macro(work.sources, b"other")
    source = work.sources.get("src/lib.rs")
    add, two = (n for n in source.root.named_children if n.type == "macro_definition")
    assert is_exported(source, add) and not is_exported(source, two)
