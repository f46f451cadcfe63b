"""What is done with a frame: a table of (body, kinds of the uses of `frame`)."""

from __future__ import annotations

import pytest

from engine.rust.definitions import functions_named
from engine.rust.frame_uses import FrameUse, FrameUseKind, frame_use
from engine.rust.scopes import scopes_of
from engine.rust.syntax import Source

READS, CHANGES, COPIES = FrameUseKind.READS, FrameUseKind.CHANGES, FrameUseKind.COPIES
PASSES, LENDS, KEEPS = FrameUseKind.PASSES, FrameUseKind.LENDS, FrameUseKind.KEEPS


def uses(body: str) -> tuple[Source, list[FrameUse]]:
    source = Source("a.rs", f"async fn f(mut frame: B) {{ {body} }}".encode())
    scopes = scopes_of(source, next(functions_named(source, b"f")))
    binding = next(b for b in scopes.bindings if b.name == b"frame")
    return source, [frame_use(source, binding, use) for use in scopes.uses(binding)]


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ("frame.len();", [READS]),
        ("frame[0] == 1;", [READS]),
        ("frame == other;", [READS]),
        ("for b in &frame {}", [READS]),
        ('log!("{frame:?}");', [READS]),
        ("frame[1..].to_vec();", [READS]),
        ("frame[0] = 1;", [CHANGES]),
        ("frame[0] ^= 1;", [CHANGES]),
        ("frame.truncate(2);", [CHANGES]),
        ("for b in &mut frame {}", [CHANGES]),
        ("frame[1..].fill(0);", [CHANGES]),
        ("g(&mut frame);", [CHANGES]),
        ("g(frame.clone());", [COPIES]),
        ("let v = frame.to_vec();", [COPIES]),
        ("let v = BytesMut::from(&frame[..]);", [COPIES]),
        ("g(frame);", [PASSES]),
        ("s.g(frame).await;", [PASSES]),
        ("g(&frame);", [LENDS]),
        ("let other = frame;", [KEEPS]),
        ("last = frame;", [KEEPS]),
        ("frame.slice(1..);", [KEEPS]),
        ("spawn(async move { frame.len() });", [KEEPS]),
        ("return frame;", [KEEPS]),
        ("frame.len(); frame.clear();", [READS, CHANGES]),
    ],
)
def test_kinds(body: str, kinds: list[FrameUseKind]) -> None:
    assert [use.kind for use in uses(body)[1]] == kinds


def test_what_keeps_it_is_told() -> None:
    _, (use,) = uses("last = frame;")
    assert "keeps `frame`" in use.why
    _, (use,) = uses("spawn(async move { frame.len() });")
    assert "spawns takes `frame` along" in use.why


def test_a_method_that_is_not_known_is_told() -> None:
    _, (use,) = uses("frame.push(1);")
    assert "calls `push` on `frame`, which a `BytesMut` may not have" in use.why
    _, (use,) = uses("frame.slice(1..);")
    assert "keeps `frame`" in use.why


def test_which_argument_it_is() -> None:
    _, (use,) = uses("g(1, frame.clone());")
    assert use.index == 1


@pytest.mark.parametrize(
    ("body", "printed"),
    [('log!("{frame:?}");', True), ('log!("{:?}", frame);', True), ("frame.len();", False)],
)
def test_is_printed(body: str, printed: bool) -> None:
    source, (use,) = uses(body)
    assert use.is_printed(source) is printed
