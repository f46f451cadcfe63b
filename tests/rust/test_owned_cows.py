"""Copies that a ``Cow`` owns: tables of (code, what is done with it)."""

from __future__ import annotations

import re

import pytest

from engine.rust.copies import clone_of
from engine.rust.owned_cows import owned_cow
from engine.rust.scopes import scopes_of
from engine.rust.syntax import Source, walk_all


def found(code: str) -> str:
    source = Source("src/lib.rs", f"fn f<'a>(s: &'a str) -> Cow<'a, str> {{ {code} }}".encode())
    function = source.root.named_children[0]
    copy = next(n for n in walk_all(source, function) if clone_of(source, n) is not None)
    cow = owned_cow(source, scopes_of(source, function), copy)
    return "" if cow is None else "returned" if cow.returned else "read"


_OWNED = "Cow::Owned(s.to_string())"


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("let c = C; c.len();", "read"),
        ('let c: Cow<str> = C; c.trim().len(); c == x; println!("{c} {}", c);', "read"),
        ("let c = if x { C } else { Cow::Borrowed(y) }; c.len();", "read"),
        ("let c = match x { 1 => C, _ => y }; c.to_string();", "read"),
        ("C", "returned"),
        ("if x { y } else { C }", "returned"),
        ("match x { 1 => { g(); C } _ => y }", "returned"),
        ("if x { return C; } y", "returned"),
        ("let c = C; c.is_owned()", ""),
        ("let c = C; match c { Cow::Owned(o) => o.len(), _ => 0 }", ""),
        ("let mut c = C; c.to_mut().push('x');", ""),
        ("let c = C; c.into_owned()", ""),
        ("let c = C; g(&c);", ""),
        ("let c = C; g(c);", ""),
        ("g(C)", ""),
        ("let g = || { return C; };", ""),
        ("Named { name: C }", ""),
        ("Box::Owned(s.to_string())", ""),
    ],
)
def test_what_is_done_with_it(code: str, what: str) -> None:
    assert found(re.sub(r"\bC\b", _OWNED, code)) == what
