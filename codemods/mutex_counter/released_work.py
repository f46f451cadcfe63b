"""What ran under a counter's lock only because the guard lived on over an await: named for review, or
a reason why it is one critical section all the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from codemods.mutex_counter.critical_section import CriticalSection
from codemods.mutex_counter.temporary_guard import LockUse
from engine.base.counts import listed
from engine.rust.effects import Effect, effects
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.syntax import Source, span_of

_NAMED = 3  # effects that a note lists; the rest is counted


def released_notes(use: LockUse, section: CriticalSection, guard: Node) -> tuple[str, ...]:
    """Notes on the work that no longer runs under the lock that ``guard`` takes. Raises Refused where
    it touches another lock, or an atomic, which other code touches under this lock, too: the two may
    be kept in step."""
    source = section.source
    _require_alone(use, source, section.released, guard)
    found = [effect for part in section.released for effect in effects(source, part)]
    shown = [f"{e.words} (line {_line(source, e.node)})" for e in _outer(found)]
    if not shown:
        return ()
    return (f"{listed(shown, _NAMED)} ran one at a time under the lock, and no longer does",)


def _require_alone(use: LockUse, source: Source, released: Sequence[Node], guard: Node) -> None:
    pairs = use.facts.lock_pairs
    mine = pairs.lock_of(source, guard)
    for part in released:
        for touch in pairs.touched(source, part):
            line, name = _line(source, touch.node), touch.shared.name.decode("utf-8", "replace")
            if mine is None:
                raise Refused(f"`{name}` is touched under this lock, too (line {line})")
            apart = {(source.path, span_of(guard))}
            pair = pairs.together(mine, touch.shared, apart, counting=touch.counts)
            if pair is not None:
                raise Refused(
                    f"`{name}` is touched under this lock (line {line}), as in {pair.second_place}: "
                    "the two are kept in step"
                )


def _outer(found: list[Effect]) -> Iterator[Effect]:
    """Without what is part of an effect that is named: the call in ``f().await``."""
    for effect in found:
        if not any(
            o is not effect and effect.span in o.span and effect.span != o.span for o in found
        ):
            yield effect


def _line(source: Source, node: Node) -> int:
    return source.position(node.start_byte)[0]
