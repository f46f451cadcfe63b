"""Is a raw pointer into a value kept: tables of (source, answer). The value is ``x``, the place asked
about the first ``at()``."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.nodes import callee_name
from engine.rust.raw_pointers import RawLook, looks_raw, raw_look, unsafe_after
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, walk_all


def look(body: str, anywhere: bool = False, keepers: tuple[bytes, ...] = ()) -> RawLook | None:
    source = Source("src/lib.rs", f"fn f(x: T, mut m: M, list: L) {{ {body} }}".encode())
    function = source.root.named_children[0]
    scopes = Scopes(source, function)
    binding = next(b for b in scopes.bindings if b.name == b"x")
    at = source.data.find(b"at()")
    uses = [use.span for use in scopes.uses(binding) if not use.capture]
    until = None if anywhere else at
    return raw_look(
        source, scopes, b"x", uses, until, lambda s, n, _: bool(keepers) and s.text(n) in keepers
    )


@pytest.mark.parametrize(
    "body",
    [
        "let p = x.as_ptr(); at(); h(p);",
        "let p = x.as_slice().as_ptr(); at(); h(p);",
        "let s = x.as_str(); let p = s.as_ptr(); at(); h(p);",
        "let p = x.as_mut_ptr(); at(); h(p);",
        "let p = x.as_ptr().cast::<u8>(); at(); h(p);",
        "let p = x.as_ptr() as usize; at(); h(p);",
        "let p = x.as_ptr(); let q = p.add(1); at(); h(q);",
        "let r = x.as_ptr_range(); at(); h(r);",
        "let p = &x as *const T; at(); h(p);",
        "let p = &x as *const T as usize; at(); h(p);",
        "let p: *const T = &x; at(); h(p);",
        "let p: NonNull<T> = (&x).into(); at(); h(p);",
        "let p = &raw const x; at(); h(p);",
        "let p = std::ptr::addr_of!(x); at(); h(p);",
        "let p = ptr::from_ref(&x); at(); h(p);",
        "let p = std::ptr::from_mut(&mut x); at(); h(p);",
        "let p = NonNull::from(&x); at(); h(p);",
        "let p = NonNull::<T>::from(&x); at(); h(p);",
        "let p = NonNull::new(x.as_mut_ptr()).unwrap(); at(); h(p);",
        "if let Some(p) = NonNull::new(x.as_mut_ptr()) { at(); h(p); }",
        "match x.as_ptr() { p => { at(); h(p) } }",
        "let p = Arc::as_ptr(&x); at(); h(p);",
        "let fd = x.as_raw_fd(); at(); h(fd);",
        "let fd = x.as_fd().as_raw_fd(); at(); h(fd);",
        "let (p, n) = (x.as_ptr(), x.len()); at(); h(p);",
        "let v = View { p: x.as_ptr(), n: 1 }; at(); h(v);",
        "let v = Some(x.as_ptr()); at(); h(v);",
        "let p = { let s = x.as_bytes(); s.as_ptr() }; at(); h(p);",
        "let p = if c { x.as_ptr() } else { null() }; at(); h(p);",
        # stored, given away
        "m.p = x.as_ptr(); at();",
        "m.list.push(x.as_ptr()); at();",
        "let p = x.as_ptr(); m.list.push(p); at();",
        "h(x.as_ptr(), x.len()); at();",
        "let p = x.as_ptr(); h(p); at();",
        # unsafe code
        "unsafe { h(&x) }; at();",
        "unsafe { h(x.as_str()); } at();",
        "let s: &'static str = unsafe { transmute(x.as_str()) }; at(); h(s);",
        "let s = x.as_str(); let t = unsafe { longer(s) }; at(); h(t);",
    ],
)
def test_a_pointer_that_is_kept(body: str) -> None:
    assert look(body) is not None


@pytest.mark.parametrize(
    "body",
    [
        "h(&x); at();",
        "let n = x.len(); at(); h(n);",
        "let s = x.as_str(); h(s); at();",
        "let p = m.as_ptr(); at(); h(p);",
        "at(); let p = x.as_ptr(); h(p);",
        "let p = x.as_ptr(); at();",
        'println!("{:p}", x.as_ptr()); at();',
        "if x.as_ptr() == m.as_ptr() { return; } at();",
        "let same = x.as_ptr() == m.as_ptr(); at(); h(same);",
        "let same = std::ptr::addr_eq(x.as_ptr(), m.as_ptr()); at(); h(same);",
        "assert!(!x.as_ptr().is_null()); at();",
        "let y = String::from(&x); at(); h(y);",
        "unsafe { h(&m) }; at();",
        "let n = x.len() as u64; at(); h(n);",
        "let y = &x; h(y); at();",
    ],
)
def test_none_that_is_kept(body: str) -> None:
    assert look(body) is None


def test_of_a_copy_any_pointer_that_has_a_name_counts() -> None:
    assert look("let p = x.as_bytes().as_ptr(); m.clear(); unsafe { h(*p) }", anywhere=True)
    assert look("if x.as_ptr() == m { return; }", anywhere=True) is None


def test_what_is_called_may_keep_one() -> None:
    assert look("m.remember(&x); at();", keepers=(b"remember",)) is not None
    assert look("m.h(1, &x).await; at();", keepers=(b"h",)) is not None
    assert look("x.publish(); at();", keepers=(b"publish",)) is not None
    assert look("m.other(&x); at();", keepers=(b"remember",)) is None


def test_the_words_name_the_line() -> None:
    found = look("let p = x.as_ptr();\nat(); h(p);")
    assert found is not None and found.what == "a raw pointer to `x`, taken at line 1, is kept"
    found = look("\nunsafe { h(&x) }; at();")
    assert found is not None and "unsafe code at line 2 looks into `x`" in found.what


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("fn f(x: T, p: *const T) { at(); unsafe { h(p) } }", True),
        ("unsafe fn f(x: T, p: *const T) { at(); h(p) }", True),
        ("fn f(&self, x: T) { at(); unsafe { h(self.p) } }", True),
        ("fn f(x: T, p: *const T) { unsafe { h(p) } at(); }", False),
        ("fn f(x: T, p: *const T) { at(); h(p) }", False),
        ("fn f(x: T) { at(); unsafe { h(1) } }", False),
        ("fn f(x: T) { at(); let x = 1; unsafe { h(x) } }", False),
    ],
)
def test_unsafe_code_behind_that_was_given_something(text: str, found: bool) -> None:
    source = Source("src/lib.rs", text.encode())
    function = next(n for n in walk_all(source, source.root) if n.type == "function_item")
    scopes = Scopes(source, function)
    value: Span = next(b.decl for b in scopes.bindings if b.name == b"x")
    at = next(
        n
        for n in walk_all(source, function)
        if n.type == "call_expression" and (name := callee_name(n)) and source.text(name) == b"at"
    )
    assert (unsafe_after(source, scopes, value, at.end_byte) is not None) is found


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("fn f(p: &CString) -> *const c_char { p.as_ptr() }", True),
        ("fn f(p: &CString) { unsafe { h(p) } }", True),
        ("fn f(p: &CString) -> usize { ptr::from_ref(p).addr() }", True),
        ("fn f(p: &CString) -> usize { p.to_bytes().len() }", False),
    ],
)
def test_functions_that_look_raw(text: str, raw: bool) -> None:
    source = Source("src/lib.rs", text.encode())
    assert looks_raw(source, source.root.named_children[0]) is raw
