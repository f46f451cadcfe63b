"""Who can have brought an error, and who probably did."""

from __future__ import annotations

from engine.base.model import Diagnostic, DiagnosticSpan, Edit, Fix, Level, Proposal, Site, Span
from engine.rewrite.edits import apply
from engine.rewrite.use_declarations import name
from engine.verify.culprits import Clue, CulpritFinder, describe
from engine.verify.innermost_items import InnermostItem, InnermostItems
from engine.verify.values import Attempt, Reader

SOURCE = b"""use std::sync::Mutex;
pub struct S {
    hits: Mutex<u64>,
}
impl S {
    const LIMIT: u64 = 3;
    fn one(&self) {
        fn inner() {}
        first();
        more();
    }
}
mod deep {
    use std::io::sink;
    fn two() {
        second();
        sink();
    }
    macro_rules! m { () => {}; }
}
"""
FILES = {"src/lib.rs": SOURCE, "src/far.rs": b"fn far() {\n    third();\n}\n"}


def place(text: bytes, path: str = "src/lib.rs") -> Span:
    start = FILES[path].index(text)
    return Span(start, start + len(text))


def attempt(index: int, text: bytes, new: bytes, path: str = "src/lib.rs") -> Attempt:
    span = place(text, path)
    fix = Fix("fix", Level.SAFE, (Edit(path, span.start, span.end, new),), "")
    return Attempt(index, 0, 0, fix, Proposal((Site("m", path, span),), (fix,)))


def error_at(
    text: bytes, code: str = "E0308", message: str = "mismatched", path: str = "src/lib.rs"
) -> Diagnostic:
    """About the unchanged tree."""
    spans = (DiagnosticSpan(path, place(text, path), 1, 1, True),) if text else ()
    return Diagnostic("error", code, message, spans, "")


FINDER = CulpritFinder(Reader(FILES.__getitem__, {}))
NOTHING = apply({}, [])

FIRST = attempt(0, b"first", b"one")
MORE = attempt(1, b"more", b"less")
SECOND = attempt(2, b"second", b"two")
FIELD = attempt(3, b"Mutex<u64>", b"AtomicU64")
THIRD = attempt(4, b"third", name(b"std::fs::read"), "src/far.rs")
DROPS = attempt(5, b"sink()", b"deux()")
EVERYONE = [FIRST, MORE, SECOND, FIELD, THIRD, DROPS]


def possible(diagnostic: Diagnostic) -> list[int]:
    error = FINDER.error(diagnostic, NOTHING, ())
    return sorted(a.index for a in FINDER.possible(error, EVERYONE))


def test_regions_are_items_that_hold_no_other() -> None:
    items = InnermostItems(FILES.get)
    (one,) = items.at("src/lib.rs", place(b"inner"))
    assert one.span is not None
    assert SOURCE[one.span.start : one.span.end].startswith(b"fn one(&self)")
    assert items.at("src/lib.rs", place(b"more")) == {one}
    between = InnermostItem("src/lib.rs", None)
    assert items.at("src/lib.rs", place(b"use std")) == {between}
    assert items.at("src/lib.rs", place(b"impl S")) == {between}
    assert items.at("gone.rs", Span(0, 1)) == {InnermostItem("gone.rs", None)}
    both = Span(place(b"first").start, place(b"second").end)
    assert len(items.at("src/lib.rs", both)) == 2
    inside = [b"first", b"inner", b"second", b"hits", b"LIMIT", b"fn one", b"() => {}"]
    found = [items.inside_body("src/lib.rs", place(text)) for text in inside]
    assert found == [True, True, True, False, False, False, False]


def test_a_body_breaks_itself_and_a_declaration_breaks_anything() -> None:
    assert possible(error_at(b"inner")) == [0, 1, 3]
    assert possible(error_at(b"second")) == [2, 3, 5]
    assert possible(error_at(b"LIMIT")) == [3]


def test_auto_traits_constants_and_errors_without_a_place_may_come_from_any_body() -> None:
    anybody = [0, 1, 2, 3, 4, 5]
    message = "`Rc<u8>` cannot be sent between threads safely"
    assert possible(error_at(b"inner", "E0277", message)) == anybody
    assert possible(error_at(b"inner", "", "future is not `Send` as this value is used")) == anybody
    assert possible(error_at(b"LIMIT", "E0080")) == anybody
    assert possible(error_at(b"")) == anybody
    assert possible(error_at(b"inner", "E0277", "`u8: Iterator` is not satisfied")) == [0, 1, 3]


def test_a_use_line_reaches_its_file_by_errors_about_names() -> None:
    assert possible(error_at(b"inner", "E0412")) == [0, 1, 3, 5]
    assert possible(error_at(b"inner", "E0034")) == [0, 1, 3, 5]
    assert possible(error_at(b"far", "E0433", path="src/far.rs")) == [3, 4]


def test_an_error_that_nobody_can_have_caused_takes_its_code_out_of_the_rule() -> None:
    finder = CulpritFinder(Reader(FILES.__getitem__, {}))
    stray = finder.error(error_at(b"inner"), NOTHING, ())
    other = finder.error(error_at(b"inner", "E0382"), NOTHING, ())
    finder.note([stray], [SECOND])
    assert finder.possible(stray, [SECOND, THIRD]) == {SECOND, THIRD}
    assert finder.possible(other, [SECOND, THIRD]) == set()


def test_suspicion_has_degrees() -> None:
    def degrees(diagnostic: Diagnostic, order: list[Attempt]) -> dict[int, Clue]:
        applied = apply(FILES, [a.fix for a in order])
        error = FINDER.error(diagnostic, applied, order)
        return {a.index: strength for a, strength in FINDER.suspects(error, EVERYONE[:5]).items()}

    own = DiagnosticSpan(
        "src/lib.rs", Span(place(b"first").start, place(b"first").end - 2), 1, 1, True
    )
    told = DiagnosticSpan("src/lib.rs", place(b"more"), 1, 1, False, "moved here")
    both = Diagnostic("error", "E0382", "use of moved value", (own, told), "")
    assert degrees(both, []) == {0: Clue.PRIMARY, 1: Clue.TOUCHED, 2: Clue.FILE, 3: Clue.FILE}
    near = error_at(b"inner")
    assert degrees(near, []) == {0: Clue.ITEM, 1: Clue.ITEM, 2: Clue.FILE, 3: Clue.FILE}
    named = error_at(b"far", "E0599", "no method `lock` for struct `AtomicU64`", "src/far.rs")
    assert degrees(named, []) == {3: Clue.NAMED, 4: Clue.ITEM}


def test_a_place_beside_a_deletion_is_the_deletions() -> None:
    removed = attempt(0, b"();\n        more", b";\n        more")
    applied = apply(FILES, [removed.fix])
    text = applied.files["src/lib.rs"]
    start = text.index(b"first")
    span = DiagnosticSpan("src/lib.rs", Span(start, start + 5), 9, 9, True)
    error = FINDER.error(Diagnostic("error", "E0382", "moved", (span,), ""), applied, [removed])
    assert error.places[0].span == place(b"first")
    assert not error.places[0].authors
    assert FINDER.suspects(error, [removed]) == {removed: Clue.PRIMARY}


def test_islands_share_no_function() -> None:
    disjoint = FINDER.disjoint([FIRST, SECOND, THIRD, MORE])
    assert sorted(sorted(a.index for a in island) for island in disjoint) == [[0, 1], [2], [4]]


def test_rustc_in_one_line() -> None:
    span = DiagnosticSpan("src/lib.rs", Span(0, 1), 1, 1, True, "value used here after move")
    moved = Diagnostic("error", "E0382", "use of moved value: `x`", (span,), "")
    assert describe(moved) == "E0382: use of moved value: `x` (value used here after move)"
    assert describe(Diagnostic("error", "", "expected `;`", (), "")) == "expected `;`"
