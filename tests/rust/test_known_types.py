"""Tables of types by their full paths."""

from __future__ import annotations

import pytest

from engine.rust.known_types import is_shown_whole, of_std_alone
from engine.rust.type_parser import parse


@pytest.mark.parametrize(
    ("told", "std"),
    [
        ("u8", True),
        ("&&str", True),
        ("std::string::String", True),
        ("alloc::string::String", True),
        ("&[std::option::Option<(f64, char)>]", True),
        ("[u8; 4]", True),
        ("std::borrow::Cow<'_, str>", True),
        ("{integer}", True),
        ("std::vec::Vec<app::Id>", False),
        ("app::std::Thing", False),
        ("T", False),
        ("&dyn std::fmt::Display", False),
        ("impl std::fmt::Display", False),
        ("std::fmt::Arguments<'_>", False),
        ("std::boxed::Box<dyn std::error::Error>", False),
    ],
)
def test_types_that_run_no_code_of_the_users(told: str, std: bool) -> None:
    type_ = parse(told)
    assert type_ is not None
    assert of_std_alone(type_) is std


@pytest.mark.parametrize(
    ("told", "whole"),
    [
        ("u8", True),
        ("{integer}", True),
        ("_", False),
        ("&&mut std::string::String", True),
        ("std::collections::HashMap<std::string::String, std::vec::Vec<f64>>", True),
        ("core::num::ParseIntError", True),
        ("std::sync::MutexGuard<'_, std::option::Option<(u8, bool)>>", True),
        ("std::path::Display<'_>", True),
        ("std::boxed::Box<app::Id>", False),
        ("std::sync::Arc<T>", False),
        ("std::borrow::Cow<'_, app::Text>", False),
        ("std::option::Option<app::Id>", False),
        ("std::io::Error", False),
        ("std::io::IntoInnerError<std::io::BufWriter<std::fs::File>>", False),
        ("std::boxed::Box<dyn std::error::Error>", False),
        ("std::fmt::Arguments<'_>", False),
        ("std::iter::Map<std::slice::Iter<'_, u8>, {closure@src/lib.rs:1:1: 1:4}>", False),
    ],
)
def test_types_that_never_fail_to_be_shown(told: str, whole: bool) -> None:
    assert is_shown_whole(parse(told)) is whole
