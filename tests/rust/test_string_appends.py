"""What appends a text to another one, by syntax."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.format_macros import format_call
from engine.rust.queries import macro_calls
from engine.rust.string_appends import added_to_parameter, appended, pushed
from engine.rust.syntax import Source
from engine.rust.type_parser import parse


@pytest.mark.parametrize(
    ("statement", "target"),
    [
        ("all.fold(s, |a, x| a + HERE)", "a"),
        ("all.fold(s, |a, x| { a + HERE })", "a"),
        ("all.fold(s, |mut a: String, x| a + HERE)", "a"),
        ("all.fold(s, |a, x| a + HERE + x)", ""),
        ("all.fold(s, |a, x| { g(); a + HERE })", ""),
        ("all.fold(s, |(a, b), x| a + HERE)", ""),
        ("all.map(|x| s + HERE)", ""),
        ("all.map(|x| HERE + x)", ""),
        ("all.map(|x| x - HERE)", ""),
        ("s + HERE", ""),
    ],
)
def test_what_adds_a_text_to_what_a_closure_is_given(statement: str, target: str) -> None:
    source = Source("a.rs", f"fn f() {{ {statement}; }}".encode())
    at = source.data.index(b"HERE")
    node = source.node_at(Span(at, at + 4))
    assert node is not None
    found = added_to_parameter(source, node)
    assert (source.text(found.target).decode() if found is not None else "") == target
    assert found is None or source.text(found.whole) == b"a + HERE"


@pytest.mark.parametrize(
    ("statement", "whole", "target"),
    [
        ("s.push_str(HERE)", "s.push_str(HERE)", "s"),
        ("a.b().push_str(HERE)", "a.b().push_str(HERE)", "a.b()"),
        ("s += HERE", "s += HERE", "s"),
        ("*s += HERE", "*s += HERE", "*s"),
        ("s = s + HERE", "s = s + HERE", "s"),
        ("f.write_str(HERE)?", "f.write_str(HERE)", "f"),
        ("a.b = a.b + HERE", "a.b = a.b + HERE", "a.b"),
        ("String::push_str(&mut s, HERE)", "String::push_str(&mut s, HERE)", "s"),
        ("String::push_str(s, HERE)", "String::push_str(s, HERE)", "s"),
        (
            "std::string::String :: push_str(&mut a.b, HERE)",
            "std::string::String :: push_str(&mut a.b, HERE)",
            "a.b",
        ),
        # not these
        ("s = t + HERE", "", ""),
        ("s = s + HERE + t", "", ""),
        ("s = s - HERE", "", ""),
        ("s = HERE + s", "", ""),
        ("a[f()] = a[f()] + HERE", "", ""),  # f runs twice
        ("*f() = *f() + HERE", "", ""),
        ("s == s + HERE", "", ""),
        ("s += s + HERE", "", ""),
        ("let s = s + HERE", "", ""),
        ("s -= HERE", "", ""),
        ("s.push_str(HERE, 1)", "", ""),
        ("s.insert_str(0, HERE)", "", ""),
        ("push_str(&mut s, HERE)", "", ""),
        ("Text::push_str(&mut s, HERE)", "", ""),
        ("String::push_str(HERE, t)", "", ""),
        ("HERE.push_str(t)", "", ""),
        ("MyString::push_str(&mut s, HERE)", "", ""),
    ],
)
def test_what_appends_a_text(statement: str, whole: str, target: str) -> None:
    source = Source("a.rs", f"fn f() {{ {statement}; }}".encode())
    at = source.data.index(b"HERE")
    node = source.node_at(Span(at, at + 4))
    assert node is not None
    found = appended(source, node)
    texts = tuple(source.text(part).decode() for part in found) if found is not None else ("", "")
    assert texts == (whole, target)


@pytest.mark.parametrize(
    ("macro", "type_", "method", "argument"),
    [
        ('format!("{}", x)', "&str", "push_str", "x"),
        ('format!("{x}")', "std::string::String", "push_str", "&x"),
        ('format!("{}", x)', "&&&str", "push_str", "x"),
        ('format!("{}", x)', "std::boxed::Box<&str>", "push_str", "&x"),
        ('format!("{}", x)', "std::borrow::Cow<str>", "push_str", "&x"),
        ('format!("{}", x)', "std::sync::MutexGuard<std::string::String>", "push_str", "&x"),
        ('format!("{}", &x[1..])', "&str", "push_str", "&x[1..]"),
        ('format!("{}", x)', "char", "push", "x"),
        ('format!("{x}")', "&&char", "push", "**x"),
        ('format!("{}", f(x))', "char", "push", "f(x)"),
        ('format!("a{{b")', "", "push_str", '"a{b"'),
        ('format!("a")', "", "push", "'a'"),
        ('format!("{{")', "", "push", "'{'"),
        ('format!("é")', "", "push", "'é'"),
        ('format!("éa")', "", "push_str", '"éa"'),
        ('format!("\\n")', "", "push", "'\\n'"),
        ('format!("\\\\")', "", "push", "'\\\\'"),
        ('format!("\\"")', "", "push", "'\"'"),
        ('format!("\'")', "", "push", "'\\''"),
        ('format!("\\u{e9}")', "", "push_str", '"\\u{e9}"'),
        ('format!("{}", &x)', "&char", "push", "x"),
        ('format!(r"{{")', "", "push_str", 'r"{"'),
        ('format!("{}", x)', "u64", "", ""),
        ('format!("{}", x)', "crate::Text", "", ""),
        ('format!("{}", x)', "std::path::PathBuf", "", ""),
        ('format!("{:>5}", x)', "&str", "", ""),
        ('format!("{x} ")', "&str", "", ""),
        ('format!("{}", x)', "", "", ""),
        ('format!(concat!("a"))', "", "", ""),
    ],
)
def test_what_is_appended_without_a_formatter(
    macro: str, type_: str, method: str, argument: str
) -> None:
    source = Source("a.rs", f"fn f() {{ {macro}; }}".encode())
    (node, *_) = macro_calls(source.root)
    call = format_call(source, node)
    assert call is not None
    found = pushed(source, call, parse(type_) if type_ else None)
    assert found == ((method.encode(), argument.encode()) if method else None)
