"""Copies of what may change through a shared reference: tables of (type, why) and (body, what is run)."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.snapshots import behind, may_change, run_during
from engine.rust.syntax import Source, span_of
from engine.rust.type_definitions import DefinedTypes
from engine.rust.type_facts import TypeFacts
from engine.rust.type_parser import parse
from tests.rust.workspace import Workspace

TYPES = """
pub struct Own { name: String }
pub struct Deep(std::rc::Rc<std::cell::RefCell<u8>>);
pub struct Stats { n: std::sync::atomic::AtomicU32 }
#[derive(Clone)] pub struct Dropped { name: String }
impl Drop for Dropped { fn drop(&mut self) {} }
#[derive(Clone)] pub struct Celled(std::cell::Cell<u8>);
#[derive(Clone)] pub struct Of<T> { t: T }
#[derive(Clone)] pub struct Holds { deep: Deep }
"""


@pytest.mark.parametrize(
    ("type_", "why"),
    [
        ("std::string::String", ""),
        ("std::sync::Arc<std::string::String>", ""),
        ("Own", ""),
        ("Dropped", ""),
        ("Celled", ""),  # what is known to change is told as such
        ("Deep", "deep one"),
        ("Holds", "deep one"),
        ("Stats", "`AtomicU32` changes"),
        ("T", "not known"),
        ("Of<T>", "not known"),
        ("Made", "not known"),
        ("std::boxed::Box<dyn Shape>", "not a named type"),
    ],
)
def test_what_may_change(type_: str, why: str) -> None:
    workspace = Workspace({"src/lib.rs": TYPES})
    facts, held = (
        TypeFacts(DefinedTypes(workspace.items, workspace.sources, own).ownership)
        for own in (("Clone", "Drop"), ())
    )
    said = may_change(parse(type_), facts, held)
    assert why in said and bool(said) is bool(why)


@pytest.mark.parametrize(
    ("body", "run"),
    [
        ("let y = AT; x.push(1); y.len()", "`x.push(..)`"),
        ("let y = AT; x.n.fetch_add(1, SeqCst); y.n", "`x.n.fetch_add(..)`"),
        ("let y = AT; log(); y.len()", "`log(..)`"),
        ("let y = AT; x.f().await; y.len()", "`x.f().await`"),
        ("let y = AT; m!(x); y.len()", "`m!(..)`"),
        ("let y = AT; x.n = 1; y.len()", "the write to `x.n`"),
        ("let y = AT; for _ in z { n += y.len(); x.bump(); }", "`x.bump(..)`"),
        ("let y = AT; let c = || y.len(); x.bump(); c()", "`x.bump(..)`"),
        ("let y = AT; let n = y.len(); x.bump(); n", ""),
        ("let y = AT; y.len() + z.len()", ""),
        ("x.bump(); let y = AT; y.bump()", ""),
    ],
)
def test_what_is_run_while_a_name_is_used(body: str, run: str) -> None:
    workspace = Workspace({"src/lib.rs": f"fn f(x: &T, z: Z) {{ {body} }}"})
    source, at = workspace.find("src/lib.rs", "AT")
    function = source.fn_item_of(at)
    assert function is not None
    scopes = workspace.sources.scopes(source, function)
    start = source.data.index(b"y = AT")
    bound = scopes.bound_by(Span(start, start + 1))
    found = run_during(source, scopes, Span(at.end_byte, at.end_byte), bound)
    assert (found.words if found is not None else "") == run


def test_what_is_evaluated_after_an_argument() -> None:
    source = Source("src/lib.rs", b"fn f(x: &T) { g(AT, { x.push(1); 2 }) }")
    at = source.innermost(Span(source.data.index(b"AT"), source.data.index(b"AT") + 2))
    call, function = source.enclosing(at, ("call_expression",)), source.fn_item_of(at)
    assert call is not None and function is not None
    scopes = Workspace({"src/lib.rs": source.data.decode()}).sources.scopes(source, function)
    found = run_during(source, scopes, behind(at, call))
    assert found is not None and found.words == "`x.push(..)`"
    assert run_during(source, scopes, Span(span_of(call).end, span_of(call).end)) is None
