"""Questions about a type alone, and where their answers lead to values of it."""

from __future__ import annotations

import pytest

from engine.rust.calls import Calls
from engine.rust.layout_questions import leads_to_values, question_about
from engine.rust.queries import walk
from tests.rust.workspace import Workspace


def asked(text: str) -> tuple[str, bool]:
    """The question about ``Mutex<u32>``, and whether it leads to values."""
    workspace = Workspace({"src/lib.rs": text})
    calls = Calls(workspace.sources, workspace.items, lambda _path, _span: None)
    source = workspace.sources.get("src/lib.rs")
    nodes = (node for root in source.roots() for node in walk(root))
    type_ = next(node for node in nodes if source.text(node) == b"Mutex<u32>")
    call = question_about(source, type_)
    if call is None:
        return "", False
    return source.text(call).decode(), leads_to_values(source, call, calls.mentions)


@pytest.mark.parametrize(
    ("code", "question"),
    [
        ("mem::size_of::<Mutex<u32>>();", "mem::size_of::<Mutex<u32>>()"),
        ("align_of::<Vec<Mutex<u32>>>();", "align_of::<Vec<Mutex<u32>>>()"),
        ("any::type_name::<Mutex<u32>>();", "any::type_name::<Mutex<u32>>()"),
        ("size_of_val::<Mutex<u32>>(&x);", ""),
        ("transmute::<Mutex<u32>, u64>(x);", ""),
        ("TypeId::of::<Mutex<u32>>();", ""),
        ("all.map(size_of::<Mutex<u32>>);", ""),
        ("let a: Mutex<u32> = f();", ""),
    ],
)
def test_questions_that_are_given_no_value(code: str, question: str) -> None:
    assert asked(f"fn f() {{ {code} }}")[0] == question


@pytest.mark.parametrize(
    "text",
    [
        'fn f() -> usize { size_of::<Mutex<u32>>() }\nfn g() { println!("{}", f()); }',
        'fn f() { println!("{} bytes", size_of::<Mutex<u32>>()); }',
        "fn f() { assert!(size_of::<Mutex<u32>>() * 2 <= 64); }",
        "const SIZE: usize = size_of::<Mutex<u32>>();\nfn f(n: usize) -> usize { n * SIZE }",
        "const _: () = assert!(size_of::<Mutex<u32>>() < 64);",
        "fn f() { assert_eq!(size_of::<Mutex<u32>>(), 8); unsafe { g() } }",
        'fn f() { info!("{}", type_name::<Mutex<u32>>()); }',
        "fn f() { let n = size_of::<Mutex<u32>>(); drop(n); }\nfn g(p: *const u8) { f(); }",
    ],
)
def test_answers_that_lead_to_no_value(text: str) -> None:
    question, leads = asked(text)
    assert question
    assert not leads


@pytest.mark.parametrize(
    "text",
    [
        "unsafe fn f(p: P) -> P { p.add(size_of::<Mutex<u32>>()) }",
        "fn f(p: *const u8) -> *const u8 { p.wrapping_add(size_of::<Mutex<u32>>()) }",
        "const HEAD: usize = size_of::<Mutex<u32>>();\nfn f(p: P) { unsafe { p.add(HEAD); } }",
        "const HEAD: usize = size_of::<Mutex<u32>>();\nconst BODY: usize = HEAD + 8;\n"
        "fn f(p: P) { unsafe { p.add(BODY); } }",
        "fn head() -> usize { size_of::<Mutex<u32>>() }\nfn f(p: P) { unsafe { p.add(head()); } }",
        "struct Room([u8; size_of::<Mutex<u32>>()]);\nfn f(r: &mut Room) { unsafe { write(r) } }",
        "fn f() { let n = type_name::<Mutex<u32>>(); find(n); }",
        'fn f() -> String { format!("{}", type_name::<Mutex<u32>>()) }',
    ],
)
def test_answers_that_may_lead_to_values(text: str) -> None:
    assert asked(text)[1]
