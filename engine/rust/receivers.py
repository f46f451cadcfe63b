"""Receivers of method calls that are written anew: how much of a value is dereferenced, and what is to be
asked so that the name finds the method that is meant.

Rust reference, "Method-call expressions": step by step of auto-deref, at each first what takes the
receiver as it is, then ``&``, then ``&mut``; at each of these inherent methods first. Of two traits at
one place rustc complains (E0034), which the check of a fix tells; what stands before wins silently, and
must be asked for (``questions.nobody_elses``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from engine.base.model import Span
from engine.rust.codegen import lent_at
from engine.rust.known_types import key_of
from engine.rust.questions import nobody_elses
from engine.rust.syntax import Source
from engine.rust.types import Type

_ORDER = ("self", "&self", "&mut self")
_STRING = "std::string::String"
_FORMATTER = "std::fmt::Formatter"

Takes = Literal["&self", "&mut self"]


class Receiver(NamedTuple):
    """``text`` is an expression whose ``to_string`` is that of ``value``, if what ``asked`` asks is so;
    nothing needs to be asked where that is ""."""

    text: bytes
    value: Type
    asked: str


def shown_by(
    source: Source, span: Span, type_: Type, wanted: Callable[[Type], bool]
) -> Receiver | None:
    """What stands at ``span`` (an expression, or a name in a format string) with as many ``*`` as it
    takes until ``to_string`` is that of the first ``wanted`` type behind it: ``(**x)``, a ``u8``, of a
    ``x: &&&u8``. None where auto-deref leads to no such type."""
    chain = type_.deref_chain()
    at = next((count for count, step in enumerate(chain) if wanted(step)), None)
    if at is None:
        return None
    shared = at > 0 and chain[at - 1].is_shared_ref
    text, lent = lent_at(source, span)
    shared = shared and lent < at
    stars = max(at - lent - shared, 0)
    # A shared reference is what `&self` takes: nothing stands before it.
    asked = "" if shared else nobody_elses("to_string", ["*" * at + "self"])
    return Receiver(b"(" + b"*" * stars + text + b")" if stars else text, chain[at], asked)


def appending(type_: Type, method: str) -> str:
    """What is to be asked of an expression that leads to a ``String`` so that ``method`` is that of the
    ``String``: an own one, which takes ``&mut self``, or one of ``fmt::Write`` (which a ``Formatter`` has
    of its own); "" for nothing."""
    implements = _writes if method in ("write_fmt", "write_str") else _is_string
    receivers = list(_before(type_, implements, "&mut self"))
    return nobody_elses(method, receivers) if receivers else ""


def _before(type_: Type, has: Callable[[Type], bool], takes: Takes) -> Iterator[str]:
    """The receivers that are tried before a method that takes self so of the first type that ``has`` it."""
    for stars, step in enumerate(type_.deref_chain()):
        if step.is_ref and has(step.args[0]) and step.is_mut_ref is (takes == "&mut self"):
            return
        own = _ORDER.index(takes) if has(step) else len(_ORDER)
        yield from (each.replace("self", "*" * stars + "self") for each in _ORDER[:own])
        if has(step):
            return


def _is_string(type_: Type) -> bool:
    return key_of(type_.name) == _STRING


def _writes(type_: Type) -> bool:
    """``String``, ``Formatter``, and ``&mut`` of what writes."""
    own = _is_string(type_) or key_of(type_.name) == _FORMATTER
    return own or (type_.is_mut_ref and _writes(type_.args[0]))
