"""What stands for a reference when the value behind it was copied."""

from __future__ import annotations

import pytest

from engine.rust.owned_copies import OwnedCopy, instead_of_reference, owned_copy, referred
from engine.rust.queries import walk
from engine.rust.statement_nodes import let_of
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import TypeFacts
from engine.rust.type_parser import parse

STRING = "std::string::String"
ARC = "std::sync::Arc<std::vec::Vec<u8>>"

COPIES = [
    # type, what the `let` declares, the value of `x`, the reference again
    (f"&{STRING}", "", "x.clone()", "&v"),
    (f"&{STRING}", "&String", "x.clone()", "&v"),
    (f"&{STRING}", "&_", "x.clone()", "&v"),
    (f"&{STRING}", "&str", "x.to_owned()", "v.as_str()"),
    (f"&{STRING}", "&'a str", "x.to_owned()", "v.as_str()"),
    ("&str", "", "x.to_owned()", "v.as_str()"),
    ("&std::path::PathBuf", "&std::path::Path", "x.to_owned()", "v.as_path()"),
    ("&std::vec::Vec<u8>", "&[u8]", "x.to_owned()", "v.as_slice()"),
    ("&[u8; 4]", "&[u8; 4]", "*x", "&v"),
    ("&[u8]", "", "x.to_owned()", "v.as_slice()"),
    (f"&{ARC}", "", "x.clone()", "&v"),
    (f"&{ARC}", "&Vec<u8>", None, None),  # an `Arc` is no `Vec`
    ("&u64", "", "*x", "&v"),
    (f"std::option::Option<&{STRING}>", "", "x.cloned()", "v.as_ref()"),
    ("std::option::Option<&u64>", "", "x.copied()", "v.as_ref()"),
    ("std::option::Option<&str>", "", "x.map(ToOwned::to_owned)", "v.as_deref()"),
    (f"&mut {STRING}", "", None, None),
    (f"&{STRING}", "&mut String", None, None),
    (STRING, "", None, None),
    ("&dyn std::any::Any", "", None, None),
]


@pytest.mark.parametrize(("type_", "written", "value", "lent"), COPIES)
def test_how_it_is_copied_and_lent(
    type_: str, written: str, value: str | None, lent: str | None
) -> None:
    found = owned_copy(TypeFacts(), parse(type_), written.encode())
    assert (found.of(b"x").decode() if found else None) == value
    assert (found.lent(b"v").decode() if found else None) == lent


REFERENCE = OwnedCopy(b".clone()", (b"&", b""))
VIEW = OwnedCopy(b".to_owned()", (b"", b".as_str()"))
OPTION = OwnedCopy(b".cloned()", (b"", b".as_ref()"), True)

USES = [
    # the value does as well
    ("x.len();", REFERENCE, "x.len();"),
    ("x.clone();", REFERENCE, "x.clone();"),
    ("x.own_method(1);", REFERENCE, "x.own_method(1);"),
    ("x.name;", REFERENCE, "x.name;"),
    ("x[0];", REFERENCE, "x[0];"),
    ('println!("{}", x);', REFERENCE, 'println!("{}", x);'),
    ("x();", REFERENCE, "x();"),
    ("x.is_some();", OPTION, "x.is_some();"),
    # a reference is needed
    ("f(x);", REFERENCE, "f(&x);"),
    ("f(x);", VIEW, "f(x.as_str());"),
    ("f(x);", OPTION, "f(x.as_ref());"),
    ("f(&x);", REFERENCE, "f(&&x);"),
    ("let y = x;", REFERENCE, "let y = &x;"),
    ("x == y;", REFERENCE, "&x == y;"),
    ("S { x };", REFERENCE, "S { x: &x };"),
    ("S { x };", VIEW, "S { x: x.as_str() };"),
    ("S { y: x };", REFERENCE, "S { y: &x };"),
    ("for y in x {}", REFERENCE, "for y in &x {}"),
    ("match x { _ => {} }", VIEW, "match x.as_str() { _ => {} }"),
    ("if let Some(y) = x {}", OPTION, "if let Some(y) = x.as_ref() {}"),
    ("x.unwrap();", OPTION, "x.as_ref().unwrap();"),
    ("x?;", OPTION, "x.as_ref()?;"),
    # it was copied there
    ("x.cloned();", OPTION, "x.clone();"),
    ("x.copied();", OwnedCopy(b".copied()", (b"", b".as_ref()"), True), "x;"),
    # it was dereferenced
    ("*x + 1;", REFERENCE, "x + 1;"),
    ("(*x).len();", REFERENCE, "x.len();"),
    ("f(*x);", VIEW, "f(*x.as_str());"),
    # std has it on both
    ("x.into_iter();", REFERENCE, "(&x).into_iter();"),
    ("x.into();", VIEW, "x.as_str().into();"),
]


@pytest.mark.parametrize(("code", "made", "expected"), USES)
def test_what_stands_in_the_place_of_a_use(code: str, made: OwnedCopy, expected: str) -> None:
    source = Source("src/lib.rs", f"fn f() {{ {code} }}".encode())
    trees = [source.root]
    for node in walk(source.root):
        if node.type == "macro_invocation":
            trees += [tree.root_node for tree in source.arguments(node)]
    use = next(
        node
        for tree in reversed(trees)
        for node in walk(tree)
        if node.type == "identifier" and source.text(node) == b"x"
    )
    change = instead_of_reference(source, use, b"x", made)
    text = source.data
    if change is not None:
        span, new = change
        text = text[: span.start] + new + text[span.end :]
    assert text.decode() == f"fn f() {{ {expected} }}"


REFERRED = [
    ("x", "&u64", "u64"),
    ("x", "u64", None),
    ("x", "&mut u64", None),
    ("(x, _)", "&(u32, u64)", "u32"),
    ("(_, x)", "(&u32, &u64)", "u64"),
    ("(_, x)", "(&u32, u64)", None),
    ("(x, _)", "&mut (u32, u64)", None),
    ("(_, (x, _))", "&(u8, (u32, u64))", "u32"),
    ("(_, .., x)", "&(u8, u32, u64)", "u64"),
    ("(.., x)", "&(u8, u32, u64)", None),
    ("Some(x)", "std::option::Option<&u64>", "u64"),
    ("Some(x)", "&std::option::Option<u64>", "u64"),
    ("Some((x, _))", "std::option::Option<(&u32, u64)>", "u32"),
    ("Ok(x)", "&std::result::Result<u64, u8>", "u64"),
    ("Pair(x)", "&own::Pair<u64>", None),
]


@pytest.mark.parametrize(("pattern", "type_", "expected"), REFERRED)
def test_what_a_name_in_a_pattern_refers_to(pattern: str, type_: str, expected: str | None) -> None:
    source = Source("src/lib.rs", f"fn f() {{ let {pattern} = y else {{ return }}; }}".encode())
    let = next(node for node in walk(source.root) if node.type == "let_declaration")
    written = let_of(let)
    assert written is not None
    name = next(node for node in walk(written.pattern) if source.text(node) == b"x")
    found = referred(written.pattern, span_of(name), parse(type_))
    assert (str(found) if found is not None else None) == expected
