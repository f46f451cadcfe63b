"""What of a function means something else on another thread."""

from __future__ import annotations

import pytest

from engine.rust.calls import Calls
from engine.rust.queries import walk
from engine.rust.thread_bound import ThreadBound
from engine.rust.type_parser import parse
from tests.rust.workspace import Workspace

_HEAD = """
use std::{fs, thread};
use tokio::task;
thread_local! { static SEEN: Cell<u64> = const { Cell::new(0) }; }
tokio::task_local! { static REQUEST: u32; }
static PLAIN: AtomicU64 = AtomicU64::new(0);
fn request() -> u32 { REQUEST.try_with(|id| *id).unwrap_or_default() }
fn through() -> u32 { request() + 1 }
fn plain(path: &str) -> u32 { PLAIN.load(Relaxed) }
async fn later() -> u32 { REQUEST.get() }
fn round(n: u32) -> u32 { if n == 0 { 0 } else { round(n - 1) } }
struct Log;
impl Log {
    fn note(&self) { SEEN.set(1); }
    fn len(&self, of: u8) { SEEN.set(2); }
}
impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result { write!(f, "{}", request()) }
}
"""
_LOCAL, _OWN = " is another one on each thread", " means its own task or thread"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("fs::read(p); plain(p);", ""),
        ("SEEN.set(1);", f"`SEEN`{_LOCAL}"),
        ("assert!(REQUEST.get() > 1);", f"`REQUEST`{_LOCAL}"),
        ("fs::write(p, request());", f"`REQUEST`{_LOCAL} (in `request`)"),
        ("through();", f"`REQUEST`{_LOCAL} (in `request`)"),
        ("ids.map(request);", f"`REQUEST`{_LOCAL} (in `request`)"),
        ("self.log.note();", f"`SEEN`{_LOCAL} (in `note`)"),
        ("log.len(1);", f"`SEEN`{_LOCAL} (in `len`)"),
        ("log.len();", ""),
        ("let future = later();", ""),
        ("round(3);", ""),
        ("fs::write(p, Log.to_string());", f"`REQUEST`{_LOCAL} (in `request`)"),
        ('let of = Log; let text = format!("{of} {}", 1);', f"`REQUEST`{_LOCAL} (in `request`)"),
        ("fs::write(p, of.to_string());", ""),
        ('log(of.text(), "to_string");', ""),
        ("task::spawn_local(async {});", f"`task::spawn_local`{_OWN}"),
        ("tokio::task::id();", f"`tokio::task::id`{_OWN}"),
        ("set.spawn_local(async {});", f"`spawn_local`{_OWN}"),
        ("thread::park();", f"`thread::park`{_OWN}"),
        ("thread::current().name();", f"`thread::current`{_OWN}"),
        ("actix_web::rt::spawn(f());", f"`actix_web::rt::spawn`{_OWN}"),
        ("thread::sleep(d); tokio::spawn(f()); thread::spawn(g); Span::current();", ""),
    ],
)
def test_what_binds_code_to_its_thread(body: str, why: str) -> None:
    assert bound(body) == why


def test_the_types_of_what_is_taken_along() -> None:
    body = 'fs::write(p, format!("{log:?}"));'
    assert bound(body, "std::option::Option<&krate::Log>") == f"`REQUEST`{_LOCAL} (in `request`)"
    assert bound(body, "std::string::String") == ""
    assert bound("fs::write(p, log);", "krate::Log") == ""


def bound(body: str, *types: str) -> str:
    workspace = Workspace({"src/lib.rs": f"{_HEAD}impl App {{ fn asked(&self) {{ {body} }} }}"})
    calls = Calls(workspace.sources, workspace.items, lambda *_: None)
    source = workspace.sources.get("src/lib.rs")
    (function,) = (
        node
        for node in walk(source.root)
        if node.type == "function_item" and b"fn asked" in source.text(node)
    )
    found = ThreadBound(workspace.sources, workspace.items, calls)
    return found.why(source, [function], [t for each in types if (t := parse(each)) is not None])
