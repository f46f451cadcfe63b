"""Functions that only make a value."""

from __future__ import annotations

import pytest

from engine.rust import nodes
from engine.rust.plain_makers import only_makes
from tests.rust.workspace import Workspace

_TEXT = """
mod other { pub fn make(id: u64) -> u64 { id } }
struct Request { id: u64, name: String }
impl Request {
    fn new(id: u64, name: &str) -> Self { Self { id, name: name.to_owned() } }
    #[inline]
    pub(crate) fn next(id: u64) -> Self { let id = id + 1; Request { id, name: String::new() } }
    #[instrument]
    fn traced(id: u64) -> Self { Self { id, name: String::new() } }
    fn logged(id: u64) -> Self { println!("{id}"); Self { id, name: String::new() } }
    fn again(id: u64) -> Self { Self::new(id, "a") }
    fn counted(id: u64) -> Self { COUNT.fetch_add(1, SeqCst); Self { id, name: String::new() } }
    fn timed(id: u64) -> (u64, Instant) { (id, Instant::now()) }
    fn forgotten(id: u64) { let _ = id; }
    fn unsafely(id: u64) -> u64 { unsafe { NEXT + id } }
}
trait Made { fn made(id: u64) -> u64; }
fn f() { CALL; }
"""


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("Request::new(1, a)", True),
        ("Request::next(1)", True),
        ("other::make(1)", True),
        ("Request::traced(1)", False),
        ("Request::logged(1)", False),
        ("Request::again(1)", False),
        ("Request::counted(1)", False),
        ("Request::timed(1)", False),
        ("Request::forgotten(1)", False),
        ("Request::unsafely(1)", False),
        ("Made::made(1)", False),
        ("request.next(1)", False),
        ("unknown(1)", False),
    ],
)
def test_only_makes(call: str, expected: bool) -> None:
    workspace = Workspace({"src/lib.rs": _TEXT.replace("CALL", call)})
    source, node = workspace.find("src/lib.rs", call)
    while nodes.callee_of(node) is None:
        node = node.named_children[0]
    assert only_makes(workspace.items, source, node) is expected
