"""Which values the workspace's macros are expanded with."""

from __future__ import annotations

import pytest

from engine.rust.calls import Calls
from engine.rust.macro_reach import MacroReach
from tests.rust.workspace import Workspace

_CODE = """\
struct S {{ n: u64 }}
struct Other {{ n: u64 }}
struct Holder {{ s: Mutex<S>, other: Mutex<Other> }}
static ALL: Mutex<S> = make();
fn given() -> Arc<Mutex<S>> {{ make() }}
{macro}
impl S {{ fn of_s(&self) {{ {of_s} }} }}
impl Holder {{ fn f(&self, s: &Mutex<S>, other: &Mutex<Other>) {{ let local = make(); {body} }} }}
"""
_ADD = "macro_rules! add { ($it:expr) => { $it.lock().n += 1 } }"


@pytest.mark.parametrize(
    ("macro", "body", "of_s", "reached"),
    [
        (_ADD, "", "", False),
        (_ADD, "add!(s);", "", True),
        (_ADD, "add!(&s);", "", True),
        (_ADD, "add!(self.s);", "", True),
        (_ADD, "add!(ALL);", "", True),
        (_ADD, "add!(given());", "", True),
        (_ADD, "add!(local);", "", True),
        (_ADD, "add!(other, 1);", "", False),
        (_ADD, "add!(self.other);", "", False),
        (_ADD, "add!(1);", "", False),
        (_ADD, "add!(self);", "", False),
        (_ADD.replace("$it", "$s"), "add!(other);", "", False),  # `$s` is no `s`
        (_ADD + "mod b { struct S; fn f(x: &Mutex<S>) { add!(x); } }", "", "", False),
        (_ADD, "", "add!(self);", True),
        (_ADD, "add!(a => b);", "", True),
        (_ADD + "macro_rules! two { ($it:expr) => { add!($it) } }", "", "", True),
        ("macro_rules! add { ($it:expr) => { $it.s.lock().n += 1 } }", "", "", True),
        ("macro_rules! add { () => { ALL.lock().n += 1 } }", "", "", True),
        ("#[macro_export] " + _ADD, "add!(other);", "", True),
    ],
)
def test_what_a_macro_reaches(macro: str, body: str, of_s: str, reached: bool) -> None:
    work = Workspace({"src/lib.rs": _CODE.format(macro=macro, body=body, of_s=of_s)})
    calls = Calls(work.sources, work.items, lambda _path, _span: None)
    source = work.sources.get("src/lib.rs")
    (definition, *_) = (n for n in source.root.named_children if n.type == "macro_definition")
    struct = source.root.named_children[0]
    reach = MacroReach(work.sources, work.items, calls)
    assert reach.reaches(source, definition, source, struct) is reached
    assert reach.holders(b"S") == {b"s", b"ALL", b"given"}
