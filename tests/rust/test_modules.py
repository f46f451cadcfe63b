"""Which modules a file is: more than one of a crate or not."""

from __future__ import annotations

import pytest

from tests.rust.workspace import Workspace


@pytest.mark.parametrize(
    ("files", "several"),
    [
        ({"src/lib.rs": "mod a;"}, False),
        (
            {
                "src/lib.rs": 'mod m { #[path = "../a.rs"] mod x; } mod n { #[path = "../a.rs"] mod x; }'
            },
            True,
        ),
        ({"src/lib.rs": 'mod a; #[path = "a.rs"] mod b;'}, True),
        ({"src/lib.rs": "mod a;", "src/main.rs": "mod a;"}, False),
        ({"src/lib.rs": 'mod m { include!("a.rs"); } mod n { include!("a.rs"); }'}, True),
        ({"src/lib.rs": 'mod m { include!("a.rs"); }'}, False),
        ({"src/lib.rs": 'mod a; const A: &str = include_str!("a.rs");'}, False),
    ],
)
def test_files_that_are_several_modules(files: dict[str, str], several: bool) -> None:
    there = Workspace({**files, "src/a.rs": ""})
    assert there.items.modules.is_several("src/a.rs") is several
