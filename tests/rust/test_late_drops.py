"""When it matters that a value is dropped earlier."""

from __future__ import annotations

import pytest

from engine.rust.late_drops import LateDrops
from engine.rust.seen_drops import SeenDrops
from engine.rust.type_definitions import DefinedTypes
from engine.rust.type_parser import parse
from tests.rust.workspace import Workspace

_LIB = """
pub struct Temp(std::path::PathBuf);
impl Drop for Temp { fn drop(&mut self) {} }
pub struct Around { temp: Temp }
pub struct Foreign { dir: tempfile::TempDir }
pub struct Plain { name: String }
"""


@pytest.mark.parametrize(
    ("told", "matters"),
    [
        ("Temp", True),
        ("std::option::Option<Around>", True),
        ("tempfile::TempDir", True),
        ("Foreign", True),
        ("std::net::TcpStream", True),
        ("std::sync::mpsc::Sender<u8>", True),
        ("tokio::sync::OwnedSemaphorePermit", True),
        ("Plain", False),
        ("std::fs::File", False),
        ("std::io::BufReader<std::fs::File>", False),
        ("std::fs::ReadDir", False),
        ("std::vec::Vec<std::string::String>", False),
        ("std::sync::Arc<Temp>", False),
        ("serde_json::Value", False),
        ("u64", False),
        ("&Temp", False),
    ],
)
def test_when_a_drop_matters(told: str, matters: bool) -> None:
    work = Workspace({"src/lib.rs": _LIB})
    drops = SeenDrops(work.items, DefinedTypes(work.items, work.sources).drops)
    assert LateDrops(drops).matters(parse(told)) is matters
