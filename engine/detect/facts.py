"""What a codemod may know when it plans: sources, types, packages, options. Nothing else."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from engine.base.codemod_options import Options
from engine.base.model import Edit, Span
from engine.cargo.sources import read_for_uses
from engine.detect.lints import is_on_in
from engine.rust.agreeing_impls import AgreeingImpls
from engine.rust.calls import Calls
from engine.rust.files import whole_word
from engine.rust.holders import Holders
from engine.rust.items import Items
from engine.rust.lock_pairs import LockPairs
from engine.rust.scopes import Scopes, scopes_of
from engine.rust.seen_modules import OwnTraits
from engine.rust.signatures import Signatures
from engine.rust.switched_names import SwitchedNames
from engine.rust.syntax import Source
from engine.rust.trait_scope import TraitScopes
from engine.rust.type_definitions import DefinedTypes
from engine.rust.type_facts import TypeFacts
from engine.rust.typed_places import TypedPlaces
from engine.rust.unseen_changes import UnseenChanges

if TYPE_CHECKING:
    from tree_sitter import Node

    from engine.cargo.workspace import Package, Workspace
    from engine.rust.macros import MacroMeaning
    from engine.rust.trait_scope import Trait
    from engine.rust.types import Type

_KEPT = 128  # parsed files kept: a plan goes back and forth between few files


class Sources:
    """The workspace's files, parsed when asked for, the latest kept.

    Those that may not be changed (generated, vendored, excluded ...) are among them: uses are
    found there too. ``frozen`` gives their reasons by path, as far as these are known without
    reading a file; for one that is read, ``read`` may add its own. ``edition_of`` gives the
    edition that a file is compiled in.
    """

    def __init__(
        self,
        paths: Sequence[str],
        read: Callable[[str], bytes],
        frozen: Callable[[], Mapping[str, str]] = dict,
        reason: Callable[[str], str] = lambda _: "",
        edition_of: Callable[[str], int] = lambda _: 2021,
    ) -> None:
        self._mine = tuple(paths)
        self._read = read
        self._frozen = frozen
        self._reason = reason
        self._edition_of = edition_of
        self.texts: Mapping[str, bytes] = {}  # what differs from the user's files (``with_texts``)
        self._parsed: OrderedDict[str, Source] = OrderedDict()
        self._bytes: dict[str, bytes] = {}

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """All files, sorted, those that may not be changed among them."""
        return tuple(sorted({*self._mine, *self._frozen()}))

    def frozen(self, path: str) -> str:
        """Why the file may not be changed, in words for the user; "" when it may be."""
        self.data(path)
        return self._frozen().get(path, "") or self._reason(path)

    def with_texts(self, texts: Mapping[str, bytes]) -> Sources:
        """The same files, some with another text."""
        found = Sources(
            self._mine,
            lambda path: texts[path] if path in texts else self.data(path),
            self._frozen,
            self.frozen,
            self._edition_of,
        )
        found.texts = {**self.texts, **texts}
        return found

    def data(self, path: str) -> bytes:
        """The bytes of a file. Raises SpikeproofError for one that can no longer be read."""
        if path not in self._bytes:
            self._bytes[path] = self._read(path)
        return self._bytes[path]

    def get(self, path: str) -> Source:
        """A file, parsed. Raises what ``data`` raises."""
        source = self._parsed.get(path)
        if source is None:
            source = self._parsed[path] = Source(path, self.data(path), self._edition_of(path))
            while len(self._parsed) > _KEPT:
                self._parsed.popitem(last=False)
        self._parsed.move_to_end(path)
        return source

    def containing(self, *words: bytes) -> Iterator[Source]:
        """Files that hold all of ``words`` as whole words, in path order."""
        patterns = [whole_word(word) for word in words]
        for path in self.paths:
            data = self.data(path)
            if all(pattern.search(data) for pattern in patterns):
                yield self.get(path)

    def scopes(self, source: Source, function: Node) -> Scopes:
        """Local names of ``function`` (kept while its file is)."""
        return scopes_of(source, function)


def sources_of(workspace: Workspace) -> Sources:
    """The user's files as they are on disk. Reading one that is gone since the scan raises
    SpikeproofError."""
    reasons: dict[str, str] = {}

    def read(path: str) -> bytes:
        data, reasons[path] = read_for_uses(workspace.root, path)
        return data

    return Sources(
        workspace.files,
        read,
        lambda: workspace.left_alone,
        lambda path: reasons.get(path, ""),
        workspace.edition_of,
    )


def _not_asked(path: str, span: Span, trait: str) -> None:
    return None


def _nowhere(word: bytes, crate: str) -> Iterable[tuple[str, int]]:
    return ()


def _no_reason(path: str, span: Span, trait: str) -> str:
    return "it was not asked"


@dataclass(frozen=True)
class Facts:
    """Handed to ``Codemod.plan`` and ``Codemod.follow``.

    ``type_of`` gives the type of an expression that a codemod asked about in ``questions``. None
    means that rustc did not compile it here (or could not tell): nothing may be claimed about it.
    ``unknown`` says which, in words for the user.

    ``implements`` tells whether that type implements a trait, given as in ``Question.trait``; None
    when it is not known, for the reason that ``trait_unknown`` gives (``Answers.implements`` says
    what a yes and a no mean).

    ``outside`` gives where packages of the repository that are no members of the workspace mention a
    word and a crate: (path, line) of the first mention of each file.
    """

    sources: Sources
    type_of: Callable[[str, Span], Type | None]
    unknown: Callable[[str, Span], str]
    package_of: Callable[[str], Package | None]
    options: Options = field(default_factory=Options)
    implements: Callable[[str, Span, str], bool | None] = _not_asked
    trait_unknown: Callable[[str, Span, str], str] = _no_reason
    outside: Callable[[bytes, str], Iterable[tuple[str, int]]] = _nowhere

    @cached_property
    def items(self) -> Items:
        """Definitions of the workspace, by name and by path."""
        return Items(self.sources, self.package_of)

    @cached_property
    def type_facts(self) -> TypeFacts:
        """What types are, those of the workspace by their definitions."""
        return TypeFacts(self.defined_types.ownership, self.implements)

    @cached_property
    def defined_types(self) -> DefinedTypes:
        """The workspace's structs and enums, by their definitions."""
        return DefinedTypes(self.items, self.sources)

    @cached_property
    def held_types(self) -> TypeFacts:
        """What types hold, those of the workspace whatever their own ``Clone`` and ``Drop`` are."""
        return TypeFacts(DefinedTypes(self.items, self.sources, ()).ownership)

    @cached_property
    def typed_places(self) -> TypedPlaces:
        """Places by their types: owned, behind a lock, to be moved."""
        drops = TypeFacts(DefinedTypes(self.items, self.sources, ("Drop",)).ownership)
        return TypedPlaces(self.type_of, self.type_facts, self.defined_types.drops, drops)

    @cached_property
    def holders(self) -> Holders:
        """Where it is asked who holds a value."""
        return Holders(self.sources, self.package_of, self.type_of)

    @cached_property
    def calls(self) -> Calls:
        """Who calls whom in the workspace."""
        return Calls(self.sources, self.items, self.type_of)

    @cached_property
    def lock_pairs(self) -> LockPairs:
        """Which locks of the workspace are held together."""
        return LockPairs(self.sources, self.items, self.calls)

    @cached_property
    def agreeing_impls(self) -> AgreeingImpls:
        """Where it matters which of two like types is given."""
        return AgreeingImpls(self.sources, self.items, self.calls.callees, self.type_of)

    @cached_property
    def own_traits(self) -> OwnTraits:
        """Where traits of the workspace may be in scope."""
        return OwnTraits(self.sources, self.items)

    @cached_property
    def unseen_changes(self) -> UnseenChanges:
        """Places that change without rustc seeing it."""
        return UnseenChanges(self.sources, self.items, self.calls.callees, self.type_of)

    @cached_property
    def signatures(self) -> Signatures:
        """What may change about the workspace's functions."""
        return Signatures(self.sources, self.items, self.package_of)

    @cached_property
    def trait_scopes(self) -> TraitScopes:
        """Where traits are in scope, and where a ``use`` may bring one in."""
        return TraitScopes(self.sources, self.items, self.type_of, self.implements)

    @cached_property
    def switched_names(self) -> SwitchedNames:
        """Names of the workspace that mean another thing in another build."""
        return SwitchedNames(self.sources, self.items)

    @cached_property
    def _packages(self) -> Mapping[str, Package]:
        found = map(self.package_of, self.sources.paths)
        return {package.name: package for package in found if package is not None}

    def depending_on(self, package: str) -> frozenset[str]:
        """The package of that name and all of the workspace that depend on it, directly or not."""
        users, grown = frozenset[str](), frozenset({package})
        while grown != users:
            users = grown
            more = (p.name for p in self._packages.values() if p.dependencies & users)
            grown = users.union(more)
        return users

    def lints_against(self, source: Source, node: Node, lint: str) -> bool:
        """Is clippy's ``lint`` on at ``node``, by the attributes around it, else by the manifest of its
        package or the workspace's? Raises SpikeproofError for a manifest that is gone."""
        from engine.rust.lint_levels import is_on_at

        told = is_on_at(self.sources, self.items.modules, source, node, lint.encode())
        if told is not None:
            return told
        package = self.package_of(source.path)
        manifests = {package.manifest, "Cargo.toml"} if package is not None else set()
        return is_on_in(lint, map(self.sources.data, manifests))

    def lint_allowed(self, source: Source, node: Node, *lints: str) -> str:
        """Which of clippy's ``lints`` somebody allows or expects at ``node``, by an attribute around it:
        ``#[allow(clippy::redundant_clone)]`` in words; "" for none."""
        from engine.rust.lint_levels import allowed_at

        named = (lint.encode() for lint in lints)
        found = allowed_at(self.sources, self.items.modules, source, node, named)
        return f"`clippy::{found.decode()}` is allowed there" if found else ""

    def meaning_of_macro(self, source: Source, node: Node, macro: bytes) -> MacroMeaning:
        """Does the macro path ``macro``, written at ``node``, mean std's macro of that name?"""
        from engine.rust.macros import meaning_of_macro

        return meaning_of_macro(self.sources, self.items.modules, source, node, macro)

    def read_otherwise(self, source: Source, node: Node) -> str:
        """Who may read the code at ``node`` in another way than rustc told of it, in words: a macro that
        takes its text, or another module that the file is as well; "" where nobody does."""
        from engine.rust.macros import reader_of_text, teller_of_place

        modules = self.items.modules
        if reader := reader_of_text(self.sources, modules, source, node):
            return f"`{reader}!` stands around it, and may read the code as it is written"
        if teller := teller_of_place(source, node):
            return f"`{teller}!()` tells where it stands, which would be another place"
        if modules.is_several(source.path):
            return "the file is several modules of the crate, and types may differ between them"
        return ""

    def unknown_attribute(self, source: Source, node: Node) -> str:
        """That an attribute around ``node`` may be a macro that reads the code, in words; "" for none."""
        from engine.rust.attribute_macros import unknown_around

        path = unknown_around(source, node)
        return (
            f"`#[{path}]` stands around it, and may read the code as it is written" if path else ""
        )

    def other_method(self, source: Source, asked: Iterable[tuple[Span, str]]) -> str:
        """That a call on one of these expressions may be of another method than std's, or why that is not
        known, in words; "" where what was asked of each (``questions.nobody_elses``) is so."""
        for span, question in asked:
            free = self.implements(source.path, span, question)
            call = f"`{question.removeprefix('fn ').partition('(')[0]}` of `{source.quoted(span)}`"
            if free is False:
                return f"{call} may be another trait's here than std's"
            if free is None:
                why = self.trait_unknown(source.path, span, question)
                return f"whether {call} is std's is not known: {why}"
        return ""

    def other_build(
        self, source: Source, spans: Iterable[Span], asked: Iterable[tuple[Span, str]] = ()
    ) -> str:
        """That the types of what stands at ``spans``, or a method of what was ``asked``, may be others in
        another build, in words; "" where nothing tells so."""
        found = (self.switched_names.in_type_of(source, span) for span in spans)
        if name := next(filter(None, found), None):
            return f"{name} is another thing in another build, and types with it"
        for method in (question.removeprefix("fn ").partition("(")[0] for _, question in asked):
            if trait := self.switched_names.trait_with(source, method.encode()):
                return f"{trait}, which has a `{method}` too, is in scope in another build"
        return ""

    def drops_nothing_in(self, path: str) -> Callable[[Span], bool]:
        """Is the value of an expression in a file known to do nothing when it is dropped?"""

        def drops_nothing(span: Span) -> bool:
            type_ = self.type_of(path, span)
            return type_ is not None and self.type_facts.is_plain(type_)

        return drops_nothing

    def with_trait(
        self, trait: Trait, source: Source, node: Node, edits: Sequence[Edit]
    ) -> tuple[Edit, ...] | str:
        """``edits`` of ``source`` around ``node``, with ``trait`` brought into scope for them, where it
        is not: for the module, or for the function where a ``use`` in the module may change what
        another call means. Where that is so in the function as well: which call, in words."""
        from engine.rewrite import use_declarations
        from engine.rust.trait_scope import Where

        found = self.trait_scopes.placement(source, node, trait)
        if found.where is Where.THERE:
            return tuple(edits)
        first = use_declarations.trait(trait.path) + edits[0].replacement
        marked = (replace(edits[0], replacement=first), *edits[1:])
        if found.where is Where.MODULE:
            return marked
        inside = use_declarations.in_functions(marked, self.source)
        if found.where is Where.FUNCTION and inside is not None:
            return inside
        return found.refusal(trait)

    def unwrapping(self, source: Source, node: Node, why: bytes) -> tuple[bytes, bytes] | None:
        """What stands before and behind an expression, at ``node``, to take its result, which is no error:
        ``.unwrap()``, ``.expect("why")`` where clippy's ``unwrap_used`` is on, ``let _ =`` where
        ``expect_used`` is on as well; None where lints of this are, too."""
        if not self.lints_against(source, node, "unwrap_used"):
            return b"", b".unwrap()"
        if not self.lints_against(source, node, "expect_used"):
            return b"", b'.expect("' + why + b'")'
        untaken = ("let_underscore_must_use", "let_underscore_untyped")
        denied = any(self.lints_against(source, node, lint) for lint in untaken)
        return None if denied else (b"let _ = ", b"")

    def source(self, path: str) -> Source:
        """A file, parsed. Raises SpikeproofError for one that can no longer be read."""
        return self.sources.get(path)
