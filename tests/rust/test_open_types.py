"""What a written type leaves open of a value."""

from __future__ import annotations

import pytest

from engine.rust import item_nodes
from engine.rust.open_types import (
    abstract_types,
    erased_as,
    named_to_find,
    opened_type,
    parameters_in,
    traits_in,
)
from engine.rust.queries import walk
from engine.rust.syntax import Source


def source_of(text: str) -> Source:
    return Source("src/lib.rs", text.encode())


@pytest.mark.parametrize(
    ("type_", "erased", "in_cast"),
    [
        ("Arc<dyn Any + Send>", "`dyn Any`", "`dyn Any`"),
        ("Box<dyn Flush>", "`dyn Flush`", "`dyn Flush`"),
        ("Arc<Mutex<Vec<Box<dyn Flush>>>>", "", ""),
        ("*const Mutex<u32>", "`*const Mutex<u32>`", "`*const Mutex<u32>`"),
        ("&mut *mut ()", "`*mut ()`", "`*mut ()`"),
        ("NonNull<Mutex<u32>>", "`NonNull<Mutex<u32>>`", "`NonNull<Mutex<u32>>`"),
        ("usize", "", "`usize`"),
        ("_", "", "`_`"),
        ("Vec<_>", "", ""),
        ("Arc<Mutex<u64>>", "", ""),
        ("&'static Mutex<u64>", "", ""),
        ("dynamic::Type", "", ""),
    ],
)
def test_types_that_do_not_tell(type_: str, erased: str, in_cast: str) -> None:
    source = source_of(f"static S: {type_} = x;")
    node = item_nodes.type_of(source.root.named_children[0])
    assert node is not None
    assert erased_as(source, node) == erased
    assert erased_as(source, node, cast=True) == in_cast


@pytest.mark.parametrize(
    ("bounds", "traits"),
    [
        ("Flush", ["Flush"]),
        ("Send + Sync + 'static", []),
        ("?Sized + a::Flush + Clone", ["Flush"]),
        ("Into<Arc<u8>> + Send", ["Into"]),
        ("Fn(u8) -> u8", ["Fn"]),
        ("for<'a> Visit<'a>", ["Visit"]),
    ],
)
def test_traits_in_bounds(bounds: str, traits: list[str]) -> None:
    source = source_of(f"fn f<T: {bounds}>(t: T) {{}}")
    (found,) = item_nodes.bounds_on(source, source.root.named_children[0], b"T")
    assert [trait.decode() for trait in traits_in(source, found)] == traits


@pytest.mark.parametrize(
    ("type_", "names", "opened", "abstract"),
    [
        ("T", {b"T"}, b"", 0),
        ("&Mutex<T>", {b"T"}, b"Mutex<T>", 0),
        ("Arc<T>", {b"T"}, b"", 0),
        ("&[Wrap<T>]", {b"T"}, b"Wrap<T>", 0),
        ("Mutex<u64>", set(), b"", 0),
        ("impl Flush", set(), b"", 1),
        ("&dyn Fn(impl A)", set(), b"", 1),
        ("HashMap<S, T>", {b"S", b"T"}, b"", 0),
    ],
)
def test_what_a_parameters_type_leaves_to_the_caller(
    type_: str, names: set[bytes], opened: bytes, abstract: int
) -> None:
    source = source_of(f"impl<S> A<S> {{ fn f<T>(x: {type_}) {{}} }}")
    function = next(n for n in walk(source.root) if n.type == "function_item")
    (parameter,) = item_nodes.parameters_of(function)
    assert parameter.type is not None
    assert parameters_in(source, function, parameter.type) == names
    assert opened_type(source, function, parameter.type) == opened
    assert len(abstract_types(parameter.type)) == abstract


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("user.downcast::<Mutex<u32>>();", "user.downcast::<Mutex<u32>>()"),
        ("user.downcast_ref::<Arc<Mutex<u32>>>();", "user.downcast_ref::<Arc<Mutex<u32>>>()"),
        ("TypeId::of::<Mutex<u32>>();", "TypeId::of::<Mutex<u32>>()"),
        ("all.map(Any::is::<Mutex<u32>>);", "Any::is::<Mutex<u32>>"),
        ("map.get::<Arc<Mutex<u32>>>();", "map.get::<Arc<Mutex<u32>>>()"),
        ("app.state::<Mutex<u32>>();", "app.state::<Mutex<u32>>()"),
        ("mem::size_of::<Mutex<u32>>();", ""),
        ("type_name::<Mutex<u32>>();", ""),
        ("let a = p as *const Mutex<u32>;", "*const Mutex<u32>"),
        ("let a: *mut Mutex<u32> = p;", "*mut Mutex<u32>"),
        ("let a: NonNull<Mutex<u32>> = p;", "NonNull<Mutex<u32>>"),
        ("p.cast::<Mutex<u32>>();", "p.cast::<Mutex<u32>>()"),
        ("let a = &p as &Mutex<u32>;", "&p as &Mutex<u32>"),
        ("Arc::<Mutex<u32>>::from_raw(p);", "Arc::<Mutex<u32>>::from_raw(p)"),
        ("Arc::<Mutex<u32>>::default();", ""),
        ("all.collect::<Vec<Mutex<u32>>>();", ""),
        ("Vec::<Mutex<u32>>::with_capacity(3);", ""),
        ("let a: Arc<Mutex<u32>> = x.get();", ""),
        ("keep(|a: &Mutex<u32>| a.get::<u8>());", ""),
    ],
)
def test_types_that_are_named_to_find_a_value(code: str, found: str) -> None:
    source = source_of(f"fn f() {{ {code} }}")
    node = next(n for n in walk(source.root) if source.text(n) == b"Mutex<u32>")
    named = named_to_find(source, node)
    assert (source.text(named).decode() if named is not None else "") == found
