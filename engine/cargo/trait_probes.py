"""The text that asks rustc whether a type implements a trait, and what its answers look like.

An inherent method is preferred to a trait's, if its bounds can hold. So of ``SpikeproofQ7(&EXPR)``,
whose inherent ``spikeproof`` is there for ``T: TRAIT`` alone and whose other one comes from a trait
that all have, rustc picks the one that tells (Rust reference, "Method call expressions"). What it
returns, ``[&T; 1]`` for yes or ``[&T; 0]`` for no, is told by the same cast error as a type
(``type_probes``): no error breaks off the crate's other answers, and nothing is borrow checked.

*No* is final: the bound cannot hold, whatever is still inferred. *Yes* may be early. Where a part
of the type was not inferred yet, the bound is tried again later, and E0277 at it takes the yes back.
A bound that only one type fulfils may decide what was not inferred, too: an error elsewhere in the
function tells, unless nothing else would have decided it but the default of a literal.
"""

from __future__ import annotations

from engine.cargo import method_probes
from engine.rust.questions import (
    CLONE,
    COPY,
    DEBUG,
    DISPLAY,
    DOUBLE_ENDED_ITERATOR,
    EXACT_SIZE_ITERATOR,
    ITERATOR,
)
from engine.rust.types import Type

# A bound that does not hold after all: the trait, or a type that it names.
REFUTING = ("E0277", "E0271")
# Never decided by an auto trait: told of a future or `impl Trait` by its bounds and its kind.
_BY_BOUNDS = frozenset(
    {COPY, CLONE, DISPLAY, DEBUG, ITERATOR, EXACT_SIZE_ITERATOR, DOUBLE_ENDED_ITERATOR}
)
CLOSURE = (
    "a closure has the types of its parameters from where it stands, and cannot be asked apart"
)
LATE = "rustc looks into a future or an `impl Trait` only after it has told its types"
_INJECTED = ("crate", "self", "super", "std")


def crate_named(trait: str) -> str:
    """The crate that must be linked for ``trait`` to be named; "" where none must."""
    if method_probes.parsed(trait):
        return ""
    first = trait.lstrip(":").partition("::")[0]
    return "" if first in _INJECTED else first


def items(name: str, trait: str) -> tuple[bytes, bytes, bytes]:
    """The items that a probe needs in its block: their text up to the bound, the bound, the rest.

    They name nothing that the code around may mean otherwise: ``extern crate`` finds a crate in
    every edition, with or without a prelude. ``std`` is not linked so, but named: where it is not
    there, that is one error; linked into a ``no_std`` program, it breaks the crate.
    """
    crate = crate_named(trait)
    path = trait.lstrip(":")
    linked = "extern crate core as spikeproof_core; "
    if crate:
        linked += f"extern crate {crate} as spikeproof_crate; "
        path = f"spikeproof_crate{path.removeprefix(crate)}"
    elif path.startswith("std::"):
        path = f"::{path}"
    head = (
        f"struct {name}<T>(T); {linked}trait SpikeproofElse<T> {{ fn spikeproof(self) -> [T; 0]; }} "
        f"impl<T> SpikeproofElse<T> for {name}<T> {{ fn spikeproof(self) -> [T; 0] {{ [] }} }} "
        "impl<'a, T: ?spikeproof_core::marker::Sized + "
    )
    tail = f"> {name}<&'a T> {{ fn spikeproof(self) -> [&'a T; 1] {{ [self.0] }} }} "
    return head.encode(), path.encode(), tail.encode()


def asking(name: str, expression: bytes) -> bytes:
    """The cast whose error tells, for a block with ``items``."""
    return b"(%s(&(%s)).spikeproof()) as %s<()>; " % (name.encode(), expression, name.encode())


def told(type_: Type) -> tuple[bool, Type] | None:
    """Yes or no, and the type that was asked about, from the type of what was cast."""
    if type_.kind != "array" or not type_.args[0].is_ref:
        return None
    return type_.name == "1", type_.args[0].args[0]


def is_late(type_: Type, trait: str) -> bool:
    """Would rustc tell that ``type_`` implements ``trait`` before it has looked?"""
    if trait in _BY_BOUNDS:
        return False
    return any(inner.kind in ("coroutine", "impl") for inner in type_.walk())
