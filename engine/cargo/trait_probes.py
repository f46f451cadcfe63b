"""The text that asks rustc whether a type implements a trait, and what its answers look like.

An inherent method is preferred to a trait's, if its bounds can hold. So of ``SpikeproofAsk(&EXPR)``,
whose inherent ``spikeproof`` is there for ``T: TRAIT`` alone and whose other one comes from a trait
that all have, rustc picks the one that tells (Rust reference, "Method call expressions"). What it
returns, ``SpikeproofYes<&T>`` or ``SpikeproofNo<&T>``, is told by the same cast error as a type
(``type_probes``): no error breaks off the crate's other answers, and nothing is borrow checked.

*No* is final: the bound cannot hold, whatever is still inferred. *Yes* may be early. Where a part
of the type was not inferred yet, the bound is tried again later, and E0277 at it takes the yes back.
"""

from __future__ import annotations

import re

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

_ANSWER = re.compile(r"(?:^|::)Spikeproof(Yes|No)<(.*)>$", re.DOTALL)
# A bound that does not hold after all: the trait, or a type that it names.
REFUTING = ("E0277", "E0271")
# Never decided by an auto trait: told of a future or `impl Trait` by its bounds and its kind.
_BY_BOUNDS = frozenset(
    {COPY, CLONE, DISPLAY, DEBUG, ITERATOR, EXACT_SIZE_ITERATOR, DOUBLE_ENDED_ITERATOR}
)
LATE = "rustc looks into a future or an `impl Trait` only after it has told its types"
_INJECTED = ("crate", "self", "super", "std")


def crate_named(trait: str) -> str:
    """The crate that must be linked for ``trait`` to be named; "" where none must."""
    first = trait.lstrip(":").partition("::")[0]
    return "" if first in _INJECTED else first


def items(trait: str) -> tuple[bytes, bytes]:
    """The items that a probe needs in its block: their text up to the bound, and the bound.

    They name nothing that the code around may mean otherwise: ``extern crate`` finds a crate in
    every edition, with or without a prelude. ``std`` is not linked so, but named: where it is not
    there, that is one error; linked into a ``no_std`` program, it breaks the crate.
    """
    crate = crate_named(trait)
    path = trait.lstrip(":")
    linked = b"extern crate core as spikeproof_core; "
    if crate:
        linked += b"extern crate %s as spikeproof_crate; " % crate.encode()
        path = f"spikeproof_crate{path.removeprefix(crate)}"
    elif path.startswith("std::"):
        path = f"::{path}"
    return linked + _HEAD, path.encode()


_HEAD = (
    b"struct SpikeproofYes<T>(T); struct SpikeproofNo<T>(T); struct SpikeproofAsk<T>(T); "
    b"trait SpikeproofElse<T> { fn spikeproof(self) -> SpikeproofNo<T>; } "
    b"impl<T> SpikeproofElse<T> for SpikeproofAsk<T> "
    b"{ fn spikeproof(self) -> SpikeproofNo<T> { loop {} } } "
    b"impl<'a, T: ?spikeproof_core::marker::Sized + "
)
TAIL = b"> SpikeproofAsk<&'a T> { fn spikeproof(self) -> SpikeproofYes<&'a T> { loop {} } } "


def asking(expression: bytes) -> bytes:
    """An expression whose type tells, for a block with ``items``."""
    return b"SpikeproofAsk(&(%s)).spikeproof()" % expression


def told(text: str) -> tuple[bool, str] | None:
    """Yes or no, and the reference to the type, from the type of ``asking``."""
    match = _ANSWER.search(text)
    return (match[1] == "Yes", match[2]) if match else None


def is_late(type_: Type, trait: str) -> bool:
    """Would rustc tell that ``type_`` implements ``trait`` before it has looked?"""
    if trait in _BY_BOUNDS:
        return False
    return any(inner.kind in ("coroutine", "impl") for inner in type_.walk())
