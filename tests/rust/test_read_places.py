"""What is done with parts of a copy: tables of (code, answer) for the copy in it."""

from __future__ import annotations

import pytest

from engine.rust.copies import clone_of
from engine.rust.read_places import is_only_read, place_from
from engine.rust.syntax import Source, walk_all


def read(code: str) -> tuple[str, bool]:
    source = Source("src/lib.rs", f"fn f() {{ {code} }}".encode())
    found = (clone_of(source, node) for node in walk_all(source, source.root))
    clone = next(each for each in found if each is not None)
    place = source.text(place_from(source, clone.node)).decode()
    return place, is_only_read(source, clone.node, lambda _, method: method == b"len")


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("let n = x.clone()[0].len();", "x.clone()[0]"),
        ("let n = x.clone().a[i].0.len();", "x.clone().a[i].0"),
        ("let n = (x.clone().a)[1..].len();", "(x.clone().a)[1..]"),
        ("f(x.clone()[0]);", "x.clone()[0]"),
        ("let n = y[x.clone()];", "x.clone()"),
        ("let n = (*x.clone()).len();", "(*x.clone())"),
        ("f(&**x.clone());", "**x.clone()"),
        ("f(&x.clone()[..]);", "x.clone()[..]"),
        ("for p in &x.clone().list { g(p) }", "x.clone().list"),
        ("if let Some(p) = &x.clone().list { g(p) }", "x.clone().list"),
        ("match x.clone().kind { Kind::A => 1, _ => 2 };", "x.clone().kind"),
        ("let n = x.clone()[0] + 1;", "x.clone()[0]"),
        ("n += x.clone()[0];", "x.clone()[0]"),
        ("let n = x.clone().n as u64;", "x.clone().n"),
        ("return x.clone().n;", "x.clone().n"),
        ("let y = S { n: x.clone().n };", "x.clone().n"),
        ('println!("{}", x.clone()[0]);', "x.clone()[0]"),
        ("assert!(x.clone().flag);", "x.clone().flag"),
        ('write!(out, "{}", x.clone().name)?;', "x.clone().name"),
    ],
)
def test_reading_is_known(code: str, place: str) -> None:
    assert read(code) == (place, True)


@pytest.mark.parametrize(
    "code",
    [
        "x.clone()[0].push('b');",
        "x.clone()[i].drain(..).count();",
        "x.to_vec()[1..].reverse();",
        "x.clone()[1..].iter_mut().for_each(g);",
        "x.clone()[0] = 9;",
        "x.clone()[1] += 1;",
        "x.clone().n += 1;",
        "x.clone().name = String::new();",
        "f(&mut x.clone()[..]);",
        "f(&mut x.clone().name);",
        "f(&mut x.clone().list[0].name);",
        "f(&mut *x.clone());",
        "*x.clone() = 1;",
        "(*x.clone()).push(1);",
        "for p in &mut x.clone().list { *p *= 2 }",
        "let r = &mut x.clone().name;",
        "let ref mut r = x.clone().name;",
        "if let Some(ref mut p) = x.clone().opt { p.push(1) }",
        "match x.clone().opt { Some(ref  mut p) => p.push(1), None => {} }",
        "let p = &raw mut x.clone().n;",
        'write!(x.clone().name, "a").unwrap();',
        'write!(&mut x.clone().name, "a").unwrap();',
        "x.clone().it.next();",
        "change!(x.clone().name);",
    ],
)
def test_what_may_change_a_part(code: str) -> None:
    assert not read(code)[1]
