"""Where a value may be computed in front of its statement, and what then comes in another order."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.front_places import changed_by, front_of
from engine.rust.syntax import Source, span_of
from engine.rust.type_parser import parse
from engine.rust.types import Type


def _part(body: str, text: str = "HERE", head: str = "fn f()") -> tuple[Source, object]:
    source = Source("src/lib.rs", f"{head} {{ {body} }}".encode())
    start = source.data.index(text.encode())
    return source, source.node_at(Span(start, start + len(text)))


@pytest.mark.parametrize(
    ("body", "whole", "before"),
    [
        ("l.lock().push(HERE);", "l.lock().push(HERE);", ["l.lock().push"]),
        ("let a = l.lock().get(x, HERE);", "let a = l.lock().get(x, HERE);", ["l.lock().get", "x"]),
        ("l.lock().push(HERE)", "l.lock().push(HERE)", ["l.lock().push"]),
        ("if l.lock().has(HERE) { g() }", "if l.lock().has(HERE) { g() }", ["l.lock().has"]),
        ("if let Some(x) = l.lock().get(HERE) { g() } k();",
         "if let Some(x) = l.lock().get(HERE) { g() }", ["l.lock().get"]),
        ("for x in l.lock().all(HERE) {}", "for x in l.lock().all(HERE) {}", ["l.lock().all"]),
        ("*l.lock() = g(HERE);", "*l.lock() = g(HERE);", ["g"]),
        ("*l.lock() += HERE;", "*l.lock() += HERE;", ["*l.lock()"]),
        ("a[i()][HERE].b = c;", "a[i()][HERE].b = c;", ["c", "a[i()]"]),
        ("p(E { a: b(), c: HERE });", "p(E { a: b(), c: HERE });", ["p", "a: b()"]),
        ("if a { l.push(HERE); }", "l.push(HERE);", ["l.push"]),
    ],
)  # fmt: skip
def test_in_front_of_a_statement(body: str, whole: str, before: list[str]) -> None:
    source, part = _part(body)
    front = front_of(source, part)  # type: ignore[arg-type]
    assert not isinstance(front, str)
    assert (source.text(front.whole).decode(), front.inline) == (whole, False)
    shown = [source.text(each).decode() for each in front.before if each.type != "type_identifier"]
    assert [each for each in shown if each != "E"] == before


@pytest.mark.parametrize(
    ("body", "whole"),
    [("match a { 1 => l.push(HERE), _ => () }", "l.push(HERE)"), ("g(|x| l.push(HERE));", "l.push(HERE)")],
)  # fmt: skip
def test_in_a_block_that_is_made_for_it(body: str, whole: str) -> None:
    source, part = _part(body)
    front = front_of(source, part)  # type: ignore[arg-type]
    assert not isinstance(front, str)
    assert (source.text(front.whole).decode(), front.inline) == (whole, True)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("while l.has(HERE) {}", "each round"), ("a && l.has(HERE);", "on a condition"),
        ("if a {} else if l.has(HERE) {}", "`else if`"), ("g!(\"{}\", l.has(HERE));", "macro call"),
        ("match a { 1 if l.has(HERE) => (), _ => () }", "condition of an arm"),
        ("if let Some(x) = y && l.has(HERE) {}", "on a condition"),
    ],
)  # fmt: skip
def test_where_there_is_no_place(body: str, why: str) -> None:
    source, part = _part(body)
    front = front_of(source, part)  # type: ignore[arg-type]
    assert isinstance(front, str)
    assert why in front


@pytest.mark.parametrize(
    ("head", "part", "changed"),
    [
        ("fn f(&self)", "self.log.lock().unwrap()", set()),
        ("fn f(&self)", "self.shard(n).lock()", set()), ("fn f(&mut self)", "self.shard(n)", {"self"}),
        ("fn f()", "pick(&mut n, all)", {"n"}), ("fn f()", "pick(unknown)", {"unknown"}),
        ("fn f()", "pick(n, name)", set()), ("fn f()", "{ n += 1; n }", {"n"}),
        ("fn f()", "it.next()", {"it"}), ("fn f()", "Some(unknown)", set()),
        ("fn f()", "take(lent)", {"lent"}), ("fn f()", "shared.pick(n)", set()),
        ("fn f()", "pick!(n)", {"pick", "n"}), ("fn f()", 'format!("{n}")', set()),
    ],
)  # fmt: skip
def test_what_a_part_may_change(head: str, part: str, changed: set[str]) -> None:
    source, node = _part(f"let _a = {part};", part, head)
    types = {
        "n": "u64",
        "name": "&str",
        "lent": "&mut u64",
        "shared": "&app::Pool",
        "all": "&[u64]",
    }

    def type_of(span: Span) -> Type | None:
        told = types.get(source.quoted(span))
        return parse(told) if told is not None else None

    found = changed_by(source, node, type_of)  # type: ignore[arg-type]
    assert {name.decode() for name in found} == changed
    assert span_of(source.root).start == 0
