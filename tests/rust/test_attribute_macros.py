"""Attributes that may be macros of which nothing is known."""

from __future__ import annotations

import pytest

from engine.rust.attribute_macros import unknown_around
from tests.rust.workspace import Workspace

HERE = "fn f() { at_this }\n"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (HERE, ""),
        ('#[inline(always)]\n#[must_use = "a, b("]\n' + HERE, ""),
        ('#[tokio::main(flavor = "current_thread")]\n' + HERE, ""),
        ("#[test_log::test(tokio::test)]\n" + HERE, ""),
        ("#[tracing::instrument(skip(x))]\n#[allow(clippy::all)]\n" + HERE, ""),
        ("#[clippy::has_significant_drop]\n" + HERE, ""),
        ("#[pm::source]\n" + HERE, "pm::source"),
        ("#[ pm :: source ]\n" + HERE, "pm::source"),
        ("#[pm::source]\nfn g() {}\n" + HERE, ""),
        ("#[counted]\nimpl S { #[inline] " + HERE + "}", "counted"),
        ("#[async_trait]\nimpl S { #[inline] " + HERE + "}", ""),
        ("#[derive(Own)]\nstruct S;\n" + HERE, ""),
        ("#[cfg_attr(test, pm::source)]\n" + HERE, "pm::source"),
        ("#[cfg_attr(all(test, unix), inline, derive(A, B), counted(x))]\n" + HERE, "counted"),
        ('#[cfg_attr(feature = "a,b", allow(x), instrument)]\n' + HERE, ""),
        ("fn f() { #[hidden] { at_this } }", "hidden"),
        ("fn f() { select! { _ = x => at_this } }", ""),
    ],
)
def test_what_is_not_known_is_named(text: str, path: str) -> None:
    source, node = Workspace({"src/lib.rs": text}).find("src/lib.rs", "at_this")
    assert unknown_around(source, node) == path
