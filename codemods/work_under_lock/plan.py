"""From guards and types to fixes, or to what is waited for under the lock and why it stays there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial

from tree_sitter import Node

from codemods.work_under_lock.hoists import Hoist, Hoists, instead, lets, named, span_between
from codemods.work_under_lock.look import Look, look_at
from codemods.work_under_lock.sections import Shorter, covered, shorter, shorter_edits, weighed
from codemods.work_under_lock.thrown_away import Thrown, taking, thrown_away
from engine.base.model import Edit, Fix, Level, Outcome, Proposal, Site, Span
from engine.detect.facts import Facts
from engine.rewrite.use_declarations import dropping
from engine.rust.blocking_calls import Blocking
from engine.rust.blocking_calls import Wait as On
from engine.rust.codegen import (
    first_free,
    indent_step,
    is_free,
    reindented,
)
from engine.rust.early_values import Early, Known, early
from engine.rust.held_waits import Wait, waits
from engine.rust.items import FUNCTIONS as FUNCTION_ITEMS
from engine.rust.locks import Flavour, flavour_of_name, guarded, guards_in
from engine.rust.macros import meaning_of_macro
from engine.rust.nodes import macro_path
from engine.rust.plain_makers import only_makes
from engine.rust.scopes import scopes_of
from engine.rust.suspension import comment_on_purpose
from engine.rust.syntax import FUNCTIONS, Source, span_of
from engine.rust.type_definitions import DefinedTypes
from engine.rust.type_facts import TypeFacts
from engine.rust.types import UNIT

_POISONING = frozenset({Flavour.STD})
_LOCKS = frozenset({Flavour.STD, Flavour.PARKING_LOT, Flavour.SPIN, Flavour.TOKIO, Flavour.ASYNC})
NO_LOCK = "it takes no lock, as its type shows"
NO_WORK = "what is done under the lock costs next to nothing, as its types show"


def plan(sites: Sequence[Site], facts: Facts) -> Iterator[Proposal]:
    """One proposal for each guard under which work is done that need not be."""
    drops = TypeFacts(DefinedTypes(facts.items, facts.sources, ("Drop",)).ownership)
    writers = cache(lambda: _writers(sites, facts))
    for site in sites:
        try:
            found = _Plan(site, facts, drops, writers).decided()
        except RecursionError:
            found = Proposal((site,), reason="the code around it is nested too deeply")
        if found is not None and (site.role == "site" or not found.dismissed):
            yield found


def _writers(sites: Iterable[Site], facts: Facts) -> Mapping[bytes, str]:
    """Names of locks under which something is written to disk, each with its place."""
    found: dict[bytes, str] = {}
    for site in sites:
        source = facts.source(site.path)
        node = source.node_at(site.captures["guard"][0])
        look = look_at(source, node) if node is not None else None
        if look is None or not look.waiting:
            continue
        for wait in waits(source, look.scope, partial(facts.type_of, site.path)):
            blocking = wait.blocking
            if blocking is not None and blocking.wait is On.DISK and not blocking.reads:
                line = source.position(wait.node.start_byte)[0]
                found.setdefault(_name_of(source, look), f"{site.path}:{line}")
    return found


def _name_of(source: Source, look: Look) -> bytes:
    """What the lock is called, without what it stands in."""
    return b"".join(source.text(look.locked.receiver).split()).rpartition(b".")[2]


class _Plan:
    """One guard."""

    def __init__(
        self,
        site: Site,
        facts: Facts,
        drops: TypeFacts,
        writers: Callable[[], Mapping[bytes, str]],
    ) -> None:
        self.site, self.facts, self.drops, self.writers = site, facts, drops, writers
        self.lock_name = b""
        self.source = facts.source(site.path)
        self.type_of = partial(facts.type_of, site.path)
        self.known = Known(
            self.type_of,
            facts.type_facts,
            facts.held_types,
            lambda call: only_makes(facts.items, self.source, call),
            self._is_std,
            lambda name: any(item.in_trait for item in facts.items.named(name, *FUNCTION_ITEMS)),
            self._stays,
        )

    def _stays(self, blocking: Blocking) -> str:
        """Why what reads the disk stays under this lock, in words; "" for nothing."""
        place = self.writers().get(self.lock_name) if blocking.wait is On.DISK else None
        return f"{place} writes to the disk under this lock, so that the two agree" if place else ""

    def _is_std(self, macro: Node) -> bool:
        path = macro_path(macro)
        name = self.source.text(path) if path is not None else b""
        return (
            meaning_of_macro(
                self.facts.sources, self.facts.items.modules, self.source, macro, name
            ).is_std
            is True
        )

    # -- what is decided -------------------------------------------------------------------------

    def decided(self) -> Proposal | None:
        node = self.source.node_at(self.site.captures["guard"][0])
        look = look_at(self.source, node) if node is not None else None
        if node is None or look is None:
            return None
        type_ = self.type_of(span_of(node))
        if type_ is None:
            if self.site.role == "maybe":
                return None
            why = self.facts.unknown(self.site.path, span_of(node))
            return Proposal((self.site,), reason=why, outcome=Outcome.NOT_COMPILED)
        guard = next(guards_in(type_), None)
        flavour = flavour_of_name(guard.name) if guard is not None else None
        if guard is None or flavour not in _LOCKS:
            return self._dismissed(NO_LOCK)
        self.flavour = flavour
        self.lock_name = _name_of(self.source, look)
        waiting = waits(self.source, look.scope, self.type_of) if look.waiting else []
        if guarded(guard) == UNIT:
            return self._dismissed("it guards no data: what it is held for is not told")
        fix, reasons, done = self._fix(look)
        rest = [wait for wait in waiting if not any(span_of(wait.node) in span for span in done)]
        if fix is not None and (why := self._in_the_way(look, fix)):
            fix, reasons = None, [why]
        site = self._told(look, waiting, fix)
        if fix is not None:
            if rest:
                fix = replace(fix, note=f"{fix.note} {self._still(rest)}")
            return Proposal((replace(site, level=fix.level, reason=""),), (fix,))
        reason = self._reason(look, waiting, reasons)
        if not reason:
            return self._dismissed(NO_WORK)
        return Proposal((replace(site, level=Level.REPORT, reason=reason),), reason=reason)

    def _dismissed(self, why: str) -> Proposal:
        return Proposal((self.site,), reason=why, dismissed=True)

    def _in_the_way(self, look: Look, fix: Fix) -> str:
        source = self.source
        if why := self.facts.read_otherwise(source, look.node):
            return why
        whole = source.statement_of(look.node)
        before = whole.prev_named_sibling if whole is not None else None
        if before is not None and before.type == "attribute_item":
            return f"`{source.quoted(span_of(before))}` stands before it"
        if look.section is not None:
            block = look.section.declared.parent
            told = comment_on_purpose(source, span_of(block)) if block is not None else None
            if told is not None:
                return f"a comment says what it is held for (line {self._line(told)})"
        lost = (edit for edit in fix.edits if edit.replacement == b"" or edit.start < edit.end)
        for edit in lost:
            for comment in source.comments_in(edit.span):
                if source.text(comment) not in b"".join(e.replacement for e in fix.edits):
                    return "a comment stands inside what would be replaced"
        return ""

    def _line(self, node: Node) -> int:
        return self.source.position(node.start_byte)[0]

    def _lock(self, look: Look) -> str:
        text = self.source.quoted(span_of(look.locked.receiver))
        return f"`{text}`" if len(text) <= 40 else f"`{text[:38]}..`"

    # -- words -----------------------------------------------------------------------------------

    def _told(self, look: Look, waiting: Sequence[Wait], fix: Fix | None) -> Site:
        message = self.site.message
        if waiting:
            message = f"{self._lock(look)} stays locked while {self._waits(waiting)}"
        elif fix is not None and fix.label == "drop":
            message = f"an old value is dropped while {self._lock(look)} is locked"
        return replace(self.site, role="site", message=message)

    def _waits(self, waiting: Sequence[Wait]) -> str:
        first = waiting[0]
        text = self.source.quoted(span_of(first.node))
        shown = text if len(text) <= 40 else f"{text[:18]}..{text[-18:]}"
        more = f" (and {len(waiting) - 1} more)" if len(waiting) > 1 else ""
        return f"`{shown}` (line {self._line(first.node)}) waits for {first.words}{more}"

    def _still(self, rest: Sequence[Wait]) -> str:
        return f"It is still held while {self._waits(rest)}."

    def _reason(self, look: Look, waiting: Sequence[Wait], reasons: Sequence[str]) -> str:
        if waiting:
            other = next((wait for wait in waiting if wait.blocking is None), None)
            if other is not None and all(wait.blocking is None for wait in waiting):
                return (
                    f"two locks are held together: {self._waits(waiting)}, and its order may matter"
                )
            said = f": {reasons[0]}" if reasons else ""
            return f"held while {self._waits(waiting)}{said}"
        return reasons[0] if reasons else ""

    # -- fixes -----------------------------------------------------------------------------------

    def _fix(self, look: Look) -> tuple[Fix | None, list[str], list[Span]]:
        """The fix, why there is none or not more, and what leaves the lock."""
        hoists = Hoists(look, self.known)
        if look.section is not None:
            cut = shorter(look, self.known)
            if cut is None:
                return None, [], []
            cut, found = weighed(cut, hoists.found)
            gone = [*covered(cut.head), *covered(cut.tail), *(span_of(h.node) for h in found)]
            told = (early(self.source, each, self.known) for each in look.section.head)
            stays = [each.never for each in told if each.never and each.waits]
            return self._shortened(look, cut, found), stays[:1], gone
        thrown = (
            thrown_away(self.source, look.dropped, self.known, self.drops)
            if look.dropped is not None
            else None
        )
        reasons = [*hoists.reasons, *([thrown] if isinstance(thrown, str) else [])]
        if not hoists.found and not isinstance(thrown, Thrown):
            return None, reasons, []
        done = [span_of(hoist.node) for hoist in hoists.found]
        old = thrown if isinstance(thrown, Thrown) else None
        return self._in_front(look, hoists.found, old), reasons, done

    def _level(self, told: Sequence[Early], named_guard: bool) -> tuple[Level, str]:
        """How far what is computed at another time may be trusted, and what to look at."""
        doubts = list(dict.fromkeys(doubt for each in told for doubt in each.doubts))
        stops = any(each.stops or each.leaves for each in told)
        said: list[str] = []
        if doubts:
            said.append(f"Look at this: {'; '.join(doubts)}.")
        if stops and self.flavour in _POISONING:
            said.append(
                "A panic, or a way out, in what is moved no longer comes under the lock, and does not poison it."
            )
        elif stops:
            said.append("A panic, or a way out, in what is moved no longer comes under the lock.")
        return (Level.REVIEW if said or named_guard else Level.SAFE), " ".join(said)

    def _in_front(self, look: Look, found: Sequence[Hoist], thrown: Thrown | None) -> Fix:
        """A temporary guard: its operands in front, the old value behind."""
        source = self.source
        names = named(look, found)
        whole = found[0].front.whole if found else thrown.dropped.statement if thrown else look.node
        inline = bool(found) and found[0].front.inline
        indent = source.indent_of(whole.start_byte)
        inner = instead(source, names)
        text: list[bytes] = lets(source, found, names, indent)
        said = []
        if found:
            said.append(f"{self._computed(found)} before {self._lock(look)} is locked.")
        told = [hoist.told for hoist in found]
        if thrown is None:
            edits = self._placed(look, whole, inline, text, inner)
        else:
            edits = self._taken(look, thrown, text, inner)
            said.append(
                f"The old value (`{thrown.type_.short(60)}`) is dropped when the lock is free again."
            )
        level, note = self._level(told, False)
        why = self.facts.unknown_attribute(source, look.node) or self.facts.other_build(
            source, [span_of(look.node), *inner]
        )
        if why:
            level, note = Level.REVIEW, f"{note} Look at this: {why}.".strip()
        label = "hoist" if found else "drop"
        return Fix(label, level, tuple(edits), " ".join(filter(None, (*said, note))))

    def _short(self, node: Node) -> str:
        text = self.source.quoted(span_of(node))
        return text if len(text) <= 40 else f"{text[:18]}..{text[-18:]}"

    def _placed(
        self, look: Look, whole: Node, inline: bool, text: list[bytes], inner: dict[Span, bytes]
    ) -> list[Edit]:
        source, path = self.source, self.site.path
        indent, newline = source.indent_of(whole.start_byte), source.newline
        if inline:
            block = source.enclosing(whole, ("block",))
            step = indent_step(source, block) if block is not None else b"    "
            body = reindented(source, span_of(whole), indent, indent + step, inner.items())
            deeper = newline + indent + step
            lines = deeper.join(part.replace(newline + indent, deeper) for part in text)
            put = b"{" + deeper + lines + deeper + body + newline + indent + b"}"
            return [Edit(path, whole.start_byte, whole.end_byte, put)]
        at = whole.start_byte
        alone = not source.data[source.line_start(at) : at].strip()
        gap = newline + indent if alone else b" "
        edits = [Edit(path, at, at, b"".join(part + gap for part in text))]
        return edits + [Edit(path, span.start, span.end, name) for span, name in inner.items()]

    def _taken(
        self, look: Look, thrown: Thrown, text: list[bytes], inner: dict[Span, bytes]
    ) -> list[Edit]:
        """``let old = ..; drop(old);`` in the place of the statement."""
        source, path, dropped = self.source, self.site.path, thrown.dropped
        statement = dropped.statement
        indent = source.indent_of(statement.start_byte)
        gap = source.newline + indent
        block = source.enclosing(statement, ("block",)) or statement
        function = source.enclosing(statement, FUNCTIONS)
        taken = set(inner.values())

        def free(name: bytes) -> bool:
            if function is None or name in taken:
                return False
            where = span_between(statement, block)
            return is_free(source, scopes_of(source, function), name, where)

        old = first_free([thrown.name, b"old_value"], free)
        taken.add(old)
        if dropped.kind == "result":
            value = reindented(source, span_of(dropped.value), indent, indent, inner.items())
        elif thrown.front is not None:
            new = first_free([b"new", b"new_value"], free)
            base = source.indent_of(thrown.front.start_byte)
            made = reindented(source, span_of(thrown.front), base, indent)
            text = [b"let " + new + b" = " + made + b";", *text]
            value = taking(source, thrown, new)
        else:
            value = taking(source, thrown, source.text(dropped.value))
        lines = [
            *text,
            b"let " + old + b" = " + value + b";",
            dropping(source, look.node) + b"(" + old + b");",
        ]
        return [Edit(path, statement.start_byte, statement.end_byte, gap.join(lines))]

    def _shortened(self, look: Look, cut: Shorter, found: Sequence[Hoist]) -> Fix | None:
        """A named guard: its section begins later and ends earlier."""
        edits = shorter_edits(look, cut, found)
        if not edits:
            return None
        said: list[str] = []
        if cut.head:
            said.append(f"{self._lock(look)} is locked behind what does not need it.")
        elif found:
            said.append(f"{self._computed(found)} before {self._lock(look)} is locked.")
        if cut.tail:
            said.append(f"The lock ends behind its last use (line {self._line(cut.section.last)}).")
        told = [*(hoist.told for hoist in found), *(each for _, each in (*cut.head, *cut.tail))]
        _, note = self._level(told, True)
        return Fix("section", Level.REVIEW, tuple(edits), " ".join(filter(None, (*said, note))))

    def _computed(self, found: Sequence[Hoist]) -> str:
        shown = " and ".join(f"`{self._short(hoist.node)}`" for hoist in found[:2])
        return f"{shown} {'is' if len(found) == 1 else 'are'} computed"
