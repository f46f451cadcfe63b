"""Calls that copy: a table of (code, what copies, what is copied)."""

from __future__ import annotations

import pytest

from engine.rust.copies import clone_at, clone_of
from engine.rust.syntax import Source, walk_all


@pytest.mark.parametrize(
    ("code", "word", "path", "receiver"),
    [
        ("x.clone()", "clone", "", "x"),
        ("(x.a).to_vec()", "to_vec", "", "x.a"),
        ("x.to_string()", "to_string", "", "x"),
        ("Arc::clone(&x)", "clone", "Arc", "x"),
        ("Arc::clone(x)", "clone", "Arc", "x"),
        ("std::sync::Arc::clone(&(x))", "clone", "std::sync::Arc", "x"),
        ("Bytes::copy_from_slice(&x)", "copy_from_slice", "Bytes", "x"),
        ("BytesMut::from(&x[..])", "from", "BytesMut", "x"),
        ("Vec::from(x.as_ref())", "from", "Vec", "x"),
        ("String::from(x)", "from", "String", "x"),
        ("String::from(&x)", "from", "String", "x"),
        ("String::from(&x[..])", "from", "String", "x"),
        ("Vec::from(x)", "from", "Vec", "x"),
        ("x.into_owned()", "into_owned", "", "x"),
        ("Cow::from(x).into_owned()", "into_owned", "", "x"),
        ("std::borrow::Cow::<str>::Borrowed(&x).into_owned()", "into_owned", "", "x"),
        ("Cow::of(x).into_owned()", "into_owned", "", "Cow::of(x)"),
    ],
)
def test_copies(code: str, word: str, path: str, receiver: str) -> None:
    source = Source("src/lib.rs", f"fn f() {{ let v = {code}; }}".encode())
    found = [c for n in walk_all(source, source.root) if (c := clone_of(source, n)) is not None]
    assert [(c.word.decode(), c.path.decode(), c.name) for c in found] == [(word, path, receiver)]
    assert found[0].text == code
    again = clone_at(source, found[0].span)
    assert again is not None and again.node == found[0].node


@pytest.mark.parametrize(
    "code",
    [
        "clone(x)",
        "x.clone(1)",
        "x.clone::<u8>()",
        "x.clone",
        "y.copy_from_slice(&x)",
        "BytesMut::from(&x[1..])",
        "BytesMut::from(x)",
        "x.len()",
    ],
)
def test_no_copies(code: str) -> None:
    source = Source("src/lib.rs", f"fn f() {{ let v = {code}; }}".encode())
    assert all(clone_of(source, node) is None for node in walk_all(source, source.root))


@pytest.mark.parametrize(
    ("code", "of_reference", "converts"),
    [
        ("String::from(x)", True, True),
        ("String::from(&x)", False, True),
        ("String::from(&x[..])", False, True),
        ("Vec::from(x)", True, True),
        ("Vec::from(&x)", False, True),
        ("Vec::from(&x[..])", False, False),
        ("Vec::from(x.as_ref())", False, False),
        ("BytesMut::from(&x[..])", False, False),
        ("x.to_vec()", False, False),
    ],
)
def test_what_only_types_tell_to_be_a_copy(code: str, of_reference: bool, converts: bool) -> None:
    source = Source("src/lib.rs", f"fn f() {{ let v = {code}; }}".encode())
    clone = next(c for n in walk_all(source, source.root) if (c := clone_of(source, n)) is not None)
    assert (clone.of_reference, clone.converts) == (of_reference, converts)
