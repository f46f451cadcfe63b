"""Where a trait of the workspace may be in scope: tables of (file, answer)."""

from __future__ import annotations

import pytest

from engine.rust.seen_modules import OwnTraits
from tests.rust.workspace import Workspace

_FILES = {
    "src/lib.rs": """mod load; mod apart; mod here; mod made;
pub mod prelude { pub use crate::load::*; }
pub mod renamed { pub use crate::load::Load as Reading; }
pub mod hidden { use crate::load::*; }
""",
    "src/load.rs": "pub trait Load { fn load(&self) -> u32; }\nmod inner;\npub mod within { pub struct S; }",
    "src/load/inner.rs": "use super::*;\n",
    "src/apart.rs": "use std::sync::Mutex;\n",
    "src/made.rs": "macro_rules! bring { () => { use crate::load::*; } }\nmacro_rules! other { () => { fn f() {} } }",
}


def answers(text: str, offset: int | None = None) -> bool:
    workspace = Workspace({**_FILES, "src/here.rs": text})
    (trait,) = workspace.items.named(b"Load", "trait")
    traits = OwnTraits(workspace.sources, workspace.items)
    return traits.may_answer(workspace.sources.get("src/here.rs"), trait, offset)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("use crate::load::Load;", True),
        ("use crate::load::Load as _;", True),
        ("use crate::load::*;", True),
        ("use crate::{apart, load::Load};", True),
        ("use crate::prelude::*;", True),
        ("use crate::renamed::Reading;", True),
        ("use crate::renamed::Reading as _;", True),
        ("use crate::renamed::*;", True),
        ("#[cfg(test)]\nuse crate::prelude::*;", True),
        ("mod inner { use crate::prelude::*; }", True),
        ("fn f() { use crate::load::Load; }", True),
        ("pub trait Own {} use crate::unknown::Load;", True),
        ("use crate::generated::*;", True),
        ("bring!();", True),
        ("use crate::hidden::*;", False),
        ("use crate::load;", False),
        ("use crate::load::within::*;", False),
        ("use crate::apart::*; use super::*;", False),
        ("use std::fmt::*;", False),
        ("use other::prelude::*;", False),
        ("other!();", False),
        ("fn f(x: impl crate::load::Load) {}", False),
        ("", False),
    ],
)
def test_where_it_may_answer(text: str, found: bool) -> None:
    assert answers(text) is found


def test_a_place_is_asked_about_alone() -> None:
    text = "mod inner { use crate::load::Load; fn g() {} }\nfn f() { use crate::prelude::*; 1; }\nfn h() {}"
    assert answers(text, text.index("fn g"))
    assert answers(text, text.index("1;"))
    assert not answers(text, text.index("fn h"))


def test_where_it_stands_and_below() -> None:
    workspace = Workspace({**_FILES, "src/here.rs": ""})
    (trait,) = workspace.items.named(b"Load", "trait")
    traits = OwnTraits(workspace.sources, workspace.items)
    found = [
        p for p in workspace.sources.paths if traits.may_answer(workspace.sources.get(p), trait)
    ]
    # A macro's text stands in `made.rs`, and no call of it.
    assert found == ["src/lib.rs", "src/load.rs", "src/load/inner.rs"]
