"""From the locks of tokio to proposals: who may not change, how far a change may be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from codemods.async_lock.locate import NAME, TOKIO
from codemods.async_lock.rewrite import CONST_SINCE, STD, Target, edits_of
from codemods.async_lock.sections import (
    Held,
    Section,
    asked,
    ends_with_it,
    hidden,
    lasting,
    require_seen_macros,
    section_of,
)
from engine.base.counts import listed
from engine.base.model import Edit, Fix, Level, Outcome, Proposal, Site
from engine.base.rust_version import may_use
from engine.detect.facts import Facts, Sources
from engine.rust.hidden_impls import HiddenImpls
from engine.rust.lasting_work import LastingWork
from engine.rust.lock_groups import lock_sites
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.lock_groups.lock_likeness import alike, lock_types, named_alike
from engine.rust.lock_groups.lock_places import LocatedCall, LockPlaces
from engine.rust.lock_groups.lock_printed import asked_of_shown, seen_printed
from engine.rust.lock_groups.lock_sets import Group, expand_aliases, groups, joined_by_type
from engine.rust.lock_groups.lock_types import Lock, lock_of
from engine.rust.lock_groups.lock_uses import (
    Uses,
    exposed,
    other_build,
    require_no_macro,
    require_one_meaning,
    require_seen,
)
from engine.rust.lock_groups.lost_lock_waits import lost_notes
from engine.rust.questions import Answers, Question
from engine.rust.scope_end import ended, lingers
from engine.rust.syntax import span_of

_NAMED = 4  # of what runs under the lock, as many are named
_KEEPING = ("field", "static", "const", "alias", "let", "local")


def is_tokios(lock: Lock | None) -> bool:
    """Did rustc tell that it is one of tokio's?"""
    return lock is not None and lock.type_ is not None and lock.type_.name.startswith(TOKIO)


def _may_be_tokios(lock: Lock | None) -> bool:
    return lock is None or is_tokios(lock)


def questions(
    sites: Sequence[Site], sources: Sources, answers: Answers | None
) -> Iterator[Question]:
    """The types of what is locked and made; then those of what is done with tokio's guards."""
    for site in sites:
        for span in lock_sites.asked(site):
            yield Question(site.path, span)
    yield from (Question(*each) for each in lock_sites.asked_of_fields(sources, sites))
    yield from asked_of_shown(sites, sources)
    for site in sites if answers is not None else ():
        if site.kind.startswith("call ") and answers is not None:
            told = answers.type_of(site.path, site.captures["receiver"][0])
            if told is not None and is_tokios(lock_of(told)):
                yield from _of_section(sources, site)


def _of_section(sources: Sources, site: Site) -> Iterator[Question]:
    source = sources.get(site.path)
    node = source.node_at(site.span)
    if node is None:
        return
    try:
        section = section_of(source, node, site.kind.removeprefix("call ").encode())
        yield from (Question(*each) for each in asked(sources, source, section))
    except (Held, Refused, RecursionError):
        return  # the plan says so


def plan(sites: Sequence[Site], facts: Facts) -> Iterator[Proposal]:
    """One proposal per group of tokio's locks."""
    places = LockPlaces(
        NAME, facts.sources, facts.items, facts.calls, facts.type_of, facts.package_of
    )
    for site in sites:
        places.add_site(site)
    expand_aliases(places)
    found = joined_by_type(groups(places, _may_be_tokios), alike)
    for group in found:
        proposal = _Plan(places, facts, group, found).proposal()
        if proposal is None:
            continue
        if proposal.fixes:
            places.replaced += group.lock_calls
        yield proposal


class _Plan:
    """One group: a fix, or why there is none."""

    def __init__(
        self, places: LockPlaces, facts: Facts, group: Group, every: Sequence[Group]
    ) -> None:
        self.places, self.facts, self.group, self.every = places, facts, group, every
        self.work = LastingWork(facts.calls, facts.type_of)
        self.impls = HiddenImpls(facts.items, facts.calls, self.work)
        self.notes: list[str] = []
        self.shown: list[str] = []  # where a `Debug` prints the lock itself
        self.under: list[str] = []  # what runs under the lock, and may take a moment
        self.blocks: list[Edit] = []

    def proposal(self) -> Proposal | None:
        """What is proposed for the group; None where it is none of tokio's, or none that is shown."""
        group, calls = self.group, self.group.lock_calls
        known = [call for call in calls if is_tokios(call.lock)]
        found = self._sites()
        if not found:
            return None
        sites = tuple(replace(site, role="site") for site in found)
        if not known:
            blind = next((call for call in calls if call.lock is None), None)
            if blind is None:
                made = any(is_tokios(new.lock) for new in group.constructors)
                return (
                    self._none(found, "nothing that was compiled here locks it") if made else None
                )
            unknown = self.facts.unknown(blind.path, blind.receiver)
            reason = f"{self._at(blind)}: {unknown}"
            return Proposal(sites, reason=reason, outcome=Outcome.NOT_COMPILED)
        try:
            return Proposal(sites, self._fixes())
        except Held as held:
            return self._none(found, held.reason)
        except Refused as refused:
            return Proposal(sites, reason=refused.reason, dismissed=refused.locks)

    def _none(self, sites: tuple[Site, ...], reason: str) -> Proposal | None:
        shown = tuple(site for site in sites if site.role == "site")
        return Proposal(shown, reason=reason, dismissed=True) if shown else None

    def _at(self, call: LocatedCall) -> str:
        return self.places.place(call.path, call.span.start)

    def _sites(self) -> tuple[Site, ...]:
        """The places that keep the lock; where none does, the first that is given it."""
        every = self.group.declarations
        kept = [d for d in every if d.site.kind in _KEEPING and (d.types or d.site.kind == "local")]
        kept = kept or [d for d in every if d.types][:1]
        sites = (decl.site for decl in kept)
        return tuple(sorted(sites, key=lambda s: (s.kind in ("let", "local"), s.path, s.span)))

    # -- what stands in the way ---------------------------------------------------------------------

    def _fixes(self) -> tuple[Fix, ...]:
        places, group = self.places, self.group
        sections = list(self._sections())
        self._require_known()
        decl = exposed(places, group)
        if decl is not None:
            raise Refused(f"`{decl.shown}` is public, so its type is part of the library's API")
        self.notes += lost_notes(places, group.lock_calls)
        for call, section in sections:
            self._weigh(call, section)
            self._end(call, section)
        require_no_macro(places, group)
        harmless = {"inside", "shown"} | ({"given"} if group.constructors else set())
        uses = Uses("another lock", named_alike, alike, harmless=frozenset(harmless))
        for end in require_seen(places, group, self.every, uses):
            if end.kind == "given":
                place = places.place(end.source.path, end.node.start_byte)
                self.notes.append(
                    f"{place}: {end.words.partition(',')[0]}, which changes with all others"
                )
            elif end.kind == "shown":
                place = places.place(end.source.path, end.node.start_byte)
                self.shown.append(f"{place}: {end.words}, and its `Debug` prints other text now")
        if found := other_build(places, group, atomics=False):
            self.notes.append(found)
        return tuple(self._made(target) for target in self._targets())

    def _sections(self) -> Iterator[tuple[LocatedCall, Section]]:
        """The sections of all calls. What shows that the lock is meant to be async comes first."""
        refused: list[Refused] = []
        held: list[Held] = []
        for call in self.group.lock_calls:
            source = self.places.source(call.path)
            node = source.node_at(call.span)
            if node is None or call.lock is None:
                continue
            try:
                section = section_of(source, node, call.method)
                require_seen_macros(self.places.files, source, section, node)
                yield call, section
            except Held as found:
                held.append(Held(f"{self._at(call)}: {found.reason}"))
            except Refused as found:
                refused.append(Refused(f"{self._at(call)}: {found.reason}", found.locks))
        for reason in (*held, *refused):
            raise reason

    def _require_known(self) -> None:
        for decl in self.group.declarations:
            if decl.doubt:
                raise Refused(decl.doubt)
            require_one_meaning(self.places, decl)
        for call in self.group.lock_calls:
            if call.lock is None:
                told = self.facts.unknown(call.path, call.receiver)
                raise Refused(f"{self._at(call)} may lock it, but {told}")

    def _weigh(self, call: LocatedCall, section: Section) -> None:
        """Notes on what runs under the lock. Raises Refused where that waits for something."""
        source = self.places.source(call.path)
        if source.in_test(source.innermost(call.span)):
            return
        blocking = call.method.startswith(b"blocking_")
        told = call.lock.type_ if call.lock is not None else None
        behind = told.args[-1] if told is not None and told.args else None
        more = hidden(source, section, behind, self.impls) if behind is not None else ()
        for found in (*lasting(source, section, self.work), *more):
            place = self.places.place(call.path, found.node.start_byte)
            if found.waits:
                raise Refused(
                    f"{place}: {found.words} under the lock: others would block meanwhile"
                )
            if blocking:
                raise Refused(
                    f"{place}: {found.words} under `{call.method.decode()}`: tasks would block their "
                    "thread as long as that takes"
                )
            self.under.append(f"{found.words} ({place})")

    def _end(self, call: LocatedCall, section: Section) -> None:
        """A block around the section, where the guard's scope goes on over an await."""
        source, scope = self.places.source(call.path), section.scope
        if scope is None or not lingers(source, scope):
            return
        try:
            found = ended(source, scope)
        except Refused as refused:
            raise Refused(f"{self._at(call)}: {refused.reason}") from None
        self.blocks += found.edits
        quiet = self.facts.drops_nothing_in(call.path)
        told = [
            binding.name.decode("utf-8", "replace")
            for binding, value in ends_with_it(source, section)
            if value is None or not quiet(span_of(value))
        ]
        if told:
            names = " and ".join(f"`{name}`" for name in told)
            self.notes.append(f"{self._at(call)}: {names}: dropped where the lock ends now")

    # -- the fix ------------------------------------------------------------------------------------

    def _targets(self) -> list[Target]:
        """parking_lot's where all packages that hold a part of the lock use that, and std's."""
        group = self.group
        paths = {d.path for d in group.declarations} | {c.path for c in group.lock_calls}
        paths |= {new.file for new in group.constructors}
        packages = {p.name: p for path in paths if (p := self.facts.package_of(path)) is not None}
        names: set[str] = set()
        for package in packages.values():
            there = "parking_lot" in package.external and "parking_lot" not in package.optional
            local = package.renamed.get("parking_lot", "parking_lot").replace("-", "_")
            used = any(
                self.facts.package_of(source.path) == package
                for source in self.facts.sources.containing(local.encode())
            )
            names.add(local if there and used else "")
        found = [STD]
        if len(names) == 1 and (home := names.pop()):
            found.insert(0, Target("parking_lot", home.encode(), False))
        new_enough = all(
            may_use(package.rust_version, CONST_SINCE) for package in packages.values()
        )
        if not new_enough and self._is_constant():
            found.remove(STD)
        if not found:
            raise Refused("std's lock in a constant needs Rust 1.63")
        return found

    def _is_constant(self) -> bool:
        made = (self.places.source(n.file).slice(n.whole) for n in self.group.constructors)
        return any(b"const_new" in text for text in made)

    def _made(self, target: Target) -> Fix:
        edits = (*edits_of(self.places, self.group, target), *self.blocks)
        notes = list(self.notes)
        if under := list(dict.fromkeys(self.under)):
            notes.insert(0, f"what runs under the lock, and must be short: {listed(under, _NAMED)}")
        notes += self.shown if target.poisons else []
        if target.poisons and (printed := seen_printed(self.places, self.group)):
            notes.append(printed)
        level = Level.REVIEW if notes else Level.SAFE
        return Fix(
            target.label, level, tuple(sorted(set(edits))), " ".join(self._sentences(target, notes))
        )

    def _sentences(self, target: Target, notes: Iterable[str]) -> Iterator[str]:
        kinds = sorted({t.partition("<")[0] for t in lock_types(self.group)})
        named = " and ".join(f"`{target.home.decode()}::{kind}`" for kind in kinds)
        decl = min(
            self.group.declarations, key=lambda d: (d.site.kind not in _KEEPING, d.path, d.node)
        )
        yield (
            f"`{decl.shown}` becomes {named}: nobody holds it over an await, and taking it no longer goes "
            "through the runtime."
        )
        yield (
            "Who waits blocks the thread for as long as a section takes, and is no longer served in order."
        )
        told = list(dict.fromkeys(notes))
        if told:
            yield f"Look at: {'; '.join(told)}."
