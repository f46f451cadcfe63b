"""Statics that each thread has for itself."""

from __future__ import annotations

import pytest

from engine.rust.thread_locals import is_thread_local, thread_locals_in
from tests.rust.workspace import Workspace


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("thread_local! { static LOG: RefCell<String> = const { RefCell::new(String::new()) }; }", "LOG"),
        ("std::thread_local! {\n    /// One.\n    pub static A: Cell<u8> = Cell::new(0);\n"
         "    static B: Cell<u8> = Cell::new(1);\n}", "A B"),
        ("tokio::task_local! { static ID: u64; }", "ID"),
        ("mod m { thread_local!(static IN: Cell<u8> = Cell::new(0)); }", "IN"),
        ("#[thread_local]\nstatic RAW: Cell<u8> = Cell::new(0);", "RAW"),
        ("static PLAIN: Mutex<u8> = Mutex::new(0); // thread_local", ""),
        ("lazy_static! { static ref LAZY: Mutex<u8> = Mutex::new(0); }", ""),
        ("fn f() { let s = \"thread_local! { static NO: u8 }\"; }", ""),
    ],
)  # fmt: skip
def test_what_is_each_threads_own(text: str, names: str) -> None:
    source = Workspace({"src/lib.rs": text}).sources.get("src/lib.rs")
    assert " ".join(sorted(name.decode() for name in thread_locals_in(source))) == names


def test_in_any_file() -> None:
    workspace = Workspace(
        {
            "src/lib.rs": "mod log;\nstatic LOCK: Mutex<u8> = Mutex::new(0);",
            "src/log.rs": "thread_local! { static LOG: Cell<u8> = Cell::new(0); }",
        }
    )
    assert is_thread_local(workspace.sources, b"LOG")
    assert not is_thread_local(workspace.sources, b"LOCK")
