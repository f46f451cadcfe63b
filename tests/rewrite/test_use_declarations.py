"""``use`` lines: added once, taken away when unused, never a name that means something else."""

from __future__ import annotations

from engine.base.model import Edit, Fix, Level
from engine.rewrite.edits import apply
from engine.rewrite.use_declarations import name, strip_markers

P = "src/lib.rs"
ATOMIC = b"std::sync::atomic::AtomicU64"
ORDERING = b"std::sync::atomic::Ordering"


def settle(before: str, *changes: tuple[str, bytes], drops: tuple[bytes, ...] = ()) -> str:
    data = before.encode()
    edits = []
    for old, new in changes:
        at = data.index(old.encode())
        edits.append(Edit(P, at, at + len(old.encode()), new))
    fix = Fix("x", Level.SAFE, tuple(edits), "", tuple((P, item) for item in drops))
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
    mutex = b"std::sync::Mutex"
    before = "use std::fmt;\nuse std::sync::Mutex;\n\nstatic A: Mutex<u8> = 1;\n"
    assert settle(before, ("Mutex<u8>", b"u8"), drops=(mutex,)) == (
        "use std::fmt;\n\nstatic A: u8 = 1;\n"
    )
    two = before + "static B: Mutex<u8> = 1;\n"
    assert "use std::sync::Mutex;" in settle(two, ("Mutex<u8>", b"u8"), drops=(mutex,))
    in_macro = before + "static B: u8 = m!(Mutex);\n"
    assert "use std::sync::Mutex;" in settle(in_macro, ("Mutex<u8>", b"u8"), drops=(mutex,))


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
        done = settle(before, ("T", b"U"), drops=(b"std::sync::Mutex",))
        assert done == after.replace("T", "U"), before


def test_a_line_inside_a_function_goes_as_well() -> None:
    mutex = b"std::sync::Mutex"
    inner = "fn f() {\n    use std::sync::Mutex;\n\n    static A: Mutex<u8> = x();\n}\n"
    assert settle(inner, ("Mutex<u8>", b"u8"), drops=(mutex,)) == (
        "fn f() {\n    static A: u8 = x();\n}\n"
    )
    both = "use std::sync::Mutex;\n\n" + inner
    assert settle(both, ("Mutex<u8>", b"u8"), drops=(mutex,)) == (
        "fn f() {\n    static A: u8 = x();\n}\n"
    )
    needed = inner.replace("x()", "m!(Mutex)")
    assert "use std::sync::Mutex;" in settle(needed, ("Mutex<u8>", b"u8"), drops=(mutex,))
    conditional = inner.replace("    use", "    #[cfg(unix)]\n    use")
    assert "use std::sync::Mutex;" in settle(conditional, ("Mutex<u8>", b"u8"), drops=(mutex,))
    listed = inner.replace("sync::Mutex", "sync::{Arc, Mutex}").replace("x()", "Arc::x()")
    assert "use std::sync::Arc;" in settle(listed, ("Mutex<u8>", b"u8"), drops=(mutex,))


def test_one_name_leaves_a_list_and_the_list_shrinks() -> None:
    mutex = b"std::sync::Mutex"
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
        assert settle(f"{before}\nfn f(x: T) {{}}\n", ("T", b"U"), drops=(mutex,)) == (
            f"{after}\nfn f(x: U) {{}}\n"
        )


def test_what_a_child_module_sees_through_super_is_needed() -> None:
    before = "use std::sync::Mutex;\nstatic A: T = 1;\nmod t {\n    use super::*;\n    type M = Mutex<u8>;\n}\n"
    assert "use std::sync::Mutex;" in settle(before, ("T", b"U"), drops=(b"std::sync::Mutex",))
    own = before.replace("use super::*;", "use std::sync::Mutex;")
    assert settle(own, ("T", b"U"), drops=(b"std::sync::Mutex",)).startswith("static A: U")


def test_public_and_conditional_lines_are_never_removed() -> None:
    for head in ("pub use std::sync::Mutex;\n", "#[cfg(unix)]\nuse std::sync::Mutex;\n"):
        assert settle(
            head + "fn f(x: T) {}\n", ("T", b"U"), drops=(b"std::sync::Mutex",)
        ).startswith(head)


def test_markers_can_be_shown_before_they_are_settled() -> None:
    assert (
        strip_markers(b"x.load(" + name(ORDERING) + b"::Relaxed)") == b"x.load(Ordering::Relaxed)"
    )
