"""Where it is asked who holds a value: tables of (question, its type, the value's type, answer)."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.holders import Holders, has_room, is_held
from engine.rust.type_parser import parse
from engine.rust.types import Type
from tests.rust.workspace import Workspace

ARC = "std::sync::Arc<{}>"


@pytest.mark.parametrize(
    ("question", "told", "type_", "asked"),
    [
        ("Arc::strong_count(&x)", "", ARC.format("u8"), True),
        ("Arc::strong_count(&x)", ARC.format("u8"), ARC.format("u8"), True),
        ("Arc::strong_count(&x)", "&" + ARC.format("u8"), ARC.format("u8"), True),
        ("Arc::strong_count(&x)", ARC.format("u16"), ARC.format("u8"), False),
        ("Arc::strong_count(&x)", ARC.format("T"), ARC.format("u8"), True),
        ("Arc::strong_count(&x)", ARC.format("u16"), "app::Held", True),
        ("x.is_unique()", "", "bytes::Bytes", True),
        ("x.is_unique()", "", ARC.format("u8"), False),
        ("Arc::strong_count(&x)", "", "bytes::Bytes", False),
        ("x.len()", "", "bytes::Bytes", False),
    ],
)
def test_asked(question: str, told: str, type_: str, asked: bool) -> None:
    files = {"one/src/lib.rs": f"fn f() {{ {question}; }}", "two/src/lib.rs": "fn g() {}"}
    workspace = Workspace(files)

    def type_of(path: str, span: Span) -> Type | None:
        return parse(told) if told else None

    holders = Holders(workspace.sources, workspace.package_of, type_of)
    found = holders.asked_of("one/src/lib.rs", parse(type_))
    assert bool(found) is asked
    assert not asked or "line 1 of one/src/lib.rs asks by `" in found
    assert holders.asked_of("two/src/lib.rs", parse(type_)) == ""


@pytest.mark.parametrize(
    ("type_", "held", "room"),
    [
        ("bytes::Bytes", True, True),
        (ARC.format("u8"), True, False),
        (f"std::option::Option<{ARC.format('u8')}>", True, True),
        ("std::string::String", False, True),
        ("tokio::sync::mpsc::Sender<u8>", False, False),
    ],
)
def test_what_a_type_tells(type_: str, held: bool, room: bool) -> None:
    assert (is_held(parse(type_)), has_room(parse(type_))) == (held, room)
