"""Items that are copied on the way: a table of (code, the code without the copy)."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.cloned_items import Gives, copied_by, copying_call, lent_items
from engine.rust.codegen import replaced
from engine.rust.copies import clone_of
from engine.rust.known_calls import is_reading_method
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, span_of, walk_all
from engine.rust.uncopied_items import without_copy

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


def test_items_in_pairs() -> None:
    for code, after in (
        ("x.cloned().enumerate().map(|(i, y)| i + y.len())", "x.enumerate().map(|(i, y)| i + y.len())"),
        ("x.cloned().zip(z).for_each(|(y, z)| g(&y, z))", "x.zip(z).for_each(|(y, z)| g(y, z))"),
        ("x.cloned().enumerate().filter(|(i, y)| *i > 1 && y == z).count()", "x.enumerate().filter(|(i, y)| *i > 1 && *y == z).count()"),
        ("x.cloned().flatten().any(|y| y.is_empty())", "x.flatten().any(|y| y.is_empty())"),
    ):  # fmt: skip
        assert lent(code) == (after, Gives.SAME)
    assert lent("x.cloned().enumerate().map(|(i, y)| y)") is None
    assert lent("x.cloned().enumerate().map(|p| p.0)") is None
    assert lent("x.cloned().enumerate().zip(z).map(|((i, y), z)| y.len())") is None
    assert lent("x.cloned().enumerate().max_by_key(|(i, y)| y.len())") is None


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("m.into_iter().map(|(k, v)| k.len() + v.len())", "m.into_iter().map(|(k, v)| k.len() + v.len())"),
        ("m.into_iter().filter(|(k, v)| g(k, v)).count()", "m.into_iter().filter(|&(k, v)| g(k, v)).count()"),
        ("m.into_iter().map(|(k, n)| k.len() + n)", "m.into_iter().map(|(k, n)| k.len() + *n)"),
        ("m.into_iter().filter(|kv| g(kv)).count()", None),
        ("m.into_iter().map(|kv| kv.0.len())", None),
        ("m.into_iter().map(|(k, v)| v)", None),
    ],
)  # fmt: skip
def test_pairs_of_a_map(code: str, after: str | None) -> None:
    source = Source("src/lib.rs", f"{HEAD}{code}{TAIL}".encode())
    scopes = Scopes(source, source.root.named_children[0])
    calls = (n for n in walk_all(source, source.root) if n.type == "call_expression")
    copy = next(n for n in calls if source.text(n).endswith(b"into_iter()"))
    found = lent_items(
        source,
        scopes,
        copy,
        False,
        is_reading_method,
        lambda name: source.text(name) == b"n",
        "both",
    )
    if found is None:
        assert after is None
        return
    changes = {edit.span: edit.replacement for edit in found.edits}
    whole = Span(len(HEAD), len(source.data) - len(TAIL))
    assert replaced(source, whole, changes).decode() == after


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("x.cloned().enumerate().filter(|(i, y)| y.len() > 1).count()", True),
        ("x.cloned().enumerate().filter(|(i, y)| y.code() > 1).count()", False),
        ("x.cloned().enumerate().filter(|(i, (y, z))| y.code() > 1).count()", True),
        ("x.cloned().enumerate().map(|(i, y)| y.code()).count()", True),
        ("x.cloned().filter(|y| y.code() > 1).count()", True),
    ],
)
def test_what_is_lent_twice_may_have_another_impl(code: str, found: bool) -> None:
    source = Source("src/lib.rs", f"{HEAD}{code}{TAIL}".encode())
    copy = next(n for n in walk_all(source, source.root) if copied_by(source, n) is not None)
    scopes = Scopes(source, source.root.named_children[0])
    lent = lent_items(source, scopes, copy, False, lambda _: True, own=lambda name: name == b"code")
    assert (lent is not None) is found


def test_what_is_peeked_at_is_lent_twice() -> None:
    for method, found in (("len", True), ("code", False)):
        uses = f"while let Some(y) = i.next() {{ y.code(); i.peek().map(|z| z.{method}()); }}"
        text = f"fn f() {{ let mut i = x.cloned().peekable(); {uses} }}"
        source = Source("src/lib.rs", text.encode())
        copy = next(n for n in walk_all(source, source.root) if copied_by(source, n) is not None)
        scopes = Scopes(source, source.root.named_children[0])
        lent = lent_items(
            source, scopes, copy, False, lambda _: True, own=lambda name: name == b"code"
        )
        assert (lent is not None) is found


@pytest.mark.parametrize(
    ("collected", "uses", "made"),
    [
        ("let l: Vec<String> = x.cloned().collect();", "l.len(); l[0].len();", "let l: Vec<_> = x.collect(); l.len(); l[0].len();"),
        ("let l = x.cloned().collect::<Vec<_>>();", "for y in &l { g(y) }", "let l = x.collect::<Vec<_>>(); for y in l.iter().copied() { g(y) }"),
        ("let l = x.cloned().collect::<Vec<T>>();", "for y in l { y.len(); }", "let l = x.collect::<Vec<_>>(); for y in l { y.len(); }"),
        ("let l: Vec<T> = x.cloned().filter(|y| g(y)).collect();", "l.iter().any(h);", "let l: Vec<_> = x.filter(|&y| g(y)).collect(); l.iter().copied().any(h);"),
        ("let l: Vec<T> = x.cloned().collect();", 'l.join(",");', 'let l: Vec<_> = x.map(String::as_str).collect(); l.join(",");'),
        ("let l: Vec<T> = x.cloned().collect();", "l.contains(y); l.first();", "let l: Vec<_> = x.collect(); l.contains(&y); l.first().copied();"),
        ("let l: Vec<T> = x.cloned().collect();", "l[1..].iter().any(g);", None),
        ("let l: Vec<T> = x.cloned().collect();", "l", None),
        ("let l: Vec<T> = x.cloned().collect();", "g(&l);", None),
        ("let mut l: Vec<T> = x.cloned().collect();", "l.iter().any(g);", None),
        ("let l: HashSet<T> = x.cloned().collect();", "l.len(); l.iter().any(g);", None),
        ("let l: Vec<T> = x.cloned().collect();", "l.len();", "let l: Vec<_> = x.collect(); l.len();"),
        ("let l: Vec<T> = x.cloned().collect();", "", None),
        ("let (l, m): (Vec<T>, Vec<T>) = x.cloned().partition(|y| g(y));", "l.len(); m[0].len();", "let (l, m): (Vec<_>, Vec<_>) = x.partition(|&y| g(y)); l.len(); m[0].len();"),
        ("let (l, m): (Vec<T>, Vec<T>) = x.cloned().partition(|y| g(y));", "l.len(); m", None),
        ("let mut i = x.cloned().peekable();", "while let Some(y) = i.next() { y.len(); i.peek().is_none(); }", "let mut i = x.peekable(); while let Some(y) = i.next() { y.len(); i.peek().is_none(); }"),
        ("let mut i = x.cloned();", "if let Some(y) = i.next() { g(y == z); } for y in i { h(&y); }", "let mut i = x; if let Some(y) = i.next() { g(*y == z); } for y in i { h(y); }"),
        ("let mut i = x.cloned().peekable();", "match i.peek() { Some(y) => y.len(), None => 0 }; i.next().map(|y| y.len());", "let mut i = x.peekable(); match i.peek() { Some(y) => y.len(), None => 0 }; i.next().map(|y| y.len());"),
        ("let mut i = x.cloned().peekable();", "while let Some(y) = i.next() { v.push(y); }", None),
        ("let mut i = x.cloned().peekable();", "let y = i.next();", None),
        ("let mut i = x.cloned().peekable();", "i.next_if(|y| g(y));", None),
        ("let mut i = x.cloned();", "g(&mut i);", None),
        ("let l: Vec<T> = x.cloned().filter(g).collect();", 'l.join(",");', None),
    ],
)  # fmt: skip
def test_a_list_of_items_that_has_a_name(collected: str, uses: str, made: str | None) -> None:
    source = Source("src/lib.rs", f"fn f() {{ {collected} {uses} }}".encode())
    copy = next(n for n in walk_all(source, source.root) if copied_by(source, n) is not None)
    scopes = Scopes(source, source.root.named_children[0])
    found = lent_items(source, scopes, copy, False, is_reading_method)
    edits = without_copy(source, copy, found, b"String::as_str") if found is not None else None
    if edits is None:
        assert made is None
        return
    changes = {edit.span: edit.replacement for edit in edits}
    body = span_of(source.root.named_children[0].named_children[-1])
    assert replaced(source, body, changes).decode() == f"{{ {made} }}"
