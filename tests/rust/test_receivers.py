"""Receivers of calls that are written anew."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.known_types import shows_itself
from engine.rust.receivers import Takes, dereferenced_to, rival
from engine.rust.syntax import Source
from engine.rust.trait_scope import TraitScopes
from engine.rust.type_parser import parse
from tests.rust.workspace import Workspace


@pytest.mark.parametrize(
    ("expression", "type_", "text", "base"),
    [
        ("x", "u64", "x", "u64"),
        ("x", "&u64", "x", "u64"),
        ("x", "&&u64", "(*x)", "u64"),
        ("x", "&&mut &str", "(**x)", "str"),
        ("x", "std::boxed::Box<u8>", "(*x)", "u8"),
        ("x", "&std::boxed::Box<u8>", "(**x)", "u8"),
        ("x", "std::boxed::Box<&str>", "(*x)", "str"),
        ("x", "std::sync::Arc<str>", "(*x)", "str"),
        ("x", "&std::sync::MutexGuard<std::string::String>", "(**x)", "String"),
        ("x", "&std::borrow::Cow<str>", "x", "Cow<str>"),
        ("x", "std::borrow::Cow<[u8]>", "", ""),
        ("a + b", "u64", "(a + b)", "u64"),
        ("&&a", "&&bool", "(*(&&a))", "bool"),
        ("x", "f64", "", ""),
        ("x", "crate::Id", "", ""),
        ("x", "std::vec::Vec<u8>", "", ""),
        ("x", "std::option::Option<u8>", "", ""),
    ],
)
def test_stars_lead_to_the_value_that_is_meant(
    expression: str, type_: str, text: str, base: str
) -> None:
    source = Source("a.rs", f"fn f() {{ g({expression}); }}".encode())
    start = source.data.index(b"g(") + 2
    span = Span(start, start + len(expression))
    found = dereferenced_to(source, span, parse(type_), shows_itself)
    assert (found[0].decode() if found is not None else "") == text
    assert (found[1].short() if found is not None else "") == base


_TRAIT = "pub trait Other {{ fn name({}); }}\n"


@pytest.mark.parametrize(
    ("declared", "takes", "type_", "wins"),
    [
        ("self", "&self", "u64", True),
        ("mut self", "&self", "u64", True),
        ("self: Box<Self>", "&self", "u64", True),
        ("&self", "&self", "u64", False),  # E0034 tells
        ("&'a self", "&self", "u64", False),
        ("&mut self", "&self", "u64", False),
        ("&self", "&mut self", "std::string::String", True),
        ("self", "&mut self", "&mut std::string::String", True),
        ("&mut self", "&mut self", "std::string::String", False),
        ("& 'a mut self", "&mut self", "std::string::String", False),
        ("&mut self", "&mut self", "std::boxed::Box<std::string::String>", True),
        ("x: u8", "&self", "u64", False),  # not called by a receiver
    ],
)
def test_a_trait_of_the_workspace_may_win(
    declared: str, takes: Takes, type_: str, wins: bool
) -> None:
    files = Workspace({"src/lib.rs": _TRAIT.format(declared) + "fn f() { here }"})
    assert is_rival(files, takes, type_) is wins


@pytest.mark.parametrize(
    ("files", "wins"),
    [
        ({"src/lib.rs": "mod a; fn f() { here }"}, False),  # not in scope
        ({"src/lib.rs": "mod a; use a::Other; fn f() { here }"}, True),
        ({"src/lib.rs": "mod a; use a::Other as _; fn f() { here }"}, True),
        ({"src/lib.rs": "mod a; use a::*; fn f() { here }"}, True),
        ({"src/lib.rs": "mod a; fn f() { use a::*; here }"}, True),
        ({"src/lib.rs": "mod a; fn f() { here } fn g() { use a::*; }"}, False),
        (
            {
                "src/lib.rs": "mod a; mod b; use b::*; fn f() { here }",
                "src/b.rs": "pub use crate::a::Other as _;",
            },
            True,
        ),
        (
            {
                "src/lib.rs": "mod a; mod b; use b::*; fn f() { here }",
                "src/b.rs": "use crate::a::Other as _;",  # its own
            },
            False,
        ),
        (
            {
                "src/lib.rs": "mod a; mod b; use b::*; fn f() { here }",
                "src/b.rs": "pub use crate::a::*;",
            },
            True,
        ),
    ],
)
def test_a_trait_counts_where_it_may_be_in_scope(files: dict[str, str], wins: bool) -> None:
    there = Workspace({"src/a.rs": _TRAIT.format("self"), **files})
    assert is_rival(there, "&self", "u64") is wins


def test_what_is_no_traits_is_no_rival() -> None:
    files = Workspace({"src/lib.rs": "impl Id { fn name(self) {} } fn f() { here }"})
    assert not is_rival(files, "&self", "u64")


def is_rival(files: Workspace, takes: Takes, type_: str) -> bool:
    source, node = files.find("src/lib.rs", "here")
    scopes = TraitScopes(
        files.sources, files.items, lambda path, span: None, lambda path, span, trait: None
    )
    found = rival(scopes, source, node.start_byte, parse(type_), b"name", takes)
    assert found is None or found.owner == b"Other"
    return found is not None
