"""Copies that are opened at once: a table of (code, what then is the copy, what lends what is inside)."""

from __future__ import annotations

import pytest

from engine.rust.copies import clone_of
from engine.rust.opened_copies import Opened, opened
from engine.rust.syntax import Source, walk_all


def found(code: str) -> Opened | None:
    source = Source("src/lib.rs", f"fn f() {{ let v = {code}; }}".encode())
    clones = (clone_of(source, node) for node in walk_all(source, source.root))
    return opened(source, next(clone for clone in clones if clone is not None))


@pytest.mark.parametrize(
    ("code", "whole", "lent", "option_only"),
    [
        ("x.clone().unwrap()", "x.clone().unwrap()", "x.as_ref().unwrap()", False),
        ("(*x).clone().unwrap()", "(*x).clone().unwrap()", "(*x).as_ref().unwrap()", False),
        ("(x.clone()).unwrap()", "(x.clone()).unwrap()", "x.as_ref().unwrap()", False),
        ("x.a.clone().unwrap().len()", "x.a.clone().unwrap()", "x.a.as_ref().unwrap()", False),
        ('x.clone().expect("a")[0]', 'x.clone().expect("a")', 'x.as_ref().expect("a")', False),
        ("x.clone()?.len()", "x.clone()?", "x.as_ref()?", True),
        ("x.clone().ok_or(E)?", "x.clone().ok_or(E)?", "x.as_ref().ok_or(E)?", True),
        (
            "x.clone().ok_or_else(|| e(1)).unwrap()",
            "x.clone().ok_or_else(|| e(1)).unwrap()",
            "x.as_ref().ok_or_else(|| e(1)).unwrap()",
            True,
        ),
        (
            "x.clone().unwrap_or_default()",
            "x.clone().unwrap_or_default()",
            "x.as_deref().unwrap_or_default()",
            False,
        ),
        (
            'x.clone().unwrap_or("a".to_string())',
            'x.clone().unwrap_or("a".to_string())',
            'x.as_deref().unwrap_or("a")',
            False,
        ),
        (
            'x.clone().unwrap_or(String::from("a")).len()',
            'x.clone().unwrap_or(String::from("a"))',
            'x.as_deref().unwrap_or("a")',
            False,
        ),
        (
            "x\n  .clone()\n  .unwrap()",
            "x\n  .clone()\n  .unwrap()",
            "x\n  .as_ref()\n  .unwrap()",
            False,
        ),
    ],
)
def test_the_value_inside_is_what_is_copied(
    code: str, whole: str, lent: str, option_only: bool
) -> None:
    it = found(code)
    assert it is not None
    assert it.clone.source.slice(it.clone.span).decode() == whole
    assert (it.clone.receiver_text.decode(), it.option_only) == (lent, option_only)


@pytest.mark.parametrize(
    "code",
    [
        "x.clone()",
        "x.clone().len()",
        "x.to_owned().unwrap()",
        "Option::clone(&x).unwrap()",
        "x.clone().unwrap_or(y)",
        "x.clone().unwrap_or_else(|| y)",
        "x.clone().ok_or(e)",
        "x.clone().ok_or(e).map(f)",
        "x.clone().map(f).unwrap()",
        "Some(x.clone()).unwrap()",
    ],
)
def test_of_others_nothing_is_said(code: str) -> None:
    assert found(code) is None
