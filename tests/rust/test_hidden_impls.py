"""What std's methods run of the workspace's own impls."""

from __future__ import annotations

import pytest

from engine.rust.calls import Calls
from engine.rust.hidden_impls import HiddenImpls, parts_of_code
from engine.rust.lasting_work import LastingWork
from engine.rust.type_parser import parse
from tests.rust.workspace import Workspace

TYPES = """
pub struct Sess; impl Drop for Sess { fn drop(&mut self) { std::fs::remove_file(p); } }
pub struct Quiet(u8); impl Drop for Quiet { fn drop(&mut self) { LEFT.fetch_sub(1, Relaxed); } }
pub struct Holder { inner: Option<Sess> }
#[derive(Hash, PartialEq, Eq)] pub struct Plain(u8);
pub struct Key(u8); impl Hash for Key { fn hash<H>(&self, h: &mut H) { work(self.0); h.write_u8(self.0) } }
pub struct Cheap(u8); impl Hash for Cheap { fn hash<H>(&self, h: &mut H) { self.0.hash(h) } }
pub struct Rank(u8); impl Ord for Rank { fn cmp(&self, other: &Self) -> Ordering { score(self) } }
pub struct Sum(u8); impl AddAssign for Sum { fn add_assign(&mut self, n: u8) { log(n); } }
pub struct Lazy(u8); impl Deref for Lazy { type Target = u8; fn deref(&self) -> &u8 { load(self) } }
"""
MAP = "std::collections::HashMap"


@pytest.mark.parametrize(
    ("code", "type_", "expected"),
    [
        ("g.clear()", "std::vec::Vec<Sess>", [(True, "`Drop` of `Sess`")]),
        ("g.clear()", "std::vec::Vec<std::sync::Arc<Sess>>", [(True, "`Drop` of `Sess`")]),
        ("g.clear()", "std::vec::Vec<Holder>", [(True, "`Drop` of `Sess`")]),
        ("g.clear()", "std::vec::Vec<Quiet>", []),
        ("g.clear()", "std::vec::Vec<std::string::String>", []),
        ("g.len()", "std::vec::Vec<Sess>", []),
        ("g.push(x)", "std::vec::Vec<Sess>", []),
        # what is taken out is dropped by who has it
        ("g.pop();", "std::vec::Vec<Sess>", [(True, "`Drop` of `Sess`")]),
        ("let _ = g.pop();", "std::vec::Vec<Sess>", [(True, "`Drop` of `Sess`")]),
        ("let x = g.pop();", "std::vec::Vec<Sess>", []),
        ("*g = x;", "Sess", [(True, "`Drop` of `Sess`")]),
        # keys
        ("g.get(&k)", f"{MAP}<Key, u8>", [(False, "`Hash` of `Key`")]),
        ("g.get(&k)", f"{MAP}<Cheap, u8>", []),
        ("g.get(&k)", f"{MAP}<Plain, Key>", []),
        ("g.get(&k)", "std::vec::Vec<Key>", []),
        ("g.get(&k)", f"{MAP}<K, u8>", [(False, "what compares or hashes a `K`, which is not seen")]),
        ("g.len()", f"{MAP}<K, u8>", []),
        ("g.insert(k, v)", "std::collections::BTreeMap<Rank, u8>", [(False, "`Ord` of `Rank`")]),
        ("g.sort()", "std::vec::Vec<Rank>", [(False, "`Ord` of `Rank`")]),
        ("g.push(x)", "std::vec::Vec<Rank>", []),
        # operators
        ("*g += 1;", "Sum", [(False, "`AddAssign` of `Sum`")]),
        ("*g -= 1;", "Sum", []),
        ("f(**g)", "Lazy", [(False, "`Deref` of `Lazy`")]),
    ],
)  # fmt: skip
def test_lasting(code: str, type_: str, expected: list[tuple[bool, str]]) -> None:
    workspace = Workspace({"src/lib.rs": f"{TYPES}\nfn f() {{ {code} }}"})
    source = workspace.sources.get("src/lib.rs")
    calls = Calls(workspace.sources, workspace.items, lambda path, span: None)
    work = LastingWork(calls, lambda path, span: None)
    function = source.root.named_children[-1]
    told = parse(type_)
    assert told is not None
    impls = HiddenImpls(workspace.items, calls, work)
    found = impls.lasting(source, parts_of_code(function), told)
    assert [(f.waits, f.words.partition(" (")[0]) for f in found] == expected
