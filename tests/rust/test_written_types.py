"""Types as they are written, as rustc would print them."""

from __future__ import annotations

import pytest

from engine.rust import nodes
from engine.rust.type_parser import parse
from engine.rust.types import Type
from engine.rust.written_types import written_type
from tests.rust.workspace import Workspace

LIB = """
mod inner;
use std::{collections::HashMap, sync};
use std::sync::Arc as Shared;
use tokio::sync::*;
use inner::{Part as Piece, Duration};
pub struct Own<T>(T);
type Table<V> = HashMap<String, V>;
type Parts = Table<Vec<Piece>>;
type Round = Round;
#[cfg(unix)] type Handle = i32;
mod nested { use super::*; pub struct Arc<T>(T); pub struct Below(FIELD); }
pub struct Here(FIELD);
"""
INNER = """
pub use std::path::PathBuf;
pub struct Part;
pub struct Duration(u64);
"""


def meant(text: str, place: str = "Here", given: dict[str, Type | None] | None = None) -> str:
    lib = LIB.replace("FIELD", text)
    workspace = Workspace({"src/lib.rs": lib, "src/inner.rs": INNER})
    source = workspace.sources.get("src/lib.rs")
    _, item = workspace.find("src/lib.rs", f"pub struct {place}({text});")
    node = nodes.named_children(item)[-1].named_children[0]
    return str(written_type(workspace.items, source, node, given))


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("u8", "u8"),
        ("&'static [u8]", "&[u8]"),
        ("String", "std::string::String"),
        ("Option<Vec<bool>>", "std::option::Option<std::vec::Vec<bool>>"),
        ("HashMap<u8, u8>", "std::collections::HashMap<u8, u8>"),
        ("sync::Mutex<u8>", "std::sync::Mutex<u8>"),
        ("Shared<u8>", "std::sync::Arc<u8>"),
        ("std::rc::Rc<u8>", "std::rc::Rc<u8>"),
        ("Own<Piece>", "app::Own<app::inner::Part>"),
        ("Duration", "app::inner::Duration"),
        ("crate::inner::PathBuf", "std::path::PathBuf"),
        ("Parts", "std::collections::HashMap<std::string::String, "
         "std::vec::Vec<app::inner::Part>>"),
        ("Box<dyn Fn(u8) -> u8>", "std::boxed::Box<dyn Fn(u8) -> u8>"),
        ("(u8, [Piece; 2])", "(u8, [app::inner::Part; 2])"),
        ("Round", "app::Round"),  # which rustc refuses
        ("Handle", "app::Handle"),  # another one on other systems, perhaps
        ("Elsewhere", "Elsewhere"),
        ("Bytes", "Bytes"),
    ],
)  # fmt: skip
def test_written(text: str, full: str) -> None:
    assert meant(text) == full


def test_a_name_is_what_its_module_has() -> None:
    assert meant("Arc<u8>", "Below") == "app::nested::Arc<u8>"
    assert meant("Own<u8>", "Below") == "app::Own<u8>"


def test_generic_parameters_are_what_is_given_for_them() -> None:
    assert meant("Vec<T>", given={"T": Type("u8")}) == "std::vec::Vec<u8>"
    assert parse(meant("T", given={"T": None})).name == "T"
