"""Counters that are told and left to a person: sums of floats, and statics that a macro makes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from codemods.mutex_counter.group_rewrite import uses_of
from codemods.mutex_counter.guard_access import Refused, changing
from codemods.mutex_counter.locate import message_for
from codemods.mutex_counter.located import Located, LockCall
from codemods.mutex_counter.lock_types import FLOATS
from codemods.mutex_counter.orderings import SEQ_CST
from codemods.mutex_counter.struct_sites import NAME, shown_text
from engine.base.model import Proposal, Site
from engine.rust import nodes
from engine.rust.items import VALUES
from engine.rust.syntax import Source, span_of

_ADDING = frozenset({"add", "sub"})


def proposals(located: Located) -> Iterator[Proposal]:
    """One per sum of floats and per static, with what is to be done by hand."""
    yield from _floats(located)
    yield from _statics_of_macros(located)


def _floats(located: Located) -> Iterator[Proposal]:
    for site in located.floats:
        source = located.source(site.path)
        name = source.slice(site.captures["name"][0])
        calls = [c for c in located.lock_calls if _named(located, c) == name and _of_float(c)]
        if not _is_sum(located, calls):
            continue
        inner = calls[0].lock.inner if calls[0].lock is not None else "f64"
        wide = inner.removeprefix("f")
        reason = (
            f"there is no atomic for `{inner}`: where the parts are whole in some unit (micros, cents), "
            f"sum them in an `AtomicU64` by `fetch_add`, which is exact as well; else keep the bits "
            f"(`to_bits`, `from_bits`) in an `AtomicU{wide}` and add by `fetch_update`"
        )
        yield Proposal((replace(site, role="site"),), reason=reason)


def _of_float(call: LockCall) -> bool:
    return call.lock is not None and call.lock.inner.encode() in FLOATS


def _is_sum(located: Located, calls: list[LockCall]) -> bool:
    """Is it added to, read, and nothing else?"""
    try:
        done = changing(uses_of(located, calls, SEQ_CST).ops)
    except Refused:
        return False
    return bool(done) and done <= _ADDING


def _named(located: Located, call: LockCall) -> bytes:
    """The name of the field or static that is locked there."""
    source = located.source(call.path)
    node = source.node_at(call.receiver)
    access = nodes.access_of(node) if node is not None else None
    return source.text(access.name) if access is not None else source.slice(call.receiver)


def _statics_of_macros(located: Located) -> Iterator[Proposal]:
    """``counter!(HITS)``, where the locks of ``HITS`` show that it is a counter."""
    told: set[bytes] = set()
    for call in located.lock_calls:
        source = located.source(call.path)
        node = source.node_at(call.receiver)
        if node is None or node.type != "identifier" or source.text(node) in told:
            continue
        if call.lock is None or not call.lock.has_atomic:
            continue
        name = source.text(node)
        known = name in located.statics or located.binding(source, node) is not None
        if known or located.facts.items.resolve(source, node, name, *VALUES):
            continue
        made = _made_by(located, name)
        if made is None:
            continue
        told.add(name)
        place, macro = made
        shown = shown_text(place, span_of(macro))
        site = Site(
            NAME, place.path, span_of(macro), {}, kind="static",
            message=message_for(shown, call.lock.inner == "bool"),
        )  # fmt: skip
        word = nodes.macro_name(place, macro).decode("utf-8", "replace")
        reason = (
            f"the macro `{word}!` makes the static `{name.decode('utf-8', 'replace')}`: write the atomic "
            "in the macro's definition and change the uses of all its statics by hand"
        )
        yield Proposal((site,), reason=reason)


def _made_by(located: Located, name: bytes) -> tuple[Source, Node] | None:
    """The macro call among the items of a module that is given the name."""
    for source, node in located.facts.calls.mentions(name):
        macro = source.enclosing(node, ["macro_invocation"])
        up = macro.parent if macro is not None else None
        if up is not None and up.type == "expression_statement":
            up = up.parent
        if macro is not None and up is not None and up.type in ("source_file", "declaration_list"):
            return source, macro
    return None
