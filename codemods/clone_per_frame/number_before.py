"""A value of which only the length is asked behind its copy: the length is taken before, and the value
moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.base.model import Edit
from engine.rust.codegen import first_free, has_comment_around, in_front, words_around
from engine.rust.known_types import Nature
from engine.rust.last_use import Blocked, Movable
from engine.rust.lengths import Lengths, lengths_after
from engine.rust.scopes import Scopes
from engine.rust.syntax import span_of
from engine.rust.type_facts import is_data

from .clone_types import Rewrite
from .move import move
from .parameter_groups import Decision

if TYPE_CHECKING:
    from collections.abc import Iterator


def number_before(decision: Decision, verdict: Movable | Blocked, scopes: Scopes) -> Rewrite | None:
    """The rewrite; None where more is asked of the value, or where it may not be moved for another reason."""
    located, types = decision.located, decision.types
    place, source = located.place, located.source
    owned = decision.ownership
    plain = owned.nature is Nature.PLAIN and is_data(types.cloned) and types.same
    if not isinstance(verdict, Blocked) or verdict.kind != "used":
        return None
    if not (plain and owned.cost.allocates):  # a count of references is not worth a name
        return None
    if place.fields or not place.simple or located.clone.word != b"clone":
        return None
    binding = scopes.resolve(source.text(place.root), place.root.start_byte)
    found = lengths_after(source, scopes, located.clone.node, binding) if binding else None
    made = move(located.clone, located.usage, types, scopes) if found is not None else None
    if binding is None or found is None or made is None or made.doubt:
        return None
    edits = list(_edits(decision, binding.name, found))
    if not edits:
        return None
    how = (
        f"Behind it only the length of `{located.clone.name}` is asked, which is taken before; the value "
        "is moved."
    )
    return Rewrite("move", (*made.edits, *edits), how)


def _edits(decision: Decision, name: bytes, found: Lengths) -> Iterator[Edit]:
    source = decision.located.source
    words = words_around(source, found.statement)
    taken: list[bytes] = []
    for method in dict.fromkeys(method for method, _ in found.calls):
        calls = [call for each, call in found.calls if each == method]
        wanted = [name + b"_" + method]
        free = first_free(wanted, lambda each: each not in words)
        taken.append(b"let " + free + b" = " + name + b"." + method + b"();")
        for call in calls:
            if has_comment_around(source, span_of(call), span_of(call)):
                return
            yield Edit(source.path, call.start_byte, call.end_byte, free)
    gap = source.newline + source.indent_of(found.statement.start_byte)
    yield in_front(source, found.statement, gap.join(taken))
