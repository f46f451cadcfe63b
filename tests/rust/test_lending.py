"""May a value borrow from the place that ``g`` is used for?"""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.rust.lending import lends
from engine.rust.queries import walk
from engine.rust.statement_nodes import let_of
from engine.rust.syntax import Source
from engine.rust.type_parser import parse
from engine.rust.types import Type

TYPES = {
    "g.at": "usize",
    "g.key": "std::string::String",
    "g.len()": "usize",
    "g.name()": "&std::string::String",
    "*g": "usize",
    "g.at + 1": "usize",
    "pick(g.at)": "&std::string::String",
    "g.on": "bool",
}

LENDS = [
    ("&g.key", True),
    ("g.name()", True),
    ("g.get(0)", True),
    ("g.first().unwrap()", True),
    ("Some(&g.key)", True),
    ("pick(&g.key)", True),
    ("g.iter().filter(|x| x.on)", True),
    ("xs.iter().filter(|x| x.at == g.at)", True),  # the closure does
    ("own.pick(&g.key)", True),  # it may say so by its lifetimes
    # values of their own on the way
    ("&xs[g.at]", False),
    ("&xs[*g]", False),
    ("&xs[g.at + 1]", False),
    ("xs.get(g.len())", False),
    ("xs.get(g.at)", False),
    ("pick(g.at)", False),
    ("xs.get(&g.key)", False),
    ("xs.get(&g.key).unwrap()", False),
    ("if g.on { &a } else { &b }", False),
    ("&xs[g.name()]", True),  # a reference, as far as can be seen
]


@pytest.mark.parametrize(("value", "expected"), LENDS)
def test_what_a_value_may_borrow_from(value: str, expected: bool) -> None:
    source = Source("src/lib.rs", f"fn f() {{ let v = {value}; }}".encode())

    def type_of(node: Node) -> Type | None:
        text = source.text(node).decode()
        return parse(TYPES[text]) if text in TYPES else None

    let = next(found for node in walk(source.root) if (found := let_of(node)) is not None)
    assert let.value is not None
    use = next(n for n in walk(let.value) if n.type == "identifier" and source.text(n) == b"g")
    assert lends(source, use, let.value, type_of) is expected
