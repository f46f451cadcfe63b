"""Items of std, core and alloc by their paths."""

from __future__ import annotations

import pytest

from engine.rust.std_paths import (
    in_prelude,
    is_no_std,
    is_trait,
    links_alloc,
    same_item,
    without_std,
)


@pytest.mark.parametrize(
    ("full", "core", "alloc"),
    [
        (b"std::fmt::Write", b"core::fmt::Write", b"core::fmt::Write"),
        (b"std::sync::atomic::AtomicU64",) + (b"core::sync::atomic::AtomicU64",) * 2,
        (b"std::mem::take", b"core::mem::take", b"core::mem::take"),
        (b"std::time::Duration", b"core::time::Duration", b"core::time::Duration"),
        (b"std::string::ToString", b"std::string::ToString", b"alloc::string::ToString"),
        (b"std::sync::Arc", b"std::sync::Arc", b"alloc::sync::Arc"),
        (b"std::borrow::Cow", b"std::borrow::Cow", b"alloc::borrow::Cow"),
        (b"std::borrow::Borrow", b"core::borrow::Borrow", b"core::borrow::Borrow"),
        (b"std::sync::Mutex", b"std::sync::Mutex", b"std::sync::Mutex"),
        (b"std::collections::HashMap",) * 3,
        (b"std::time::Instant", b"std::time::Instant", b"std::time::Instant"),
        (b"std::hash::RandomState", b"std::hash::RandomState", b"std::hash::RandomState"),
        (b"bytes::Bytes", b"bytes::Bytes", b"bytes::Bytes"),
        (b"std", b"std", b"std"),
    ],
)
def test_paths_without_std(full: bytes, core: bytes, alloc: bytes) -> None:
    assert without_std(full, alloc=False) == core
    assert without_std(full, alloc=True) == alloc


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (b"std::fmt::Write", b"core::fmt::Write", True),
        (b"alloc::sync::Arc", b"std::sync::Arc", True),
        (b"std::fmt::Write", b"std::io::Write", False),
        (b"a::fmt::Write", b"std::fmt::Write", False),
        (b"a::b", b"a::b", True),
        (b"std", b"core", False),
    ],
)
def test_one_item_has_several_paths(one: bytes, other: bytes, same: bool) -> None:
    assert same_item(one, other) is same


@pytest.mark.parametrize(
    ("root", "no_std"),
    [
        (b"#![no_std]\n", True),
        (b"//! Doc.\n#![allow(dead_code)]\n  #! [ no_std ]", True),
        (b'#![cfg_attr(not(feature = "std"), no_std)]', True),
        (b"#![cfg_attr(not(test),no_std)]", True),
        (b"// #![no_std]\n//! #![no_std]\nmod no_std;", False),
        (b'#![doc = "no_std"]', False),
        (b"#![cfg_attr(no_std_build, allow(x))]", False),
    ],
)
def test_crates_that_may_have_no_std(root: bytes, no_std: bool) -> None:
    assert is_no_std(root) is no_std


def test_alloc_is_there_when_it_is_linked() -> None:
    assert links_alloc(b"#![no_std]\n    pub(crate) extern crate alloc;")
    assert links_alloc(b'#[cfg(feature = "alloc")]\nextern crate alloc;')
    assert not links_alloc(b"#![no_std]\n// extern crate alloc;\nextern crate std;")


def test_traits_by_their_paths() -> None:
    assert in_prelude(b"std::iter::Iterator")
    assert in_prelude(b"core::clone::Clone")
    assert in_prelude(b"std::string::ToString")
    assert not in_prelude(b"alloc::string::ToString")
    assert not in_prelude(b"std::convert::TryFrom")  # since edition 2021
    assert not in_prelude(b"std::fmt::Write")
    assert is_trait(b"core::fmt::Write")
    assert is_trait(b"std::os::unix::fs::PermissionsExt")
    assert is_trait(b"std::ops::Deref")
    assert not is_trait(b"std::sync::Mutex")
    assert not is_trait(b"std::cmp")  # the module: it brings no trait
    assert is_trait(b"std::cmp::Ord")
    assert not is_trait(b"bytes::BufMut")
