"""What a fix names of std in a crate that may have none is spelled by core and alloc."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.app.pipeline import run
from engine.app.request import ProofSettings, RunRequest
from engine.base.model import Edit, Fix, Level, Proposal, Site, Span
from engine.base.ui import Ui
from engine.cargo.workspace import Selection, discover
from engine.detect.facts import Facts, sources_of
from engine.detect.no_std import for_no_std
from engine.rewrite.use_declarations import name, trait
from tests.trees import build, package

_COUNT = """\
use std::sync::Mutex;

pub struct Count {
    n: Mutex<usize>,
}
impl Count {
    pub fn add(&self) {
        *self.n.lock().unwrap() += 1;
    }
    pub fn get(&self) -> usize {
        *self.n.lock().unwrap()
    }
}
"""


def _spelled(root: Path, files: dict[str, str], path: str) -> tuple[bytes, ...]:
    """The markers of a fix in ``path``, as they are for its crate."""
    build(root, {"Cargo.toml": package("small"), **files})
    workspace = discover(root, Selection())
    facts = Facts(sources_of(workspace), lambda *_: None, lambda *_: "", workspace.package_of)
    marked = trait(b"std::string::ToString"), name(b"std::sync::atomic::AtomicU64"), b"plain"
    fix = Fix("x", Level.SAFE, tuple(Edit(path, 0, 0, text) for text in marked), "")
    proposal = Proposal((Site("m", path, Span(0, 0)),), (fix,))
    return tuple(edit.replacement for edit in for_no_std(proposal, facts).fixes[0].edits)


_STD = trait(b"std::string::ToString"), name(b"std::sync::atomic::AtomicU64"), b"plain"
_CORE = _STD[0], name(b"core::sync::atomic::AtomicU64"), b"plain"
_ALLOC = trait(b"alloc::string::ToString"), *_CORE[1:]


@pytest.mark.parametrize(
    ("root", "spelled"),
    [
        ("mod deep;\n", _STD),
        ("#![no_std]\nmod deep;\n", _CORE),
        ("#![no_std]\nextern crate alloc;\nmod deep;\n", _ALLOC),
        ('#![cfg_attr(not(feature = "std"), no_std)]\nmod deep;\n', _CORE),
    ],
)
def test_the_root_of_the_crate_decides(
    tmp_path: Path, root: str, spelled: tuple[bytes, ...]
) -> None:
    files = {"src/lib.rs": root, "src/deep/mod.rs": "mod deeper;\n", "src/deep/deeper.rs": ""}
    assert _spelled(tmp_path, files, "src/deep/deeper.rs") == spelled


def test_a_test_of_a_crate_without_std_has_std(tmp_path: Path) -> None:
    files = {"src/lib.rs": "#![no_std]\n", "tests/all.rs": "fn main() {}\n"}
    assert _spelled(tmp_path, files, "tests/all.rs") == _STD


def test_a_file_of_two_crates_is_right_for_both(tmp_path: Path) -> None:
    files = {
        "src/lib.rs": "#![no_std]\nmod shared;\n",
        "src/main.rs": "mod shared;\nfn main() {}\n",
        "src/shared.rs": "",
    }
    assert _spelled(tmp_path, files, "src/shared.rs") == _CORE


@pytest.mark.slow
def test_a_counter_of_a_crate_without_std_becomes_an_atomic_of_core(tmp_path: Path) -> None:
    files = {
        "Cargo.toml": package("small"),
        "src/lib.rs": "#![no_std]\nextern crate std;\npub mod count;\n",
        "src/count.rs": _COUNT,
    }
    build(tmp_path, files)
    settings = ProofSettings(review=True, tests=False)
    request = RunRequest(discover(tmp_path, Selection()), ("mutex-counter",), settings)
    result = run(request, Ui(quiet=True))
    text = result.files["src/count.rs"].decode()
    assert text.startswith("use core::sync::atomic::{AtomicUsize, Ordering};\n\npub struct")
