"""From operations that block to fixes, how far they may be trusted, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING

from tree_sitter import Node

from codemods.blocking_in_async.helpers import by_types, through_helpers
from codemods.blocking_in_async.operations import Group, Operation, asked_of, groups, operation
from codemods.blocking_in_async.regions import regions
from codemods.blocking_in_async.twins import Tokio, Twin, twin
from engine.base.counts import listed
from engine.base.model import (
    NO_UNIT,
    NOT_COMPILED,
    Edit,
    Fix,
    Level,
    Outcome,
    Proposal,
    Site,
    Span,
)
from engine.base.rust_version import may_use
from engine.rewrite.manifest_features import Entry, entry, feature_of
from engine.rust.blocking_calls import Wait
from engine.rust.context import is_test_file
from engine.rust.crate_names import crate_path
from engine.rust.effects import Effect
from engine.rust.first_poll import polled_once
from engine.rust.guard_scopes import GuardScope
from engine.rust.guard_types import GuardTypes
from engine.rust.held_guards import guards_across
from engine.rust.late_drops import LateDrops
from engine.rust.nodes import callee_name
from engine.rust.own_places import OwnPlaces
from engine.rust.polled import Runs
from engine.rust.questions import AWAIT_BEFORE, AWAIT_IN_PLACE
from engine.rust.runtimes import foreign_executor, other_than_tokio, runtime_without_timer
from engine.rust.seen_drops import Ends, SeenDrops
from engine.rust.shared_effects import SharedEffects
from engine.rust.syntax import Source, span_of
from engine.rust.taken_values import TakenValues
from engine.rust.thread_bound import ThreadBound
from engine.rust.thread_closures import Region, offload
from engine.rust.written_types import written_type

if TYPE_CHECKING:
    from engine.detect.facts import Facts

_OFFLOADING = (b"spawn_blocking", b"thread::spawn", b"block_in_place")
_HOP = "The way to another thread and back costs this call about ten microseconds; the others no longer wait for it."


def plan(sites: Iterable[Site], facts: Facts) -> Iterator[Proposal]:
    """One proposal a group of operations, one a site that is none or is only told."""
    workspace = _Workspace(facts)
    found: list[Operation] = []
    for site in sites:
        source = facts.source(site.path)
        op = operation(source, site, facts.type_of, partial(workspace.wraps, source))
        if op is not None:
            found.append(op)
        elif site.role == "site":
            yield _no_operation(facts, source, site)
    helped = through_helpers(found, by_types(facts.calls), workspace.wraps)
    here = [*(op for op in found if op.running.runs is not Runs.CALLED), *helped]
    told = [op for op in here if op.running.runs is Runs.POLL]
    for op in told:
        why = "it stands in a method that is polled, where nothing can be awaited: " + _advice(op)
        yield Proposal((op.site,), (), why)
    try:
        divided = list(groups(here, workspace.effects))
    except RecursionError:
        return
    for group in divided:
        yield from _Plan(group, facts, workspace).proposals()


def _no_operation(facts: Facts, source: Source, site: Site) -> Proposal:
    asked = asked_of(source, site)
    if asked is not None and facts.type_of(site.path, asked) is None:
        why = facts.unknown(site.path, asked)
        unknown = why.endswith((NO_UNIT, NOT_COMPILED))
        shown = f"what `{source.quoted(asked)}` is, is not known: {why}"
        return Proposal((site,), (), shown, Outcome.NOT_COMPILED if unknown else None)
    return Proposal((site,), (), "it is no call that blocks, by its type", dismissed=True)


def _advice(op: Operation) -> str:
    match op.blocking.wait:
        case Wait.SLEEP:
            return "keep a timer (`tokio::time::Sleep`) in the value and poll it"
        case Wait.CHANNEL:
            return "use an async channel and poll its receiver"
        case _:
            return "start it with `spawn_blocking` and poll the handle"


class _Workspace:
    """What is asked of the workspace for many operations: answers are kept."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.guards = GuardTypes(facts.items)
        self.thread_bound = ThreadBound(facts.sources, facts.items, facts.calls)
        self.drops = SeenDrops(facts.items, facts.defined_types.drops)
        self.foreign_executor = cache(self._foreign_executor)
        self.runtime_without_timer = cache(self._runtime_without_timer)

    def own(self, source: Source, body: Node) -> OwnPlaces:
        """The places that the future of ``body`` owns."""
        return OwnPlaces(source, body, partial(self._facts.type_of, source.path), self._facts.items)

    def effects(self, source: Source, body: Node) -> Iterator[Effect]:
        """What ``body`` does that others see, and sees of what they do."""
        return SharedEffects(self.own(source, body), self._facts.items, self._facts.calls).effects()

    def _is_mine(self, package: str, path: str) -> bool:
        found = self._facts.package_of(path)
        return found is not None and found.name == package and not is_test_file(path)

    def _foreign_executor(self, package: str) -> str:
        users = self._facts.depending_on(package)
        return foreign_executor(
            self._facts.sources, lambda path: any(self._is_mine(user, path) for user in users)
        )

    def _runtime_without_timer(self, package: str) -> str:
        users = self._facts.depending_on(package)
        return runtime_without_timer(
            self._facts.sources, lambda path: any(self._is_mine(user, path) for user in users)
        )

    def wraps(self, source: Source, call: Node) -> bool:
        """Does a function of the workspace hand its closure to a thread that may block?"""
        name = callee_name(call)
        if name is None:
            return False
        for place, function in self._facts.calls.callees(source, name, sure=True):
            text = place.text(function)
            if any(word in text for word in _OFFLOADING):
                return True
        return False


@dataclass(frozen=True)
class _Plan:
    """One group: a proposal."""

    group: Group
    facts: Facts
    workspace: _Workspace

    @cached_property
    def source(self) -> Source:
        return self.group.source

    @cached_property
    def path(self) -> str:
        return self.group.first.site.path

    def type_at(self, span: Span):  # type: ignore[no-untyped-def]
        return self.facts.type_of(self.path, span)

    def proposals(self) -> Iterator[Proposal]:
        """One for the group; where it has none as a whole, those that only read by themselves, and the rest."""
        whole, operations = self._proposal(), self.group.operations
        apart = not whole.fixes and len(operations) > 1 and not self.group.is_repeated
        if not apart or self._hindered():
            yield whole
            return
        rest: list[Site] = []
        for op in operations:
            fix = self._apart(op, whole.reason)
            if fix is None:
                rest.append(op.site)
            else:
                yield Proposal((op.site,), (fix,))
        if rest:
            yield replace(whole, sites=tuple(rest))

    def _apart(self, op: Operation, why: str) -> Fix | None:
        """The twin of one of several operations, which as a whole are left for the reason ``why``."""
        made = self._made(op) if op.blocking.reads else None
        if not isinstance(made, Twin):
            return None
        others = [o for o in self.group.operations if o != op]
        lines = sorted({self.source.position(o.span.start)[0] for o in others})
        shown = listed([f"line {line}" for line in lines], 3)
        _, whys = self._level(op, made)
        note = (
            f"`{made.name}` waits without the thread. {_HOP} Look at this: what stands at {shown} goes on blocking "
            f"({why}), and between the two the task may now be dropped, and others may change what was asked"
        )
        return Fix("async", Level.REVIEW, made.edits, note + (f"; {whys}." if whys else "."))

    def _proposal(self) -> Proposal:
        sites = tuple(op.site for op in self.group.operations)
        found = self._hindered()
        if found:
            return Proposal(sites, (), found)
        fixes: list[Fix] = []
        reasons: list[str] = []
        for made in self._ways():
            if isinstance(made, Fix):
                fixes.append(made)
            elif made:
                reasons.append(made)
        if not fixes:
            return Proposal(sites, (), reasons[0] if reasons else self._nothing())
        return Proposal(sites, tuple(fixes))

    def _nothing(self) -> str:
        waits = listed(sorted({op.blocking.wait.value for op in self.group.operations}), 3)
        return f"it waits for {waits}: give it a thread of its own, or use an async crate for it"

    # -- what hinders any fix ------------------------------------------------------------------

    def _hindered(self) -> str:
        first, package = self.group.first, self.facts.package_of(self.path)
        if package is None:
            return "no package of the workspace is known to have this file"
        for op in self.group.operations:
            if why := self.facts.read_otherwise(self.source, op.node):
                return why
        if why := other_than_tokio(
            self.source, self.group.body, package.external, package.optional
        ):
            return f"{why}: tokio's functions panic there"
        if place := self.workspace.foreign_executor(package.name):
            return f"{place} runs futures without a runtime, and tokio's functions panic there"
        sleeps = any(op.blocking.wait is Wait.SLEEP for op in self.group.operations)
        if sleeps and (place := self.workspace.runtime_without_timer(package.name)):
            return f"{place} builds a runtime without its timer, where tokio's `sleep` panics"
        for op in self.group.operations:
            if guard := self._guard(op.node):
                held = self.source.quoted(span_of(guard.node))
                return f"`{held}` is held there, and would be while others wait: end it before"
            if (held_ := self._held(op.node)) is not None and held_[1] is Ends.GUARD:
                return f"`{held_[0]}` {Ends.GUARD.value}, and would be held while they do: end it before"
        if first.running.body is not None and first.running.body.type == "macro_invocation":
            return "the macro's future cannot be asked whether it may still be sent between threads"
        return ""

    def _guard(self, node: Node) -> GuardScope | None:
        def holds(each: Node) -> bool | None:
            type_ = self.facts.type_of(self.path, span_of(each))
            return (
                self.workspace.guards.guard(type_, self.path) is not None
                if type_ is not None
                else None
            )

        def takes(parameter: Node) -> bool:
            type_ = written_type(self.facts.items, self.source, parameter)
            return self.workspace.guards.guard(type_, self.path) is not None

        return next(iter(guards_across(self.source, node, holds, takes)), None)

    def _held(self, node: Node) -> tuple[str, Ends] | None:
        """The first value that the new await would hold, and no other await does, of which others see the drop."""

        def ends(each: Node) -> Ends | None:
            type_ = self.facts.type_of(self.path, span_of(each))
            return self.workspace.drops.of(type_) if type_ is not None else None

        found: list[tuple[str, Ends]] = []
        for held in guards_across(
            self.source, node, lambda each: ends(each) is not None, lambda _: False
        ):
            told = ends(held.node)
            if told is not None and not held.trace.awaits.keys() - {span_of(node)}:
                found.append((self.source.quoted(span_of(held.node)), told))
        return min(found, key=lambda each: each[1] is not Ends.GUARD, default=None)

    def _unsent(self, span: Span, question: str) -> str:
        """Why no await may stand there, as far as sending goes; "" where it may."""
        told = self.facts.implements(self.path, span, question)
        if told:
            return ""
        if told is False:
            return (
                "what lives there cannot be sent between threads, so that with an await the future could "
                "no longer be spawned: end it before"
            )
        why = self.facts.trait_unknown(self.path, span, question)
        return f"whether the future could still be sent between threads is not known: {why}"

    # -- ways ----------------------------------------------------------------------------------

    def _ways(self) -> Iterator[Fix | str]:
        operations = self.group.operations
        alone = len(operations) == 1 and not self.group.is_repeated
        if alone:
            made = self._twin(operations[0])
            yield made or ""
            if operations[0].blocking.wait is Wait.SLEEP:
                return
        yield from self._closures()
        if not alone and not self.group.is_repeated and len(operations) <= _MOST_TWINS:
            yield self._twins() or ""

    def _features(self, *needed: str) -> tuple[Edit, ...] | str:
        """What switches on the features of tokio that are missing, or why that is left to a person."""
        package = self.facts.package_of(self.path)
        have = set(package.external.get("tokio", ())) if package is not None else set()
        have |= {"rt"} if have & _WITH_RT else set()
        missing = sorted({name for name in needed if name} - have)
        if not missing or "full" in have or package is None:
            return ()
        data = self.facts.sources.data
        told = entry(package.manifest, data(package.manifest), "tokio", 1, data("Cargo.toml"))
        if isinstance(told, Entry) and _WITHOUT_PACKAGES.issuperset(missing):
            return tuple(told.feature(name) for name in missing)
        why = (
            told if isinstance(told, str) else "it brings in other packages, which is yours to say"
        )
        return (
            f"tokio is used here without its feature {listed([f'`{each}`' for each in missing], 3)} "
            f"(`cargo add tokio -p {package.name} --features {','.join(missing)}`): {why}"
        )

    @cached_property
    def _tokio(self) -> Tokio:
        package = self.facts.package_of(self.path)
        named = package.renamed.get("tokio", "tokio") if package is not None else "tokio"
        crate = named.replace("-", "_").encode()
        return Tokio(
            crate_path(self.facts.sources, self.source, crate),
            package is None or may_use(package.rust_version, _IS_OK_AND),
        )

    def _made(self, op: Operation) -> Twin | str | None:
        if op.running.runs is not Runs.POLLED:
            return "it stands in a closure, where nothing can be awaited"
        made = twin(op, self.type_at, self._tokio)
        if not isinstance(made, Twin):
            return made
        if self.source.comments_in(op.span):
            return "a comment stands inside what would be replaced"
        unsent = self._unsent(op.span, AWAIT_IN_PLACE)
        features = self._features(made.feature, "rt" if made.feature == "fs" else "")
        if unsent:
            return unsent
        if isinstance(features, str):
            return features
        return replace(made, edits=(*made.edits, *features))

    def _twin(self, op: Operation) -> Fix | str | None:
        made = self._made(op)
        if not isinstance(made, Twin):
            return made
        level, why = self._level(op, made)
        note = f"`{made.name}` waits without the thread. {_HOP}"
        return Fix("async", level, made.edits, note + (f" Look at this: {why}." if why else ""))

    def _twins(self) -> Fix | str | None:
        """Each of them by itself: where they read only, and no closure can be made."""
        edits: list[Edit] = []
        for op in self.group.operations:
            made = self._made(op)
            if not isinstance(made, Twin):
                return made
            if not op.blocking.reads:
                return "one of them writes, and a task that is dropped between them would leave half of it"
            edits += made.edits
        note = (
            "Each waits without the thread. Look at this: between them the task may be dropped, and others may "
            "change what was asked before."
        ) + "".join(f" And {each}." for each in _switched(edits))
        return Fix("async", Level.REVIEW, tuple(sorted(edits)), note)

    def _level(self, op: Operation, made: Twin) -> tuple[Level, str]:
        between = self.group.between[op.span]
        before, after = _seen(between.before), _seen(between.after)
        looked = [effect for effect in before if effect.what == "read"]
        before = [effect for effect in before if effect.what != "read"]
        whys: list[str] = [made.look] if made.look else []
        whys += _switched(made.edits)
        if op.blocking.wait is Wait.NETWORK:
            whys.append("the addresses come from another resolver call, in the order that it gives")
        elif not op.blocking.reads:
            whys.append("a task that is dropped meanwhile does not stop it: it goes on by itself")
        elif op.blocking.wait is Wait.SLEEP and _is_variable(self.source, op.node):
            whys.append(
                "how long it sleeps is not written here; tokio's timer has steps of a millisecond"
            )
        changes = [effect for effect in after if effect.what != "read"]
        if before and after:
            whys.append(
                f"{before[0].words} before it and {after[0].words} behind it happened without a pause, and no "
                "longer do"
            )
        elif looked and changes:
            whys.append(
                f"what {looked[0].words} told before it others may change now before {changes[0].words} behind it"
            )
        whys += self._losses(op)
        attribute = self.facts.unknown_attribute(self.source, op.node)
        other = self.facts.other_build(self.source, [op.span])
        whys += [why for why in (attribute, other) if why]
        return (Level.REVIEW if whys else Level.SAFE), "; ".join(whys)

    def _losses(self, op: Operation) -> Iterator[str]:
        """What goes with a task that is dropped at the new await, or is held there, or found not to be ready."""
        own = self.workspace.own(self.source, self.group.body)
        taken = TakenValues(own, self.facts.calls).lost_at(op.span, self.group.between[op.span])
        for call in list(taken)[:1]:
            shown = self.source.quoted(span_of(call))
            yield f"a task that is dropped there loses what `{_cut(shown)}` gave"
        if (held := self._held(op.node)) is not None:
            yield f"`{_cut(held[0])}` {held[1].value}, and now lives while others run"
        found = polled_once(self.source, self.group.body, self.facts.calls)
        if found is not None:
            place, node = found
            line = place.position(node.start_byte)[0]
            yield (
                f"without an await this future was ready at its first poll, which {place.path}:{line} may count on"
            )

    def _closures(self) -> Iterator[Fix | str]:
        for region in regions(self.group):
            yield self._closure(region) if isinstance(region, Region) else region

    def _closure(self, region: Region) -> Fix | str:
        op = self.group.first
        at, question = (
            (span_of(region.nodes[0]), AWAIT_BEFORE)
            if region.hoisted is None
            else (op.span, AWAIT_IN_PLACE)
        )
        if why := self._unsent(at, question):
            return why
        features = self._features("rt")
        if isinstance(features, str):
            return features
        made = offload(
            region,
            self.group.body,
            self.type_at,
            self.facts.type_facts,
            self._tokio.crate,
            LateDrops(self.workspace.drops).matters,
        )
        if isinstance(made, str):
            return made
        told = (self.type_at(place.uses[0]) for place in made.region.places)
        taken = [type_ for type_ in told if type_ is not None]
        if why := self.workspace.thread_bound.why(self.source, made.region.nodes, taken):
            return why
        looks = ["it may no longer be stopped half way, and runs on when the task is dropped"]
        if made.copies:
            shown = listed([f"`{each}`" for each in made.copies], 3)
            looks.append(f"{shown} {'is' if len(made.copies) == 1 else 'are'} copied for it")
        if b"tracing" in self.source.data or b"log::" in self.source.data:
            looks.append("what it logs is in no span of the task")
        looks += _switched(features)
        note = f"It runs on a thread that may block. {_HOP} Look at this: {'; '.join(looks)}."
        return Fix("thread", Level.REVIEW, (*made.edits, *features), note)


_MOST_TWINS = 3
_IS_OK_AND = (1, 70)  # `Result::is_ok_and`
_WITH_RT = frozenset({"rt-multi-thread", "full", "test-util"})  # tokio 1.54's own manifest
# Features of tokio 1 that bring in no package.
_WITHOUT_PACKAGES = frozenset({"fs", "rt", "time", "sync"})


def _switched(edits: Iterable[Edit]) -> list[str]:
    """That features are switched on by ``edits``, in words."""
    found = sorted({(edit.path, name) for edit in edits if (name := feature_of(edit))})
    return [
        f"{path} switches on tokio's feature `{name}`, which brings in no package"
        for path, name in found
    ]


def _seen(effects: Iterable[Effect]) -> list[Effect]:
    """Those that others see: what is logged is none."""
    return [effect for effect in effects if effect.what not in ("log", "convention")]


def _cut(shown: str) -> str:
    return shown if len(shown) <= 60 else shown[:28] + ".." + shown[-28:]


def _is_variable(source: Source, call: Node) -> bool:
    return b"Duration::from_" not in source.text(call)
