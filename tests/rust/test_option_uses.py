"""What a mention of a guard does with the option behind its lock, and whether a section fills it once."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.base.model import Span
from engine.rust.calls import Calls
from engine.rust.lock_groups.guarded_locals import without_guarded
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.lock_groups.lock_likeness import named_alike
from engine.rust.lock_groups.lock_places import LocatedCall, LockPlaces
from engine.rust.lock_groups.lock_sets import Group, expand_aliases, groups
from engine.rust.lock_groups.lock_sites import located
from engine.rust.lock_groups.lock_types import Lock
from engine.rust.lock_groups.option_fills import Unfollowed, section_of
from engine.rust.lock_groups.option_uses import opened, option_use
from engine.rust.nodes import method_call
from engine.rust.queries import walk
from engine.rust.syntax import Source, walk_all
from engine.rust.type_parser import parse
from tests.rust.workspace import Workspace

LOCK = "m.lock().unwrap()"


def source_of(body: str) -> Source:
    return Source("src/lib.rs", f"fn f(m: M) -> u8 {{\n{body}\n}}\n".encode())


def node_of(source: Source, text: str) -> Node:
    start = source.data.index(text.encode())
    node = source.node_at(Span(start, start + len(text.encode())))
    assert node is not None, text
    return node


@pytest.mark.parametrize(
    ("body", "kind", "whole"),
    [
        ("x(G.as_ref());", "look", "G.as_ref()"),
        ("x((*G).as_ref());", "look", "(*G).as_ref()"),
        ("match &*G { Some(v) => a(v), None => b() }", "look", "&*G"),
        ("match *G { Some(ref v) => a(v), _ => b() }", "look", "*G"),
        ("if let Some(S { a, .. }) = &*G { a }", "look", "&*G"),
        ("let Some(v) = &*G else { return };", "look", "&*G"),
        ("match *G { Some(v) => a(v), None => b() }", "copy", "*G"),
        ("if let Some(5) | None = &*G { a }", "look", "&*G"),
        ("x(G.is_some());", "asked", "G.is_some()"),
        ("x(G.clone());", "clone", "G.clone()"),
        ("x(G.as_deref());", "deref", "G.as_deref()"),
        ("for v in G.iter() { a(v) }", "iter", "G.iter()"),
        ("x(*G);", "copy", "*G"),
        ("x(G.map(f));", "copy", "G"),
        ("x(G.unwrap());", "copy", "G"),
        ('println!("{:?}", G);', "shown", "G"),
        ('println!("{:?}", *G);', "shown", "*G"),
        ("*G = Some(a());", "fill", "*G = Some(a())"),
        ("x(G.get_or_insert_with(a).len());", "insert", "G.get_or_insert_with(a)"),
        ("x(G.get_or_insert(5));", "insert", "G.get_or_insert(5)"),
        ("G.get_or_insert_with(a).push(5);", "changed", "G.get_or_insert_with(a)"),
        ("*G.get_or_insert_with(a) += 5;", "changed", "G.get_or_insert_with(a)"),
        ("G.get_or_insert_with(a).n = 5;", "changed", "G.get_or_insert_with(a)"),
        ("x(&mut G.get_or_insert_with(a)[0]);", "changed", "G.get_or_insert_with(a)"),
        ("let v = G.get_or_insert_with(a); v.push(1);", "changed", "G.get_or_insert_with(a)"),
        ("let v = G.get_or_insert_with(a); x(v.len());", "insert", "G.get_or_insert_with(a)"),
        ("*G = None;", "emptied", "*G = None"),
        ("x(G.take());", "emptied", "G.take()"),
        ("x(std::mem::take(&mut *G));", "emptied", "&mut *G"),
        ("*G = a;", "replaced", "*G = a"),
        ("G.clone_from(&a);", "replaced", "G.clone_from(&a)"),
        ("x(G.insert(a));", "replaced", "G.insert(a)"),
        ("x(std::mem::replace(&mut *G, a));", "replaced", "&mut *G"),
        ("if let Some(v) = G.as_mut() { a(v) }", "changed", "G.as_mut()"),
        ("if let Some(v) = &mut *G { a(v) }", "changed", "&mut *G"),
        ("if let Some(ref mut v) = *G { a(v) }", "changed", "*G"),
    ],
)
def test_what_a_mention_does(body: str, kind: str, whole: str) -> None:
    for text in (LOCK, "g"):
        source = source_of(body.replace("G", text))
        use = option_use(source, node_of(source, text))
        found = source.text(use.node).decode()
        assert (use.kind, found) == (kind, whole.replace("G", text))


@pytest.mark.parametrize(
    "body",
    [
        "x(G);", "let a = &*G;", "x(&*G);", "x(G == None);", "x(*G == Some(5));", "x(&mut G);", "x(G.len());",
        "match &*G { v @ Some(_) => a(v), None => b() }", "match &*G { v => a(v) }", "x(G.iter_more());",
        "assert_eq!(*G, Some(5));", "assert_eq!(G, a);",
        "match &*G { Some(&v) => a(v), None => b() }", "match *G { Some((ref a, _)) => a, None => b() }",
    ],
)  # fmt: skip
def test_what_is_not_followed(body: str) -> None:
    source = source_of(body.replace("G", "g"))
    with pytest.raises(Refused):
        option_use(source, node_of(source, "g"))


@pytest.mark.parametrize(
    ("body", "whole"),
    [
        ("x(g.as_ref().unwrap().len());", "g.as_ref().unwrap()"),
        ('x(g.as_ref().expect("made"));', 'g.as_ref().expect("made")'),
        ("x(g.clone().unwrap());", "g.clone().unwrap()"),
        ("x(g.unwrap());", "g.unwrap()"),
        ("x(g.as_ref().map(f));", None),
        ("x(g.unwrap_or(1));", None),
        ("x(g.is_some());", None),
    ],
)
def test_looks_that_are_opened(body: str, whole: str | None) -> None:
    source = source_of(body)
    found = opened(source, option_use(source, node_of(source, "g")))
    assert (source.text(found).decode() if found is not None else None) == whole


LET = f"let mut g = {LOCK};\n"
IF = LET + "if g.is_none() { *g = Some(make()); }\n"


@pytest.mark.parametrize(
    ("body", "form", "given", "made", "uses"),
    [
        (IF, "if", "nothing", ["make()"], []),
        (IF + "g.as_ref().unwrap().len()", "if", "nothing", ["make()"], ["look"]),
        (LET + "if !g.is_some() { *g = Some(1); }", "if", "nothing", ["1"], []),
        (
            LET + "if g.is_none() { a(); let x = b(); *g = Some(x); }",
            "if", "nothing", ["a();", "b()"], [],
        ),
        (
            LET + "match &*g { Some(v) => v.clone(), None => { let x = a(); *g = Some(x.clone()); x } }",
            "either", "result", ["a()"], [],
        ),
        (
            LET + "if let Some(v) = g.as_ref() { Arc::clone(v) } else { let x = a(); *g = Some(Arc::clone(&x)); x }",
            "either", "result", ["a()"], [],
        ),
        (
            LET + "match *g { Some(v) => v, None => { let x = a(); *g = Some(x); x } }",
            "either", "copy", ["a()"], [],
        ),
        (
            LET + "if let Some(v) = &*g { *v } else { let x = a(); *g = Some(x); x }",
            "either", "copy", ["a()"], [],
        ),
        (
            LET + "match &*g { Some(_) => {}, None => { *g = Some(1); } }",
            "either", "nothing", ["1"], [],
        ),
        (
            LET + "if let Some(v) = &*g { return v.len(); } *g = Some(a()); g.as_ref().unwrap().len()",
            "return", "result", ["a()"], [],
        ),
        (
            LET + "if let Some(v) = &*g { return v.clone(); } b(); let x = a(); *g = Some(x.clone()); return x;",
            "return", "result", ["b();", "a()"], [],
        ),
        (
            LET + "if let Some(v) = &*g { return Ok(v.clone()); } let x = a(); *g = Some(x.clone()); Ok(x)",
            "return", "result", ["a()"], [],
        ),
        (LET + "if g.is_some() { return; } *g = Some(a());", "return", "nothing", ["a()"], []),
        (f"{LOCK}.get_or_insert_with(make).len()", "insert", "nothing", ["make"], []),
        (LET + "g.get_or_insert_with(make); g.clone()", "insert", "nothing", ["make"], ["clone"]),
        (LET + "*g.get_or_insert(5)", "insert", "nothing", ["5"], []),
    ],
)  # fmt: skip
def test_sections_that_fill_it_once(
    body: str, form: str, given: str, made: list[str], uses: list[str]
) -> None:
    source = source_of(body)
    section = section_of(source, node_of(source, LOCK))
    fill = section.fill
    assert fill is not None and section.sets is None
    assert (fill.form, fill.given) == (form, given)
    assert [source.text(node).decode() for node in fill.made] == made
    assert [use.kind for use in section.uses] == uses


@pytest.mark.parametrize(
    "body",
    [
        f"*{LOCK} = Some(1);",
        LET + "*g = Some(1);",
        LET + "if g.is_some() { *g = Some(1); }",
        LET + "if g.is_none() && a() { *g = Some(1); }",
        LET + "if g.is_none() { *g = Some(1); } else { a(); }",
        LET + "if a() { if g.is_none() { *g = Some(1); } }",
        LET + "for x in y { *g = Some(x); }",
        # what comes behind the block is only done where it was empty
        LET.replace("let", "{ let") + "if g.is_some() { return; } *g = Some(1); } a();",
    ],
)
def test_what_fills_it_whatever_is_there(body: str) -> None:
    source = source_of(body)
    section = section_of(source, node_of(source, LOCK))
    assert section.fill is None and section.sets is not None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (LET + "if g.is_none() { *g = Some(a()?); }", "may fail"),
        (LET + "if g.is_none() { if b { return 1; } *g = Some(a()); }", "leaves while"),
        (LET + "if g.is_none() { *g = Some(a().await); }", "awaited"),
        (f"{LOCK}.get_or_insert(a())", "made each time"),
        (LET + "if g.is_none() { x(g.is_some()); *g = Some(1); }", "while the value is made"),
        (LET + "x(g.is_some()); if g.is_none() { *g = Some(1); }", "before it is filled"),
        (
            LET + "if g.is_none() { *g = Some(1); } if g.is_none() { *g = Some(2); }",
            "several places",
        ),
        (
            LET + "match &*g { Some(v) => v + 1, None => { let x = a(); *g = Some(x); x } }",
            "may differ",
        ),
        (
            LET
            + "if let Some(v) = &*g { return v.clone(); } let x = a(); *g = Some(x.clone()); b()",
            "may differ",
        ),
        (LET + "let v = g.get_or_insert_with(a); x(v, g.is_some());", "looked at again"),
        (LET + "if g.is_none() { *g = Some(1); a(); }", "more is done"),
        (LET + "if let Some(v) = &*g { return *v; } *g = Some(1); a(); b(); 1", "more is done"),
        (LET + "if g.is_some() { return; } *g = Some(1); a();", "more is done"),
    ],
)
def test_fills_that_are_not_followed(body: str, reason: str) -> None:
    source = source_of(body)
    with pytest.raises(Unfollowed) as refused:
        section_of(source, node_of(source, LOCK))
    assert reason in refused.value.reason


@pytest.mark.parametrize(
    "body",
    [
        LET + "x(g);", LET + "let h = wait(g); h.clone()", LET + "g = other();", f"x({LOCK});",
        f"match {LOCK} {{ g => x(g) }}", f"let g: G = {LOCK}; g.clone()",
    ],
)  # fmt: skip
def test_guards_that_go_elsewhere(body: str) -> None:
    source = source_of(body)
    with pytest.raises(Refused) as refused:
        section_of(source, node_of(source, LOCK))
    assert not isinstance(refused.value, Unfollowed)


def test_what_comes_out_of_a_lock_call_holds_no_lock() -> None:
    text = (
        "use std::sync::Mutex;\ntype L = Mutex<Option<Vec<u8>>>;\n"
        "fn with(a: &L, f: impl Fn(&L) -> u8) -> u8 { f(a) }\n"
        "fn f(b: &L) { with(b, |m| { let g = m.lock().unwrap(); let v = g.as_ref().unwrap(); *v.first().unwrap() }); }\n"
    )
    workspace = Workspace({"src/lib.rs": text})
    source = workspace.sources.get("src/lib.rs")
    calls = [n for n in walk_all(source, source.root) if n.type == "call_expression"]
    locks = [c for c in calls if (m := method_call(source, c)) is not None and m.method == b"lock"]
    types = [
        n for n in walk(source.root) if n.type == "generic_type" and b"Mutex" in source.text(n)
    ]
    told = parse("&std::sync::Mutex<std::option::Option<std::vec::Vec<u8>>>")
    places = LockPlaces(
        "x", workspace.sources, workspace.items,
        Calls(workspace.sources, workspace.items, lambda *_: None),
        lambda _, span: told if source.slice(span) == b"m" else None, workspace.package_of,
    )  # fmt: skip
    for site in located("x", source, types, (), locks):
        places.add_site(site)
    expand_aliases(places)
    group = next(g for g in groups(places, lambda _: True) if g.lock_calls)

    def names(keys: list[tuple[str, str, int]]) -> list[str]:
        return [source.data[at : at + 1].decode() for _, _, at in keys]

    assert names(group.locals) == ["a", "f", "b", "m", "g", "v"]
    assert names(without_guarded(places, group).locals) == ["a", "f", "b", "m"]


@pytest.mark.parametrize(
    ("written", "alike"),
    [
        ("Mutex<Option<State>>", True),
        ("std::sync::Mutex<Option<crate::state::State>>", True),
        ("Mutex<Option<_>>", True),
        ("Mutex<_>", True),
        ("Mutex", True),
        ("Mutex<Option<u64>>", False),
        ("Mutex<Vec<State>>", False),
    ],
)
def test_types_that_may_be_a_lock_around_an_option(written: str, alike: bool) -> None:
    told = parse("std::sync::Mutex<std::option::Option<state::State>>")
    lock = Lock("std", "", told)
    at = Span(0, 0)
    group = Group(lock_calls=[LocatedCall(("call", "a", 0), "a", at, at, None, b"lock", lock)])
    source = Source("src/lib.rs", f"type L = {written};".encode())
    named = node_of(source, written)
    assert named_alike(group, source, named) is alike
