"""Where a trait is in scope, and what a ``use`` of it may change."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from engine.base.model import Span
from engine.rust.questions import Answers, Question
from engine.rust.syntax import Source
from engine.rust.trait_scope import FMT_WRITE, TraitScopes, Where, behind, calls_of, questions
from engine.rust.type_parser import parse
from engine.rust.types import Type
from tests.rust.workspace import Workspace

_WRITE = "core::fmt::Write"
_DEREF = "core::ops::Deref"


def receivers(text: str, opaque: frozenset[bytes] = frozenset()) -> list[str]:
    source = Source("src/lib.rs", text.encode())
    calls = calls_of(source, Span(0, len(source.data)), FMT_WRITE, opaque)
    return [source.slice(c.receiver).decode() if c.receiver is not None else "?" for c in calls]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("a.write_str(b); a.c().write_char(d)?;", ["a", "a.c()"]),
        ('write!(a, "x"); std::writeln!(&mut b)?;', ["a", "&mut b"]),
        ('assert!(write!(a.b, "x").is_ok());', ["a.b"]),
        ("m!({ a.write_fmt(b) }); html!(<p>{a.write_str(b)}</p>);", ["a", "a"]),
        ("a.write_fmt::<T>(b);", ["a"]),
        # nothing of the kind
        ('// a.write_str(b)\nlet a = "write!(a)"; a.write_all(b); a.write(b);', []),
        ("W::write_str(a, b); fn write_str() {} let write_str = a.write_str;", []),
        ("if write != a {} let writes = 1;", []),
        # of these nothing is known
        ("writedoc!(a, b);", ["?"]),
        ("m!(" * 20 + "a.write_str(b)" + ")" * 20, ["?"]),  # too deep to be read
    ],
)
def test_calls_of_its_methods(body: str, found: list[str]) -> None:
    assert receivers(f"fn f() {{ {body} }}") == found


def test_calls_of_what_expands_to_a_call() -> None:
    text = "fn f() { emit!(a); other!(b); write!(c); }"
    assert receivers(text) == ["c"]
    assert receivers(text, frozenset({b"emit"})) == ["?", "c"]
    assert receivers(text, frozenset({b"write"})) == ["?"]
    assert receivers("macro_rules! emit { ($a:expr) => { $a.write_str(b) } }") == []


def test_questions_are_few_and_go_as_far_as_the_type_is_known() -> None:
    text = 'fn f() { write!(a, "x"); } fn g() { use std::fmt::Write; write!(b, "x"); }'
    source = Source("src/lib.rs", text.encode())
    first = list(questions(source, FMT_WRITE, None))
    (asked,) = first
    assert source.slice(asked.span) == b"a"
    for told, open_ in (
        ("std::fs::File", []),
        ("&mut std::fmt::Formatter", []),
        ("std::boxed::Box<dyn std::io::Write>", []),
        ("W", [_WRITE, _DEREF]),
        ("&mut Page", [f"{_DEREF}<Target: {trait}>" for trait in (_WRITE, _DEREF)]),
    ):
        answers = Answers({asked: parse(told)})
        assert [q.trait for q in questions(source, FMT_WRITE, answers)] == ["", *open_]


@pytest.mark.parametrize(
    ("type_", "asked"),
    [
        ("Page", "T"),
        ("&Page", f"{_DEREF}<Target: T>"),
        ("&mut std::boxed::Box<Page>", f"{_DEREF}<Target: {_DEREF}<Target: T>>"),
        ("std::vec::Vec<Page>", f"{_DEREF}<Target: T>"),
    ],
)
def test_a_question_for_what_stands_behind(type_: str, asked: str) -> None:
    assert behind(parse(type_), "T") == asked


# -- where a `use` may stand -----------------------------------------------------------------------


def placed(
    files: Mapping[str, str],
    types: Mapping[str, str] | None = None,
    traits: frozenset[str] = frozenset(),
) -> tuple[Where, str]:
    """``types`` by the receiver's text; what is in ``traits`` ("Page: Deref") is implemented."""
    there = Workspace(files)
    known = types or {}

    def type_of(path: str, span: Span) -> Type | None:
        told = known.get(there.sources.get(path).slice(span).decode())
        return parse(told) if told is not None else None

    def implements(path: str, span: Span, trait: str) -> bool | None:
        type_ = type_of(path, span)
        assert type_ is not None
        last = type_.deref_chain()[-1]
        return f"{last}: {trait.replace('>', '').rpartition(' ')[2].rpartition('::')[2]}" in traits

    scopes = TraitScopes(there.sources, there.items, type_of, implements)
    source, node = there.find("src/lib.rs", "here")
    found = scopes.placement(source, node, FMT_WRITE)
    return found.where, str(found.because) if found.because is not None else ""


@pytest.mark.parametrize(
    ("types", "traits", "where"),
    [
        ({"a": "std::fs::File"}, (), Where.MODULE),
        ({"a": "&mut std::fmt::Formatter"}, (), Where.MODULE),
        ({"a": "std::sync::MutexGuard<std::vec::Vec<u8>>"}, (), Where.MODULE),
        ({"a": "&mut dyn std::io::Write"}, (), Where.MODULE),
        ({"a": "Page"}, (), Where.MODULE),
        ({"a": "&mut W"}, ("W: Write",), Where.MODULE),  # by its bounds, with or without a `use`
        ({"a": "W"}, ("W: Deref",), Where.FUNCTION),
        ({"a": "Page"}, ("Page: Write",), Where.FUNCTION),
        ({"a": "&mut Page"}, ("Page: Deref",), Where.FUNCTION),
        ({"a": "std::io::BufWriter<Page>"}, (), Where.MODULE),
        ({"a": "std::string::String"}, (), Where.FUNCTION),
        ({}, (), Where.FUNCTION),  # not compiled here
    ],
)
def test_another_call_decides(types: dict[str, str], traits: tuple[str, ...], where: Where) -> None:
    text = 'fn f() { here }\nfn g<W>(a: A) { write!(a, "x"); }'
    assert placed({"src/lib.rs": text}, types, frozenset(traits))[0] is where


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("fn f() { here }", Where.MODULE),
        ("fn f() { here; a.write_str(b); }", Where.NOWHERE),
        ("fn f() { here; { use std::fmt::Write; a.write_str(b); } }", Where.MODULE),
        ("fn f() { use std::fmt::Write; here; a.write_str(b); }", Where.THERE),
        ("static A: u8 = here;\nfn f() { a.write_str(b); }", Where.NOWHERE),
        ("static A: u8 = here;", Where.MODULE),
        # other modules
        ("fn f() { here }\nmod m { fn g() { a.write_str(b); } }", Where.MODULE),
        ("fn f() { here }\nmod m { use super::*; fn g() { a.write_str(b); } }", Where.FUNCTION),
        ("fn f() { here }\nmod m { fn g() { use super::*; a.write_str(b); } }", Where.FUNCTION),
        ("mod m { fn f() { here } }\nfn g() { a.write_str(b); }", Where.MODULE),
        # what another configuration leaves out needs no `use` there
        ("#[cfg(unix)]\nfn f() { here }", Where.FUNCTION),
        ("#[cfg(unix)]\nimpl A { fn f() { here } }", Where.FUNCTION),
        ("#[cfg_attr(unix, inline)]\nfn f() { here }", Where.MODULE),
        ("#[cfg(unix)]\nmod m { fn f() { here } }", Where.MODULE),
        ("#[cfg(unix)]\nfn g() {}\nfn f() { here }", Where.MODULE),
        ("cfg_if! { if #[cfg(unix)] { fn f() { here } } }", Where.FUNCTION),
        ("fn f() { #[cfg(unix)] { here } }", Where.NOWHERE),
        ("fn f() { #[cfg(unix)] let a = here; }", Where.NOWHERE),
        ("fn f() { match a { #[cfg(unix)] A => here, _ => b } }", Where.NOWHERE),
        ("fn f() { #[cfg(unix)] g(); here }", Where.MODULE),
        # another `std`
        ("mod std {}\nfn f() { here }", Where.NOWHERE),
        ("mod m { use crate::a::std; }\nfn f() { here }", Where.MODULE),
        ("use crate::a::std;\nuse std::fmt::Write;\nfn f() { here }", Where.NOWHERE),
        ("mod m { pub mod std {} }\nuse m::*;\nfn f() { here }", Where.NOWHERE),
        ("mod m { extern crate a as std; }\nfn f() { here }", Where.NOWHERE),
        ("extern crate alloc as std;\nfn f() { here }", Where.MODULE),
        ("m! { pub mod std {} }\nfn f() { here }", Where.NOWHERE),
        ("// mod std\nfn f(mean: A, std: A) { g(mean, std, 1); here }", Where.MODULE),
        # macros of other crates
        ("fn f() { here }\nfn g() { emit!(a); }", Where.FUNCTION),
        ("fn f() { here; ext::emit!(a); }", Where.NOWHERE),
        ('fn f() { here; ext::emit!(1, "a"); regex!("[a]"); }', Where.MODULE),
        ('fn f() { here; vec![a]; tokio::select! { _ = a => {} } env!("A"); }', Where.MODULE),
        ("// emit!(a)\nfn f() { here; a != (b); }", Where.MODULE),
        ('fn f() { here }\ninclude!("a.in");', Where.FUNCTION),
        ('fn f() { here; include_str!("a.in"); }', Where.MODULE),
        ("use std::write as put;\nfn f() { here; put!(a); }", Where.NOWHERE),
        ("fn f() { here }\nfn g() { a.r#write_str(b); }", Where.FUNCTION),
        (
            "macro_rules! call { ($a:expr, $m:ident) => { $a.$m() } }\n"
            "fn f() { here; call!(a, write_str); }",
            Where.NOWHERE,
        ),
        (
            "macro_rules! outer { ($a:expr) => { ext::emit!($a) } }\nfn f() { here; outer!(a); }",
            Where.NOWHERE,
        ),
        (
            'macro_rules! outer { ($a:expr) => { println!("{}", $a) } }\n'
            "fn f() { here; outer!(a); }",
            Where.MODULE,
        ),
        # macros
        (
            "macro_rules! emit { ($a:expr) => { $a.write_str(b) } }\nfn f() { here }",
            Where.MODULE,
        ),
        (
            "macro_rules! emit { ($a:expr) => { $a.write_str(b) } }\n"
            "fn f() { here }\nfn g() { emit!(a); }",
            Where.FUNCTION,
        ),
        (
            "macro_rules! emit { ($a:expr) => { $a.write_str(b) } }\n"
            "macro_rules! outer { ($a:expr) => { emit!($a) } }\nfn f() { here; outer!(a); }",
            Where.NOWHERE,
        ),
        (
            "macro_rules! write { ($a:expr) => { $a.push('.') } }\nfn f() { here; write!(a); }",
            Where.MODULE,
        ),
    ],
)
def test_what_the_use_would_reach(text: str, where: Where) -> None:
    assert placed({"src/lib.rs": text})[0] is where


@pytest.mark.parametrize(
    ("child", "where"),
    [
        ("use super::*;\nfn g() { a.write_str(b); }", Where.FUNCTION),
        ("fn g() { a.write_str(b); }", Where.MODULE),
        ("use super::*;\nfn g() {}", Where.MODULE),
    ],
)
def test_modules_in_other_files_may_see_it(child: str, where: Where) -> None:
    text = "mod m;\nfn f() { here }"
    assert placed({"src/lib.rs": text, "src/m.rs": child})[0] is where
    apart = placed({"src/lib.rs": "mod n;\nmod m { fn f() { here } }", "src/n.rs": child})[0]
    assert apart is Where.MODULE


def test_the_call_is_named() -> None:
    text = "fn f() { here }\nfn g() {\n    a.write_str(b);\n}"
    assert placed({"src/lib.rs": text})[1] == "`a.write_str(b)` (src/lib.rs, line 3)"


@pytest.mark.parametrize(
    ("lib", "prelude", "there"),
    [
        ("use crate::prelude::*;", "pub use std::fmt::Write;", True),
        ("use prelude::*;", "pub(crate) use std::fmt::{self, Write as _};", True),
        ("use prelude::*;", "pub use core::fmt::*;", True),
        ("use prelude::*;", "pub use self::inner::*; mod inner { pub use std::fmt::Write; }", True),
        ("use prelude::*;", "use std::fmt::Write;", False),  # its own
        ("use prelude::*;", "pub use std::io::Write;", False),
        ("use prelude::*;", "#[cfg(unix)]\npub use std::fmt::Write;", False),
        ("use prelude::Write;", "pub use std::fmt::Write;", True),
        ("use prelude::Text as _;", "pub use std::fmt::Write as Text;", True),
        ("use prelude::Write;", "pub use std::io::Write;", False),
        ("#[cfg(unix)]\nuse prelude::*;", "pub use std::fmt::Write;", False),
        ("use other::*;", "pub use std::fmt::Write;", False),
    ],
)
def test_globs_of_the_workspace_bring_it(lib: str, prelude: str, there: bool) -> None:
    text = f"mod prelude;\n{lib}\nfn f() {{ here }}"
    where, _ = placed({"src/lib.rs": text, "src/prelude.rs": prelude})
    assert (where is Where.THERE) is there


def test_a_glob_inside_a_function_brings_it_there() -> None:
    prelude = "pub use std::fmt::Write;"
    inside = "mod prelude;\nfn f() { use crate::prelude::*; here }"
    beside = "mod prelude;\nfn g() { use crate::prelude::*; }\nfn f() { here }"
    assert placed({"src/lib.rs": inside, "src/prelude.rs": prelude})[0] is Where.THERE
    assert placed({"src/lib.rs": beside, "src/prelude.rs": prelude})[0] is Where.MODULE


def test_no_question_is_asked_twice() -> None:
    source = Source("src/lib.rs", b"fn f() { a.write_str(b); }")
    (first,) = questions(source, FMT_WRITE, None)
    assert first == Question("src/lib.rs", Span(9, 10))
