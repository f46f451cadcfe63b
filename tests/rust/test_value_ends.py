"""Where the way of a value ends that types no longer follow."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.calls import Calls
from engine.rust.value_ends import ValueEnds
from tests.rust.workspace import Workspace

_OWN = frozenset({b"lock", b"into_inner"})


def ends_of(body: str, more: str = "") -> list[str]:
    """Kind and words of the ends of the value ``vv`` in a function's ``body``, or in ``more``."""
    workspace = Workspace({"src/lib.rs": f"fn f(&self, vv: T) {{ {body} }}\n{more}\n"})
    source = workspace.sources.get("src/lib.rs")
    calls = Calls(workspace.sources, workspace.items, lambda _path, _span: None)
    ends = ValueEnds(workspace.sources, workspace.items, calls, _OWN)
    start = source.data.index(b"vv", source.data.index(b"{"))
    found = ends.of(source, source.innermost(Span(start, start + 2)))
    return [f"{end.kind}: {end.words}" for end in found]


@pytest.mark.parametrize(
    ("body", "more"),
    [
        ("vv.lock();", ""),
        ("let a = vv.clone();", ""),
        ("let a: Arc<Mutex<u64>> = vv;", ""),
        ("let a: Vec<_> = vec![vv];", ""),
        ("let a = Some(Arc::new(vv));", ""),
        ("drop(vv); ", ""),
        ("Arc::ptr_eq(&vv, &b);", ""),
        ("let n = Arc::strong_count(&vv);", ""),
        ("take(vv);", "fn take(a: Arc<Mutex<u64>>) {}"),
        ("pass(vv);", "fn pass<T: Send + 'static>(a: T) -> T { let b = a; b }"),
        ("pass(&vv);", "fn pass<T: ?Sized + Sync>(a: &T) { keep(a); } fn keep<T>(a: T) {}"),
        ("S { a: vv };", "struct S { a: Mutex<u64> }"),
        ("S { a: vv };", "struct S<T> { a: T } impl<T> S<T> { fn g(&self) {} }"),
        ("S(vv);", "struct S(Mutex<u64>);"),
        ("self.list.push(vv);", "struct S { list: Vec<Mutex<u64>> }"),
        ("let mut list = Vec::new(); list.push(vv);", ""),
        ("let show = |x| x; show(vv);", ""),
        ("return vv;", ""),
        ("vv.flush();", "trait Flush { fn flush(&self); } impl Flush for Own { } struct Own;"),
        ("vv.as_one();", "impl<T> AsOne for Arc<T> { fn as_one(&self) -> &T { &**self } }"),
        (
            "vv.as_one();",
            "impl<'a, T: Sync> AsOne<'a> for Box<&'a T> { fn as_one(self) -> &T { *self } }",
        ),
        ("let a: (u8, Box<dyn Fn()>, Arc<Mutex<u8>>) = (1, f, vv);", ""),
        ("let a: (Arc<Mutex<u8>>, impl Flush) = (vv, f);", ""),
        ("select! { _ = x => { vv } }", ""),
        ("self.a = vv;", ""),
    ],
)
def test_ways_that_types_follow(body: str, more: str) -> None:
    assert ends_of(body, more) == []


@pytest.mark.parametrize(
    ("body", "more", "end"),
    [
        ("let a = vv as Arc<dyn Any>;", "", "erased: it is cast to `dyn Any`"),
        ("let a = &vv as *const _;", "", "erased: it is cast to `*const _`"),
        ("let a = &vv as *const Mutex<u64> as usize;", "", "erased: it is cast to `*const Mutex<u64>`"),
        ("let a = Arc::into_raw(vv) as usize;", "", "erased: `Arc::into_raw(..)` is given it"),
        ("let a = Arc::as_ptr(&vv);", "", "erased: `Arc::as_ptr(..)` is given it"),
        ("let a = &raw const vv;", "", "erased: its address is taken"),
        ("let a = ptr::addr_of!(vv);", "", "erased: `addr_of!(..)` takes its address"),
        ('println!("{:p}", vv);', "", "erased: `println!(..)` takes its address"),
        ("let a: u64 = unsafe { mem::transmute(vv) };", "",
         "erased: `mem::transmute(..)` is given it"),
        ("let a = vv.type_id();", "", "erased: `.type_id()` is called on it"),
        ("let a: Arc<dyn Any + Send> = vv.clone();", "", "erased: it becomes `dyn Any`"),
        ("let a: Box<dyn Flush> = Box::new(vv);", "", "erased: it becomes `dyn Flush`"),
        ("S { a: vv };", "struct S { a: Arc<dyn Any> }", "erased: it becomes `dyn Any`"),
        ("S(1, vv);", "struct S(u8, Arc<dyn Any>);", "erased: it becomes `dyn Any`"),
        ("let mut a: Vec<Arc<dyn Any>> = x; a.push(vv);", "", "erased: it becomes `dyn Any`"),
        ("take(vv);", "fn take(a: Arc<dyn Any>) {}", "erased: `take(..)` takes it as `dyn Any`"),
        ("take(&vv);", "fn take(a: *const Mutex<u64>) {}",
         "erased: `take(..)` takes it as `*const Mutex<u64>`"),
        ("take(vv);", "fn take<T: Any>(a: T) {}", "erased: `take(..)` takes any type with `Any`"),
        ("take(vv);", "fn take<T: 'static>(a: T) { TypeId::of::<T>(); }",
         "erased: `take(..)` takes any type and may ask which"),
        ("one(vv);", "fn one<T>(a: T) { two(a) } fn two<T>(b: T) { let c: Box<dyn Any> = b; }",
         "erased: `two(..)` takes any type and may ask which"),
        ("vv.flush();", "trait Flush { fn flush(&self); } impl Flush for Mutex<u64> { fn flush(&self) {} }",
         "trait: `.flush()` of the trait `Flush` is called on it"),
        ("vv.flush();", "impl<T: Into<u64>> Flush for T { fn flush(&self) {} }",
         "trait: `.flush()` of the trait `Flush` is called on it"),
        ("vv.as_one();", "impl<T> AsOne for Arc<T> { fn as_one(&self) { type_name::<T>(); } }",
         "trait: `.as_one()` of the trait `AsOne` is called on it"),
        ("vv.as_one();", "impl<T> AsOne for Arc<T> { fn as_one(&self) {} } "
         "impl AsOne for Box<AtomicU8> { fn as_one(&self) {} }",
         "trait: `.as_one()` of the trait `AsOne` is called on it"),
        ("vv.with();", "impl<T> With<T> for Mutex<T> { fn with(&self) {} }",
         "trait: `.with()` of the trait `With` is called on it"),
        ("let a: (u8, Box<dyn Any>) = (1, vv);", "", "erased: it becomes `dyn Any`"),
        ("vv.clone().flush();", "impl<T: Copy + Any> Flush for Arc<T> { fn flush(&self) {} }",
         "trait: `.flush()` of the trait `Flush` is called on it"),
        ("Flush::flush(&vv);", "trait Flush { fn flush(&self); } impl Flush for Mutex<u64> { }",
         "trait: `Flush::flush(..)`, a trait's function, is given it"),
        ("<Mutex<u64> as Flush>::flush(&vv);", "",
         "trait: `<Mutex<u64>asFlush>::flush(..)`, a trait's function, is given it"),
        ("put(&vv);", "fn put<T: Flush + ?Sized>(a: &T) {}",
         "trait: `put(..)` takes any type with `Flush`"),
        ("put(&vv);", "fn put<T>(a: &T) where T: Flush {}",
         "trait: `put(..)` takes any type with `Flush`"),
        ("put(&vv);", "fn put(a: &impl Flush) {}", "trait: `put(..)` has `impl Flush` for it"),
        ("one(&vv);", "fn one<T>(a: &T) { two(a) } fn two<T: Flush>(b: T) {}", ""),
        ("S { a: vv };", "struct S<T> { a: T } impl<T: Flush> S<T> { fn g(&self) {} }",
         "trait: `S` holds it, which has an impl chosen by `Flush` (src/lib.rs:2)"),
        ("S { a: vv };", "struct S<T> { a: T } impl Flush for S<AtomicU64> {}",
         "trait: `S` holds it, which has an impl chosen by its content (src/lib.rs:2)"),
        ("lock(&vv);", "fn lock<T>(m: &Mutex<T>) -> MutexGuard<'_, T> { m.lock().unwrap() }",
         "inside: `lock(..)` takes any `Mutex<T>`"),
        ("bump!(vv);", "", "macro: the macro `bump!` is given it"),
        ('println!("{:?}", vv);', "", "shown: `println!(..)` shows it"),
        ('f.debug_struct("S").field("n", &vv);', "", "shown: `.field(..)` shows it"),
        ("other::keep(vv);", "", "foreign: `other::keep(..)`, which is not seen, is given it"),
        ("ctx.keep(vv);", "", "foreign: `ctx.keep(..)`, which is not seen, is given it"),
        ("", "fn g(spawn: fn(Arc<dyn Any>), b: T) { spawn(vv) }",
         "erased: `spawn(..)` takes it as `dyn Any`"),
        ("", "fn g<F: Fn(Arc<dyn Any>)>(spawn: F, b: T) { spawn(vv) }",
         "erased: `spawn(..)` takes it as `dyn Any`"),
        ("", "fn g() -> Arc<dyn Any> { Arc::new(vv) }", "erased: it becomes `dyn Any`"),
        ("", "fn g() -> impl Flush { vv }", "trait: `g(..)` has `impl Flush` for it"),
        ("", "static G: &(dyn Flush) = &vv;", "erased: it becomes `dyn Flush`"),
    ],
)  # fmt: skip
def test_ways_that_end(body: str, more: str, end: str) -> None:
    found = ends_of(body, more)
    assert found[:1] == ([end] if end else found[:1])
    assert found
