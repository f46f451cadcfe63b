"""Which macro a name means."""

from __future__ import annotations

import pytest

from engine.rust.macros import meaning_of_macro, reader_of_text
from tests.rust.workspace import Workspace


def is_std(text: str, path: str = "format", at: str = "src/lib.rs", **others: str) -> bool | None:
    files = Workspace({at: text, **{f"src/{name}.rs": other for name, other in others.items()}})
    source, node = files.find(at, "here")
    modules = files.items.modules
    found = meaning_of_macro(files.sources, modules, source, node, path.encode())
    assert bool(found.in_words(b"format")) is (found.is_std is not True)
    return found.is_std


@pytest.mark.parametrize(
    ("text", "path", "std"),
    [
        ("fn f() { here }", "format", True),
        ("fn f() { here }", "std::format", True),
        ("fn f() { here }", ":: alloc :: format", True),
        ("fn f() { here }", "defmt::write", False),
        ("use std::format;\nfn f() { here }", "format", True),
        ("use alloc::format;\nfn f() { here }", "format", True),
        ("use crate::format;\nfn f() { here }", "format", False),
        ("use defmt::write;\nfn f() { here }", "write", False),
        ("use defmt::*;\nfn f() { here }", "write", False),
        ("use std::fmt::*;\nfn f() { here }", "write", True),
        ("fn f() { use a::put as write; here }", "write", False),
        ("fn g() { use a::put as write; }\nfn f() { here }", "write", True),
        ("macro_rules! format { () => {} }\nfn f() { here }", "format", False),
        ("fn f() { here }\nmacro_rules! format { () => {} }", "format", True),
        ("mod m { macro_rules! format { () => {} } }\nfn f() { here }", "format", True),
        (
            "#[macro_use]\nmod m { macro_rules! format { () => {} } }\nfn f() { here }",
            "format",
            False,
        ),
        (
            "fn f() { here }\n#[macro_use]\nmod m { macro_rules! format { () => {} } }",
            "format",
            True,
        ),
        ("fn g() { macro_rules! format { () => {} } }\nfn f() { here }", "format", True),
        ("fn f() { macro_rules! format { () => {} } here }", "format", False),
        ("fn f() { macro_rules! format { () => {} } || { here } }", "format", False),
        ("macro_rules! format { () => {} }\nmod m { fn f() { here } }", "format", False),
        ("#[cfg(unix)]\nmacro_rules! format { () => {} }\nfn f() { here }", "format", None),
        ("#[macro_export]\nmacro_rules! format { () => {} }\nfn f() { here }", "format", False),
        ("fn f() { here }\n#[macro_export]\nmacro_rules! format { () => {} }", "format", None),
        ("// macro_rules! format\nfn f() { here }", "format", True),
        ("#[cfg(a)]\nuse std::format;\n#[cfg(b)]\nuse x::format;\nfn f() { here }", "format", None),
        ("macro_rules! formatted { () => { format!() } }\nfn f() { here }", "format", True),
    ],
)
def test_a_macro_is_stds_unless_its_file_says_else(text: str, path: str, std: bool | None) -> None:
    assert is_std(text, path) is std


_OWN = "macro_rules! format { () => {} }\n"


@pytest.mark.parametrize(
    ("lib", "other", "std"),
    [
        ("mod user;\nmod other;\n", _OWN, True),  # it stays in its module
        ("#[macro_use]\nmod other;\nmod user;\n", _OWN, None),
        ("mod user;\nmod other;\n", "#[macro_export]\n" + _OWN, None),
        (_OWN + "mod user;\nmod other;\n", "", None),  # a module sees what stands around it
        ("mod user;\nmod other { mod inner; }\n", "", True),
    ],
)
def test_a_macro_of_another_file_may_be_meant_where_it_is_seen(
    lib: str, other: str, std: bool | None
) -> None:
    assert is_std("fn f() { here }", at="src/user.rs", lib=lib, other=other) is std


@pytest.mark.parametrize(
    ("text", "reader"),
    [
        ("fn f() { here }", ""),
        ('fn f() { println!("{}", here) }', ""),
        ("fn f() { vec![{ here }] }", ""),
        ("fn f() { tokio::select! { _ = a => { here } } }", ""),
        ("use tokio::select;\nfn f() { select! { _ = a => { here } } }", ""),
        ("use futures::{join, try_join};\nfn f() { join!(here) }", ""),
        ("fn f() { stringify!(here) }", "stringify"),
        ('fn f() { println!("{}", dbg!(here)) }', "dbg"),
        ("fn f() { dbg!(vec![here]) }", "dbg"),
        ("fn f() { assert!(here) }", "assert"),
        ('fn f() { assert!(here, "why") }', ""),
        ("fn f() { mine!(here) }", "mine"),
        ("fn f() { ext::mine!(here) }", "ext::mine"),
        ("fn f() { crate::vec!(here) }", "crate::vec"),
        ("use mine::show as vec;\nfn f() { vec![here] }", "vec"),
        ("macro_rules! vec { ($e:expr) => { stringify!($e) } }\nfn f() { vec![here] }", "vec"),
        ("fn f() { vec![here] }\nmacro_rules! vec { () => {} }", ""),
    ],
)
def test_macros_to_which_it_matters_how_code_is_written(text: str, reader: str) -> None:
    files = Workspace({"src/lib.rs": text})
    source, node = files.find("src/lib.rs", "here")
    assert reader_of_text(files.sources, files.items.modules, source, node) == reader
