"""Module trees, and definitions by name, path and rustc's printing."""

from __future__ import annotations

import pytest

from engine.rust.definitions import Item, derives, holder_of, owner_of, type_parameter_names
from engine.rust.queries import walk
from engine.rust.syntax import Source
from tests.rust.workspace import Workspace


def _modules(workspace: Workspace, path: str) -> set[str]:
    places = workspace.items.modules.places(path)
    return {f"{p.crate} {b'::'.join(p.module).decode()}".strip() for p in places}


_TREES = [
    ("file", {"src/lib.rs": "mod a;", "src/a.rs": ""}, "src/a.rs", {"src/lib.rs a"}),
    ("mod.rs", {"src/lib.rs": "mod a;", "src/a/mod.rs": ""}, "src/a/mod.rs", {"src/lib.rs a"}),
    (
        "below a file",
        {"src/lib.rs": "mod a;", "src/a.rs": "pub mod b;", "src/a/b.rs": ""},
        "src/a/b.rs",
        {"src/lib.rs a::b"},
    ),
    (
        "below an inline module",
        {"src/lib.rs": "mod a;", "src/a.rs": "mod b { mod c; }", "src/a/b/c.rs": ""},
        "src/a/b/c.rs",
        {"src/lib.rs a::b::c"},
    ),
    (
        "path",
        {"src/lib.rs": '#[path = "../vendor/x.rs"]\nmod a;', "vendor/x.rs": ""},
        "vendor/x.rs",
        {"src/lib.rs a"},
    ),
    (
        "path in a file that is no mod.rs: from its folder",
        {"src/lib.rs": "mod a;", "src/a.rs": '#[path = "x.rs"] mod b;', "src/x.rs": ""},
        "src/x.rs",
        {"src/lib.rs a::b"},
    ),
    (
        "path below an inline module: from the module's folder",
        {
            "src/lib.rs": "mod a;",
            "src/a.rs": 'mod inline { #[path = "other.rs"] mod inner; }',
            "src/a/inline/other.rs": "",
        },
        "src/a/inline/other.rs",
        {"src/lib.rs a::inline::inner"},
    ),
    (
        "path of an inline module",
        {
            "src/lib.rs": '#[path = "files"] mod thread { #[path = "tls.rs"] mod local; }',
            "src/files/tls.rs": "",
        },
        "src/files/tls.rs",
        {"src/lib.rs thread::local"},
    ),
    (
        "what stands in a file with path is a mod.rs",
        {
            "src/lib.rs": '#[path = "x/y.rs"] mod a;',
            "src/x/y.rs": "mod b;",
            "src/x/b.rs": "",
        },
        "src/x/b.rs",
        {"src/lib.rs a::b"},
    ),
    (
        "cfg_attr",
        {
            "src/lib.rs": '#[cfg_attr(unix, path = "unix.rs")]\nmod sys;',
            "src/unix.rs": "",
            "src/sys.rs": "",
        },
        "src/unix.rs",
        {"src/lib.rs sys"},
    ),
    (
        "cfg_attr leaves the file of the name",
        {
            "src/lib.rs": '#[cfg_attr(unix, path = "unix.rs")]\nmod sys;',
            "src/unix.rs": "",
            "src/sys.rs": "",
        },
        "src/sys.rs",
        {"src/lib.rs sys"},
    ),
    (
        "inside a macro call",
        {"src/lib.rs": "cfg_if! { if #[cfg(unix)] { mod u; } else { mod w; } }", "src/w.rs": ""},
        "src/w.rs",
        {"src/lib.rs w"},
    ),
    (
        "library and binary",
        {"src/lib.rs": "mod a;", "src/main.rs": "mod a;", "src/a.rs": ""},
        "src/a.rs",
        {"src/lib.rs a", "src/main.rs a"},
    ),
    (
        "tests share a module",
        {
            "tests/one.rs": "mod common;",
            "tests/two/main.rs": '#[path = "../common/mod.rs"] mod shared;',
            "tests/common/mod.rs": "",
        },
        "tests/common/mod.rs",
        {"tests/one.rs common", "tests/two/main.rs shared"},
    ),
    ("binary", {"src/bin/tool.rs": ""}, "src/bin/tool.rs", {"src/bin/tool.rs"}),
    (
        "binary in a folder",
        {"src/bin/tool/main.rs": "mod a;", "src/bin/tool/a.rs": ""},
        "src/bin/tool/a.rs",
        {"src/bin/tool/main.rs a"},
    ),
    ("example", {"examples/a.rs": ""}, "examples/a.rs", {"examples/a.rs"}),
    (
        "nothing mentions it",
        {"src/lib.rs": "modules!(a);", "src/a/b.rs": ""},
        "src/a/b.rs",
        {"src/lib.rs a::b"},
    ),
    (
        "a comment mentions it",
        {"src/lib.rs": "// mod a;\nmod b;", "src/b.rs": "", "src/b/a.rs": ""},
        "src/b/a.rs",
        {"src/lib.rs b::a"},
    ),
    (
        "into another package's folder",
        {"one/src/lib.rs": '#[path = "../../two/src/x.rs"] mod y;', "two/src/x.rs": ""},
        "two/src/x.rs",
        {"one/src/lib.rs y"},
    ),
]


@pytest.mark.parametrize(
    ("files", "path", "places"), [t[1:] for t in _TREES], ids=[t[0] for t in _TREES]
)
def test_the_modules_of_a_file(files: dict[str, str], path: str, places: set[str]) -> None:
    assert _modules(Workspace(files), path) == places


def test_a_target_that_the_manifest_names_is_a_crate() -> None:
    files = {"tools/run.rs": "mod a;", "tools/a.rs": ""}
    assert _modules(Workspace(files, ("tools/run.rs",)), "tools/a.rs") == {"tools/run.rs a"}


def test_modules_that_hold_each_other_end() -> None:
    files = {"src/lib.rs": '#[path = "a.rs"] mod a;', "src/a.rs": '#[path = "a.rs"] mod b;'}
    assert "src/lib.rs a" in _modules(Workspace(files), "src/a.rs")


def _shown(items: tuple[Item, ...]) -> set[str]:
    return {f"{item.path} {item.kind} {item.owner.decode()}".strip() for item in items}


_DEFS = {
    "src/lib.rs": """
        pub mod a; pub mod b; mod outer { pub mod inner { pub struct Deep; pub static N: u8 = 0; } }
        pub use b::{self as other, Stats as Renamed}; pub use outer::inner::*;
        static N: u8 = 0;
        fn top() { N; a::N; self::b::N; outer::inner::N; crate::outer::inner::Deep; Renamed; Deep; }
        fn local() { static N: u16 = 1; { N; } use crate::b::N as M; M; }
    """,
    "src/a.rs": """
        pub static N: u8 = 0; pub struct Stats; impl Stats { pub fn new() {} fn f() { Self::new; } }
        fn here() { N; super::N; crate::b::N; Stats::new; Stats::<u8>::new; super::b::Stats; }
        mod tests { use super::*; fn t() { N; Stats; } }
    """,
    "src/b.rs": """
        pub static N: u8 = 0; pub struct Stats;
        #[cfg(unix)] use crate::a::Stats as S; #[cfg(windows)] use super::Renamed as S;
        fn there() { S; std::mem::swap; Missing; }
    """,
    "tests/t.rs": "use app::Renamed; fn t() { Renamed; app::a::N; ::app::Deep; }",
}

_PATHS = [
    # the file, what stands before the path, the path, what it means
    ("src/lib.rs", "top() { ", "N", {"src/lib.rs static"}),
    ("src/lib.rs", "N; ", "a::N", {"src/a.rs static"}),
    ("src/lib.rs", "a::N; ", "self::b::N", {"src/b.rs static"}),
    ("src/lib.rs", "b::N; ", "outer::inner::N", {"src/lib.rs static"}),
    ("src/lib.rs", "N; ", "crate::outer::inner::Deep", {"src/lib.rs struct"}),
    ("src/lib.rs", "Renamed; ", "Deep", {"src/lib.rs struct"}),
    ("src/lib.rs", "inner::Deep; ", "Renamed", {"src/b.rs struct"}),
    ("src/lib.rs", "as M; ", "other::N", {"src/b.rs static"}),
    ("src/lib.rs", "as M; ", "M", {"src/b.rs static"}),
    ("src/lib.rs", "top() { ", "M", set()),
    ("src/a.rs", "here() { ", "N", {"src/a.rs static"}),
    ("src/a.rs", "N; ", "super::N", {"src/lib.rs static"}),
    ("src/a.rs", "super::N; ", "crate::b::N", {"src/b.rs static"}),
    ("src/a.rs", "f() { ", "Self::new", {"src/a.rs fn Stats"}),
    ("src/a.rs", "b::N; ", "Stats::new", {"src/a.rs fn Stats"}),
    ("src/a.rs", "new; ", "Stats::<u8>::new", {"src/a.rs fn Stats"}),
    ("src/a.rs", "new; ", "super::b::Stats", {"src/b.rs struct"}),
    ("src/a.rs", "t() { ", "N", {"src/a.rs static"}),
    ("src/a.rs", "t() { N; ", "Stats", {"src/a.rs struct"}),
    ("src/b.rs", "there() { ", "S", {"src/a.rs struct", "src/b.rs struct"}),
    ("src/b.rs", "S; ", "std::mem::swap", set()),
    ("src/b.rs", "swap; ", "Missing", set()),
    ("tests/t.rs", "t() { ", "Renamed", {"src/b.rs struct"}),
    ("tests/t.rs", "Renamed; ", "app::a::N", {"src/a.rs static"}),
    ("tests/t.rs", "N; ", "::app::Deep", {"src/lib.rs struct"}),
]


@pytest.mark.parametrize(("path", "before", "written", "meant"), _PATHS)
def test_what_a_path_means(path: str, before: str, written: str, meant: set[str]) -> None:
    workspace = Workspace(_DEFS)
    source = workspace.sources.get(path)
    at = source.data.index(before.encode()) + len(before)
    node = source.root.descendant_for_byte_range(at, at + 1)
    assert node is not None
    assert _shown(workspace.items.resolve(source, node, written.encode())) == meant


def test_the_item_of_a_block_hides_the_one_outside() -> None:
    workspace = Workspace(_DEFS)
    source = workspace.sources.get("src/lib.rs")
    at = source.data.index(b"{ N; }") + 2
    node = source.root.descendant_for_byte_range(at, at + 1)
    assert node is not None
    (item,) = workspace.items.resolve(source, node, b"N")
    assert b"u16" in source.slice(item.span)


_PRINTED = [
    ("a::Stats", {"src/a.rs struct"}),
    ("b::Stats", {"src/b.rs struct"}),
    ("app::b::Stats", {"src/b.rs struct"}),
    ("app::Renamed", set()),  # rustc prints an item by its own name
    ("app::Deep", {"src/lib.rs struct"}),
    ("outer::inner::Deep", {"src/lib.rs struct"}),
    ("serde::Stats", set()),
    ("Stats", set()),
    ("app::Stats", {"src/a.rs struct", "src/b.rs struct"}),  # some re-export that is not seen
]


@pytest.mark.parametrize(("told", "meant"), _PRINTED)
def test_what_rustc_prints(told: str, meant: set[str]) -> None:
    assert _shown(Workspace(_DEFS).items.printed(told)) == meant


def test_printed_methods_and_functions() -> None:
    items = Workspace(_DEFS).items
    assert _shown(items.printed("a::Stats::new", "fn")) == {"src/a.rs fn Stats"}
    assert _shown(items.printed("app::b::there", "fn")) == {"src/b.rs fn"}
    assert _shown(items.printed("local::N", "static")) == {"src/lib.rs static"}


def test_of_two_crates_the_near_one_is_meant() -> None:
    text = "pub mod m { pub struct S; }"
    items = Workspace({"one/src/lib.rs": text, "two/src/lib.rs": text}).items
    assert len(items.printed("m::S")) == 2
    assert _shown(items.printed("m::S", near="two/src/lib.rs")) == {"two/src/lib.rs struct"}
    assert _shown(items.printed("two::m::S")) == {"two/src/lib.rs struct"}


def test_globs_that_hold_each_other_end() -> None:
    files = {
        "src/lib.rs": "mod a { pub use super::b::*; } mod b { pub use super::a::*; } fn f() { a::X; }"
    }
    workspace = Workspace(files)
    source, node = workspace.find("src/lib.rs", "a::X")
    assert workspace.items.resolve(source, node, b"a::X") == ()


_EXPOSED = [
    ("src/lib.rs", "pub struct S;", True),
    ("src/lib.rs", "struct S;", False),
    ("src/lib.rs", "pub(crate) struct S;", False),
    ("src/lib.rs", "pub struct T { pub x: u8 }", True),
    ("src/lib.rs", "struct T { pub x: u8 }", False),
    ("src/lib.rs", "pub mod m { pub fn x() {} }", True),
    ("src/lib.rs", "mod m { pub fn x() {} }", False),
    ("src/lib.rs", "mod m { pub fn x() {} } pub use m::x;", True),
    ("src/lib.rs", "mod m { pub fn x() {} } pub use m::*;", True),
    ("src/lib.rs", "mod m { pub fn x() {} } use m::x;", False),
    ("src/lib.rs", "pub use m::T; mod m { pub struct T { pub x: u8 } }", True),
    ("src/lib.rs", "pub use m::T; mod m { pub struct T; impl T { pub fn x() {} } }", True),
    ("src/lib.rs", "mod m { pub struct T { pub x: u8 } }", False),
    ("src/a.rs", "pub(crate) mod m { pub fn exported() {} }", True),
    ("src/lib.rs", "pub trait T { fn x(); }", True),
    ("src/lib.rs", "trait T { fn x() {} }", False),
    ("src/lib.rs", "pub trait T { } impl T for u8 { fn x() {} }", True),
    ("src/lib.rs", "trait T { } impl T for u8 { fn x() {} }", False),
    ("src/lib.rs", "struct S; impl Iterator for S { fn x() {} }", True),
    ("src/lib.rs", "impl S { pub fn x() {} }", True),
    ("src/lib.rs", "impl S { fn x() {} }", False),
    ("src/main.rs", "pub struct S;", False),
    ("src/bin/b.rs", "pub struct S;", False),
    ("tests/t.rs", "pub struct S;", False),
    ("src/a.rs", "pub struct S;", True),
]


@pytest.mark.parametrize(("path", "text", "exposed"), _EXPOSED)
def test_what_other_crates_see(path: str, text: str, exposed: bool) -> None:
    files = {"src/lib.rs": "mod a; pub use a::m::exported;", path: text}
    workspace = Workspace(files)
    source = workspace.sources.get(path)
    kinds = ("struct_item", "function_item", "function_signature_item", "field_declaration")
    node = [n for n in walk(source.root) if n.type in kinds][-1]
    assert workspace.items.exposed(source, node) is exposed


@pytest.mark.parametrize(
    ("root", "between", "exposed"),
    [
        ("mod a;", "mod b;", False),
        ("pub mod a;", "mod b;", False),
        ("mod a;", "pub mod b;", False),
        ("mod a;", "pub(crate) mod b;", False),
        ("pub mod a;", "pub mod b;", True),
        ("#[cfg(x)] pub mod a; #[cfg(not(x))] mod a;", "pub mod b;", True),
        ("mod a; pub use a::b::f;", "pub mod b;", True),
        ("mod a; pub use a::b::f as g;", "pub mod b;", True),
        ("mod a; pub use a::b::*;", "pub mod b;", True),
        ("mod a; pub use crate::a as c;", "pub mod b;", True),
        ("mod a; pub use a::b::{self};", "pub mod b;", True),
        ("mod a; pub use a::{b::{f as g, S}};", "pub mod b;", True),
        ("mod a; pub mod prelude { pub use crate::a::b::f; }", "pub mod b;", True),
        ("mod a; cfg_if! { if #[cfg(unix)] { pub use a::b::*; } }", "pub mod b;", True),
        ("mod a; pub use a::*;", "mod b; pub use self::b::f;", True),
        ("made! { mod a; }", "pub mod b;", False),
        ("made!(a);", "pub mod b;", True),
    ],
)
def test_private_files_hide_functions(root: str, between: str, exposed: bool) -> None:
    hidden = "pub fn f() {} pub struct S; impl S { pub fn g() {} }"
    workspace = Workspace({"src/lib.rs": root, "src/a.rs": between, "src/a/b.rs": hidden})
    source, node = workspace.find("src/a/b.rs", "pub fn f() {}")
    assert workspace.items.exposed(source, node) is exposed
    source, node = workspace.find("src/a/b.rs", "pub fn g() {}")
    assert workspace.items.exposed(source, node)  # whoever is given an `S` has it


def test_a_file_of_a_binary_alone_is_not_exposed() -> None:
    files = {"src/lib.rs": "", "src/main.rs": "mod a;", "src/a.rs": "pub struct S;"}
    workspace = Workspace(files)
    source, node = workspace.find("src/a.rs", "pub struct S;")
    assert not workspace.items.exposed(source, node)


def test_owners_and_holders() -> None:
    source = Source(
        "a.rs",
        b"impl<T> Show for m::Stats<T> { fn f() {} } trait Tr { fn g(); } fn h() {}"
        b"struct P { x: u8 } enum E { V { y: u8 } }",
    )
    named = {source.text(n): n for n in walk(source.root) if n.type.endswith("identifier")}
    assert [owner_of(source, named[n]) for n in (b"f", b"g", b"h")] == [b"Stats", b"Tr", b""]
    assert [holder_of(source, named[n]) for n in (b"x", b"y")] == [b"P", b"V"]


def test_derives_and_type_parameters() -> None:
    source = Source(
        "a.rs",
        b"#[derive(Clone, serde::Serialize,)]\n#[cfg_attr(x, derive(Debug))]\n"
        b"struct S<'a, T: Copy, const N: usize, U = u8>(T);",
    )
    item = next(n for n in walk(source.root) if n.type == "struct_item")
    assert derives(source, item) == {b"Clone", b"Serialize", b"Debug"}
    assert type_parameter_names(source, item) == ["T", "U"]


def test_what_a_macro_holds_is_marked() -> None:
    files = {
        "src/lib.rs": "thread_local! { static N: u8 = 0; } mod m { pin_project! { pub struct P {} } }"
        'fn f() { N; say!("a static thing"); m::P; }'
    }
    workspace = Workspace(files)
    source, node = workspace.find("src/lib.rs", "m::P")
    for path, kind in ((b"N", "static"), (b"m::P", "struct")):
        (item,) = workspace.items.resolve(source, node, path)
        assert (item.kind, item.in_macro, item.block) == (kind, True, None)
        assert workspace.items.open(item)[1].type == f"{kind}_item"


def test_modules_of_one_name_under_cfg_are_both_meant() -> None:
    files = {
        "src/lib.rs": "#[cfg(unix)] mod imp { pub use crate::a::X; } #[cfg(windows)] mod imp {"
        " pub struct X; } mod a { pub struct X; } fn f() { imp::X; }"
    }
    workspace = Workspace(files)
    source, node = workspace.find("src/lib.rs", "imp::X")
    found = workspace.items.resolve(source, node, b"imp::X")
    assert {item.module for item in found} == {(b"a",), (b"imp",)}


def test_modules_that_bring_in_each_other_are_gone_through_once() -> None:
    names = [f"m{n}" for n in range(12)]
    inside = " ".join(f"pub use crate::{name}::*;" for name in names)
    text = "\n".join(f"pub mod {name} {{ {inside} }}" for name in names)
    workspace = Workspace({"src/lib.rs": f"{text}\nuse m0::*;\nfn f(x: Missing) {{}}\n"})
    source = workspace.sources.get("src/lib.rs")
    node = next(n for n in walk(source.root) if source.text(n) == b"Missing")
    assert workspace.items.resolve(source, node, b"Missing") == ()


def test_a_generic_parameter_hides_an_item() -> None:
    workspace = Workspace(
        {"src/lib.rs": "struct T; fn f<T>(a: T) { b::T; } fn g(c: T) {} mod b { pub struct T; }"}
    )
    for text, count in (("a: T", 0), ("b::T", 1), ("c: T", 1)):
        source, node = workspace.find("src/lib.rs", text)
        path = text.rpartition(" ")[2].encode()
        assert len(workspace.items.resolve(source, node, path)) == count


_ALIASES = [
    ("a: Count", "u64"),
    ("a: b::Size", "u64"),
    ("a: Shared<u8>", "Shared<u8>"),
    ("a: Loop", "Loop"),
    ("a: Either", "Either"),
    ("a: S", "S"),
    ("a: Missing", "Missing"),
    ("a: u32", "u32"),
]


@pytest.mark.parametrize(("text", "behind"), _ALIASES)
def test_what_an_alias_stands_for(text: str, behind: str) -> None:
    lib = (
        "mod b { pub type Size = super::Count; } type Count = u64; type Shared<T> = Vec<T>;"
        " type Loop = Loop; #[cfg(unix)] type Either = u8; #[cfg(windows)] type Either = u16;"
        f" struct S; fn f({text}) {{}}"
    )
    workspace = Workspace({"src/lib.rs": lib})
    source, node = workspace.find("src/lib.rs", text)
    declared = node.child_by_field_name("type")
    assert declared is not None
    place, target = workspace.items.aliased(source, declared)
    assert place.text(target).decode() == behind
    unsure = behind in ("Either", "Missing", "u32")  # of cfg'd ones, none is sure
    assert (workspace.items.type_at(source, declared) is None) == unsure
