"""The text that asks rustc whether another method would be found first, and what its answers look like.

Beside the call stands a trait that all types have, with a method of the same name that takes ``self`` by
value. Of two traits with a method at one step of the search rustc complains (E0034), and an inherent
one is preferred: so a call of each receiver that makes ``[T; 0]`` finds nobody else's method (Rust
reference, "Method-call expressions"). That is told by the cast error of a type (``type_probes``).

*No other* is final: one that needs more to be inferred counts as found. Asked is what is in scope where
the probe stands, by imports, globs and macros, of whatever crate.
"""

from __future__ import annotations

import re

from engine.rust.types import Type

# Another trait's method, or an inherent one that takes more than self.
REFUTING = ("E0034", "E0061")
_QUESTION = re.compile(r"fn (\w+)\((.*)\)")


def parsed(asked: str) -> tuple[str, tuple[str, ...]] | None:
    """The method's name, and how ``self`` stands in each receiver, of what ``questions.nobody_elses``
    made; None for a trait."""
    hit = _QUESTION.fullmatch(asked)
    return (hit[1], tuple(hit[2].split(", "))) if hit else None


def items(name: str, method: str) -> bytes:
    """The items that a probe needs in its block."""
    taken = f"fn {method}(self) -> [T; 0]"
    return (
        f"struct {name}<T>(T); trait SpikeproofOther<T> {{ {taken}; }} "
        f"impl<T> SpikeproofOther<T> for T {{ {taken} {{ [] }} }} "
    ).encode()


def asking(name: str, method: str, receivers: tuple[str, ...], expression: bytes) -> bytes:
    """The cast whose error tells, for a block with ``items``."""
    called = (
        b"(%s(%s)).%s(), " % (each.removesuffix("self").encode(), expression, method.encode())
        for each in receivers
    )
    return b"(%s) as %s<()>; " % (b"".join(called), name.encode())


def told(cast: Type) -> tuple[bool, Type] | None:
    """Is there no other method; and the type of the first receiver, from the type of what was cast."""
    if cast.kind != "tuple" or not cast.args:
        return None
    free = all(part.kind == "array" and part.name == "0" for part in cast.args)
    return free, cast.args[0].args[0] if free else cast.args[0]
