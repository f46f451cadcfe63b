"""What the workspace's own types are, by their definitions."""

from __future__ import annotations

import pytest

from engine.rust.known_types import Cost, Nature
from engine.rust.type_definitions import DefinedTypes
from engine.rust.type_facts import TypeFacts
from engine.rust.type_parser import parse
from tests.rust.workspace import Workspace

LIB = """
mod inner;
mod bytes { #[derive(Clone)] pub struct Bytes(std::sync::Arc<u8>); }
use std::sync::Arc;
use ::bytes::BytesMut as Buffer;
use inner::Part as Piece;
#[derive(Clone)] pub struct Plain { name: String, parts: Vec<Piece>, at: Kind }
#[derive(Debug, Clone)] enum Kind { A, B(u64, Option<String>), C { list: Vec<Kind> } }
#[derive(Clone, Copy)] struct Whole(u8, (u16, &'static str));
#[derive(Clone)] struct Shared { inner: Arc<Plain> }
#[derive(Clone)] struct Celled { plain: Plain, hits: std::cell::Cell<u64> }
#[derive(Clone)] struct Buffered { #[cfg(unix)] pub buffer: Buffer }
struct Own { name: String }
impl Clone for Own { fn clone(&self) -> Self { todo!() } }
#[derive(Clone)] struct Dropped { name: String }
impl Drop for Dropped { fn drop(&mut self) {} }
#[derive(Clone, Copy)] struct Pair<T>(T, T);
#[derive(Clone)] struct Generic<T> { items: Vec<T> }
#[derive(Clone)] struct Foreign { it: other::Thing }
#[derive(Clone)] struct Named(Duration, inner::Arc<u8>);
#[derive(Clone)] struct Duration { text: String }
mod a { #[derive(Clone)] pub struct Twice; }
mod b { #[derive(Clone)] pub struct Twice(std::sync::Arc<u8>); }
#[derive(Clone, Copy)] struct Pointing { at: *mut u8 }
#[derive(Clone, Copy)] struct Told { it: other::Thing }
type Alias = Vec<u8>;
#[derive(Clone)] struct Aliased(Alias);
"""
INNER = """
#[derive(Clone, Copy)] pub struct Part(u8, u16);
#[derive(Clone)] pub struct Arc<T>(Vec<T>);
use super::*;
#[derive(Clone)] pub struct Globbed { shared: Rc<u8>, of_the_root: Kind }
"""
FILES = {"src/lib.rs": LIB, "src/inner.rs": INNER}


def facts(files: dict[str, str] = FILES) -> TypeFacts:
    workspace = Workspace(files)
    return TypeFacts(DefinedTypes(workspace.items, workspace.sources).ownership)


@pytest.mark.parametrize(
    ("text", "cost", "nature"),
    [
        ("Plain", Cost.DEEP, Nature.PLAIN),
        ("Kind", Cost.DEEP, Nature.PLAIN),
        ("Whole", Cost.NONE, Nature.PLAIN),
        ("inner::Part", Cost.NONE, Nature.PLAIN),
        ("Shared", Cost.COUNT, Nature.SHARED),
        ("Celled", Cost.DEEP, Nature.CELL),
        ("Buffered", Cost.DEEP, Nature.PLAIN),
        ("Own", Cost.UNKNOWN, Nature.UNKNOWN),
        ("Dropped", Cost.UNKNOWN, Nature.UNKNOWN),
        ("Generic<std::string::String>", Cost.DEEP, Nature.PLAIN),
        ("Generic<std::sync::Arc<u8>>", Cost.DEEP, Nature.SHARED),
        ("Generic<T>", Cost.DEEP, Nature.UNKNOWN),
        ("Foreign", Cost.UNKNOWN, Nature.UNKNOWN),
        ("Pointing", Cost.NONE, Nature.CELL),
        ("Told", Cost.NONE, Nature.PLAIN),  # `Copy`, so that its drop does nothing
        ("a::Twice", Cost.NONE, Nature.PLAIN),
        ("b::Twice", Cost.COUNT, Nature.SHARED),
        ("elsewhere::Plain", Cost.UNKNOWN, Nature.UNKNOWN),
        ("bytes::Bytes", Cost.COUNT, Nature.SHARED),  # the module's, not the crate's
        ("inner::Globbed", Cost.DEEP, Nature.SHARED),
        ("Aliased", Cost.DEEP, Nature.PLAIN),
        ("std::option::Option<Shared>", Cost.COUNT, Nature.SHARED),
    ],
)
def test_types_are_read_from_their_definitions(text: str, cost: Cost, nature: Nature) -> None:
    found = facts().ownership(parse(text))
    assert (found.cost, found.nature) == (cost, nature)


def test_names_of_std_that_the_workspace_gives_to_its_own_types() -> None:
    # `Duration` holds a text, `Arc` a `Vec`: neither is what std calls so.
    named = facts().ownership(parse("Named"))
    assert (named.cost, named.nature) == (Cost.DEEP, Nature.PLAIN)
    assert not facts().is_copy(parse("Duration"))
    assert not facts().is_cheap(parse("inner::Arc<u8>"))


def test_copy_is_what_is_derived() -> None:
    assert facts().is_copy(parse("inner::Part")) and not facts().is_copy(parse("Plain"))
    assert facts().is_copy(parse("Pair<u8>")) and not facts().is_copy(parse("Pair<Plain>"))
    assert facts().may_be_copy(parse("Own")) and not facts().may_be_copy(parse("Shared"))


def test_one_name_in_two_crates_is_not_guessed() -> None:
    twice = {
        "a/src/lib.rs": "#[derive(Clone, Copy)] pub struct Id(u8);",
        "b/src/lib.rs": "#[derive(Clone)] pub struct Id(String);",
    }
    assert facts(twice).ownership(parse("Id")).nature is Nature.UNKNOWN
    assert facts(twice).is_copy(parse("a::Id")) and not facts(twice).is_copy(parse("b::Id"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Own", "`Own` has a `Clone` of its own"),
        ("Dropped", "`Dropped` has a `Drop` of its own, which would run at another time"),
        ("Alias", "`Alias` could not be read from its definition"),
        ("Celled", "in `Celled`, `Cell` changes behind a shared reference"),
    ],
)
def test_reasons(text: str, why: str) -> None:
    assert facts().ownership(parse(text)).why == why


@pytest.mark.parametrize(
    ("told", "drops"),
    [
        ("Dropped", True),
        ("app::Dropped", True),
        ("Plain", False),
        ("other::Dropped", False),
        ("&Dropped", False),
    ],
)
def test_what_has_a_drop_of_its_own(told: str, drops: bool) -> None:
    workspace = Workspace({"src/lib.rs": LIB})
    assert DefinedTypes(workspace.items, workspace.sources).drops(parse(told)) is drops


@pytest.mark.parametrize(
    ("told", "dropped", "held"),
    [
        ("Own", Nature.PLAIN, Nature.PLAIN),
        ("Dropped", Nature.UNKNOWN, Nature.PLAIN),
        ("Celled", Nature.CELL, Nature.CELL),
        ("Generic<T>", Nature.UNKNOWN, Nature.UNKNOWN),
    ],
)
def test_what_dropping_does_and_what_is_held_whatever_a_clone_is(
    told: str, dropped: Nature, held: Nature
) -> None:
    workspace = Workspace(FILES)
    of_drop = DefinedTypes(workspace.items, workspace.sources, ("Drop",))
    of_all = DefinedTypes(workspace.items, workspace.sources, ())
    assert TypeFacts(of_drop.ownership).ownership(parse(told)).nature is dropped
    assert TypeFacts(of_all.ownership).ownership(parse(told)).nature is held
