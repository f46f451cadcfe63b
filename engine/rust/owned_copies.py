"""A value in the place of a reference to it: how it is copied, and what then stands for the reference.

``let name: &str = &g[0];`` becomes a ``String`` by ``to_owned()``; where the reference was used as one
(an argument, a comparison, what is matched on), ``name.as_str()`` stands for it, of the same type, so
that generic code finds the same impl; where the value does as well (``name.len()``, ``name.field``,
``{name}``), it stays. Methods of the value that take it (``into_iter``) are given the reference, for std
has them on both. Not answered: what the copy costs, and whether it may be made
(:mod:`engine.rust.type_facts`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.codegen import chained
from engine.rust.format_macros import is_shown
from engine.rust.known_calls import COPYING, is_reading_method, is_taking_method
from engine.rust.nodes import access_of, dereferenced, indexed, is_callee, method_on, unwrapped
from engine.rust.statement_nodes import parts_of_pattern
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import TypeFacts, is_named, is_view, shared_target
from engine.rust.types import Type

# What has no size of its own, by its last name, with the method that gives it of its owner.
_VIEWS = {
    "str": b".as_str()",
    "Path": b".as_path()",
    "OsStr": b".as_os_str()",
    "CStr": b".as_c_str()",
}
_WRITTEN = re.compile(
    rb"&\s*(?:'\w+\s+)?(?P<mut>mut\s)?\s*(?:(?:\w+\s*::\s*)*(?P<name>\w+)|(?P<list>\[))"
)
_HOLDING = {b"Some": "Option", b"Ok": "Result"}
_ASKED = frozenset({b"is_some", b"is_none"})


@dataclass(frozen=True, slots=True)
class OwnedCopy:
    """``copy`` makes the value of the reference, behind it or, a ``*``, in front; ``lend`` around the
    value's name gives the reference again. ``optional``: of an ``Option`` of one."""

    copy: bytes
    lend: tuple[bytes, bytes]
    optional: bool = False

    @property
    def clones(self) -> bool:
        """Is the value cloned, and not just copied?"""
        return self.copy not in (b"*", b".copied()")

    def of(self, reference: bytes) -> bytes:
        """The value, made of a path or a chain of calls."""
        return copied_by(self.copy, reference)

    def lent(self, name: bytes) -> bytes:
        """The reference, of a value that is bound to ``name``."""
        return self.lend[0] + name + self.lend[1]


def copied_by(copy: bytes, reference: bytes) -> bytes:
    """The value that the ``copy`` of an :class:`OwnedCopy` makes of a ``reference``."""
    return b"*" + reference if copy == b"*" else chained(reference, copy)


def owned_copy(facts: TypeFacts, type_: Type, written: bytes = b"") -> OwnedCopy | None:
    """How a ``type_``, a ``&T`` or an ``Option<&T>``, is copied; ``written`` is the type that its ``let``
    declares, to which the reference is coerced. None for other types, and where the two do not fit."""
    inner = shared_target(type_)
    if inner is None:
        return None
    if type_.is_ref:
        return copy_behind(facts, inner, written)
    if _view_of(inner) is not None:
        return OwnedCopy(b".map(ToOwned::to_owned)", (b"", b".as_deref()"), True)
    copy = b".copied()" if facts.is_copy(inner) else b".cloned()"
    return OwnedCopy(copy, (b"", b".as_ref()"), True) if not written else None


def copy_behind(facts: TypeFacts, inner: Type, written: bytes = b"") -> OwnedCopy | None:
    """As :func:`owned_copy`, of a reference to an ``inner``."""
    if written:
        said = _WRITTEN.match(written)
        if said is None or said["mut"]:
            return None
        name = (said["name"] or b"").decode("utf-8", "replace")
        if (said["list"] and b";" not in written) or name in _VIEWS:
            return OwnedCopy(b".to_owned()", (b"", _VIEWS.get(name, b".as_slice()")))
        if name and name not in ("_", inner.last) and len(inner.deref_chain()) > 1:
            return None  # it is looked through on the way: an `Arc<T>` as a `&T`
    view = _view_of(inner)
    if view is not None:
        return OwnedCopy(b".to_owned()", (b"", view))
    if inner.kind == "dyn":
        return None
    return OwnedCopy(b"*" if facts.is_copy(inner) else b".clone()", (b"&", b""))


def referred(pattern: Node, name: Span, type_: Type, lent: bool = False) -> Type | None:
    """The ``T`` of a name at ``name`` that is bound to a ``&T`` when ``pattern`` is matched against a
    ``type_`` (``lent``: against a reference to one). Names, tuples, ``Some`` and ``Ok`` are understood;
    None for others, and where it is bound to no shared reference."""
    if span_of(pattern) == name:
        return type_ if lent else type_.args[0] if type_.is_shared_ref else None
    if type_.is_ref:
        return None if type_.is_mut_ref else referred(pattern, name, type_.args[0], True)
    inside = parts_of_pattern(pattern)
    if pattern.type == "tuple_struct_pattern" and len(inside) == 1:
        holds = _HOLDING.get(pattern.named_children[0].text or b"")
        known = holds is not None and is_named(type_, holds) and bool(type_.args)
        return referred(inside[0], name, type_.args[0], lent) if known else None
    if pattern.type != "tuple_pattern" or type_.kind != "tuple" or len(inside) != len(type_.args):
        return None
    parts = zip(inside, type_.args, strict=True)
    return next((referred(p, name, t, lent) for p, t in parts if name in span_of(p)), None)


def _view_of(type_: Type) -> bytes | None:
    return _VIEWS.get(type_.last, b".as_slice()") if is_view(type_) else None


def instead_of_reference(
    source: Source, use: Node, name: bytes, made: OwnedCopy
) -> tuple[Span, bytes] | None:
    """What stands for the ``use`` of a name of the reference when ``name`` is bound to the value: where,
    and the text. None where the name itself does."""
    child, parent = unwrapped(use)
    if parent is None or is_shown(source, use):
        return None
    called, access, index = method_on(source, use), access_of(parent), indexed(parent)
    if called is not None:
        return _receiver(use, name, called, made)
    place = access is not None and access.base == child
    element = index is not None and index[0] == child
    if not made.optional and (place or element or is_callee(child)):
        return None
    if dereferenced(parent) == child and made.lend[0]:
        outer, _ = unwrapped(parent)
        return span_of(outer), name
    if parent.type == "shorthand_field_initializer":
        return span_of(parent), name + b": " + made.lent(name)
    return span_of(use), made.lent(name)


def _receiver(
    use: Node, name: bytes, called: tuple[bytes, Node], made: OwnedCopy
) -> tuple[Span, bytes] | None:
    method, call = called
    lent = made.lent(name)
    if made.optional:
        if method in _ASKED:
            return None
        if method in (b"copied", b"cloned"):  # it is the value, by now
            return span_of(call), name if made.copy == b".copied()" else name + b".clone()"
        return span_of(use), lent
    if is_reading_method(method) or method in COPYING or not is_taking_method(method):
        return None
    return span_of(use), b"(" + lent + b")" if made.lend[0] else lent
