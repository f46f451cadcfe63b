"""What a ``use`` of a trait changes, and where it may stand so that it changes nothing.

A trait that comes into scope takes part in every method call there: of a receiver that auto-deref
leads on from, an earlier step's trait method answers instead of what a later step has, and at one step
a trait's ``&mut self`` comes before an inherent ``&self`` of what ``&mut`` refers to. Both compile
(Rust reference, "Method-call expressions"; observed with rustc 1.95). Modules that bring in this one by
a glob see the trait too, and what a macro expands to is looked up where it is called.

Answered, for the traits below: is one in scope at a place, which calls of its methods stand in what a
``use`` would reach, and which of them are known to keep their meaning. Not answered: calls that a
macro of another crate makes, if its name does not tell, or an attribute's or derive's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cache, cached_property

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.configurations import conditional_part
from engine.rust.definitions import is_type_parameter
from engine.rust.files import Files, TypeOf
from engine.rust.format_macros import format_call
from engine.rust.imports import (
    Import,
    Module,
    brings,
    module_at,
    scope_at,
    scopes,
    trait_in_scope,
)
from engine.rust.items import Items
from engine.rust.known_types import key_of, of_std_alone
from engine.rust.macros import calls_unknown, definitions_of, meaning_of_macro, unknown_calls
from engine.rust.modules import Place
from engine.rust.nodes import call_by_name, macro_name, macro_path, method_call
from engine.rust.questions import Answers, Question
from engine.rust.seen_modules import seen_modules
from engine.rust.std_paths import other_stds, same_item
from engine.rust.syntax import Source, span_of
from engine.rust.types import Type

_DEREF = "core::ops::Deref"
_STEPS = 8  # re-exports of re-exports: longer chains are not followed
# What a name stands in that it defines, or that it is a part of.
_NAMED = frozenset({"function_item", "function_signature_item", "scoped_identifier", "use_list"})
_TOKENS = frozenset({"token_tree", "token_repetition"})
_GLOB = re.compile(rb"(?<!\w)use\s[^;]*\*")
_DEFINED = re.compile(rb"(?<!\w)macro_rules!\s*(\w+)")

Implements = Callable[[str, Span, str], bool | None]  # as ``Answers.implements``


@dataclass(frozen=True)
class Trait:
    """A trait of std whose ``use`` is written.

    ``path`` is as in that ``use``, ``asked`` as in a question. ``macros`` are std's that call one of
    ``methods`` on their first argument. ``of_std``: the types of std that implement it, apart from
    ``alike``, whose inherent methods of these names do the same.
    """

    path: bytes
    asked: str
    methods: frozenset[bytes]
    macros: frozenset[bytes]
    of_std: frozenset[str]
    alike: frozenset[str] = frozenset()

    def pattern(self, also: frozenset[bytes] = frozenset()) -> re.Pattern[bytes]:
        """Finds the name of a method, or of a macro that is called as one of ``macros``, nearly so, or
        as one of ``also``."""
        return _pattern(self.methods, self.macros, also)


@cache
def _pattern(
    methods: frozenset[bytes], macros: frozenset[bytes], also: frozenset[bytes]
) -> re.Pattern[bytes]:
    called = [rb"\w*%s\w*" % name for name in sorted(macros)] + sorted(also)
    return re.compile(
        rb"(?<!\w)(?:(?:r#)?(?:%s)(?!\w)|(?:%s)(?=\s*!(?!=)))"
        % (b"|".join(sorted(methods)), b"|".join(called))
    )


FMT_WRITE = Trait(
    b"std::fmt::Write",
    "core::fmt::Write",
    frozenset({b"write_str", b"write_char", b"write_fmt"}),
    frozenset({b"write", b"writeln"}),
    frozenset({"std::string::String", "std::ffi::OsString"}),
    frozenset({"std::fmt::Formatter"}),
)


class Where(Enum):
    """Where the ``use`` of a trait may stand for a place."""

    THERE = "there"  # it is in scope
    MODULE = "module"
    FUNCTION = "function"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a ``use`` may stand; ``because`` is the call that keeps it from standing further out, ``why``
    what else does, in words."""

    where: Where
    because: NamedCall | None = None
    why: str = ""

    def refusal(self, trait: Trait) -> str:
        """Why it may stand nowhere, in words."""
        why = self.why or f"may change what {self.because} means"
        return f"it needs `use {trait.path.decode()}`, which {why}"


@dataclass(frozen=True, slots=True)
class NamedCall:
    """A call of a method by its name, or of a macro that makes one. ``receiver`` is None where it is
    not known, among what a macro of the workspace expands to."""

    source: Source
    whole: Node
    receiver: Span | None

    @property
    def macro(self) -> bytes:
        """The macro's path; b"" where it is a method's call."""
        path = macro_path(self.whole)
        return self.source.text(path) if path is not None else b""

    def __str__(self) -> str:
        line = self.source.position(self.whole.start_byte)[0]
        text = self.source.quoted(span_of(self.whole))
        text = text if len(text) <= 60 else f"{text[:57]}..."
        return f"`{text}` ({self.source.path}, line {line})"


# -- questions -------------------------------------------------------------------------------------


def questions(source: Source, trait: Trait, answers: Answers | None) -> Iterator[Question]:
    """What :class:`TraitScopes` must know of the calls of a file: first the types of all receivers;
    then, of those whose type does not tell, whether they lead to the trait."""
    for call in calls_of(source, Span(0, len(source.data)), trait):
        if call.receiver is None or trait_in_scope(source, trait.path, call.whole.start_byte):
            continue
        yield Question(source.path, call.receiver)
        type_ = answers.type_of(source.path, call.receiver) if answers is not None else None
        if type_ is not None and _by_tables(type_, trait) is None:
            yield from (
                Question(source.path, call.receiver, asked) for asked in _open(type_, trait)
            )


def behind(type_: Type, trait: str) -> str:
    """The question for a trait of what auto-deref leads ``type_`` to, as far as its steps are known:
    ``Deref<Target: Trait>`` for one step."""
    for step in type_.deref_chain()[:-1]:
        if step.kind in ("ref", "path"):
            trait = f"{_DEREF}<Target: {trait}>"
    return trait


def _open(type_: Type, trait: Trait) -> tuple[str, str]:
    return behind(type_, trait.asked), behind(type_, _DEREF)


def _by_tables(type_: Type, trait: Trait) -> bool | None:
    """Does a call on such a receiver keep its meaning? None: tables do not tell."""
    chain = type_.deref_chain()
    for step in chain:
        if key_of(step.name) in trait.alike:
            return True
        if key_of(step.name) in trait.of_std:
            return False
    last = chain[-1]
    parts = last.args if last.kind == "dyn" else (last,)
    return True if all(map(of_std_alone, parts)) else None


# -- calls -----------------------------------------------------------------------------------------


def calls_of(
    source: Source, span: Span, trait: Trait, opaque: frozenset[bytes] = frozenset()
) -> Iterator[NamedCall]:
    """Calls inside ``span`` whose meaning ``trait`` may change, those in macro arguments too. Calls of
    the macros ``opaque`` are among them."""
    for hit in trait.pattern(opaque).finditer(source.data, span.start, span.end):
        name = source.innermost(Span(*hit.span()))
        if span_of(name) != Span(*hit.span()):
            continue  # in a comment or a string
        macro = source.enclosing(name, ("macro_invocation",))
        if name.type == "field_identifier":
            call = call_by_name(name)
            method = method_call(source, call) if call is not None else None
            if call is not None and method is not None:
                yield NamedCall(source, call, span_of(method.receiver))
        elif macro is not None and name.parent is not None and name.parent.type in _TOKENS:
            yield NamedCall(source, macro, None)  # among what does not read as Rust
        elif macro is not None and name.type == "identifier" and hit[0] in trait.methods:
            if name.parent is not None and name.parent.type not in _NAMED:
                yield NamedCall(source, macro, None)  # a method's name, given to a macro
        elif macro is not None and macro_name(source, macro) == hit[0]:
            known = format_call(source, macro) if hit[0] in trait.macros - opaque else None
            yield NamedCall(source, macro, known.before[0] if known and known.before else None)


def _is_below(node: Node, outer: Node) -> bool:
    return span_of(node) in span_of(outer) and span_of(node) != span_of(outer)


@dataclass(frozen=True)
class TraitScopes:
    """Where traits are in scope in a workspace, and where a ``use`` may bring one in."""

    files: Files
    items: Items
    type_of: TypeOf
    implements: Implements
    _opaque: dict[Trait, frozenset[bytes]] = field(default_factory=dict)
    _own: dict[Trait, frozenset[bytes]] = field(default_factory=dict)
    _first: dict[tuple[Trait, str, Module], NamedCall | None] = field(default_factory=dict)

    def in_scope(self, source: Source, trait: Trait, offset: int) -> bool:
        """Can methods of ``trait`` be called at ``offset``: as the file tells, or by globs of modules
        of the workspace?"""
        return trait_in_scope(source, trait.path, offset) or any(
            brings(brought, trait.path)
            or any(self._is(place, each, trait) for each in brought if not each.attributed)
            for place, brought in seen_modules(self.items, source, offset)
        )

    def placement(self, source: Source, node: Node, trait: Trait) -> Placement:
        """Where a ``use`` of ``trait`` may stand for the code at ``node`` so that no other call means
        something else afterwards."""
        if other := self._other_std(source, node.start_byte):
            return Placement(Where.NOWHERE, None, f"may mean another `std` ({other})")
        if self.in_scope(source, trait, node.start_byte):
            return Placement(Where.THERE)
        outer = self._first_unsettled(source, node.start_byte, trait)
        conditional = conditional_part(source, node)
        if outer is None and conditional is None:
            return Placement(Where.MODULE)
        function = source.fn_item_of(node)
        if conditional is not None and (function is None or _is_below(conditional, function)):
            return Placement(Where.NOWHERE, None, "nothing needs where a `cfg` leaves this out")
        if function is None:
            return Placement(Where.NOWHERE, outer)
        inner = next(self._unsettled(self._calls(source, span_of(function), trait), trait), None)
        if inner is None:
            return Placement(Where.FUNCTION, outer)
        return Placement(Where.NOWHERE, inner)

    def opaque(self, trait: Trait) -> frozenset[bytes]:
        """Macros of the workspace that expand to a call of a method of ``trait``, or may."""
        if trait not in self._opaque:
            bodies: dict[bytes, list[bytes]] = {}
            for source in self.files.containing(b"macro_rules"):
                for name in set(_DEFINED.findall(source.data)):
                    texts = [source.text(node) for node in definitions_of(source, name)]
                    bodies.setdefault(name, []).extend(texts)
            self._own[trait] = frozenset(bodies)
            found: set[bytes] = set()
            while True:
                pattern = trait.pattern(frozenset(found))
                calling = {
                    name
                    for name, texts in bodies.items()
                    if any(
                        pattern.search(t) or calls_unknown(t, {*bodies, *trait.macros})
                        for t in texts
                    )
                }
                if calling <= found:
                    break
                found |= calling
            self._opaque[trait] = frozenset(found)
        return self._opaque[trait]

    @cached_property
    def _other_stds(self) -> tuple[str, ...]:
        """The files in which ``std`` is made the name of something else."""
        found = self.files.containing(b"std")
        return tuple(s.path for s in found if any(True for _ in other_stds(s)))

    def _other_std(self, source: Source, offset: int) -> str:
        """One of these that counts where a path is written at ``offset``: in the same module or in one that
        globs open there, in the whole crate if a macro or ``extern crate`` does it; "" for none."""
        seen = (
            {place for place, _ in seen_modules(self.items, source, offset)}
            if self._other_stds
            else set()
        )
        crates = {place.crate for place in seen}
        for path in self._other_stds:
            other = self.files.get(path)
            for item in other_stds(other):
                at = [
                    p.child(*module_at(other, item.start_byte))
                    for p in self.items.modules.places(path)
                ]
                # Before edition 2018 the paths of `use` begin at the root.
                root = other.edition < 2018 and any(not place.module for place in at)
                macro = other.enclosing(item, ("macro_invocation", "macro_definition"))
                wide = root or item.type == "extern_crate_declaration" or macro is not None
                if any(place in seen or (wide and place.crate in crates) for place in at):
                    return path
        return ""

    # -- calls ---------------------------------------------------------------------------------

    def _calls(self, source: Source, span: Span, trait: Trait) -> Iterator[NamedCall]:
        """As ``calls_of``, and calls of macros of which nothing is known that are given a name: they may
        expand to such a call."""
        yield from calls_of(source, span, trait, self.opaque(trait))
        for macro in unknown_calls(source, span, self._own[trait] | trait.macros):
            yield NamedCall(source, macro, None)

    def _first_unsettled(self, source: Source, offset: int, trait: Trait) -> NamedCall | None:
        """The first call that a ``use`` in the module around ``offset`` may change."""
        key = trait, source.path, scope_at(scopes(source), offset).module
        if key not in self._first:
            calls = self._reached(source, offset, trait)
            self._first[key] = next(self._unsettled(calls, trait), None)
        return self._first[key]

    def _reached(self, source: Source, offset: int, trait: Trait) -> Iterator[NamedCall]:
        """The calls in the module around ``offset`` and in those below it that have globs."""
        found = scopes(source)
        scope = scope_at(found, offset)
        apart = [inner.span for inner in found if inner.span.start > scope.span.start]
        apart = [span for span in apart if _GLOB.search(source.data, span.start, span.end) is None]
        for call in self._calls(source, scope.span, trait):
            if not any(span_of(call.whole) in span for span in apart):
                yield call
        modules = self.items.modules
        here = {place.child(*scope.module) for place in modules.places(source.path)}
        for path in self.files.paths:
            data = self.files.data(path)
            if path == source.path or not _GLOB.search(data):
                continue
            if any(place.inside(outer) for place in modules.places(path) for outer in here):
                other = self.files.get(path)
                yield from self._calls(other, Span(0, len(data)), trait)

    def _unsettled(self, calls: Iterable[NamedCall], trait: Trait) -> Iterator[NamedCall]:
        """Those that the trait does not reach yet, and that are not known to keep their meaning."""
        for call in calls:
            at = call.whole.start_byte
            if not self._is_call(call, trait):
                continue
            if not self._is_settled(call, trait) and not self.in_scope(call.source, trait, at):
                yield call

    def _is_call(self, call: NamedCall, trait: Trait) -> bool:
        """Not of a macro of the workspace's own that is called as std's is, and does nothing of the kind."""
        name = macro_name(call.source, call.whole)
        if name not in trait.macros or name in self.opaque(trait):
            return True
        modules, source = self.items.modules, call.source
        means = meaning_of_macro(self.files, modules, source, call.whole, call.macro)
        return means.is_std is not False

    def _is_settled(self, call: NamedCall, trait: Trait) -> bool:
        path, receiver = call.source.path, call.receiver
        type_ = self.type_of(path, receiver) if receiver is not None else None
        if receiver is None or type_ is None:
            return False
        told = _by_tables(type_, trait)
        if told is not None:
            return told
        leads, goes_on = (self.implements(path, receiver, asked) for asked in _open(type_, trait))
        if goes_on is not False or leads is None:
            return False
        # Of a type parameter the bounds tell, and these count without a `use`.
        last = type_.deref_chain()[-1].name
        return not leads or (
            last == "Self" or is_type_parameter(call.source, call.whole, last.encode())
        )

    # -- imports -------------------------------------------------------------------------------

    def _is(self, place: Place, brought: Import, trait: Trait, steps: int = _STEPS) -> bool:
        """Is what a ``use`` of the module ``place`` brings in the trait, re-exported by the workspace?"""
        if same_item(brought.full, trait.path):
            return True
        module, _, name = brought.full.rpartition(b"::")
        if not module or brought.local == b"*" or steps == 0:
            return False
        return any(
            self._is(target, each, trait, steps - 1)
            for target in self.items.modules_at(place, module)
            for each in self.items.imported(target)
            if each.local == name
        )
