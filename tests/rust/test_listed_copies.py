"""Lists of copies that may be lists of references: tables of (code, what stands for it)."""

from __future__ import annotations

import pytest

from engine.rust.codegen import replaced
from engine.rust.copies import clone_of
from engine.rust.known_calls import is_reading_method
from engine.rust.listed_copies import listed_copies
from engine.rust.nodes import bare
from engine.rust.scopes import scopes_of
from engine.rust.syntax import Source, span_of, walk_all


def lent(code: str, edition: int = 2021) -> str | None:
    source = Source("src/lib.rs", f"fn f(a: T, b: T) {{ {code} }}".encode(), edition)
    function = source.root.named_children[0]
    copies = (n for n in walk_all(source, function) if (c := clone_of(source, n)) and c.name == "a")
    found = listed_copies(source, scopes_of(source, function), next(copies), is_reading_method)
    if found is None:
        return None
    changes = {edit.span: edit.replacement for edit in found.edits}
    for element in found.elements:
        clone = clone_of(source, bare(element))
        assert clone is not None
        changes[span_of(element)] = (b"%s.view()" if found.views else b"&%s") % clone.receiver_text
    return replaced(source, span_of(function.named_children[-1]), changes).decode()[2:-2]


@pytest.mark.parametrize(
    ("code", "made"),
    [
        ("[a.clone(), b.clone()].iter().any(g)", "[&a, &b].into_iter().any(g)"),
        ("vec![a.clone()].iter().any(g)", "vec![&a].into_iter().any(g)"),
        ('[a.clone(), b.clone()].join(",")', '[a.view(), b.view()].join(",")'),
        ('[a.clone(), "x".to_string()].concat()', '[a.view(), "x"].concat()'),
        ("[a.clone()].contains(c)", "[&a].contains(&c)"),
        ("[a.clone()].contains(&c)", "[&a].contains(&&c)"),
        ("for x in [a.clone(), b.clone()] { x.len(); }", "for x in [&a, &b] { x.len(); }"),
        ("for x in &[a.clone()] { g(x); }", "for x in [&a] { g(x); }"),
        ("for x in [a.clone()].iter() { g(x); }", "for x in [&a].into_iter() { g(x); }"),
        ("[a.clone()].into_iter().map(|x| x.len())", "[&a].into_iter().map(|x| x.len())"),
        ("let l = [a.clone()]; l.iter().any(g); l.len();", "let l = [&a]; l.iter().copied().any(g); l.len();"),
        ("let l = [a.clone()]; for x in &l { g(x) }", "let l = [&a]; for x in l.iter().copied() { g(x) }"),
        ('let l = vec![a.clone()]; l.join("");', 'let l = vec![a.view()]; l.join("");'),
        # kept, given away, changed, or not all of them copies
        ("[a.clone(), b.clone()]", None),
        ("g(&[a.clone(), b.clone()])", None),
        ("[a.clone(), g()].iter().any(h)", None),
        ('[a.clone(), String::from("x")].iter().any(g)', None),
        ("[a.clone(); 3].iter().any(g)", None),
        ("for x in [a.clone()] { v.push(x); }", None),
        ("for x in &mut [a.clone()] { x.push('x'); }", None),
        ("[a.clone()].iter_mut().for_each(g)", None),
        ("let mut l = vec![a.clone()]; l.iter().any(g);", None),
        ("let l = vec![a.clone()]; g(l);", None),
        ("let l = vec![a.clone()]; g(&l);", None),
        ("let l: Vec<String> = vec![a.clone()]; l.iter().any(g);", None),
        ('let l = vec![a.clone()]; l.join(""); l.iter().any(g);', None),
        ("sqs![a.clone()].iter().any(g)", None),
    ],
)  # fmt: skip
def test_what_stands_for_the_list(code: str, made: str | None) -> None:
    assert lent(code) == made


def test_arrays_give_references_before_edition_2021() -> None:
    assert lent("[a.clone()].iter().any(g)", 2018) is None
    assert lent("for x in [a.clone()] { x.len(); }", 2018) is None
    assert lent("vec![a.clone()].iter().any(g)", 2018) is not None
