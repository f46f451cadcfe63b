"""What every codemod does by itself: errors of a trait that its fix requires are mended."""

from __future__ import annotations

import pytest

from engine.base.model import Edit, Fix, Level, Span
from engine.detect.codemod import Codemod, Problem
from engine.detect.facts import Facts, Sources
from engine.rewrite.edits import apply
from engine.rewrite.use_declarations import trait

PATH = "src/lib.rs"
TEXT = b"fn f() {\n    x\n}\n"
WRITE = b"std::fmt::Write"


def followed(code: str, replacement: bytes) -> str | None:
    sources = Sources((PATH,), {PATH: TEXT}.__getitem__)
    facts = Facts(sources, lambda *_: None, lambda *_: "", lambda _: None)
    fix = Fix("write", Level.REVIEW, (Edit(PATH, 13, 14, replacement),), "why")
    problem = Problem(PATH, Span(13, 14), True, True, code, "", "")
    found = Codemod().follow(fix, [problem], facts)
    if found is None:
        return None
    assert isinstance(found, Fix)
    assert (found.label, found.level, found.note) == ("write", Level.REVIEW, "why")
    return apply({PATH: TEXT}, [found]).files[PATH].decode()


@pytest.mark.parametrize(
    ("code", "replacement", "after"),
    [
        ("E0034", trait(WRITE) + b"y", "fn f() {\n    use std::fmt::Write as _;\n    y\n}\n"),
        ("unused_imports", trait(WRITE) + b"y", "fn f() {\n    y\n}\n"),
        ("E0308", trait(WRITE) + b"y", None),
        ("E0034", b"y", None),
        ("unused_imports", b"y", None),
    ],
)
def test_a_required_trait_is_moved_or_left_out(
    code: str, replacement: bytes, after: str | None
) -> None:
    assert followed(code, replacement) == after
