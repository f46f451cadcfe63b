"""May a parameter that holds a value hold a reference to it: where its body only reads it, goes over it or
takes it apart, and what is copied where the body keeps it?

Beyond :func:`engine.rust.borrows.borrowable`: a ``match``, an ``if let``, a ``let`` or a ``for`` of the value
binds references then (Rust reference, "Binding modes"), of which the same is asked; a part that is ``Copy``
is read through its reference; and where the value, or a part, is needed as its own on some paths alone, it
is cloned there. Where every path needs it, nothing is won. Types decide what rustc does not: a part of
which the type is not told is neither copied nor cloned.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rust.borrows import (
    Needed,
    Target,
    part_taken,
    parts_bound,
    parts_taken,
    read_copied,
    taker_apart,
    use_on_reference,
)
from engine.rust.control_flow import barriers
from engine.rust.item_nodes import parameters_of
from engine.rust.known_calls import COPYING, ONE_BY_ONE, consumes_receiver, is_mapping_method
from engine.rust.moves import takes_value
from engine.rust.nodes import (
    arguments_of,
    bare,
    callee_name,
    dereferenced,
    method_on,
)
from engine.rust.path_walk import Walk
from engine.rust.scopes import Binding, Scopes, Use
from engine.rust.statement_nodes import body_of, let_of, patterns_of
from engine.rust.syntax import FUNCTIONS, LOOPS, Source, span_of

_NOT_YET = frozenset({False})
_GOES_OVER = "`for` goes over `{name}` at line {line}, and over a reference it may go in another way, or not at all"
_CAPTURED = "a part of it is taken where it may be run elsewhere"


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of the body: ``reads`` whether the method of a name, called on what a node names, takes
    ``&self``; ``copied`` whether what a node names is ``Copy`` (None: its type is not known), ``iterated`` whether
    it is a list, a map or an option of std, of which a reference gives references to the same items in the same
    order, ``optional`` whether an ``Option`` or a ``Result``; ``lent`` the
    arguments that others turn into references, ``replaced`` those that they write anew."""

    reads: Callable[[Node, bytes], bool] = lambda node, name: False
    copied: Callable[[Node], bool | None] = lambda node: None
    iterated: Callable[[Node], bool] = lambda node: False
    optional: Callable[[Node], bool] = lambda node: False
    lent: Collection[Span] = ()
    replaced: Collection[Span] = ()


@dataclass(frozen=True, slots=True)
class Lendable:
    """Every use works on a reference once ``edits`` are made, which clone at ``kept``. ``named`` are those
    of the arguments ``lent`` that are a name, or ``*name`` of a ``Box``, which is a reference then."""

    edits: tuple[Edit, ...]
    kept: tuple[Span, ...] = ()
    named: frozenset[Span] = frozenset()


def lendable(
    source: Source,
    scopes: Scopes,
    binding: Binding,
    target: Target,
    clone: bytes,
    told: Told,
) -> Lendable | Needed:
    """May the parameter ``binding`` be a reference? ``clone`` is the method that makes a value of it:
    "clone", "to_vec" of a ``&[T]``."""
    lender = _Lender(source, scopes, told)
    reason = lender.lend(binding, target, clone)
    if reason is not None:
        return reason
    made = Lendable(tuple(lender.edits), tuple(lender.kept), frozenset(lender.named))
    if made.kept and not _spares(source, scopes.function, made.kept):
        line = source.position(made.kept[0].start)[0]
        name = binding.name.decode("utf-8", "replace")
        return Needed(line, f"`{name}` is needed as a value of its own at line {line}")
    return made


def parts(source: Source, scopes: Scopes, binding: Binding) -> Iterator[Node]:
    """The fields that are taken out of a value, and the uses of what patterns take out of it and of that:
    their types tell what becomes of them."""
    taken = list(_taken_out(source, scopes, binding, set()))
    yield from parts_taken(source, scopes, (binding, *taken))
    for part in taken:
        for use in scopes.uses(part):
            if not use.capture:
                yield source.innermost(use.span)


def _taken_out(
    source: Source, scopes: Scopes, binding: Binding, seen: set[Span]
) -> Iterator[Binding]:
    for use in scopes.uses(binding):
        node = source.innermost(use.span)
        holder = None if use.capture else taker_apart(node)
        for pattern in patterns_of(holder) if holder is not None else ():
            for part in scopes.bound_by(span_of(pattern)):
                if part.decl not in seen:
                    seen.add(part.decl)
                    yield part
                    yield from _taken_out(source, scopes, part, seen)


@dataclass
class _Lender:
    source: Source
    scopes: Scopes
    told: Told
    edits: list[Edit] = field(default_factory=list)
    kept: list[Span] = field(default_factory=list)
    named: set[Span] = field(default_factory=set)

    def lend(self, binding: Binding, target: Target, clone: bytes = b"") -> Needed | None:
        """Notes what is to be done for each use; the first that needs a value. Without ``clone`` it is a
        part, which is cloned as it is."""
        if binding.mutable or binding.by_ref:
            line = self.source.position(binding.decl.start)[0]
            return Needed(line, "the pattern says `mut` or `ref`")
        for use in self.scopes.uses(binding):
            if reason := self._use(binding, use, target, clone):
                return reason
        return None

    def _use(self, binding: Binding, use: Use, target: Target, clone: bytes) -> Needed | None:
        source = self.source
        node = source.innermost(use.span)
        if self._is_lent(node, use):
            return None
        part = part_taken(source, use)
        if part is not None and self.told.copied(part) is False:
            field_taken = Needed(source.position(node.start_byte)[0], _CAPTURED)
            captured = self._is_captured(node, binding)
            return field_taken if captured else self._clone(part, b"", field_taken)
        found = use_on_reference(source, binding, use, target)
        if not isinstance(found, Needed):
            self.edits += found
            return None
        plain = span_of(node) == use.span and node.type == "identifier"
        if use.capture or not plain or self._is_captured(node, binding):
            return found
        if not clone and self.told.copied(node):
            return self._copy(node, found)
        called = method_on(source, node)
        if called is not None:
            if self.told.reads(node, called[0]):
                return None
            if called[0] == b"into_iter" and self.told.iterated(node):
                step = method_on(source, called[1])
                one = step is not None and step[0] in ONE_BY_ONE
                name = callee_name(called[1]) or node
                iter_ = Edit(source.path, name.start_byte, name.end_byte, b"iter")
                taker = step[1] if step and one else None
                return self._in_closures(node, taker, clone, found, (iter_,))
            if is_mapping_method(called[0]) and self.told.optional(node):
                as_ref = Edit(source.path, node.end_byte, node.end_byte, b".as_ref()")
                return self._in_closures(node, called[1], clone, found, (as_ref,))
            taken = consumes_receiver(called[0]) and called[0] not in COPYING
            return self._clone(node, clone, found) if taken else found
        holder = taker_apart(node)
        if holder is not None:
            return self._take_apart(node, holder, target, clone, found)
        return self._clone(node, clone, found) if takes_value(source, node) else found

    def _is_lent(self, node: Node, use: Use) -> bool:
        """Is it, or does it stand in, an argument that becomes a reference anyway?"""
        if any(use.span in span for span in self.told.replaced):
            return True
        for span in self.told.lent:
            if use.span in span:
                argument = self.source.node_at(span)
                given = bare(argument) if argument is not None else node
                if node in (given, dereferenced(given)):
                    self.named.add(span)
                    return True
        return False

    def _is_captured(self, node: Node, binding: Binding) -> bool:
        return any(b.type in FUNCTIONS for b in barriers(self.source, node, binding.decl))

    def _copy(self, node: Node, found: Needed) -> Needed | None:
        """A part that is ``Copy``: read through its reference."""
        edits = read_copied(self.source, node)
        if edits is None:
            return found
        self.edits += edits
        return None

    def _take_apart(
        self, node: Node, holder: Node, target: Target, clone: bytes, found: Needed
    ) -> Needed | None:
        source = self.source
        patterns = patterns_of(holder)
        whole = all(p.type in ("identifier", "_") for p in patterns)
        renamed = whole and let_of(holder) is not None
        bound = parts_bound(source, self.scopes, holder)
        if bound is None:
            return self._clone(node, clone, found) if renamed else found
        if holder.type == "for_expression" and not self.told.iterated(node):
            line, name = source.position(node.start_byte)[0], source.text(node)
            return Needed(line, _GOES_OVER.format(name=name.decode("utf-8", "replace"), line=line))
        if target == "view" and holder.type != "for_expression":
            return self._clone(node, clone, found) if renamed else found
        before = self._noted()
        for part in bound:
            # What is only renamed is what it was.
            reason = self.lend(part, "reference", clone if renamed else b"")
            if reason is not None:
                self._forget(before)
                return self._clone(node, clone, found) if renamed else reason
        return None

    def _in_closures(
        self,
        node: Node,
        call: Node | None,
        clone: bytes,
        found: Needed,
        edits: Sequence[Edit] = (),
    ) -> Needed | None:
        """``x.into_iter().map(|y| ..)``, ``x.map_or(0, |y| ..)``, whose closures get references to what is
        inside then, with ``edits``: ``call`` is the one that they are given to."""
        source = self.source
        given = arguments_of(call) if call is not None else ()
        if not given or given[-1].type != "closure_expression":
            return self._clone(node, clone, found)
        before = self._noted()
        for parameter in (p for each in given for p in parameters_of(each)):
            pattern = parameter.node
            unclear = pattern.type == "parameter" or b"&" in source.text(pattern)
            for part in self.scopes.bound_by(span_of(pattern)):
                if unclear or self.lend(part, "reference") or len(self.kept) > before[1]:
                    self._forget(before)
                    return self._clone(node, clone, found)
        self.edits += edits
        return None

    def _noted(self) -> tuple[int, int, frozenset[Span]]:
        return len(self.edits), len(self.kept), frozenset(self.named)

    def _forget(self, before: tuple[int, int, frozenset[Span]]) -> None:
        """What was noted since ``before``."""
        del self.edits[before[0] :], self.kept[before[1] :]
        self.named = set(before[2])

    def _clone(self, node: Node, clone: bytes, found: Needed) -> Needed | None:
        """Where the value is needed as its own, it is made."""
        source = self.source
        if not clone and self.told.copied(node) is None:
            return found
        made = b"." + (clone or b"clone") + b"()"
        up = source.parent(node)
        if up is not None and up.type == "shorthand_field_initializer":
            made = b": " + source.text(node) + made
        self.edits.append(Edit(source.path, node.end_byte, node.end_byte, made))
        self.kept.append(span_of(node))
        return None


class _Spared(Walk[frozenset[bool]]):
    """Has one of ``kept`` been passed on the way: on which paths that return? What an error or a panic
    leaves early is no path that counts."""

    def __init__(self, source: Source, kept: Sequence[Span]) -> None:
        super().__init__(source)
        self.returned: frozenset[bool] = frozenset()
        self._kept = frozenset(kept)
        self._rounds: dict[Node, frozenset[bool]] = {}  # how their rounds end that are not the last

    def joined(self, states: Sequence[frozenset[bool]]) -> frozenset[bool]:
        return frozenset[bool]().union(*states)

    def passed(self, node: Node, state: frozenset[bool]) -> frozenset[bool]:
        return frozenset({True}) if span_of(node) in self._kept else state

    def repeated(self, loop: Node, state: frozenset[bool]) -> frozenset[bool]:
        self._rounds[loop] = self._rounds.get(loop, frozenset()) | state
        return state

    def visit(self, node: Node | None, state: frozenset[bool] | None) -> frozenset[bool] | None:
        if node is not None and state is not None and node.type == "return_expression":
            self.returned |= self.run(node.named_children, state) or frozenset()
        after = super().visit(node, state)
        if node is not None and after is not None and node.type in LOOPS:
            # That a loop may have no round at all is no path that counts.
            rounds = self._rounds.get(node, _NOT_YET)
            return after if rounds >= _NOT_YET else after - _NOT_YET
        return after


def _spares(source: Source, function: Node, kept: Sequence[Span]) -> bool:
    """Is there a path through ``function`` on which none of ``kept`` is evaluated?"""
    body = body_of(function)
    walk = _Spared(source, kept)
    end = walk.run([body] if body is not None else [], _NOT_YET)
    return False in (end or frozenset()) | walk.returned
