"""Versions of Rust, as manifests write them."""

from __future__ import annotations

import pytest

from engine.base.rust_version import may_use


@pytest.mark.parametrize(
    ("oldest", "may"),
    [
        ("", True),
        ("1.70", True),
        ("1.70.1", True),
        ("1.69.9", False),
        ("1.100", True),
        ("1", False),
    ],
)
def test_what_came_with_a_version_is_there_from_then_on(oldest: str, may: bool) -> None:
    assert may_use(oldest, (1, 70)) is may
