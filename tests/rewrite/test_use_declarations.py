"""``use`` lines: added once, taken away when unused, never a name that means something else."""

from __future__ import annotations

import pytest

from engine.base.model import Edit, Fix, Level, Span
from engine.rewrite.edits import apply
from engine.rewrite.unused_uses import next_removal
from engine.rewrite.use_declarations import (
    in_functions,
    name,
    respelled,
    strip_markers,
    trait,
    use_in_function,
    without_traits,
)
from engine.rust.std_paths import without_std
from engine.rust.syntax import Source

P = "src/lib.rs"
ATOMIC = b"std::sync::atomic::AtomicU64"
ORDERING = b"std::sync::atomic::Ordering"
MUTEX = ("Mutex<u8>", b"u8")
WRITE = b"std::fmt::Write"


def settle(before: str, *changes: tuple[str, bytes], exact: bool = False) -> str:
    data = before.encode()
    edits = []
    for old, new in changes:
        at = data.index(old.encode())
        edits.append(Edit(P, at, at + len(old.encode()), new))
    fix = Fix("x", Level.SAFE, tuple(edits), "", exact)
    return apply({P: data}, [fix]).files[P].decode()


def test_a_missing_line_is_added_before_its_nearest_relative() -> None:
    after = settle(
        "use std::fmt;\nuse std::sync::Arc;\n\nstatic A: u8 = 1;\n", ("u8", name(ATOMIC))
    )
    assert after == (
        "use std::fmt;\nuse std::sync::atomic::AtomicU64;\nuse std::sync::Arc;\n\n"
        "static A: AtomicU64 = 1;\n"
    )


def test_names_of_one_prefix_share_a_line_and_extend_one_that_stands() -> None:
    new = name(ATOMIC) + b" = " + name(ORDERING)
    assert settle("use a::b;\nstatic A: u8 = 1;\n", ("u8", new)).startswith(
        "use std::sync::atomic::{AtomicU64, Ordering};\nuse a::b;\n"
    )
    assert settle(
        "use std::sync::atomic::AtomicBool;\nstatic A: u8 = 1;\n", ("u8", new)
    ).startswith("use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};\nstatic")


def test_a_name_that_is_taken_is_written_in_full() -> None:
    for head in ("use std::cmp::Ordering;\n", "enum Ordering { A }\n"):
        after = settle(head + "fn f() { x }\n", ("x", name(ORDERING) + b"::Relaxed"))
        assert after == head + "fn f() { std::sync::atomic::Ordering::Relaxed }\n"
    glob = "use std::cmp::*;\nfn g(o: Ordering) {}\nfn f() { x }\n"
    assert "use std::sync" not in settle(glob, ("x", name(ORDERING)))


STD_MUTEX = name(b"std::sync::Mutex")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # every mention of the import is replaced: it gives its place
        (
            "use tokio::sync::Mutex;\n\nstruct S { a: Mutex<u8>, @ }\n",
            "use std::sync::Mutex;\n\nstruct S { a: Mutex<u8>,  }\n",
        ),
        (
            "use std::sync::Arc;\nuse tokio::sync::{mpsc, Mutex};\nfn f() { @ }\nstruct S(Mutex<u8>);\n",
            "use std::sync::{Arc, Mutex};\nuse tokio::sync::mpsc;\nfn f() {  }\nstruct S(Mutex<u8>);\n",
        ),
        # one is left, or may be: the name goes on to mean what it meant
        (
            "use tokio::sync::Mutex;\nstruct S { a: Mutex<u8>, b: Mutex<u16> }\n",
            "use tokio::sync::Mutex;\nstruct S { a: std::sync::Mutex<u8>, b: Mutex<u16> }\n",
        ),
        (
            "use tokio::sync::Mutex;\nstruct S { a: Mutex<u8> }\nmod m { use super::*; fn f() { Mutex::new(1) } }\n",
            "use tokio::sync::Mutex;\nstruct S { a: std::sync::Mutex<u8> }\nmod m { use super::*; fn f() { Mutex::new(1) } }\n",
        ),
        (
            "pub use tokio::sync::Mutex;\nstruct S { a: Mutex<u8> }\n",
            "pub use tokio::sync::Mutex;\nstruct S { a: std::sync::Mutex<u8> }\n",
        ),
        (
            "#[cfg(x)]\nuse tokio::sync::Mutex;\nstruct S { a: Mutex<u8> }\n",
            "struct S { a: std::sync::Mutex<u8> }\n",
        ),
        # a path, of which the name was no import
        (
            "struct S { a: tokio::sync::Mutex<u8> }\n",
            "use std::sync::Mutex;\n\nstruct S { a: Mutex<u8> }\n",
        ),
        (
            "use other::Mutex;\nstruct S { a: tokio::sync::Mutex<u8>, b: Mutex<u16> }\n",
            "use other::Mutex;\nstruct S { a: std::sync::Mutex<u8>, b: Mutex<u16> }\n",
        ),
    ],
)
def test_an_import_without_a_mention_left_gives_its_place(before: str, after: str) -> None:
    head = next(t for t in ("tokio::sync::Mutex<u8>", "Mutex<u8>") if t in before)
    changes = [(head, STD_MUTEX + b"<u8>")]
    if "@" in before:
        changes.append(("@", b""))
    assert settle(before, *changes) == after


def test_child_modules_that_see_it_through_super_go_along() -> None:
    before = (
        "use tokio::sync::Mutex;\n\nstruct S(Mutex<u8>);\n"
        "mod m { use super::*; fn f() -> S { S(Mutex::new(1)) } }\n"
    )
    after = settle(before, ("Mutex<u8>", STD_MUTEX + b"<u8>"), ("Mutex::new", STD_MUTEX + b"::new"))
    assert after == before.replace("tokio", "std")


def test_an_import_that_stands_is_used_also_from_a_nested_list() -> None:
    before = "use std::sync::{atomic::{self, Ordering}, Arc};\nfn f() { x }\n"
    assert settle(before, ("x", name(ORDERING))) == before.replace("x }", "Ordering }")


def test_each_module_gets_its_own_line() -> None:
    before = "mod tests {\n    use super::*;\n    fn f() { x }\n}\n"
    assert settle(before, ("x }", name(ORDERING) + b" }")) == (
        "mod tests {\n    use std::sync::atomic::Ordering;\n    use super::*;\n"
        "    fn f() { Ordering }\n}\n"
    )


def test_a_child_that_sees_its_parent_needs_no_line_of_its_own() -> None:
    before = "use a::b;\nfn g() { y }\nmod tests {\n    use super::*;\n    fn f() { x }\n}\n"
    both = (("y }", name(ORDERING) + b" }"), ("x }", name(ORDERING) + b" }"))
    assert settle(before, *both) == (
        "use std::sync::atomic::Ordering;\nuse a::b;\nfn g() { Ordering }\n"
        "mod tests {\n    use super::*;\n    fn f() { Ordering }\n}\n"
    )
    two_globs = before.replace("use super::*;", "use super::*;\n    use c::*;")
    assert settle(two_globs, *both).count("use std::sync::atomic::Ordering;") == 2


def test_a_file_without_any_use_keeps_its_head() -> None:
    before = "//! Doc.\n#![allow(dead_code)]\n\n/// A.\n#[inline]\nfn f() { x }\n"
    assert settle(before, ("x }", name(ORDERING) + b" }")) == (
        "//! Doc.\n#![allow(dead_code)]\n\nuse std::sync::atomic::Ordering;\n\n"
        "/// A.\n#[inline]\nfn f() { Ordering }\n"
    )


def test_crlf_files_stay_crlf() -> None:
    after = settle("use a::b;\r\nfn f() { x }\r\n", ("x", name(ORDERING)))
    assert after == "use std::sync::atomic::Ordering;\r\nuse a::b;\r\nfn f() { Ordering }\r\n"


def test_an_unused_line_goes_a_used_one_stays() -> None:
    before = "use std::fmt;\nuse std::sync::Mutex;\n\nstatic A: Mutex<u8> = 1;\n"
    assert settle(before, MUTEX) == ("use std::fmt;\n\nstatic A: u8 = 1;\n")
    two = before + "static B: Mutex<u8> = 1;\n"
    assert "use std::sync::Mutex;" in settle(two, MUTEX)
    in_macro = before + "static B: u8 = m!(Mutex);\n"
    assert "use std::sync::Mutex;" in settle(in_macro, MUTEX)


def test_a_line_that_goes_takes_blank_lines_along_as_a_person_would() -> None:
    use = "use std::sync::Mutex;"
    body = "fn f(x: T) {}"
    for before, after in (
        (f"{use}\n\n{body}\n", f"{body}\n"),
        (f"{use}\n\n\n{body}\n", f"{body}\n"),
        (f"\n{use}\n\n{body}\n", f"\n{body}\n"),
        (f"//! Doc.\n\n{use}\n\n{body}\n", f"//! Doc.\n\n{body}\n"),
        (f"//! Doc.\n{use}\n\n{body}\n", f"//! Doc.\n\n{body}\n"),
        (f"use a;\n{use}\n\n{body}\n", f"use a;\n\n{body}\n"),
        (f"use a;\n\n{use}\nuse b;\n\n{body}\n", f"use a;\n\nuse b;\n\n{body}\n"),
        (f"use a;\n\n{use}\n\nuse b;\n\n{body}\n", f"use a;\n\nuse b;\n\n{body}\n"),
        (f"mod m {{\n    {use}\n\n    {body}\n}}\n", f"mod m {{\n    {body}\n}}\n"),
        (f"mod m {{ // why\n    {use}\n    {body}\n}}\n", f"mod m {{ // why\n    {body}\n}}\n"),
        (f"{body}\n\nmod m {{\n    {use}\n}}\n", f"{body}\n\nmod m {{\n}}\n"),
        (f"{body}\n\n{use}\n", f"{body}\n"),
        (f"mod m {{\n    {body}\n\n    {use}\n}}\n", f"mod m {{\n    {body}\n}}\n"),
        (f"{use} {body}\n", f"{body}\n"),
        (f"{use} // why\n\n{body}\n", f"// why\n\n{body}\n"),
        (f"{use}\r\n\r\n{body}\r\n", f"{body}\r\n"),
        (f"mod m {{\r\n    {use}\r\n\r\n    {body}\r\n}}\r\n", f"mod m {{\r\n    {body}\r\n}}\r\n"),
    ):
        step = next_removal(P, before.encode(), b"std::sync::Mutex")
        assert step is not None, before
        done = before.encode()[: step.start] + step.replacement + before.encode()[step.end :]
        assert done.decode() == after, before


def test_a_line_inside_a_function_goes_as_well() -> None:
    inner = "fn f() {\n    use std::sync::Mutex;\n\n    static A: Mutex<u8> = x();\n}\n"
    assert settle(inner, MUTEX) == ("fn f() {\n    static A: u8 = x();\n}\n")
    both = "use std::sync::Mutex;\n\n" + inner
    assert settle(both, MUTEX) == ("fn f() {\n    static A: u8 = x();\n}\n")
    needed = inner.replace("x()", "m!(Mutex)")
    assert "use std::sync::Mutex;" in settle(needed, MUTEX)
    conditional = inner.replace("    use", "    #[cfg(unix)]\n    use")
    assert "use std::sync::Mutex;" in settle(conditional, MUTEX)
    listed = inner.replace("sync::Mutex", "sync::{Arc, Mutex}").replace("x()", "Arc::x()")
    assert "use std::sync::Arc;" in settle(listed, MUTEX)


def test_one_name_leaves_a_list_and_the_list_shrinks() -> None:
    for before, after in (
        ("use std::sync::{Arc, Mutex};", "use std::sync::Arc;"),
        ("use std::sync::{Arc, Mutex, Once};", "use std::sync::{Arc, Once};"),
        ("use std::{fmt, sync::{Mutex}};", "use std::fmt;"),
        ("use std::{fmt, sync::{Arc, Mutex}};", "use std::{fmt, sync::Arc};"),
        (
            "use std::sync::{\n    Arc,\n    Mutex,\n    Once,\n};",
            "use std::sync::{\n    Arc,\n    Once,\n};",
        ),
    ):
        assert settle(f"{before}\nfn f(x: Mutex<u8>, y: Arc<fmt::X, Once>) {{}}\n", MUTEX) == (
            f"{after}\nfn f(x: u8, y: Arc<fmt::X, Once>) {{}}\n"
        )


def test_what_a_child_module_sees_through_super_is_needed() -> None:
    before = (
        "use std::sync::Mutex;\nstatic A: Mutex<u8> = 1;\n"
        "mod t {\n    use super::*;\n    type M = Mutex<u16>;\n}\n"
    )
    assert "use std::sync::Mutex;" in settle(before, MUTEX)
    own = before.replace("use super::*;", "use std::sync::Mutex;")
    assert settle(own, MUTEX).startswith("static A: u8")


def test_public_lines_are_never_removed() -> None:
    head = "pub use std::sync::Mutex;\n"
    assert settle(head + "fn f(x: Mutex<u8>) {}\n", MUTEX).startswith(head)


def test_a_conditional_line_goes_where_nothing_in_any_configuration_may_need_it() -> None:
    body = "fn f(x: Mutex<u8>) {}\n"
    one = "#[cfg(unix)]\nuse std::sync::Mutex;\n"
    two = "#[cfg(test)]\nuse std::sync::Mutex;\n#[cfg(not(test))]\nuse std::sync::Mutex;\n"
    listed = "#[cfg(unix)]\nuse std::sync::{Arc, Mutex};\n"
    assert settle(one + body, MUTEX) == settle(two + body, MUTEX) == "fn f(x: u8) {}\n"
    assert settle(listed + body, MUTEX).startswith("#[cfg(unix)]\nuse std::sync::Arc;\n")
    for needs in (
        "fn g() { made_elsewhere!(); }\n",  # its expansion may name it
        "mod other;\n",  # `use super::*;` in its file
        "mod own { use super::*; #[cfg(unix)] type M = Mutex<u16>; }\n",
        "#[cfg(windows)]\nfn g() -> Mutex<u16> { todo!() }\n",
        "#[cfg(windows)]\nuse parking_lot::Mutex;\n",  # the same name, something else
    ):
        assert settle(one + needs + body, MUTEX).startswith(one), needs


def test_a_line_goes_with_attributes_that_leave_it_there() -> None:
    text = "use std::sync::Mutex;\nfn f(x: Mutex<u8>) {}\n"
    for idle in ("rustfmt::skip", "allow(clippy::wildcard_imports)", "deny(unused_imports)"):
        assert settle(f"#[{idle}]\n{text}", MUTEX) == "fn f(x: u8) {}\n", idle
        inner = f"fn g() {{\n    #[{idle}]\n    use std::sync::Mutex;\n    fn f(x: Mutex<u8>) {{}}\n}}\n"
        assert settle(inner, MUTEX) == "fn g() {\n    fn f(x: u8) {}\n}\n", idle
    two = f"#[rustfmt::skip]\n#[allow(deprecated)]\n{text}"
    assert settle(two, MUTEX) == "fn f(x: u8) {}\n"
    shrunk = "#[rustfmt::skip]\nuse std::{fmt,  sync::{Mutex, Arc}};\nfn f(x: Mutex<u8>) {}\n"
    assert "use std::{fmt,  sync::Arc};" in settle(shrunk, MUTEX)
    for kept in (
        "allow(unused_imports)", "allow(dead_code, unused)", "expect(unused_imports)",
        "cfg_attr(unix, rustfmt::skip)", "unknown", "unknown::rustfmt", "rustfmt::skip]\n#[cfg(unix)",
        "rustfmt::skip] // by hand\n#[allow(deprecated)", "cfg(unix)] // for unix\n#[allow(deprecated)",
    ):  # fmt: skip
        assert settle(f"#[{kept}]\n{text}", MUTEX).startswith(f"#[{kept}]\nuse"), kept


def test_a_line_under_an_attribute_is_not_extended() -> None:
    head = "#[rustfmt::skip]\nuse std::sync::Arc;\n"
    made = settle(head + "fn f(x: Y, z: Arc<u8>) {}\n", ("Y", name(b"std::sync::Weak")))
    assert head in made and "use std::sync::Weak;" in made


def test_a_line_goes_by_itself_only_with_the_last_mention_of_its_name() -> None:
    for kept in (
        # something needs it still
        "use std::sync::Mutex;\nfn f(x: Mutex<u8>) -> Mutex<u16> {}\n",
        'use a::Mutex;\nfn f(x: Mutex<u8>) { println!("{Mutex}"); }\n',
        # nobody knows what it is there for: the mention is of something else
        "use a::Mutex;\nfn f(x: b::Mutex<u8>) -> Mutex<u16> {}\n",
        # a trait, whose methods are called without its name
        "use std::fmt::Mutex;\nuse std::io::Write;\nfn f(x: Mutex<u8>, y: &dyn Write) {}\n",
        "use a::Mutex;\nfn f(x: Mutex<u8>) {}\nimpl Mutex for S {}\n",
        "use a::*;\nfn f(x: Mutex<u8>) {}\n",
    ):
        done = settle(kept, MUTEX)
        assert done.count("use ") == kept.count("use ") - ("std::fmt::Mutex" in kept), kept
    bound = "use std::io::Write;\nfn f(x: &mut dyn Write) {}\n"
    assert settle(bound, ("dyn Write", b"File")).startswith("use std::io::Write;")
    alias = "use a::Mutex as M;\nfn f(x: M<u8>) {}\n"
    assert settle(alias, ("M<u8>", b"u8")) == "fn f(x: u8) {}\n"
    module = "use std::mem;\nfn f() { mem::take(x) }\n"
    assert settle(module, ("mem::take(x)", b"x.swap(0)")) == "fn f() { x.swap(0) }\n"


def test_a_persons_own_version_is_taken_as_it_is() -> None:
    before = "use std::sync::Mutex;\nfn f(x: Mutex<u8>) {}\n"
    assert settle(before, MUTEX, exact=True) == before.replace("Mutex<u8>", "u8")


# -- traits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("fn f() { x }\n", "use std::fmt::Write as _;\n\nfn f() { y }\n"),
        (
            "use std::fmt;\nuse std::io::Write;\n\nfn f() { x }\n",
            "use std::fmt::Write as _;\nuse std::fmt;\nuse std::io::Write;\n\nfn f() { y }\n",
        ),
        # a name of the module's own does not clash
        (
            "struct Write;\nfn f() { x }\n",
            "use std::fmt::Write as _;\n\nstruct Write;\nfn f() { y }\n",
        ),
        # in scope already
        *(
            (f"{line}\nfn f() {{ x }}\n", f"{line}\nfn f() {{ y }}\n")
            for line in (
                "use std::fmt::Write;",
                "use std::fmt::Write as _;",
                "use core::fmt::{self, Write as FmtWrite};",
                "use std::fmt::*;",
                "use std::{fmt::{self, *}, io};",
                "use std::fmt;\nuse fmt::Write;",
            )
        ),
        ("fn f() { use std::fmt::Write; x }\n", "fn f() { use std::fmt::Write; y }\n"),
        (
            "use std::fmt::Write;\nmod m { use super::*; fn f() { x } }\n",
            "use std::fmt::Write;\nmod m { use super::*; fn f() { y } }\n",
        ),
        # not in scope: another trait, another module, under a condition
        (
            "use std::io::prelude::*;\nfn f() { x }\n",
            "use std::fmt::Write as _;\nuse std::io::prelude::*;\nfn f() { y }\n",
        ),
        (
            "use std::fmt::Write;\nmod m {\n    fn f() { x }\n}\n",
            "use std::fmt::Write;\nmod m {\n    use std::fmt::Write as _;\n\n    fn f() { y }\n}\n",
        ),
        (
            "#[cfg(test)]\nuse std::fmt::Write;\nfn f() { x }\n",
            "use std::fmt::Write as _;\n#[cfg(test)]\nuse std::fmt::Write;\nfn f() { y }\n",
        ),
        (
            "fn g() { use std::fmt::Write; }\nfn f() { x }\n",
            "use std::fmt::Write as _;\n\nfn g() { use std::fmt::Write; }\nfn f() { y }\n",
        ),
    ],
)
def test_a_trait_is_brought_into_scope_where_it_is_not(before: str, after: str) -> None:
    assert settle(before, ("x", b"y" + trait(WRITE))) == after


def test_a_trait_is_brought_once_for_all_edits_and_for_a_child_that_sees_its_parent() -> None:
    before = "fn f() { x1; x2 }\nmod m {\n    use super::*;\n    fn g() { x3 }\n}\n"
    edits = tuple((word, b"y" + trait(WRITE)) for word in ("x1", "x2", "x3"))
    assert settle(before, *edits) == (
        "use std::fmt::Write as _;\n\nfn f() { y; y }\n"
        "mod m {\n    use super::*;\n    fn g() { y }\n}\n"
    )


def test_traits_of_the_prelude_need_no_line() -> None:
    before = "fn f() { x }\n"
    assert settle(before, ("x", b"y" + trait(b"std::string::ToString"))) == "fn f() { y }\n"
    alloc = settle(before, ("x", b"y" + trait(b"alloc::string::ToString")))
    assert alloc == "use alloc::string::ToString as _;\n\nfn f() { y }\n"


def in_function(before: str) -> str:
    source = Source(P, before.encode())
    at = before.index("x")
    node = source.innermost(Span(at, at + 1))
    edit = use_in_function(source, node, WRITE)
    if edit is None:
        return before
    return apply({P: before.encode()}, [Fix("x", Level.SAFE, (edit,), "")]).files[P].decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "impl S {\n    fn f() {\n        x\n    }\n}\n",
            "impl S {\n    fn f() {\n        use std::fmt::Write as _;\n        x\n    }\n}\n",
        ),
        (
            "fn f() {\r\n\tlet g = || x;\r\n}\r\n",
            "fn f() {\r\n\tuse std::fmt::Write as _;\r\n\tlet g = || x;\r\n}\r\n",
        ),
        ("use std::fmt::Write;\nfn f() {\n    x\n}\n", None),
        (
            "fn f() {\n    #![allow(a)]\n    x\n}\n",
            "fn f() {\n    #![allow(a)]\n    use std::fmt::Write as _;\n    x\n}\n",
        ),
        ("static A: u8 = x;\n", None),
    ],
)
def test_a_trait_may_be_for_one_function_alone(before: str, after: str | None) -> None:
    assert in_function(before) == (after or before)


def test_what_all_edits_require_may_be_for_their_functions_alone() -> None:
    before = "fn f() {\n    x1; x2\n}\nfn g() {\n    x3\n}\n"
    source = Source(P, before.encode())
    marked = b"y" + trait(WRITE) + name(ORDERING)
    edits = [Edit(P, at, at + 2, marked) for n in "123" if (at := before.index("x" + n))]
    found = in_functions(edits, lambda _: source)
    assert found is not None
    after = apply({P: before.encode()}, [Fix("x", Level.SAFE, found, "")]).files[P].decode()
    line = "    use std::fmt::Write as _;\n"
    assert after == (
        "use std::sync::atomic::Ordering;\n\n"
        f"fn f() {{\n{line}    yOrdering; yOrdering\n}}\nfn g() {{\n{line}    yOrdering\n}}\n"
    )
    outside = Source(P, b"static A: u8 = x;\n")
    assert in_functions([Edit(P, 15, 16, marked)], lambda _: outside) is None


def test_a_line_of_one_function_is_spelled_as_its_crate_can() -> None:
    source = Source(P, b"fn f() {\n    x\n}\n")
    edit = use_in_function(source, source.innermost(Span(13, 14)), WRITE)
    assert edit is not None
    spelled = respelled(edit.replacement, lambda full: without_std(full, alloc=False))
    assert strip_markers(spelled) == b"\n    use core::fmt::Write as _;"


def test_what_is_required_may_be_taken_back() -> None:
    edit = Edit(P, 0, 1, trait(WRITE) + b"y" + name(ORDERING))
    assert [e.replacement for e in without_traits([edit])] == [b"y" + name(ORDERING)]


# -- crates without std ----------------------------------------------------------------------------


def test_an_item_is_the_same_by_each_of_its_crates() -> None:
    core = "use core::sync::atomic::{AtomicU64, Ordering};\nfn f() { x }\n"
    assert settle(core, ("x", name(ORDERING))) == core.replace("x }", "Ordering }")
    extended = "use core::sync::atomic::AtomicU64;\nfn f() { x }\n"
    assert settle(extended, ("x", name(ORDERING))) == core.replace("x }", "Ordering }")
    alloc = "use alloc::sync::Arc;\nfn f() { x }\n"
    assert "use std::sync::Mutex;\n" in settle(alloc, ("x", name(b"std::sync::Mutex")))


def test_markers_are_spelled_for_a_crate_without_std() -> None:
    marked = trait(WRITE) + name(ORDERING) + b"::Relaxed" + name(b"std::sync::Mutex")
    spelled = respelled(marked, lambda full: without_std(full, alloc=False))
    assert spelled == (
        trait(b"core::fmt::Write")
        + name(b"core::sync::atomic::Ordering")
        + b"::Relaxed"
        + name(b"std::sync::Mutex")
    )
    assert settle("fn f() { x }\n", ("x", spelled)) == (
        "use std::sync::Mutex;\nuse core::fmt::Write as _;\nuse core::sync::atomic::Ordering;\n\n"
        "fn f() { Ordering::RelaxedMutex }\n"
    )


def test_markers_can_be_shown_before_they_are_settled() -> None:
    assert strip_markers(b"y" + trait(WRITE)) == b"y"
    assert (
        strip_markers(b"x.load(" + name(ORDERING) + b"::Relaxed)") == b"x.load(Ordering::Relaxed)"
    )


_HEAD = "// Copyright 2020 Nobody.\n// Licence: MIT\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # perhaps the file's head, perhaps the line's own: it stays above, and beside the line
        (_HEAD + "use std::sync::Mutex;\n", _HEAD + "use std::sync::Mutex;\n{}\n"),
        ("/* MIT */\nuse std::sync::Mutex;\n", "/* MIT */\nuse std::sync::Mutex;\n{}\n"),
        (
            "#![allow(dead_code)]\n" + _HEAD + "use std::sync::Mutex; // locks\n",
            "#![allow(dead_code)]\n" + _HEAD + "use std::sync::Mutex; // locks\n{}\n",
        ),
        (
            _HEAD + "#[cfg(unix)]\nuse std::sync::Mutex;\n",
            _HEAD + "#[cfg(unix)]\nuse std::sync::Mutex;\n{}\n",
        ),
        (
            _HEAD + "use std::sync::{\n    Mutex,\n    Arc,\n};\n",
            _HEAD + "use std::sync::{\n    Mutex,\n    Arc,\n};\n{}\n",
        ),
        # a comment apart from it is the file's head; the next one is the line's
        (
            _HEAD + "\n// counters\nuse std::sync::Mutex;\n",
            _HEAD + "\n// counters\nuse std::sync::Mutex;\n{}\n",
        ),
        (_HEAD + "\nuse std::sync::Mutex;\n", _HEAD + "\n{}\nuse std::sync::Mutex;\n"),
        # behind other items a comment belongs to its line
        (
            _HEAD + "use a::b;\n// locks\nuse std::sync::Mutex;\n",
            _HEAD + "use a::b;\n{}\n// locks\nuse std::sync::Mutex;\n",
        ),
        ("//! Docs.\nuse std::sync::Mutex;\n", "//! Docs.\n{}\nuse std::sync::Mutex;\n"),
    ],
)
def test_nothing_goes_above_what_may_be_the_head_of_the_file(before: str, after: str) -> None:
    static = "static A: {};\n"
    made = settle(before + static.format("u8"), ("u8", name(ATOMIC)))
    line = "use std::sync::atomic::AtomicU64;"
    assert made == after.replace("{}", line) + static.format("AtomicU64")


def test_a_name_that_std_has_as_well_stays_where_something_may_need_it_without_std() -> None:
    text = 'use alloc::format;\n\nfn f() -> String {\n    format!("a")\n}\n'
    change = ('format!("a")', b"x()")
    gone = settle(text, change)
    assert "use alloc" not in gone
    for needs in (
        "fn g() -> String {\n    text!(1)\n}\n",
        'fn g() -> String {\n    format!("{}", 1)\n}\n',
        "mod inner;\n",
        "mod inner {\n    mod deeper;\n}\n",
        "mod inner {\n    use super::*;\n    fn g() {\n        text!()\n    }\n}\n",
    ):
        assert "use alloc::format;" in settle(text + needs, change), needs
    for idle in ('fn g() {\n    println!("text!()");\n}\n', "mod inner {}\n", "// text!()\n"):
        assert "use alloc" not in settle(text + idle, change), idle
    listed = text.replace("alloc::format", "alloc::{format, string::String}")
    assert "format, " in settle(listed + "mod inner;\n", change)
    assert "format, " not in settle(listed, change)


def test_a_name_that_std_has_as_well_goes_from_under_its_cfg() -> None:
    text = '#[cfg(not(feature = "std"))]\nuse alloc::format;\n\nfn f() -> String {\n    format!("a")\n}\n'
    change = ('format!("a")', b"x()")
    assert settle(text, change) == "fn f() -> String {\n    x()\n}\n"
    assert "use alloc" in settle(text + "mod inner;\n", change)
    assert "use alloc" in settle("#[allow(unused_imports)]\n" + text, change)
    two = '#[cfg(feature = "std")]\nuse std::format;\n' + text
    assert settle(two, change) == "fn f() -> String {\n    x()\n}\n"


@pytest.mark.parametrize(
    ("before", "old", "new", "after"),
    [
        ("use std::fs;\nfn f() { fs::read(p); }\n", "fs::read", "tokio::fs::read", "fn f() { tokio::fs::read(p); }\n"),
        ("fn f() { use std::fs; fs::read(p); }\n", " fs::read", " tokio::fs::read", "fn f() { tokio::fs::read(p); }\n"),
        (
            "use std::fs;\nfn f() { fs::read(p); x::fs(p); m!(y::fs); }\n", "fs::read", "tokio::fs::read",
            "fn f() { tokio::fs::read(p); x::fs(p); m!(y::fs); }\n",
        ),
        (
            "use std::fs;\nfn f() { fs::read(p); m!(fs); }\n", "fs::read", "tokio::fs::read",
            "use std::fs;\nfn f() { tokio::fs::read(p); m!(fs); }\n",
        ),
        (
            "use std::fs;\nfn f() { fs::read(p); self::fs::write(p); }\n", "fs::read", "tokio::fs::read",
            "use std::fs;\nfn f() { tokio::fs::read(p); self::fs::write(p); }\n",
        ),
    ],
)  # fmt: skip
def test_a_path_behind_another_name_needs_no_import(
    before: str, old: str, new: str, after: str
) -> None:
    assert settle(before, (old, new.encode())) == after
