"""Asking rustc whether what a guard guards is only looked at.

Around the guard goes a type that can be looked through and no more: it has a ``Deref``, and no ``DerefMut``.
Who changes something through it is then told of (E0594, E0596, by the borrow checker), and who gives the guard
to somebody that asks for its own type (E0308 and the like). Each guard gets a type of its own, whose name
stands in the message (observed with rustc 1.95).

The borrow checker looks only at bodies without another error, so what is given on is left out, and the rest
asked again, until nothing but writers is told of.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from engine.base.model import Diagnostic, Span
from engine.cargo.toolchain import Reply
from engine.cargo.units import Unit, telling_first
from engine.rust.files import Files
from engine.rust.questions import (
    ONLY_LOOKED_AT,
    ONLY_LOOKED_AT_IN_RESULT,
    Answers,
    Question,
)
from engine.rust.statement_nodes import body_of
from engine.rust.syntax import Source, span_of

Replay = Callable[[Sequence[Unit], Mapping[str, bytes]], Sequence[Reply]]

_ROUNDS = 8  # each leaves out what another error was told of
_WRITES = ("E0594", "E0596")
_NAME = "SpikeproofLook"
_NAMED = re.compile(_NAME + r"(\d+)\b")
_GIVEN = "the guard goes where its own type is asked for"
_UNTOLD = "rustc could not tell what is done with the guard"
_NO_BODY = "it stands in no body of a function"


@dataclass(slots=True)
class LookProbes:
    """One run of questions. ``traits`` and ``reasons`` are what came out."""

    sources: Files
    traits: dict[Question, bool] = field(default_factory=dict)
    reasons: dict[Question, str] = field(default_factory=dict)
    _open: dict[Question, Node] = field(default_factory=dict)  # with the function around it
    _numbers: dict[Question, int] = field(default_factory=dict)
    _replies: list[Sequence[Reply]] = field(default_factory=list)  # by round

    def ask(self, questions: Iterable[Question], units: Sequence[Unit], replay: Replay) -> None:
        """Ask ``units``; what none of them compiles has no answer. ``replay`` runs some of them on the tree
        with other texts."""
        for question in questions:
            source = self.sources.get(question.path)
            node = source.node_at(question.span)
            function = source.fn_item_of(node) if node is not None else None
            if function is None or not _takes_items(function):
                self.reasons[question] = _NO_BODY
            else:
                self._open[question] = function
                self._numbers[question] = len(self._numbers)
        for _ in range(_ROUNDS):
            chosen = self._units(units)
            if not chosen:
                break
            texts = {path: self._text(path) for path in {q.path for q in self._open}}
            data = {path: text.data for path, text in texts.items()}
            self._replies.append(replay(chosen, data))
            self._take(chosen, self._replies[-1], texts)
        self._give_up(list(self._open), _UNTOLD)

    def answers(self) -> Answers:
        """What was told, and what it took."""
        every = [reply for replies in self._replies for reply in replies]
        seconds = sum(reply.seconds for reply in every)
        return Answers({}, self.traits, self.reasons, len(self._replies), len(every), seconds)

    def _units(self, units: Sequence[Unit]) -> list[Unit]:
        """For each file that is open one that compiles it, the tests' before the plain one."""
        wanted = {question.path for question in self._open}
        chosen: list[Unit] = []
        for unit in telling_first(units):
            if wanted & unit.files:
                chosen.append(unit)
                wanted -= unit.files
        self._give_up([q for q in self._open if q.path in wanted], _UNTOLD)
        return chosen

    def _give_up(self, questions: Iterable[Question], why: str) -> None:
        for question in questions:
            if self._open.pop(question, None) is not None:
                self.reasons[question] = why

    def _text(self, path: str) -> _Text:
        source = self.sources.get(path)
        text = _Text(source)
        for question, function in self._open.items():
            if question.path == path:
                text.wrap(question, self._numbers[question], function)
        return text.finished()

    def _take(
        self, units: Sequence[Unit], replies: Sequence[Reply], texts: Mapping[str, _Text]
    ) -> None:
        by_number = {number: question for question, number in self._numbers.items()}
        seen: set[str] = set()  # a file that several units compile is one unit's to tell of
        for unit, reply in zip(units, replies, strict=True):
            mine = [q for q in self._open if q.path in unit.files and q.path not in seen]
            seen |= unit.files
            errors = [e for e in reply.diagnostics if e.level.startswith("error") and e.code]
            errors = [e for e in errors if e.code.startswith("E")]
            if reply.broke_off:
                self._give_up(mine, reply.broke_off)
                continue
            clean = True
            for error in errors:
                named = {by_number[int(n)] for n in _NAMED.findall(_text_of(error))} & {*mine}
                if error.code in _WRITES and named:
                    self.traits |= dict.fromkeys(named, False)
                    for question in named:
                        self._open.pop(question, None)
                elif named:
                    clean = False
                    self._give_up(named, _GIVEN)
                else:
                    known = [q for q in mine if q in self._open]
                    near = [q for q in known if _is_near(error, q, self._open[q], texts[q.path])]
                    told = any(q in self.traits or q in self.reasons for q in mine)
                    if near or not told:
                        clean = False
                        self._give_up(near or known, _UNTOLD)
            if clean:
                for question in mine:
                    if self._open.pop(question, None) is not None:
                        self.traits[question] = True


def _takes_items(function: Node) -> bool:
    block = body_of(function)
    inner = block.named_children if block is not None else ()
    return block is not None and not any(n.type == "inner_attribute_item" for n in inner)


def _text_of(error: Diagnostic) -> str:
    """What is said, without the code that is shown with it."""
    return "\n".join((error.message, *(spot.label for spot in error.spans)))


def _is_near(error: Diagnostic, question: Question, function: Node, text: _Text) -> bool:
    """Does an error that names no guard stand in the function of this one?"""
    spots = (spot for spot in error.spans if spot.path == question.path)
    return any(text.before(spot.span.start) in span_of(function) for spot in spots)


class _Text:
    """A file with its probes."""

    def __init__(self, source: Source) -> None:
        self._source = source
        # (place, what comes first there, text)
        self._inserts: list[tuple[int, tuple[int, int], bytes]] = []
        self._starts: list[int] = []  # of kept parts in the new text
        self._kept: list[int] = []  # where these began
        self.data = b""

    def wrap(self, question: Question, number: int, function: Node) -> None:
        """The type at the head of the function, and the guard in it."""
        name = f"{_NAME}{number}"
        items = (
            f" struct {name}<G>(G); impl<G: ::core::ops::Deref> ::core::ops::Deref for {name}<G> "
            "{ type Target = G::Target; fn deref(&self) -> &G::Target { &self.0 } } "
        )
        for shown in ("Debug", "Display"):  # guards have them as well
            items += (
                f"impl<G: ::core::fmt::{shown}> ::core::fmt::{shown} for {name}<G> {{ fn fmt(&self, f: "
                f"&mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {{ self.0.fmt(f) }} }} "
            )
        before, after = f"{name}(", ")"
        if question.trait == ONLY_LOOKED_AT_IN_RESULT:
            items += (
                f"impl<G> {name}<G> {{ fn of(r: ::std::sync::LockResult<G>) -> "
                "::std::sync::LockResult<Self> { match r { Ok(g) => Ok(Self(g)), Err(e) => "
                "Err(::std::sync::PoisonError::new(Self(e.into_inner()))) } } } "
            )
            before = f"{name}::of("
        elif question.trait != ONLY_LOOKED_AT:
            before, after = "(", f").map({name})"
        block = body_of(function)
        assert block is not None
        length = question.span.end - question.span.start
        self._inserts.append((question.span.end, (0, length), after.encode()))
        self._inserts.append((block.start_byte + 1, (1, 0), items.encode()))
        self._inserts.append((question.span.start, (2, -length), before.encode()))

    def finished(self) -> _Text:
        """Make ``data``."""
        parts: list[bytes] = []
        done = length = 0
        for at, _, text in sorted(self._inserts, key=lambda each: each[:2]):
            kept = self._source.data[done:at]
            self._starts.append(length)
            self._kept.append(done)
            parts += (kept, text)
            length += len(kept) + len(text)
            done = at
        self._starts.append(length)
        self._kept.append(done)
        parts.append(self._source.data[done:])
        self.data = b"".join(parts)
        return self

    def before(self, at: int) -> Span:
        """Where the byte at ``at`` of the new text stood: what was put in counts as the place behind it."""
        index = bisect_right(self._starts, at) - 1
        kept = self._kept[index] + at - self._starts[index]
        if index + 1 < len(self._kept):
            kept = min(kept, self._kept[index + 1])
        return Span(kept, kept)
