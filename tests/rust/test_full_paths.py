"""Names that rustc trimmed, spelled out where nothing in the workspace has them."""

from __future__ import annotations

import pytest

from engine.rust.full_paths import FullPaths
from engine.rust.type_parser import parse
from tests.rust.workspace import Workspace

FILES = {
    "src/lib.rs": "mod a;\npub struct Duration(u64);\nfn f<Path: Clone>(p: &Path, s: String) {}",
    "src/a.rs": "pub type Rc<T> = Box<T>;\n// struct Instant;\ntrait Cell {}",
}


@pytest.mark.parametrize(
    ("trimmed", "full"),
    [
        ("Arc<Mutex<u64>>", "std::sync::Arc<std::sync::Mutex<u64>>"),
        ("Option<Vec<String>>", "std::option::Option<std::vec::Vec<std::string::String>>"),
        ("&mut Instant", "&mut std::time::Instant"),
        ("MutexGuard<'_, u8>", "std::sync::MutexGuard<u8>"),
        ("Duration", "Duration"),  # the crate's own
        ("Rc<u8>", "Rc<u8>"),
        ("Cell", "Cell"),
        ("Path", "Path"),  # a generic parameter
        ("File", "File"),  # in no table
        ("u8", "u8"),
        ("Ordering", "Ordering"),  # there are two
        ("Bytes", "Bytes"),  # of no crate that is known by its name alone
        ("a::Arc<u8>", "a::Arc<u8>"),
    ],
)
def test_full_paths(trimmed: str, full: str) -> None:
    assert str(FullPaths(Workspace(FILES).sources).of(parse(trimmed))) == full
