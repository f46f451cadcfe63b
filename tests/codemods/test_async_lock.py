"""The async-lock codemod beyond its cases: without cargo, with types made up from the source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import SimpleNamespace
from typing import cast

import pytest

from codemods.async_lock import CODEMOD
from codemods.async_lock.locate import METHODS
from engine.base.model import Proposal, Span
from engine.cargo.packages import Package
from engine.detect.codemod import registry
from engine.detect.facts import Facts, Sources
from engine.detect.scan import scan_source, wanted
from engine.rust.syntax import Source
from engine.rust.type_parser import parse
from engine.rust.types import Type

TEXT = """
use tokio::sync::Mutex;
struct S { m: Mutex<Vec<u8>> }
impl S {
    fn new() -> S { S { m: Mutex::new(Vec::new()) } }
    async fn push(&self) { self.m.lock().await.push(1); }
}
"""
TYPES = {"self.m": "tokio::sync::Mutex<std::vec::Vec<u8>>", "self": "&krate::S"}
GUARD = {"self.m.lock().await": "tokio::sync::MutexGuard<'_, std::vec::Vec<u8>>"}


def package(**more: object) -> Package:
    told = {"name": "p", "external": {}, "optional": frozenset(), "renamed": {}, "rust_version": ""}
    return cast(Package, SimpleNamespace(**{"root": "", "lib": "", "targets": (), **told, **more}))


def planned(
    text: str, types: Mapping[str, str], mine: Package | None = None, path: str = "src/lib.rs"
) -> list[Proposal]:
    data = text.encode()
    sources = Sources((path,), lambda _: data)

    def type_of(_path: str, span: Span) -> Type | None:
        told = types.get("".join(data[span.start : span.end].decode().split()))
        return parse(told) if told is not None else None

    facts = Facts(sources, type_of, lambda _p, _s: "it is not compiled", lambda _: mine)
    return list(CODEMOD.plan(scan_source(sources.get(path), ("async-lock",)).sites, facts))


@pytest.mark.parametrize(
    ("mine", "mentions", "labels"),
    [
        (package(), False, ["std"]),
        (package(external={"parking_lot": ()}), True, ["parking_lot", "std"]),
        # it is there, and nobody uses it; it is there only with a feature
        (package(external={"parking_lot": ()}), False, ["std"]),
        (package(external={"parking_lot": ()}, optional=frozenset({"parking_lot"})), True, ["std"]),
    ],
)
def test_whose_lock_it_becomes(mine: Package, mentions: bool, labels: list[str]) -> None:
    used = "static N: parking_lot::Mutex<u8> = parking_lot::Mutex::new(0);" if mentions else ""
    (proposal,) = planned(TEXT + used, {**TYPES, **GUARD}, mine)
    assert [fix.label for fix in proposal.fixes] == labels
    assert all(fix.level == "safe" for fix in proposal.fixes)


def test_a_constant_wants_a_compiler_that_has_them() -> None:
    text = (
        "use tokio::sync::Mutex;\nstatic M: Mutex<Vec<u8>> = Mutex::const_new(Vec::new());\n"
        "async fn f() { M.lock().await.push(1); }\n"
    )
    types = {"M": TYPES["self.m"], "M.lock().await": GUARD["self.m.lock().await"]}
    (old,) = planned(text, types, package(rust_version="1.62"))
    assert not old.fixes
    assert "1.63" in old.reason
    (new,) = planned(text, types, package(rust_version="1.63"))
    assert [fix.label for fix in new.fixes] == ["std"]


def test_what_rustc_did_not_tell_is_not_known_to_be_short() -> None:
    (proposal,) = planned(TEXT, TYPES)
    assert [fix.level for fix in proposal.fixes] == ["review"]
    assert "`self.m.lock().await.push(..)`" in proposal.fixes[0].note


def test_a_lock_that_rustc_did_not_see_keeps_all() -> None:
    text = TEXT + "impl S { #[cfg(x)] async fn other(&self, s: &S) { s.m.lock().await.clear(); } }"
    (proposal,) = planned(text, {**TYPES, **GUARD})
    assert not proposal.fixes
    assert "may lock it, but it is not compiled" in proposal.reason
    (blind,) = planned(TEXT, {})
    assert blind.outcome == "not-compiled"


def test_the_query_and_the_literals_agree() -> None:
    """Every method of the query is a literal, and a file with a lock call alone is wanted."""
    quoted = set(re.findall(r'"([a-z_]+)"', registry()["async-lock"].uses))
    assert quoted == {m.decode() for m in METHODS}
    for method in METHODS:
        text = b"fn f() { x.%s(); }" % method
        assert wanted(text, CODEMOD, uses=True)
        assert not wanted(text, CODEMOD)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        (TEXT, "site"),
        # held by what the syntax shows, never locked here, of an unknown or another crate
        (TEXT.replace(".push(1);", ".push(g().await);"), "maybe"),
        (TEXT.replace("self.m.lock().await.push(1);", ""), "maybe"),
        (TEXT.replace("tokio::sync::Mutex", "crate::sync::Mutex"), "maybe"),
        (TEXT.replace("tokio::sync::Mutex", "futures::lock::Mutex"), None),
        (TEXT.replace("tokio::sync::Mutex", "std::sync::Mutex"), None),
    ],
)
def test_what_a_scan_shows(text: str, role: str | None) -> None:
    sites = scan_source(Source("src/lib.rs", text.encode()), ("async-lock",)).sites
    found = [site.role for site in sites if site.kind == "field"]
    assert found == ([role] if role else [])
