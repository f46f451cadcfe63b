"""Accesses to memory that a lock beside them keeps in order, and an atomic in its place may not: atomics,
and unsafe code.

Locks and ``SeqCst`` atomics alone leave no trace of their order but some interleaving of all steps (the
guarantee for data-race-free programs of C++20's memory model, which is Rust's). An atomic that is not
``SeqCst`` is outside of it, and so is what unsafe code reads and writes; what is ``SeqCst`` is outside of it
for a neighbour that is not. Told by syntax: a method of an atomic's name that is given an ordering, an
``unsafe`` block or function. ``engine.rust.lock_free`` knows types that are made of such.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tree_sitter import Node

from engine.rust import nodes
from engine.rust.syntax import Source
from engine.rust.value_steps import next_step

_METHODS = re.compile(rb"load|store|swap|fetch_\w+|compare_exchange(?:_weak)?|compare_and_swap")
_ORDERING = re.compile(rb"(?<!\w)(?:Relaxed|Acquire|Release|AcqRel|SeqCst)(?!\w)")
_ACCESSES = re.compile(rb"(?<!\w)(?:Relaxed|Acquire|Release|AcqRel|SeqCst|unsafe)(?!\w)")
_ACQUIRING = frozenset({b"Acquire", b"AcqRel", b"SeqCst"})
_RELEASING = frozenset({b"Release", b"AcqRel", b"SeqCst"})
UNSAFE = b"unsafe"


@dataclass(frozen=True, slots=True)
class Access:
    """One operation on an atomic, or unsafe code. ``receiver`` is the expression that is the atomic;
    None for unsafe code, which may read and write anything. ``looked``: what it reads is used.
    ``orders`` are the orderings that are given; ``hidden``: those of a type's own code."""

    node: Node
    receiver: Node | None
    reads: bool
    writes: bool
    looked: bool
    orders: frozenset[bytes]
    hidden: bool = False


def mentions_accesses(data: bytes) -> bool:
    """May a file with these bytes hold such an access?"""
    return _ACCESSES.search(data) is not None


def access_at(source: Source, node: Node) -> Access | None:
    """The access that ``node`` (a call, an unsafe block, an unsafe function) makes, if it is one."""
    if node.type == "unsafe_block" or is_unsafe_function(node):
        return Access(node, None, True, True, True, frozenset({UNSAFE}))
    found = nodes.method_call(source, node)
    if found is None or not _METHODS.fullmatch(found.method):
        return None
    orders = frozenset(_ORDERING.findall(b" ".join(map(source.text, found.arguments))))
    if not orders:
        return None
    step = next_step(source, node)
    reads = found.method != b"store"
    looked = reads and not (step is not None and step.way == "dropped")
    return Access(node, found.receiver, reads, found.method != b"load", looked, orders)


def is_unsafe_function(node: Node) -> bool:
    """Is it an ``unsafe fn``? Before edition 2024 its body needs no block to be unsafe."""
    modifiers = (c for c in node.children if c.type == "function_modifiers")
    return node.type == "function_item" and any(nodes.has_token(m, "unsafe") for m in modifiers)


def is_handed_over(before: frozenset[bytes], after: frozenset[bytes]) -> bool:
    """May an access with the orderings ``before`` read what one with ``after`` wrote, and by that see
    all that came before it: acquire and release, or stronger?"""
    return bool(before & _ACQUIRING and after & _RELEASING)
