"""Items of ``std``, ``core`` and ``alloc``: whether two paths name the same one, which path names one
in a crate without ``std``, and which traits are in scope without a ``use``.

``core`` and ``alloc`` hold what ``std`` re-exports under the same path (std's documentation, "std is
available to all Rust crates"; rustc 1.95). What only an operating system has (``std::sync::Mutex``,
``std::collections::HashMap``) has no other path. Not answered: since which version an item is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.base.model import Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from engine.rust.syntax import Source

_CRATES = frozenset({b"std", b"core", b"alloc"})
# Modules of `alloc` as wholes, and what it holds of others.
_ALLOC = frozenset(b"boxed rc string vec".split())
_ALLOC_ITEMS = frozenset(
    {b"borrow::Cow", b"borrow::ToOwned", b"fmt::format", b"sync::Arc", b"sync::Weak", b"task::Wake"}
    | {b"ffi::CString"}
    | {
        b"collections::" + name
        for name in b"BTreeMap BTreeSet BinaryHeap LinkedList VecDeque btree_map".split()
    }
)
_CORE = frozenset(
    b"""any array ascii borrow cell char clone cmp convert default fmt future hash hint iter marker
    mem num ops option pin ptr result slice str task""".split()
)
_CORE_ITEMS = frozenset({b"sync::atomic", b"time::Duration", b"ffi::CStr", b"ffi::c_void"})
_ONLY_STD = frozenset({b"hash::RandomState", b"hash::DefaultHasher"})
# Traits whose methods can be called anywhere (Rust reference, "Preludes"), in every edition.
_PRELUDE = frozenset(
    b"""marker::Send marker::Sync marker::Sized marker::Copy marker::Unpin ops::Drop ops::Fn
    ops::FnMut ops::FnOnce clone::Clone cmp::PartialEq cmp::Eq cmp::PartialOrd cmp::Ord
    convert::AsRef convert::AsMut convert::Into convert::From default::Default iter::Iterator
    iter::Extend iter::IntoIterator iter::DoubleEndedIterator iter::ExactSizeIterator""".split()
)
_PRELUDE_STD = frozenset({b"borrow::ToOwned", b"string::ToString"})
# What else it has, which `core`'s has not: types and macros of `alloc`.
_PRELUDE_ALLOC = frozenset({b"String", b"Vec", b"Box", b"format", b"vec"})
_TRAIT_MODULES = frozenset({b"ops", b"iter", b"cmp", b"convert", b"default", b"clone", b"marker"})
_TRAITS = frozenset(
    b"""any::Any borrow::Borrow borrow::BorrowMut borrow::ToOwned error::Error fmt::Debug fmt::Display
    fmt::LowerExp fmt::LowerHex fmt::Octal fmt::Pointer fmt::UpperExp fmt::UpperHex fmt::Binary
    fmt::Write future::Future future::IntoFuture hash::BuildHasher hash::Hash hash::Hasher
    io::BufRead io::IsTerminal io::Read io::Seek io::Write net::ToSocketAddrs process::Termination
    str::FromStr string::ToString task::Wake""".split()
)
_NO_STD = re.compile(
    rb"^\s*#!\s*\[\s*(?:no_std\s*\]|cfg_attr\s*\([^\]]*[\s,(]no_std\b)", re.MULTILINE
)
# Where a name of this kind is given, or brought in.
_STD_NAMED = re.compile(
    rb"(?<!\w)(?:mod|as)\s+(?:r#)?(std)(?!\w)|(?:\w\s*::\s*|[{,]\s*)(?:r#)?(std)(?=\s*[;,}])"
)
_ALLOC_AS_STD = re.compile(rb"extern\s+crate\s+alloc\s+as\s")
_LINKS_ALLOC = re.compile(rb"^[^/\n\"]*\bextern\s+crate\s+alloc\s*;", re.MULTILINE)


def _tail(full: bytes) -> bytes | None:
    """The path behind ``std::``, ``core::`` or ``alloc::``; None for an item of another crate."""
    head, _, tail = full.partition(b"::")
    return tail if head in _CRATES and tail else None


def same_item(one: bytes, other: bytes) -> bool:
    """Do two full paths name one item, ``core::fmt::Write`` and ``std::fmt::Write`` among them?"""
    return one == other or (_tail(one) is not None and _tail(one) == _tail(other))


def is_no_std(root: bytes) -> bool:
    """May the crate with this root file be compiled without ``std`` (``#![no_std]``, also under a
    ``cfg_attr``)?"""
    return b"no_std" in root and _NO_STD.search(root) is not None


def links_alloc(root: bytes) -> bool:
    """Does the crate with this root file name ``alloc`` with ``extern crate``?"""
    return _LINKS_ALLOC.search(root) is not None


def without_std(full: bytes, alloc: bool) -> bytes:
    """The path of an item of ``std`` by the crate that defines it: ``core``, or ``alloc`` where that
    is linked (``alloc``). As it is where neither has the item."""
    tail = _tail(full)
    if tail is None or not full.startswith(b"std::"):
        return full
    module, _, rest = tail.partition(b"::")
    item = module + b"::" + rest.partition(b"::")[0]
    if module in _ALLOC or item in _ALLOC_ITEMS:
        return b"alloc::" + tail if alloc else full
    core = module in _CORE or item in _CORE_ITEMS
    return b"core::" + tail if core and item not in _ONLY_STD else full


def in_prelude(full: bytes) -> bool:
    """Is a trait's method callable without a ``use``, in every edition? One that is spelled by ``alloc`` is meant for a
    crate that has ``core``'s prelude alone."""
    tail = _tail(full)
    if tail in _PRELUDE_STD:
        return not full.startswith(b"alloc::")
    return tail in _PRELUDE


def brought_by_stds_prelude(local: bytes) -> bool:
    """Does std's prelude bring a type or a macro of this name, that ``core``'s does not?"""
    return local in _PRELUDE_ALLOC


def is_trait(full: bytes) -> bool:
    """Is it a trait of ``std``, so that its ``use`` may be needed where its name is not written?
    What modules hold that are full of traits counts; the module itself (``std::cmp``) brings none."""
    tail = _tail(full)
    if tail is None:
        return False
    module, of_module, _ = tail.partition(b"::")
    held = bool(of_module) and module in _TRAIT_MODULES
    return tail in _TRAITS or held or tail.endswith(b"Ext")


def other_stds(source: Source) -> Iterator[Node]:
    """Where the file, perhaps in a macro's call, makes ``std`` the name of something else than the crate:
    the items ``mod std``, ``use a::std``, ``extern crate a as std`` (not ``alloc``, which has the same
    traits under the same paths)."""
    for hit in _STD_NAMED.finditer(source.data):
        node = source.innermost(Span(*hit.span(hit.lastindex or 1)))
        brought = source.enclosing(node, ("use_declaration", "extern_crate_declaration"))
        if brought is not None and _ALLOC_AS_STD.match(source.text(brought)) is None:
            yield brought
        elif node.parent is not None and node.parent.type == "mod_item":
            yield node.parent
