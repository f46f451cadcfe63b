"""Owning frames upstream, without cargo: which programs, and why not others."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from codemods.clone_per_frame import CODEMOD
from codemods.clone_per_frame.into_mut import INTO
from engine.base.model import Fix, Level, Proposal, Span
from engine.detect.facts import Facts, Sources
from engine.detect.scan import scan_source
from engine.rewrite import edits
from engine.rust.syntax import Source
from engine.rust.type_parser import parse
from engine.rust.types import Type

FRAMES = ("frame", "copy", "b", "first")  # the names that are a `Bytes` in these programs
_HEAD = "use bytes::{Bytes, BytesMut}; use futures::{Stream, StreamExt}; use tokio::sync::mpsc;\n"


def facts_of(files: Mapping[str, str], taken_back: bool = True) -> Facts:
    """Facts in which copies have the types that their words say."""
    data = {path: text.encode() for path, text in files.items()}

    def type_of(path: str, span: Span) -> Type | None:
        text = data[path][span.start : span.end].decode()
        if text in FRAMES or re.fullmatch(rf"({'|'.join(FRAMES)})\.clone\(\)", text):
            return parse("bytes::Bytes")
        if re.search(r"\.to_vec\(\)\Z|\AVec::from", text):
            return parse("std::vec::Vec<u8>")
        return parse("bytes::BytesMut") if text.startswith("BytesMut::from") else None

    return Facts(
        Sources(tuple(data), data.__getitem__),
        type_of,
        lambda path, span: "not told",
        lambda path: None,
        implements=lambda path, span, trait: taken_back if trait == INTO else None,
    )


def planned(files: Mapping[str, str], taken_back: bool = True) -> list[Proposal]:
    facts = facts_of(files, taken_back)
    sites = [
        site
        for path in files
        for site in scan_source(Source(path, files[path].encode()), (CODEMOD.name,)).sites
    ]
    return list(CODEMOD.plan(sites, facts))


def owning(proposals: list[Proposal]) -> list[Fix]:
    return [fix for proposal in proposals for fix in proposal.fixes if fix.label == "own"]


def after(files: Mapping[str, str], fix: Fix) -> dict[str, str]:
    data = {path: text.encode() for path, text in files.items()}
    changed = edits.apply(data, [fix]).files
    return {path: text.decode() for path, text in changed.items()}


_LOOP = (
    "async fn run(mut s: mpsc::Receiver<Bytes>) { while let Some(frame) = s.recv().await { %s } }"
)
_EDIT = "let mut copy = frame.to_vec(); copy[0] = 1; show(&copy);"
_SHOW = " fn show(b: &[u8]) {} "
_SENT = "pub async fn start(mut buf: BytesMut) { let (tx, rx) = mpsc::channel(8); tx.send(%s).await; run(rx).await }"


@pytest.mark.parametrize(
    ("sent", "becomes"),
    [
        ("buf.split().freeze()", "buf.split()"),
        ("buf.split_to(4).freeze()", "buf.split_to(4)"),
        ("BytesMut::freeze(buf)", "buf"),
        ("Bytes::new()", "BytesMut::new()"),
        ("Bytes::copy_from_slice(&buf[..2])", "BytesMut::from(&buf[..2])"),
        ("Bytes::from(vec![1, 2])", "BytesMut::from(Bytes::from(vec![1, 2]))"),
        ("Bytes::from(buf.to_vec())", "BytesMut::from(Bytes::from(buf.to_vec()))"),
        ("if c { buf.freeze() } else { Bytes::new() }", "if c { buf } else { BytesMut::new() }"),
        ("match c { 1 => return, _ => buf.freeze() }", "match c { 1 => return, _ => buf }"),
    ],
)
def test_makers_of_frames(sent: str, becomes: str) -> None:
    files = {"src/lib.rs": _HEAD + _LOOP % _EDIT + _SHOW + _SENT % sent}
    (fix,) = owning(planned(files))
    assert f"tx.send({becomes}).await" in after(files, fix)["src/lib.rs"]


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ('Bytes::from_static(b"x")', "without a copy"),
        ('Bytes::from("x")', "without a copy"),
        ("Bytes::from(list)", "without a copy"),  # of whom?
        ("shared.clone()", "without a copy"),
        ("shared.slice(1..)", "without a copy"),
        ("self.last", "without a copy"),
        ("other::make()", "without a copy"),
    ],
)
def test_frames_that_others_share(sent: str, reason: str) -> None:
    files = {"src/lib.rs": _HEAD + _LOOP % _EDIT + _SHOW + _SENT % sent}
    found = planned(files)
    assert not owning(found)
    assert [reason in proposal.lacking["own"] for proposal in found] == [True]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (f"{_EDIT} list.push(frame);", "which may keep it"),
        (f"{_EDIT} out.send(frame).await;", "which may keep it"),
        (f"{_EDIT} self.last = Some(frame);", "which may keep it"),
        (f"{_EDIT} last = frame;", "keeps `frame`"),
        (f"{_EDIT} let other = frame; other.len();", "keeps `frame`"),
        (f"{_EDIT} return frame;", "keeps `frame`"),
        (f"{_EDIT} list.push(frame.clone());", "keeps a clone of `frame`"),
        (f"{_EDIT} tokio::spawn(async move {{ frame.len() }});", "spawns takes `frame` along"),
        (f"{_EDIT} frame.slice(2..);", "keeps `frame`"),
        (f"{_EDIT} keep(&frame);", "lends `frame` to `keep`"),
        (f"{_EDIT} twice(&frame);", "generic"),
        ("let mut copy = frame.to_vec(); copy[0] = 1; list.push(copy);", "which may keep it"),
        ('let mut copy = frame.to_vec(); copy[0] = 1; warn!("{:?}", copy);', "list of numbers"),
        ('let mut copy = frame.to_vec(); copy[0] = 1; warn!("{copy:?}");', "list of numbers"),
        ("let mut copy = frame.to_vec(); copy[0] = 1; show(&frame);", "needed as it was"),
        ("let copy = frame.clone(); edit(frame).await; show(&copy);", "reference is counted"),
        ("tokio::spawn(keep_it(frame.clone())); show(&frame);", "reference is counted"),
        ("edit(frame.clone()).await; s.recv().await;", "second consumer"),
        ("edit(frame.clone()).await; rest(&mut s);", "second consumer"),
    ],
)
def test_consumers_that_need_their_frames(body: str, reason: str) -> None:
    more = (
        "fn keep(b: &Bytes) { LAST.set(b.clone()); } fn twice<T: Clone>(b: &T) {} async fn keep_it(b: Bytes) { b.len(); }"
        " async fn edit(mut b: Bytes) { b.truncate(3); }"
    )
    files = {"src/lib.rs": _HEAD + _LOOP % body + _SHOW + more + _SENT % "buf.freeze()"}
    found = planned(files)
    assert not owning(found), after(files, owning(found)[0])
    told = [*(p.lacking.get("own", "") for p in found), *(p.reason for p in found)]
    assert any(reason in each for each in told), told


def test_reading_functions_may_see_the_frame_as_often_as_they_like() -> None:
    body = (
        "audit(frame.clone()).await; let n = frame.len(); audit(frame.clone()).await; show(&frame);"
    )
    more = " async fn audit(b: Bytes) { if b == other { b.len(); } }"
    files = {"src/lib.rs": _HEAD + _LOOP % body + _SHOW + more + _SENT % "buf.freeze()"}
    fixes = owning(planned(files))
    assert {fix.level for fix in fixes} == {Level.SAFE}
    text = after(files, fixes[0])["src/lib.rs"]
    assert text.count("audit(&mut frame).await") == 2
    assert "async fn audit(b: &mut BytesMut) { if *b == other { b.len(); } }" in text


def test_a_copy_that_is_handed_on_gives_its_place_to_the_frame() -> None:
    body = 'let copy = frame.clone(); info!("{copy:?}", copy.len()); edit(copy).await;'
    more = " async fn edit(mut b: Bytes) { b.truncate(3); }"
    files = {"src/lib.rs": _HEAD + _LOOP % body + more + _SENT % "buf.freeze()"}
    (fix,) = owning(planned(files))
    text = after(files, fix)["src/lib.rs"]
    assert (
        'Some(mut frame) = s.recv().await { info!("{frame:?}", frame.len()); edit(&mut frame)'
        in text
    )
    assert "async fn edit(b: &mut BytesMut) { b.truncate(3); }" in text


def test_what_is_changed_before_it_is_copied_is_what_was_copied() -> None:
    body = "edit(frame).await;"
    more = " async fn edit(mut b: Bytes) { b.advance(1); let mut copy = b.to_vec(); copy[0] = 1; }"
    files = {"src/lib.rs": _HEAD + _LOOP % body + more + _SENT % "buf.freeze()"}
    (fix,) = owning(planned(files))
    text = after(files, fix)["src/lib.rs"]
    assert "edit(b: &mut BytesMut) { b.advance(1); let copy = b; copy[0] = 1; }" in text


@pytest.mark.parametrize(
    "edit",
    [
        "let mut copy = b.to_vec(); b.advance(1); copy[0] = 1;",
        "let copy = b.clone(); b.advance(1); show(&copy);",
        "for n in 0..2 { let mut copy = b.to_vec(); b.advance(1); copy[0] = n; }",
        "let mut copy = b.to_vec(); copy[0] = 1; if c { b.truncate(2); }",
    ],
)
def test_what_is_changed_after_it_was_copied_stays_apart(edit: str) -> None:
    more = f" async fn edit(mut b: Bytes) {{ {edit} }}"
    files = {
        "src/lib.rs": _HEAD + _LOOP % "edit(frame).await;" + _SHOW + more + _SENT % "buf.freeze()"
    }
    assert not owning(planned(files))


def test_a_name_that_would_mean_something_else_stays() -> None:
    body = "let copy = frame.clone(); let frame = 3; edit(copy).await; use_it(frame);"
    more = " async fn edit(mut b: Bytes) { b.truncate(3); }"
    files = {"src/lib.rs": _HEAD + _LOOP % body + more + _SENT % "buf.freeze()"}
    (fix,) = owning(planned(files))
    text = after(files, fix)["src/lib.rs"]
    assert "let mut copy = frame; let frame = 3; edit(&mut copy).await; use_it(frame);" in text


def test_the_consumer_is_in_another_file() -> None:
    files = {
        "src/lib.rs": _HEAD + "mod consumer; pub async fn start(parts: Vec<BytesMut>) {"
        " let frames = futures::stream::iter(parts).map(BytesMut::freeze);"
        " consumer::run(Box::pin(frames)).await }",
        "src/consumer.rs": _HEAD
        + "pub(crate) async fn run(mut s: impl Stream<Item = Bytes> + Unpin)"
        " { while let Some(frame) = s.next().await { mask(frame.clone()).await; } }"
        " async fn mask(mut b: Bytes) { b.truncate(3); }",
    }
    (fix,) = owning(planned(files))
    texts = after(files, fix)
    assert "let frames = futures::stream::iter(parts);" in texts["src/lib.rs"]
    assert "impl Stream<Item = BytesMut> + Unpin" in texts["src/consumer.rs"]
    assert "mask(&mut frame).await" in texts["src/consumer.rs"]


@pytest.mark.parametrize(
    "use", ["put(&frame);", "put(&copy);", "put(&mut copy);", "frame.put();", "copy.put();"]
)
def test_another_impl_could_be_chosen(use: str) -> None:
    more = (
        " trait Put { fn put(&self); } impl Put for Bytes {} impl Put for Vec<u8> {}"
        " impl Put for BytesMut {} fn put(p: &impl Put) {}"
    )
    body = f"let mut copy = frame.to_vec(); copy[0] = 1; {use}"
    if "frame" in use:
        body = f"{use} {_EDIT}"
    files = {"src/lib.rs": _HEAD + _LOOP % body + _SHOW + more + _SENT % "buf.freeze()"}
    (found,) = planned(files)
    assert [fix.label for fix in found.fixes if fix.label != "move"] == (
        ["into-mut"] if "frame" in use else []
    )
    assert "put" in found.lacking["own"]


@pytest.mark.parametrize(
    ("copied", "labels"),
    [
        (_EDIT, ["into-mut", "own", "move"]),
        (
            "let mut copy = BytesMut::from(&frame[..]); copy[0] = 1; show(&copy);",
            ["into-mut", "own"],
        ),
        ("let copy = frame.clone(); read(copy);", ["move", "own"]),
        ("read(frame.clone());", ["move", "own"]),
        ("let copy = frame.to_vec(); show(&copy);", ["borrow", "move"]),
    ],
)
def test_the_order_of_the_alternatives(copied: str, labels: list[str]) -> None:
    more = " fn read(b: Bytes) { b.len(); }"
    files = {"src/lib.rs": _HEAD + _LOOP % copied + _SHOW + more + _SENT % "buf.freeze()"}
    (found,) = planned(files)
    assert [fix.label for fix in found.fixes] == labels


def test_an_older_bytes_takes_no_frame_back() -> None:
    files = {"src/lib.rs": _HEAD + _LOOP % _EDIT + _SHOW + _SENT % "buf.freeze()"}
    (found,) = planned(files, taken_back=False)
    assert [fix.label for fix in found.fixes] == ["own", "move"]


_CODEC = (
    "struct Lines; impl Decoder for Lines { type Item = Bytes; fn decode(&mut self, src: &mut BytesMut)"
    " -> io::Result<Option<Bytes>> { Ok(Some(src.split().freeze())) } } async fn run(io: T) {"
    " let mut s = FramedRead::new(io, Lines); while let Some(Ok(frame)) = s.next().await { %s } }"
)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("", ""),
        ("fn other(io: T) { keep(FramedRead::new(io, Lines)); }", "`Lines` is used at"),
        ("struct Both { lines: Lines }", "`Lines` is used at"),
        ("impl Encoder<u8> for Lines { fn encode(&mut self, n: u8) {} }", ""),
    ],
)
def test_codecs_of_the_workspace(more: str, reason: str) -> None:
    files = {"src/lib.rs": _HEAD + _CODEC % _EDIT + _SHOW + more}
    (found,) = planned(files)
    assert bool(owning([found])) is not bool(reason)
    assert reason in found.lacking.get("own", "")


def test_what_stands_under_cfg_is_not_seen_as_a_whole() -> None:
    text = _HEAD + "#[cfg(unix)] " + _LOOP % _EDIT + _SHOW + _SENT % "buf.freeze()"
    (found,) = planned({"src/lib.rs": text})
    assert not owning([found]) and "stands under `cfg`" in found.lacking["own"]


@pytest.mark.parametrize(
    ("arm", "becomes"),
    [
        ("Some(frame) = s.recv() => { edit(frame.clone()).await; }", "Some(mut frame) = s.recv()"),
        ("Some(frame) = s.recv(), if go => edit(frame.clone()).await,", "edit(&mut frame).await"),
        (
            "frame = s.recv() => { let Some(frame) = frame else { break }; edit(frame.clone()).await; }",
            "let Some(mut frame) = frame",
        ),
    ],
)
def test_frames_that_an_arm_of_a_select_takes(arm: str, becomes: str) -> None:
    loop = (
        "async fn run(mut s: mpsc::Receiver<Bytes>, go: bool) { loop { tokio::select! { "
        f"{arm} _ = stop() => break, }} }} }} async fn edit(mut b: Bytes) {{ b.truncate(3); }} "
    )
    sent = _SENT.replace("run(rx)", "run(rx, true)") % "buf.freeze()"
    files = {"src/lib.rs": _HEAD + loop + sent}
    (fix,) = owning(planned(files))
    text = after(files, fix)["src/lib.rs"]
    assert becomes in text and "tx.send(buf).await" in text
    assert "mpsc::Receiver<" in text and "Receiver<Bytes>" not in text


def test_who_only_reads_a_reference_gets_a_slice() -> None:
    body = "sum(&frame); let mut copy = frame.to_vec(); copy[0] = 1; sum(&Bytes::from(copy));"
    more = " fn sum(b: &Bytes) -> usize { b.len() + b[1..].len() } "
    files = {"src/lib.rs": _HEAD + _LOOP % body + more + _SENT % "buf.freeze()"}
    planned(files)
    body = f"sum(&frame); {_EDIT}"
    files = {"src/lib.rs": _HEAD + _LOOP % body + _SHOW + more + _SENT % "buf.freeze()"}
    (fix,) = owning(planned(files))
    text = after(files, fix)["src/lib.rs"]
    assert "fn sum(b: &[u8]) -> usize { b.len() + b[1..].len() }" in text
    assert "sum(&frame);" in text


_CONN = (
    "struct Conn { frames: mpsc::Receiver<Bytes>, seen: usize } impl Conn { "
    "fn new(frames: mpsc::Receiver<Bytes>) -> Self { Self { frames, seen: 0 } } "
    "async fn run(&mut self) { while let Some(frame) = self.frames.recv().await { %s } } %s } "
)
_MADE = (
    "async fn start(mut buf: BytesMut) { let (tx, rx) = mpsc::channel(8); "
    "tx.send(buf.freeze()).await; let mut conn = Conn::new(rx); conn.run().await; }"
)


def test_a_stream_in_a_field() -> None:
    files = {"src/main.rs": _HEAD + _CONN % (_EDIT, "") + _SHOW + _MADE}
    (fix,) = owning(planned(files))
    text = after(files, fix)["src/main.rs"]
    assert fix.level is Level.SAFE
    assert "Receiver<Bytes>" not in text and text.count("mpsc::Receiver<") == 2
    assert "tx.send(buf).await" in text


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ("async fn rest(&mut self) { self.frames.recv().await; }", "has a second consumer"),
        ("fn give(self) -> R { self.frames }", "has a second consumer"),
        ("fn give(self) -> R { let Conn { frames, .. } = self; frames }", "is taken out at"),
        ("fn from(rx: R) -> Self { Self { frames: other(rx), seen: 1 } }", "not of this workspace"),
        ("fn count(&self) -> usize { self.frames.len() }", ""),
    ],
)
def test_who_else_uses_the_field(method: str, reason: str) -> None:
    files = {"src/main.rs": _HEAD + _CONN % (_EDIT, method) + _SHOW + _MADE}
    found = planned(files)
    assert bool(owning(found)) is not bool(reason)
    assert not reason or any(reason in p.lacking.get("own", "") for p in found)
