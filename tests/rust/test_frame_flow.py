"""Which names hold the same frames, and what keeps one: tables of (program, answer). The flow starts from
the first copy in `run`."""

from __future__ import annotations

from functools import cached_property

import pytest

from engine.rust.agreeing_impls import AgreeingImpls
from engine.rust.calls import Calls
from engine.rust.copies import clone_of
from engine.rust.definitions import functions_named
from engine.rust.files import Files
from engine.rust.frame_flow import FrameFlow, NotOwnedError
from engine.rust.items import Items
from engine.rust.program import Program
from engine.rust.scopes import scopes_of
from engine.rust.signatures import Signatures
from engine.rust.syntax import walk_all
from tests.rust.workspace import Workspace


class Analyses:
    """Of a workspace of which rustc told nothing."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    @property
    def sources(self) -> Files:
        return self._workspace.sources

    @property
    def items(self) -> Items:
        return self._workspace.items

    @cached_property
    def calls(self) -> Calls:
        return Calls(self.sources, self.items, lambda *_: None)

    @cached_property
    def signatures(self) -> Signatures:
        return Signatures(self.sources, self.items, self._workspace.package_of)

    @cached_property
    def agreeing_impls(self) -> AgreeingImpls:
        return AgreeingImpls(self.sources, self.items, self.calls.callees)


RUN = """use bytes::Bytes;
async fn run(mut s: S) { while let Some(frame) = s.next().await { BODY } }
async fn edit(mut b: Bytes) { b.truncate(3); }
async fn show(b: Bytes) { b.len(); }
async fn pass(b: Bytes) { edit(b).await; }
fn look(b: &[u8]) {}
fn keep(b: &Bytes) { hold(b.clone()); }
fn print(b: &Bytes) { log!("{b:?}"); }
fn sum(b: &Bytes) -> usize { b.iter().count() + b.len() }
"""


def flow(body: str, more: str = "") -> FrameFlow:
    workspace = Workspace({"src/main.rs": RUN.replace("BODY", body) + more})
    program: Program = Analyses(workspace)
    source = workspace.sources.get("src/main.rs")
    function = next(functions_named(source, b"run"))
    found = (clone_of(source, node) for node in walk_all(source, function))
    clone = next(each for each in found if each is not None)
    made = FrameFlow(program)
    made.start(clone, scopes_of(source, function))
    return made


@pytest.mark.parametrize(
    ("body", "names", "changed"),
    [
        ("show(frame.clone()).await; show(frame).await;", ["frame", "b"], []),
        # `pass` gives to `edit`, too.
        ("edit(frame.clone()).await;", ["frame", "b", "b"], ["frame", "b", "b"]),
        ("pass(frame.clone()).await;", ["frame", "b", "b"], ["frame", "b", "b"]),
        ("let copy = frame.clone(); show(copy).await;", ["frame", "copy", "b"], []),
        ("let mut copy = frame.to_vec(); copy[0] = 1;", ["frame", "copy"], ["frame", "copy"]),
        ("look(&frame); show(frame.clone()).await;", ["frame", "b"], []),
    ],
)
def test_names(body: str, names: list[str], changed: list[str]) -> None:
    found = flow(body).frames.values()
    assert [frame.name for frame in found] == names
    assert sorted(frame.name for frame in found if frame.changed) == sorted(changed)


def test_who_only_reads_a_reference_gets_a_slice() -> None:
    found = flow("sum(&frame); show(frame.clone()).await;")
    ((path, span),) = found.views
    source = next(f.source for f in found.frames.values() if f.source.path == path)
    assert source.slice(span) == b"Bytes"
    assert [frame.name for frame in found.frames.values()] == ["frame", "b"]


def test_roots_are_what_the_stream_gives() -> None:
    found = flow("let copy = frame.clone(); pass(copy).await;")
    assert [frame.name for frame in found.roots] == ["frame"]


def test_other_callers_are_followed() -> None:
    more = "async fn other(x: Bytes) { show(x.slice(1..)).await; }"
    found = flow("show(frame.clone()).await;", more)
    assert [made.source.text(made.argument) for made in found.made] == [b"x.slice(1..)"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("list.push(frame.clone());", "keeps a clone of `frame`"),
        ("show(frame.clone()).await; last = frame;", "keeps `frame`"),
        ("tokio::spawn(show(frame.clone()));", "spawns what takes `frame`"),
        ("show(frame.clone()).await; keep(&frame);", "lends `frame` to `keep`"),
        ("show(frame.clone()).await; print(&frame);", "lends `frame` to `print`"),
        ("show(frame.clone()).await; out.send(frame).await;", "gives `frame` to `out.send`"),
        ('let mut v = frame.to_vec(); v[0] = 1; log!("{v:?}");', "a list of numbers"),
    ],
)
def test_what_keeps_a_frame(body: str, reason: str) -> None:
    with pytest.raises(NotOwnedError) as raised:
        flow(body)
    assert reason in raised.value.reason


def test_a_function_that_is_a_value_keeps_its_reference() -> None:
    with pytest.raises(NotOwnedError) as raised:
        flow("sum(&frame); show(frame.clone()).await;", "fn all(l: L) -> N { l.map(sum).sum() }")
    assert "lends `frame` to `sum`" in raised.value.reason


def test_what_others_hold_stays() -> None:
    with pytest.raises(NotOwnedError) as raised:
        flow("show(frame.clone()).await;", "fn table() -> [F; 1] { [show] }")
    assert "`show`" in raised.value.reason
