"""Types as rustc prints them: what comes out of each form, and that printing and parsing agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rust.type_parser import parse
from engine.rust.types import UNIT, Type
from tests.examples import examples

STRING = Type("std::string::String")
U8 = Type("u8")


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        (
            "std::sync::Arc<std::sync::Mutex<i32>>",
            Type("std::sync::Arc", (Type("std::sync::Mutex", (Type("i32"),)),)),
        ),
        ("&'a mut T", Type("&mut", (Type("T"),), "ref")),
        ("&'_ [u8]", Type("&", (Type("", (U8,), "slice"),), "ref")),
        ("*const u8", Type("*const", (U8,), "ptr")),
        ("()", UNIT),
        ("(u8,)", Type("", (U8,), "tuple")),
        ("(u8)", U8),
        ("[u8; 4]", Type("4", (U8,), "array")),
        ("[u8; { N + 1 }]", Type("{ N + 1 }", (U8,), "array")),
        ("!", Type("!", (), "never")),
        ("_", Type("_", (), "infer")),
        ("{integer}", Type("{integer}", (), "infer")),
        (
            "fn(u8) -> std::string::String",
            Type("fn", (U8, STRING), "fn"),
        ),
        ('unsafe extern "C" fn(u8)', Type('unsafe extern "C" fn', (U8, UNIT), "fn")),
        (
            "for<'a> fn(&'a u8) {m::f}",
            Type(
                "m::f",
                (Type("fn", (Type("&", (U8,), "ref"), UNIT), "fn"), Type("m::f")),
                "fndef",
            ),
        ),
        ("{closure@src/lib.rs:3:5: 3:8}", Type("closure@src/lib.rs:3:5: 3:8", (), "closure")),
        (
            "{async fn body of foo<{closure@a.rs:1:2: 1:3}>()}",
            Type("async fn body of foo<{closure@a.rs:1:2: 1:3}>()", (), "coroutine"),
        ),
        (
            "impl Iterator<Item = u8> + 'static",
            Type("", (Type("Iterator", (Type("Item", (U8,), "binding"),)),), "impl"),
        ),
        (
            "&(dyn std::ops::Fn(u8) -> u8 + std::marker::Send + 'a)",
            Type(
                "&",
                (
                    Type(
                        "",
                        (Type("std::ops::Fn", (U8, U8), "sugar"), Type("std::marker::Send")),
                        "dyn",
                    ),
                ),
                "ref",
            ),
        ),
        ("<T as m::Tr<u8>>::A", Type("A", (Type("T"), Type("m::Tr", (U8,))), "assoc")),
        ("<[u8]>::len", Type("len", (Type("", (U8,), "slice"),), "inherent")),
        (
            "m::Grid<'_, u8, 3, true, 'x'>",
            Type(
                "m::Grid",
                (U8, Type("3", (), "const"), Type("true", (), "const"), Type("'x'", (), "const")),
            ),
        ),
        (
            "core::slice::<impl [u8]>::iter::Local",
            Type(
                "iter::Local",
                (Type("core::slice", (Type("", (U8,), "slice"),), "implseg"),),
                "member",
            ),
        ),
        ("p::f::{closure#0}::Local", Type("p::f::{closure#0}::Local")),
        ("impl ?Sized + m::T", Type("", (Type("?Sized"), Type("m::T")), "impl")),
    ],
)
def test_form(text: str, type_: Type) -> None:
    assert parse(text) == type_
    assert parse(str(type_)) == type_


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("fn(u8) {std::vec::Vec::<u8>::push}", "std::vec::Vec::push"),
        ("fn() {<std::sync::Arc<_> as std::clone::Clone>::clone}", "std::clone::Clone::clone"),
        ("fn() {core::str::<impl str>::len::<3>}", "core::str::len"),
    ],
)
def test_function_item_is_named_without_generics(text: str, name: str) -> None:
    assert (parse(text).kind, parse(text).name) == ("fndef", name)
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "Vec<", "u8 is 1..", "a b", "fn(", "<T as", "{closure@", "&", "\0", "é::" * 3, "Vec<u8>>"],
)
def test_what_is_no_type_stays_as_text(text: str) -> None:
    assert parse(text) == Type(text, (), "opaque")


def test_hostile_depth_and_length_do_not_raise() -> None:
    for text in ("&" * 50_000 + "u8", "(" * 50_000, "A<" * 50_000, "impl " * 50_000):
        assert parse(text).kind == "opaque"
    assert parse("dyn " + "?" * 50_000 + "A").kind == "opaque"
    assert parse("dyn " + "(" * 50_000).kind == "opaque"
    assert parse("<" * 3000 + "impl !" * 3000).kind == "opaque"
    assert parse("A" * 200_000).kind == "opaque"


@given(st.text(max_size=60))
def test_any_text_is_taken(text: str) -> None:
    assert isinstance(str(parse(text)), str)


def test_bounds_of_a_function_items_result_are_its_own() -> None:
    type_ = parse("fn() -> impl m::A + m::B {m::f}")
    assert type_.args[0].args == (Type("", (Type("m::A"), Type("m::B")), "impl"),)
    behind = parse("&impl m::A + m::B + '_")
    assert behind.args == (Type("", (Type("m::A"), Type("m::B")), "impl"),)
    outer = parse("dyn std::ops::Fn() -> impl m::A + m::B")
    assert [bound.name for bound in outer.args] == ["std::ops::Fn", "m::B"]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("&std::vec::Vec<u8>", "[u8]"),
        ("std::sync::Arc<std::string::String>", "str"),
        ("std::sync::MutexGuard<'_, [u8; 4]>", "[u8]"),
        ("parking_lot::lock_api::MutexGuard<'_, parking_lot::RawMutex, u64>", "u64"),
        ("std::borrow::Cow<'_, str>", "str"),
        ("alloc::rc::Rc<alloc::vec::Vec<u8>>", "[u8]"),
        ("bytes::Bytes", "[u8]"),
        ("std::path::PathBuf", "std::path::Path"),
        ("mycrate::Arc<u8>", "mycrate::Arc<u8>"),
        ("Arc<u8>", "Arc<u8>"),
        ("*const u8", "*const u8"),
    ],
)
def test_deref_chain(text: str, last: str) -> None:
    chain = parse(text).deref_chain()
    assert chain[0] == parse(text)
    assert chain[-1] == parse(last)


def test_walk() -> None:
    type_ = parse("std::option::Option<&tokio::sync::MutexGuard<'_, m::State>>")
    assert [t.name for t in type_.walk()] == [
        *("std::option::Option", "&", "tokio::sync::MutexGuard", "m::State"),
    ]
    assert parse("&mut u8").is_mut_ref
    assert not parse("&u8").is_mut_ref
    assert parse("&u8").is_ref


def test_a_function_item_that_returns_a_pointer() -> None:
    item = parse("fn(u8) -> fn() -> u8 {m::get}")
    assert (item.kind, item.name) == ("fndef", "m::get")
    assert str(item.args[0]) == "fn(u8) -> fn() -> u8"


# -- printing, then parsing -----------------------------------------------------------------------

_WORD = st.from_regex(r"[a-z][a-z0-9_]{0,4}", fullmatch=True).filter(
    lambda w: (
        w not in {"impl", "dyn", "for", "fn", "as", "mut", "const", "use", "unsafe"}
        and w not in {"extern", "async", "safe", "true", "false"}
    )
)
_PATH = st.lists(_WORD, min_size=1, max_size=3).map("::".join)
_LEAF = st.one_of(
    _PATH.map(Type),
    st.sampled_from([UNIT, Type("!", (), "never"), Type("_", (), "infer")]),
    st.sampled_from([Type("closure@a.rs:1:2: 3:4", (), "closure")]),
    st.sampled_from([Type("async block@src/a b.rs:1:2: 3:4", (), "coroutine")]),
)


def _is_item(type_: Type) -> bool:
    return type_.kind == "fndef" or (type_.kind in ("ref", "ptr") and _is_item(type_.args[0]))


def _compound(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    some = st.lists(inner, min_size=1, max_size=3).map(tuple)
    one = inner.map(lambda t: (t,))
    plain = _PATH.map(Type)
    generic = st.builds(Type, _PATH, some)
    constant = st.sampled_from(["3", "-1", "true", "'a'", '"s"']).map(
        lambda n: Type(n, (), "const")
    )
    binding = st.builds(lambda n, t: Type(n, (t,), "binding"), _WORD, inner)
    # What a signature ends with is no function item: the braces are taken for the whole's.
    result = inner.filter(lambda t: not _is_item(t))
    signature = st.builds(lambda p, r: (*p, r), some, result)
    bound = st.one_of(
        plain,
        st.builds(lambda n, b: Type(n, (b,)), _PATH, binding),
        st.builds(lambda n, s: Type(n, s, "sugar"), _PATH, signature),
    )
    bounds = st.lists(bound, min_size=1, max_size=3).map(tuple)
    function = signature.map(lambda s: Type("fn", s, "fn"))
    return st.one_of(
        generic,
        st.builds(lambda n, a, c: Type(n, (*a, c)), _PATH, some, constant),
        st.builds(lambda n, t: Type(n, t, "ref"), st.sampled_from(["&", "&mut"]), one),
        st.builds(lambda n, t: Type(n, t, "ptr"), st.sampled_from(["*const", "*mut"]), one),
        st.lists(inner, min_size=2, max_size=3).map(lambda a: Type("", tuple(a), "tuple")),
        one.map(lambda a: Type("", a, "tuple")),
        one.map(lambda a: Type("", a, "slice")),
        one.map(lambda a: Type("8", a, "array")),
        st.builds(lambda s, t, n: Type(n, (s, t), "assoc"), inner, plain, _WORD),
        st.builds(lambda s, t, n, a: Type(n, (s, t, *a), "assoc"), inner, plain, _WORD, some),
        st.builds(lambda g, n: Type(n, (g,), "member"), generic, _WORD),
        function,
        st.builds(lambda f, p: Type(p.name, (f, p), "fndef"), function, generic),
        bounds.map(lambda b: Type("", b, "impl")),
        bounds.map(lambda b: Type("", b, "dyn")),
    )


@examples(300)
@given(st.recursive(_LEAF, _compound, max_leaves=8))
def test_print_then_parse(type_: Type) -> None:
    assert parse(str(type_)) == type_


@pytest.mark.parametrize(
    ("text", "last", "short"),
    [
        ("std::vec::Vec<app::a::Frame>", "Vec", "Vec<Frame>"),
        ("u8", "u8", "u8"),
        ("&std::string::String", "&", "&String"),
        ("(std::time::Duration, &mut a::B)", "", "(Duration, &mut B)"),
        ("a::B<u8>::c::D", "D", "B<u8>::D"),
        ("&dyn std::fmt::Debug", "&", "&dyn Debug"),
    ],
)
def test_names_for_people(text: str, last: str, short: str) -> None:
    type_ = parse(text)
    assert (type_.last, type_.short()) == (last, short)


def test_a_long_type_is_cut() -> None:
    assert parse("std::vec::Vec<std::string::String>").short(10) == "Vec<Str..."
    assert parse("std::vec::Vec<u8>").short(7) == "Vec<u8>"


@pytest.mark.parametrize(
    ("told", "count", "behind"), [("u8", 0, "u8"), ("&u8", 1, "u8"), ("&&mut str", 2, "str")]
)
def test_references_around_a_type_are_counted(told: str, count: int, behind: str) -> None:
    type_ = parse(told)
    assert type_ is not None
    assert type_.behind_refs() == (count, parse(behind))
