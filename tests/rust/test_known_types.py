"""Tables of types by their full paths."""

from __future__ import annotations

import pytest

from engine.rust.known_types import of_std_alone
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
