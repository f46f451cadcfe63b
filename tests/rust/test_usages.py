"""What is done with a value: a table of (code, answer) for the copy in it."""

from __future__ import annotations

import pytest

from engine.rust.copies import clone_of
from engine.rust.syntax import Source, walk_all
from engine.rust.usages import Usage, UsageKind, usage_of


def usage(code: str) -> Usage:
    source = Source("src/lib.rs", f"fn f() {{ let v = {code}; }}".encode())
    found = (clone_of(source, node) for node in walk_all(source, source.root))
    clone = next(each for each in found if each is not None)
    return usage_of(source, clone.node)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("x.clone().len()", UsageKind.METHOD),
        ("(x.clone()).len()", UsageKind.METHOD),
        ("x.clone().a.b.len()", UsageKind.FIELD),
        ("&x.clone()", UsageKind.REF),
        ("&mut x.clone()", UsageKind.REF_MUT),
        ("*x.clone()", UsageKind.DEREF),
        ("x.clone()[0]", UsageKind.INDEX),
        ("y[x.clone()]", UsageKind.VALUE),
        ("x.clone() == y", UsageKind.COMPARE),
        ("x.clone() + y", UsageKind.VALUE),
        ("f(1, x.clone())", UsageKind.ARGUMENT),
        ("f::<u8>(x.clone())", UsageKind.ARGUMENT),
        ("y.f(x.clone())", UsageKind.METHOD_ARGUMENT),
        ("Some(x.clone())", UsageKind.VALUE),
        ("S { x: x.clone() }", UsageKind.VALUE),
        ('format!("{}", x.clone())', UsageKind.FORMAT),
        ("tracing::info!(peer = %x.clone(), 1)", UsageKind.FORMAT),
        ("vec![x.clone()]", UsageKind.VALUE),
        ("retry!(x.clone())", UsageKind.VALUE),
        ("match x.clone() { _ => 1 }", UsageKind.MATCH),
    ],
)
def test_what_the_value_is_used_for(code: str, kind: UsageKind) -> None:
    assert usage(code).kind is kind


@pytest.mark.parametrize(
    ("code", "name", "index"),
    [
        ("x.clone().len()", b"len", 0),
        ("x.clone().a.b.len()", b".a.b", 0),
        ("f(1, x.clone())", b"f", 1),
        ("y.f(x.clone(), 2)", b"f", 0),
        ("x.clone() == y", b"==", 0),
        ('format!("{}", x.clone())', b"format", 0),
    ],
)
def test_names_and_places(code: str, name: bytes, index: int) -> None:
    found = usage(code)
    assert (found.name, found.index) == (name, index)
