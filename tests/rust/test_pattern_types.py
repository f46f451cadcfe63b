"""Which part of a type a name in a pattern is."""

from __future__ import annotations

import pytest

from engine.rust.pattern_types import type_of_part
from engine.rust.queries import walk
from engine.rust.scopes import Scopes
from engine.rust.statement_nodes import pattern_of
from engine.rust.syntax import Source
from engine.rust.type_parser import parse

OPTION, RESULT = "std::option::Option", "std::result::Result"


@pytest.mark.parametrize(
    ("pattern", "type_", "part"),
    [
        ("x", "app::Job", "app::Job"),
        ("(x, _)", "(app::Job, u8)", "app::Job"),
        ("(_, (mut x, _))", "(u8, (app::Job, u8))", "app::Job"),
        ("Some(x)", f"{OPTION}<app::Job>", "app::Job"),
        ("Ok((_, x))", f"{RESULT}<(u8, app::Job), ()>", "app::Job"),
        ("(.., x)", "(u8, u8, app::Job)", None),
        ("Some(x)", "app::Maybe<app::Job>", None),
        ("Some(x)", f"&{OPTION}<app::Job>", None),
        ("Err(x)", f"{RESULT}<u8, app::Job>", None),
        ("Job { x, .. }", "app::Job", None),
    ],
)
def test_the_part_that_a_name_is(pattern: str, type_: str, part: str | None) -> None:
    source = Source("src/lib.rs", f"fn f() {{ let {pattern} = v else {{ return }}; }}".encode())
    function = source.root.named_children[0]
    let = next(node for node in walk(function) if node.type == "let_declaration")
    binding = next(b for b in Scopes(source, function).bindings if b.name == b"x")
    found = type_of_part(source, pattern_of(let), binding, parse(type_))
    assert found == (parse(part) if part is not None else None)
