"""Items that are copied on the way: a table of (code, the code without the copy)."""

from __future__ import annotations

import pytest

from engine.rust.cloned_items import Gives, copied_by, copying_call, lent_items, without_copy
from engine.rust.copies import clone_of
from engine.rust.known_calls import is_reading_method
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, walk_all

HEAD, TAIL = "fn f() { let v = ", "; }"


def lent(code: str, of_option: bool = False) -> tuple[str, Gives] | None:
    source = Source("src/lib.rs", f"{HEAD}{code}{TAIL}".encode())
    copy = next(n for n in walk_all(source, source.root) if copied_by(source, n) is not None)
    scopes = Scopes(source, source.root.named_children[0])
    found = lent_items(source, scopes, copy, of_option, is_reading_method)
    edits = without_copy(source, copy, found, b"String::as_str") if found is not None else None
    if found is None or edits is None:
        return None
    text = source.data
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.replacement + text[edit.end :]
    return text.decode().removeprefix(HEAD).removesuffix(TAIL), found.gives


@pytest.mark.parametrize(
    ("code", "after", "gives"),
    [
        ("x.iter().cloned().count()", "x.iter().count()", Gives.SAME),
        ("x.cloned().any(|y| y.is_empty())", "x.any(|y| y.is_empty())", Gives.SAME),
        ("x.cloned().any(|y| y == z)", "x.any(|y| *y == z)", Gives.SAME),
        ("x.cloned().map(|y| g(&y))", "x.map(|y| g(y))", Gives.SAME),
        (
            "x.cloned().map(|(a, b)| a.len() + b.len())",
            "x.map(|(a, b)| a.len() + b.len())",
            Gives.SAME,
        ),
        ("x.cloned().for_each(|_| g())", "x.for_each(|_| g())", Gives.SAME),
        ("x.cloned().fold(0, |a, y| a + y.len())", "x.fold(0, |a, y| a + y.len())", Gives.SAME),
        ("x.cloned().filter(|y| g(y)).count()", "x.filter(|&y| g(y)).count()", Gives.SAME),
        (
            "x.cloned().skip(1).rev().filter(|y| g(y)).all(|y| y.len() > 1)",
            "x.skip(1).rev().filter(|&y| g(y)).all(|y| y.len() > 1)",
            Gives.SAME,
        ),
        ("x.cloned().max().is_some()", "x.max().is_some()", Gives.SAME),
        ("x.cloned().max_by(|a, b| g(a, b))", "x.max_by(|&a, &b| g(a, b))", Gives.OPTION),
        ("x.cloned().find(|y| g(y)).unwrap()", "x.find(|&y| g(y)).unwrap()", Gives.ITEM),
        ("x.cloned().nth(2)?", "x.nth(2)?", Gives.ITEM),
        ("x.cloned().last().map_or(0, |y| y.len())", "x.last().map_or(0, |y| y.len())", Gives.SAME),
        ("x.map(|y| y.clone()).any(|y| y.is_empty())", "x.any(|y| y.is_empty())", Gives.SAME),
        (
            'x.cloned().collect::<Vec<String>>().join(",")',
            'x.map(String::as_str).collect::<Vec<_>>().join(",")',
            Gives.TEXTS,
        ),
        ("x\n  .iter()\n  .cloned()\n  .count()", "x\n  .iter()\n  .count()", Gives.SAME),
        (
            "x.cloned().max_by_key(|y| y.len()).unwrap_or_default()",
            "x.max_by_key(|&y| y.len()).map(String::as_str).unwrap_or_default()",
            Gives.VIEW,
        ),
    ],
)
def test_of_an_iterator(code: str, after: str, gives: Gives) -> None:
    assert lent(code) == (after, gives)


@pytest.mark.parametrize(
    ("code", "after", "gives"),
    [
        ("x.get(k).cloned()", "x.get(k)", Gives.OPTION),
        ("x.cloned().is_none()", "x.is_none()", Gives.SAME),
        ("x.cloned().map(|y| y.len())", "x.map(|y| y.len())", Gives.SAME),
        ("x.cloned().map_or(0, |y| y.len())", "x.map_or(0, |y| y.len())", Gives.SAME),
        ("x.cloned().filter(|y| g(y)).is_some()", "x.filter(|&y| g(y)).is_some()", Gives.SAME),
        ("x.cloned().unwrap()", "x.unwrap()", Gives.ITEM),
        ("x.cloned().ok_or(e)?", "x.ok_or(e)?", Gives.ITEM),
        ("x.cloned()?.len()", "x?.len()", Gives.ITEM),
        ("x.cloned().unwrap_or_default()", "x.map(String::as_str).unwrap_or_default()", Gives.VIEW),
        (
            'x.cloned().unwrap_or("a".into())',
            'x.map(String::as_str).unwrap_or("a")',
            Gives.VIEW,
        ),
    ],
)
def test_of_an_option(code: str, after: str, gives: Gives) -> None:
    assert lent(code, True) == (after, gives)


@pytest.mark.parametrize(
    "code",
    [
        "x.cloned().collect::<Vec<_>>()",
        "x.cloned().filter(|y| y.len() > 1).collect::<Vec<_>>().join(z)",
        "x.cloned().map(|y| y)",
        "x.cloned().map(|y| y.into_bytes())",
        "x.cloned().map(|mut y| y.len())",
        "x.cloned().map(|y: String| y.len())",
        "x.cloned().map(f)",
        "x.cloned().filter(f).count()",
        "x.cloned().filter(|&y| y > 1).count()",
        "x.cloned().map(|y| async move { y.len() })",
        "x.cloned().zip(z)",
        "x.cloned().chain(z).count()",
        "x.cloned().sum::<u32>()",
        "x.cloned() /* why */ .count()",
        "x /* why */ .cloned().count()",
        "f(x.cloned())",
    ],
)
def test_items_that_are_needed(code: str) -> None:
    if "*/ .count" in code:
        assert lent(code) is not None
    else:
        assert lent(code) is None


@pytest.mark.parametrize(
    "code",
    [
        "x.cloned().unwrap_or(y)",
        "x.cloned().ok_or(e)",
        "x.cloned().unwrap_or_else(|| y)",
        "x.cloned().and_then(|y| Some(y))",
        "x.cloned().filter(|y| g(y)).map(|y| Some(y))",
    ],
)
def test_one_that_is_needed(code: str) -> None:
    assert lent(code, True) is None


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("x.map(|y| y.clone())", True),
        ("x.map(|y| y.clone().len())", False),
        ("x.map(|y| z.clone())", False),
        ("x.filter(|y| y.clone())", False),
    ],
)
def test_a_closure_that_only_clones(code: str, found: bool) -> None:
    source = Source("src/lib.rs", f"{HEAD}{code}{TAIL}".encode())
    clone = next(n for n in walk_all(source, source.root) if clone_of(source, n) is not None)
    assert (copying_call(source, clone) is not None) is found
