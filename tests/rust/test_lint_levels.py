"""Where a lint is on."""

from __future__ import annotations

import pytest

from engine.rust.lint_levels import allowed_at, is_on_at
from tests.rust.workspace import Workspace

DENY = "#[deny(clippy::unwrap_used)]\n"
ALLOW = "#[allow(clippy::unwrap_used)]\n"
HERE = "fn f() { at_this }\n"


def is_on(root: str, deep: str = "", folder: str = "") -> bool | None:
    texts = {"src/lib.rs": root, "src/deep.rs": deep, "src/deep/er.rs": folder}
    files = Workspace(texts)
    at = [path for path, text in texts.items() if "at_this" in text][-1]
    source, node = files.find(at, "at_this")
    return is_on_at(files.sources, files.items.modules, source, node, b"unwrap_used")


@pytest.mark.parametrize(
    ("root", "on"),
    [
        (HERE, None),
        ("#!" + DENY[1:] + HERE, True),
        ("#!" + ALLOW[1:] + HERE, False),
        (DENY + HERE, True),
        ("#![deny(clippy::unwrap_used_there)]\n" + HERE, None),
        ("#![warn(unused, clippy::unwrap_used)]\n" + HERE, True),
        (HERE + DENY + "fn g() {}\n", None),
        (HERE + "mod tests { #!" + DENY[1:] + "}\n", None),
        ("#!" + DENY[1:] + ALLOW + HERE, False),
        ("#!" + ALLOW[1:] + "mod m { #!" + DENY[1:] + HERE + "}", True),
        ("#!" + DENY[1:] + "#![cfg_attr(test, allow(clippy::unwrap_used))]\n" + HERE, True),
        ("#![cfg_attr(test, allow(clippy::unwrap_used))]\n" + HERE, None),
        ("#![cfg_attr(not(test), forbid(clippy::unwrap_used))]\n" + HERE, True),
        ("fn f() { #!" + DENY[1:] + " at_this }", True),
        ("fn f() { " + DENY + " { at_this } }", True),
        ("fn f() { " + DENY + " { a } at_this }", None),
        ("struct S;\n" + DENY + "impl S { fn f() { at_this } }", True),
    ],
)
def test_the_innermost_attribute_decides(root: str, on: bool | None) -> None:
    assert is_on(root) is on


@pytest.mark.parametrize(
    ("root", "deep", "on"),
    [
        ("mod deep;\n", "", None),
        (DENY + "mod deep;\n", "", True),
        ("#!" + DENY[1:] + "mod deep;\n", "", True),
        ("#!" + DENY[1:] + ALLOW + "mod deep;\n", "", False),
        (DENY + "mod deep;\n", "#!" + ALLOW[1:], False),
        ("mod deep;\n" + DENY + "mod other;\n", "", None),
        ("cfg_if! { if #[cfg(unix)] { " + DENY + " mod deep; } }\n", "", True),
    ],
)
def test_what_leads_to_a_file_counts(root: str, deep: str, on: bool | None) -> None:
    assert is_on(root, deep + HERE) is on
    assert is_on(root, deep + "mod er;\n", HERE) is on


@pytest.mark.parametrize(
    ("root", "lint"),
    [
        (HERE, b""),
        (ALLOW + HERE, b"unwrap_used"),
        (ALLOW.replace("allow", "expect") + HERE, b"unwrap_used"),
        (ALLOW.replace("unwrap_used", "cmp_owned") + HERE, b"cmp_owned"),
        (DENY + HERE, b""),
        (ALLOW + "mod m { #!" + DENY[1:] + HERE + "}", b""),
        (ALLOW + "fn g() {}\n" + HERE, b""),
        ("#![cfg_attr(test, allow(clippy::unwrap_used))]\n" + HERE, b""),
    ],
)
def test_who_allows_a_lint_has_looked_at_what_stands_there(root: str, lint: bytes) -> None:
    files = Workspace({"src/lib.rs": root})
    source, node = files.find("src/lib.rs", "at_this")
    asked = (b"unwrap_used", b"cmp_owned")
    assert allowed_at(files.sources, files.items.modules, source, node, asked) == lint
