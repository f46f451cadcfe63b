"""Receivers of calls that are written anew."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.known_types import shows_itself
from engine.rust.receivers import appending, shown_by
from engine.rust.syntax import Source
from engine.rust.type_parser import parse


@pytest.mark.parametrize(
    ("expression", "type_", "text", "base", "asked"),
    [
        ("x", "u64", "x", "u64", "self"),
        ("x", "&u64", "x", "u64", ""),
        ("x", "&&u64", "(*x)", "u64", ""),
        ("x", "&mut u64", "(*x)", "u64", "*self"),
        ("x", "&&mut &str", "(**x)", "str", ""),
        ("x", "std::boxed::Box<u8>", "(*x)", "u8", "*self"),
        ("x", "&std::boxed::Box<u8>", "(**x)", "u8", "**self"),
        ("x", "std::boxed::Box<&str>", "(*x)", "str", ""),
        ("x", "std::sync::Arc<str>", "(*x)", "str", "*self"),
        ("x", "&std::sync::MutexGuard<std::string::String>", "(**x)", "String", "**self"),
        ("x", "&std::borrow::Cow<str>", "x", "Cow<str>", ""),
        ("x", "std::borrow::Cow<[u8]>", "", "", ""),
        ("a + b", "u64", "(a + b)", "u64", "self"),
        ("&&a", "&&bool", "a", "bool", "**self"),
        ("&a", "&&str", "a", "str", ""),
        ("&mut a", "&mut u8", "a", "u8", "*self"),
        ("*(&&a)", "&bool", "(*(&&a))", "bool", ""),
        ("&(&(a + b))", "&&u8", "(a + b)", "u8", "**self"),
        ("(&a)", "&&&u8", "(*a)", "u8", ""),
        ("x", "f64", "", "", ""),
        ("x", "crate::Id", "", "", ""),
        ("x", "std::vec::Vec<u8>", "", "", ""),
        ("x", "std::option::Option<u8>", "", "", ""),
    ],
)
def test_stars_lead_to_the_value_that_is_meant(
    expression: str, type_: str, text: str, base: str, asked: str
) -> None:
    source = Source("a.rs", f"fn f() {{ g({expression}); }}".encode())
    start = source.data.index(b"g(") + 2
    span = Span(start, start + len(expression))
    found = shown_by(source, span, parse(type_), shows_itself)
    assert (found.text.decode() if found is not None else "") == text
    assert (found.value.short() if found is not None else "") == base
    question = f"fn to_string({asked})" if asked else ""
    assert (found.asked if found is not None else "") == question


_STRING = "std::string::String"
_ALL = "self, &self, &mut self"


@pytest.mark.parametrize(
    ("type_", "method", "asked"),
    [
        (_STRING, "push_str", "self, &self"),
        (_STRING, "write_fmt", "self, &self"),
        (f"&mut {_STRING}", "push_str", ""),
        (f"&mut {_STRING}", "write_fmt", ""),
        (f"&mut &mut {_STRING}", "push_str", _ALL),  # then `&mut String`
        (f"&mut &mut {_STRING}", "write_fmt", ""),  # it writes as well
        (f"std::boxed::Box<{_STRING}>", "push", f"{_ALL}, *self, &*self"),
        (f"&mut std::boxed::Box<{_STRING}>", "push_str",
         f"{_ALL}, *self, &*self, &mut *self, **self, &**self"),
        (f"std::boxed::Box<&mut {_STRING}>", "push_str", _ALL),
    ],
)  # fmt: skip
def test_what_is_tried_before_a_strings_own_method(type_: str, method: str, asked: str) -> None:
    assert appending(parse(type_), method) == (f"fn {method}({asked})" if asked else "")
