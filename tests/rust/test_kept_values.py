"""Is a value kept where it may live on: a table of (source, answer)."""

from __future__ import annotations

import pytest

from engine.rust.kept_values import is_kept
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, walk_all


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("S { a: at() };", True),
        ("Frame(at());", True),
        ("list.push(at());", True),
        ("map.entry(k).or_insert(at());", True),
        ("list.push(Some(at()));", True),
        ("list.push((1, at()));", True),
        ("list.push(vec_of(at()));", False),  # what that does with it is not known
        ("Arc::new(at());", True),
        ("Box::new(at());", False),
        ("list.push(Box::new(at()));", True),
        ("send(at());", False),
        ("list.contains(at());", False),
        ("self.a = at();", True),
        ("TOTAL = at();", True),
        ("x = at();", False),
        ("let x = at(); list.push(x);", True),
        ("let x = at(); let y = x; list.push(y);", True),
        ("let x = at(); let y = x; let z = y; list.push(z);", False),  # too far
        ("let x = at(); x.len();", False),
        ("let (x, y) = at(); list.push(x);", False),
        ("list.push(if c { at() } else { b });", True),
        ("list.push(match c { _ => at()? });", True),
        ("return at();", False),
        ("at()", False),
    ],
)
def test_what_keeps_a_value(body: str, answer: bool) -> None:
    source = Source("src/lib.rs", f"fn f() {{ {body} }}".encode())
    node = next(n for n in walk_all(source, source.root) if source.text(n) == b"at()")
    scopes = Scopes(source, source.root.named_children[0])
    assert is_kept(source, scopes, node) is answer
