"""Counters that are told and left to a person: statics that a macro makes."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from codemods.mutex_counter.atomic_types import has_atomic
from codemods.mutex_counter.locate import message_for
from codemods.mutex_counter.located import Located
from codemods.mutex_counter.struct_sites import NAME, shown_text
from engine.base.model import Proposal, Site
from engine.rust import nodes
from engine.rust.items import VALUES
from engine.rust.syntax import Source, span_of


def proposals(located: Located) -> Iterator[Proposal]:
    """One per ``counter!(HITS)``, where the locks of ``HITS`` show that it is a counter, with what is to be
    done by hand."""
    told: set[bytes] = set()
    for call in located.lock_calls:
        source = located.source(call.path)
        node = source.node_at(call.receiver)
        if node is None or node.type != "identifier" or source.text(node) in told:
            continue
        if call.lock is None or not has_atomic(call.lock):
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
