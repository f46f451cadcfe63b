"""What a codemod is, and the registry that finds them: one folder under ``codemods/`` each.

A codemod's package holds ``query.scm`` (a tree-sitter query for its sites), perhaps ``uses.scm``
(for what only a plan must know of; its patterns count on from the query's), ``cases/`` and, in
``__init__.py``, ``CODEMOD``: an instance of a subclass of :class:`Codemod`; its docs are the
package's docstring.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, ClassVar

from engine.base.codemod_options import Option
from engine.base.model import Edit, Fix, Proposal, Site, Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from engine.detect.facts import Facts, Sources
    from engine.rust.questions import Answers, Question
    from engine.rust.syntax import Source


@dataclass(frozen=True, slots=True)
class Match:
    """One match of one pattern of the codemod's query. ``pattern`` counts from 0 in its own query."""

    pattern: int
    captures: Mapping[str, Sequence[Node]]

    def one(self, name: str) -> Node:
        """The first node of a capture that every match has. Raises KeyError for one that this
        has not."""
        return self.captures[name][0]

    def get(self, name: str) -> Node | None:
        """The first node of a capture; None when the match has none."""
        nodes = self.captures.get(name)
        return nodes[0] if nodes else None


@dataclass(frozen=True, slots=True)
class Problem:
    """A compiler error that a fix brought, in coordinates of the text *before* the fix.

    ``inside`` tells that it points into text that the fix itself wrote; ``span`` is then the span
    of the edit. ``code`` is rustc's ("E0599"), ``label`` what rustc says at this place.
    """

    path: str
    span: Span
    inside: bool
    primary: bool
    code: str
    message: str
    label: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a fix cannot go on, in words for the user."""

    reason: str


class Codemod:
    """One anti-pattern and its rewrite. Subclasses are stateless; ``locate`` runs in worker processes."""

    name: ClassVar[str]  # kebab-case; the folder has it with underscores
    summary: ClassVar[str]  # one line, for lists
    # What saves reading; that none of it loses a match is tested.
    #
    # A file is parsed only if it holds at least one literal of *every* group, in any order.
    literals: ClassVar[tuple[tuple[bytes, ...], ...]]
    # Regular expressions, one of which is found inside every match of ``query.scm``; () where none
    # is known, then the whole tree of a file with the literals is searched. Begin each with a
    # literal: ``re`` finds that twenty times as fast as anything else.
    anchors: ClassVar[tuple[bytes, ...]] = ()
    # A macro call is read only if its arguments hold one of these, or an anchor. () without
    # anchors: every call of a file with the literals is read.
    macro_literals: ClassVar[tuple[bytes, ...]] = ()
    # The same for ``uses.scm``: what only a plan must know of is not looked for by ``scan``. Without that
    # file ``query.scm`` is looked for in more files, with its patterns counted on.
    use_literals: ClassVar[tuple[tuple[bytes, ...], ...]] = ()
    use_macro_literals: ClassVar[tuple[bytes, ...]] = ()
    # Metrics ("allocations") that a fix may make worse knowingly, for a reason that its notes give.
    costs: ClassVar[frozenset[str]] = frozenset()
    # Does a fix make its own call dearer for those who run beside it? Then benches and tests of the call are
    # told and do not judge it: a workload does (its tail, its throughput).
    for_others: ClassVar[bool] = False
    # Of two codemods' fixes that overlap, the one with the larger number is tried first; the other
    # takes its place when it does not hold, is of a level that is not taken, or is left out.
    precedence: ClassVar[int] = 0
    # By name; those of ``Rule`` are taken. One that has the name of a kind of sites (``Site.kind``) switches
    # these: where a config sets it to false there are none.
    options: ClassVar[Mapping[str, Option]] = {}
    # Is nothing that it finds ever rewritten? Then there are no cases of fixes, nor generated programs.
    only_reports: ClassVar[bool] = False

    def locate(
        self, source: Source, matches: Sequence[Match], cold: bool = False
    ) -> Iterable[Site]:
        """Sites and uses of one file, from syntax alone. Macro-embedded matches are included.

        With ``cold``, also where nothing shows that the code runs often.

        ``id``, ``item``, ``heat`` and ``in_tests`` may be left empty: the scan fills them in.
        """
        raise NotImplementedError

    def questions(
        self, sites: Sequence[Site], sources: Sources, answers: Answers | None
    ) -> Iterable[Question]:
        """What the plan needs to know of the types of expressions, in any of the files.

        Called twice with all sites of the workspace: first without ``answers``, then with those to
        the first questions of all codemods. What is asked for again costs nothing; what is new is
        asked in a second round, for this codemod and the others together.
        """
        return ()

    def plan(self, sites: Sequence[Site], facts: Facts) -> Iterable[Proposal]:
        """Turn all sites (and uses, and maybes) of the workspace into proposals; every
        ``role='site'`` ends in exactly one. What the types show to be no site is ``dismissed``, with
        the reason; for what no proposal speaks of, ``silent_sites`` has one that says less."""
        raise NotImplementedError

    def follow(self, fix: Fix, problems: Sequence[Problem], facts: Facts) -> Fix | Refusal | None:
        """Given the errors that ``fix`` brought, a larger fix that also mends those places.

        ``None``: nothing to follow (the next alternative is tried). Called again with the new
        errors while it returns fixes, a bounded number of times.

        By itself, of a trait that the fix requires: where a call has two candidates now (E0034), only
        the function itself is to see it; where its ``use`` is one too many (a glob that no file
        shows brings it in, and unused ones are denied), there is to be none.
        """
        from engine.rewrite.use_declarations import in_functions, without_traits

        codes = {problem.code for problem in problems}
        edits: tuple[Edit, ...] | None = None
        if "E0034" in codes:
            edits = in_functions(fix.edits, facts.source)
        elif "unused_imports" in codes:
            edits = without_traits(fix.edits)
        changed = edits is not None and edits != fix.edits
        return replace(fix, edits=edits) if edits is not None and changed else None


@dataclass(frozen=True, slots=True)
class LoadedCodemod:
    """A codemod as the registry found it."""

    codemod: Codemod
    query: str  # locates sites
    uses: str  # locates what only a plan must know of ("" where that is nothing)
    docs: str
    package: str

    @property
    def name(self) -> str:
        """The codemod's name, in kebab-case."""
        return self.codemod.name


@cache
def registry() -> Mapping[str, LoadedCodemod]:
    """All codemods by name. A folder under ``codemods/`` is enough to be found."""
    import codemods

    found: dict[str, LoadedCodemod] = {}
    for info in sorted(pkgutil.iter_modules(codemods.__path__), key=lambda i: i.name):
        if not info.ispkg or info.name.startswith("_"):
            continue
        package = f"codemods.{info.name}"
        module = importlib.import_module(package)
        codemod: Codemod = module.CODEMOD
        folder = resources.files(package)
        query = folder.joinpath("query.scm").read_text("utf-8")
        uses = folder.joinpath("uses.scm")
        found[codemod.name] = LoadedCodemod(
            codemod,
            query,
            uses.read_text("utf-8") if uses.is_file() else query if codemod.use_literals else "",
            module.__doc__ or "",
            package,
        )
    return found
