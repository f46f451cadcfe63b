"""Asking rustc whether a future may still be sent between threads with one more await in it.

What lives over an await is part of the future; if it is not ``Send`` (a std guard, an ``Rc``), neither is
the future, and nobody may ``spawn`` it. In a library that compiles all the same. So the body of each future
that is asked about becomes ``send(async move { BODY }).await``, with ``ready(()).await`` at the places, and
rustc tells "future cannot be sent between threads safely" (observed with rustc 1.95), or nothing; then once
more without those awaits, where it was refused: what could not be sent before loses nothing.

Unlike other probes these must have no other error in their function: rustc looks into a future only then.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from engine.base.model import Diagnostic, Span
from engine.cargo.toolchain import Reply
from engine.cargo.units import Unit, telling_first
from engine.rust.files import Files
from engine.rust.item_nodes import return_type
from engine.rust.questions import AWAIT_IN_PLACE, Answers, Question
from engine.rust.statement_nodes import body_of
from engine.rust.syntax import FUNCTIONS, Source, is_async, span_of

Replay = Callable[[Sequence[Unit], Mapping[str, bytes]], Sequence[Reply]]

_ROUNDS = 8  # with the awaits, without them, and for what is left of the guilty ones
_HEAD = (
    b" fn spikeproof_send<T, F: ::core::future::Future<Output = T> + ::core::marker::Send>(f: F)"
    b" -> F { f } "
)
_WAIT = b"::core::future::ready(()).await"
_UNSENT = re.compile(
    r"cannot be sent between threads safely|cannot be shared between threads safely"
)
_NO_FUTURE = "it stands in no body of a future that can be asked about"
_UNTOLD = "rustc could not tell whether the future can be sent"


@dataclass(frozen=True, slots=True)
class _Body:
    """An async body that is asked about."""

    path: str
    span: Span  # of the fn, block or closure


@dataclass(slots=True)
class _State:
    """What is still open about one body."""

    points: set[Question] = field(default_factory=set)
    bare: bool = False  # the next time without awaits
    blamed: frozenset[Question] = frozenset()
    single: bool = False  # from now on one await after the other

    @property
    def awaits(self) -> tuple[Question, ...]:
        """Those that are put in the next time."""
        if self.bare:
            return ()
        return tuple(sorted(self.points)[: 1 if self.single else None])


@dataclass(slots=True)
class SendProbes:
    """One run of questions. ``traits`` and ``reasons`` are what came out."""

    sources: Files
    traits: dict[Question, bool] = field(default_factory=dict)
    reasons: dict[Question, str] = field(default_factory=dict)
    _open: dict[_Body, _State] = field(default_factory=dict)
    _replies: list[Sequence[Reply]] = field(default_factory=list)  # by round

    def ask(self, questions: Iterable[Question], units: Sequence[Unit], replay: Replay) -> None:
        """Ask ``units``; what none of them compiles has no answer. ``replay`` runs some of them on the tree
        with other texts."""
        for question in questions:
            self._add(question)
        for _ in range(_ROUNDS):
            chosen = self._units(units)
            if not chosen:
                break
            texts = {path: self._text(path) for path in {body.path for body in self._open}}
            data = {path: text.data for path, text in texts.items()}
            self._replies.append(replay(chosen, data))
            self._take(chosen, self._replies[-1], texts)
        for state in self._open.values():
            self._give_up(state, _UNTOLD)

    def answers(self) -> Answers:
        """What was told, and what it took."""
        every = [reply for replies in self._replies for reply in replies]
        seconds = sum(reply.seconds for reply in every)
        return Answers({}, self.traits, self.reasons, len(self._replies), len(every), seconds)

    def _add(self, question: Question) -> None:
        source = self.sources.get(question.path)
        node = source.node_at(question.span)
        body = _body_around(source, node) if node is not None else None
        if node is None or body is None:
            self.reasons[question] = _NO_FUTURE
            return
        state = self._open.setdefault(_Body(question.path, span_of(body)), _State())
        state.points.add(question)

    def _units(self, units: Sequence[Unit]) -> list[Unit]:
        """For each file that is open one that compiles it, the tests' before the plain one."""
        wanted = {body.path for body in self._open}
        chosen: list[Unit] = []
        for unit in telling_first(units):
            if wanted & unit.files:
                chosen.append(unit)
                wanted -= unit.files
        for body in [body for body in self._open if body.path in wanted]:
            self._give_up(self._open.pop(body), _UNTOLD)
        return chosen

    def _give_up(self, state: _State, why: str) -> None:
        for question in state.points:
            self.reasons[question] = why
        state.points.clear()

    def _text(self, path: str) -> _Text:
        source = self.sources.get(path)
        text = _Text(source)
        for body, state in self._open.items():
            if body.path == path:
                text.add(body, state.awaits)
        return text.finished()

    def _take(
        self, units: Sequence[Unit], replies: Sequence[Reply], texts: Mapping[str, _Text]
    ) -> None:
        unsent: dict[_Body, list[Diagnostic]] = defaultdict(list)
        broken: dict[_Body, str] = {}
        for unit, reply in zip(units, replies, strict=True):
            errors = [found for found in reply.diagnostics if found.level.startswith("error")]
            mine = [body for body in self._open if body.path in unit.files]
            if reply.broke_off or (reply.code and not errors):
                broken |= dict.fromkeys(mine, reply.broke_off or _UNTOLD)
            for error in errors:
                body = _body_of(error, texts)
                if body is None:
                    if error.spans:  # rustc may have stopped there
                        broken = dict.fromkeys(mine, _UNTOLD) | broken
                elif _UNSENT.search(error.message):
                    unsent[body].append(error)
                else:
                    broken.setdefault(body, _UNTOLD)
        for body, state in list(self._open.items()):
            if body in broken and body not in unsent:
                self._give_up(state, broken[body])
            else:
                self._settle(state, unsent.get(body, []), texts[body.path])
            if not state.points:
                del self._open[body]

    def _settle(self, state: _State, errors: Sequence[Diagnostic], text: _Text) -> None:
        if state.bare and not errors:  # it could be sent before
            self.traits |= dict.fromkeys(state.blamed, False)
            state.points -= state.blamed
            state.bare, state.single = False, not state.blamed
        elif state.single:
            question = state.awaits[0]
            self.traits[question] = not errors
            state.points.discard(question)
        elif not errors or state.bare:  # nothing is lost
            self.traits |= dict.fromkeys(state.points, True)
            state.points.clear()
        else:
            blamed = frozenset(
                point
                for error in errors
                for spot in error.spans
                for point, at in text.waits.items()
                if spot.span in at and point in state.points
            )
            if len(state.points) == 1:
                blamed = frozenset(state.points)
            state.bare, state.blamed = True, blamed


def _body_around(source: Source, node: Node) -> Node | None:
    """The future's body around ``node``, where it can be wrapped."""
    for ancestor in source.ancestors(node):
        if ancestor.type in FUNCTIONS:
            block = body_of(ancestor)
            usable = is_async(ancestor) and block is not None and block.type == "block"
            inner = block.named_children if usable and block is not None else ()
            plain = not any(child.type == "inner_attribute_item" for child in inner)
            return ancestor if usable and plain else None
        if ancestor.type == "token_tree":
            return None
    return None


class _Text:
    """A file with its probes."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._inserts: list[tuple[int, int, bytes, Question | None]] = []
        self._bodies: dict[_Body, Span] = {}
        self.waits: dict[Question, Span] = {}  # where the await of a point stands now
        self.data = b""

    def add(self, body: _Body, asked: Iterable[Question]) -> None:
        """The body as an argument of a function that wants a future that can be sent."""
        node = self._source.node_at(body.span)
        block = body_of(node) if node is not None else None
        if node is None or block is None:
            return
        self._bodies[body] = body.span
        if node.type == "async_block":
            self._put(node.start_byte, 0, b"{" + _HEAD + b"spikeproof_send(")
            self._put(node.end_byte, 9, b") }")
        else:
            result = return_type(node)
            typed = self._source.text(result) if result is not None else b""
            named = bool(typed) and b"impl " not in typed
            opened = b"{ let r: " + typed + b" = " if named else b""
            self._put(block.start_byte, 0, b"{" + _HEAD + b"spikeproof_send(async move " + opened)
            self._put(block.end_byte, 9, (b"; r }" if named else b"") + b").await }")
        for question in asked:
            self._wait(question)

    def _wait(self, question: Question) -> None:
        span = question.span
        if question.trait == AWAIT_IN_PLACE:
            self._put(span.start, 5, b"(")
            self._put(span.end, 4, b", " + _WAIT + b").0", question)
        else:
            self._put(
                span.start, 3, _WAIT + b"; ", question
            )  # in front of an expression that begins here

    def _put(self, at: int, order: int, text: bytes, point: Question | None = None) -> None:
        self._inserts.append((at, order, text, point))

    def finished(self) -> _Text:
        """Make ``data``."""
        parts: list[bytes] = []
        done = length = 0
        ends: dict[int, int] = {}
        for at, _, text, point in sorted(self._inserts, key=lambda each: each[:2]):
            kept = self._source.data[done:at]
            length += len(kept)
            if point is not None:
                self.waits[point] = Span(length, length + len(text))
            ends.setdefault(at, length)
            parts += (kept, text)
            length += len(text)
            done = at
        parts.append(self._source.data[done:])
        self.data = b"".join(parts)
        self._bodies = {body: self._moved(body.span) for body in self._bodies}
        return self

    def _moved(self, span: Span) -> Span:
        """Where ``span`` stands now, with what is put at its ends."""

        def shift(at: int, inclusive: bool) -> int:
            return sum(
                len(text)
                for put, _, text, _ in self._inserts
                if put < at or (inclusive and put == at)
            )

        return Span(span.start + shift(span.start, False), span.end + shift(span.end, True))

    def body_at(self, span: Span) -> _Body | None:
        """The innermost body that is asked about, around ``span`` of the new text."""
        found = [
            (at.end - at.start, body.span, body) for body, at in self._bodies.items() if span in at
        ]
        return min(found)[2] if found else None


def _body_of(error: Diagnostic, texts: Mapping[str, _Text]) -> _Body | None:
    for spot in error.spans:
        if spot.primary and spot.path in texts:
            found = texts[spot.path].body_at(spot.span)
            if found is not None:
                return found
    return None
