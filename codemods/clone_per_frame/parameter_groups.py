"""What was decided about clones, and what becomes of those that are passed to one function: its
parameter changes with all its calls, or each clone goes by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from engine.base.model import Fix, Level, Proposal, Site, Span
from engine.rust.borrows import Target
from engine.rust.known_types import Nature
from engine.rust.lendable import Lendable
from engine.rust.listed_copies import Listed
from engine.rust.signatures import Parameter
from engine.rust.snapshots import may_change
from engine.rust.syntax import span_of
from engine.rust.type_facts import Ownership

from . import parameter_rewrite
from .clone_cost import SHOWN, cost_sentence
from .clone_types import CloneTypes
from .dismissals import dismissed
from .follow_calls import PARAMETER, TYPE_KEPT
from .into_mut import LABEL
from .locate import message_of
from .located_clone import LocatedClone

if TYPE_CHECKING:
    from engine.detect.facts import Facts

# For the note on a type that may change through a shared reference.
IF_IT_CHANGES = (
    "if it changes behind a shared reference, the clone is a snapshot, and what is called on the copy "
    "changed the copy alone"
)


@dataclass
class Decision:
    """What is to become of one site. Without fixes and reason it is no site at all."""

    located: LocatedClone
    types: CloneTypes
    ownership: Ownership
    fixes: list[Fix] = field(default_factory=list)
    reason: str = ""
    parameter: Parameter | None = None
    reference_text: bytes = b""  # the place as a reference
    hint: str = ""  # what more there is to say to a refusal
    quiet: str = ""  # why it is no site, where there is no reason
    own: Fix | None = None  # owns the frames upstream
    changed_at: int = 0  # the line at which what is copied may change while the copy is read
    copied_to_change: bool = False  # the frame is copied in order to be changed
    lacking: Mapping[str, str] = field(default_factory=dict)
    listed: Listed | None = None  # the list that it is an element of ..
    in_list: list[Fix] = field(
        default_factory=list
    )  # .. and its part in making that one of references

    def ranked(self, fixes: Sequence[Fix]) -> tuple[Fix, ...]:
        """``fixes`` with the one that owns the frames upstream, in its place."""
        if self.own is None:
            return tuple(fixes)
        if not self.copied_to_change:
            return (*fixes, self.own)
        local = [fix for fix in fixes if fix.label == LABEL]
        return (*local, self.own, *(fix for fix in fixes if fix not in local))

    def refuse(self, reason: str) -> None:
        """Say why, unless it is in a test, where nobody waits."""
        if not self.located.site.in_tests:
            self.reason = reason


def proposals(decisions: Sequence[Decision], facts: Facts) -> Iterator[Proposal]:
    """Sites of one parameter become one proposal where some of them need it changed."""
    groups: dict[tuple[str, int, int], list[Decision]] = {}
    for decision in decisions:
        if decision.parameter is not None and not _borrows(decision):
            groups.setdefault(decision.parameter.key, []).append(decision)
    taken: set[int] = set()
    for group in _lists(decisions):
        taken.update(map(id, group))
        fix = _joined(group)
        yield Proposal(tuple(_as_fixed(d, fix) for d in group), (fix, *_without_it(group)))
    for group in groups.values():
        if all(decision.fixes for decision in group):
            continue
        found = _change(group, facts)
        if isinstance(found, list):
            taken.update(map(id, group))
            ordered = sorted(group, key=lambda d: bool(d.fixes))
            owning = next((d for d in group if d.own is not None), group[0])
            fixes = owning.ranked((*found, *_without_it(group)))
            sites = tuple(_as_argument(d) for d in ordered)
            yield Proposal(sites, fixes, lacking=owning.lacking)
        else:
            for decision in group:
                if not decision.fixes and decision.reason:
                    decision.reason = f"{decision.reason}, and {found}"
                elif not decision.fixes:
                    decision.quiet = found
    for decision in decisions:
        if id(decision) in taken:
            continue
        fixes = decision.ranked(decision.fixes)
        if fixes:
            yield Proposal((_as_fixed(decision, fixes[0]),), fixes, lacking=decision.lacking)
        elif decision.reason:
            site = decision.located.site
            yield Proposal((site,), (), decision.reason, lacking=decision.lacking)
        else:
            yield dismissed(decision.located, decision.quiet or "what takes the copy needs its own")


def _lists(decisions: Sequence[Decision]) -> Iterator[list[Decision]]:
    """Those whose lists may be such of references, where not all of them go by themselves."""
    groups: dict[tuple[str, Span], list[Decision]] = {}
    for decision in decisions:
        if decision.listed is not None and decision.in_list:
            first = span_of(decision.listed.elements[0])
            groups.setdefault((decision.located.site.path, first), []).append(decision)
    for group in groups.values():
        listed = group[0].listed
        whole = listed is not None and len(group) == len(listed.elements)
        if whole and not all(decision.fixes for decision in group):
            yield group


def _joined(group: Sequence[Decision]) -> Fix:
    """What makes references of all elements."""
    fixes = [decision.in_list[0] for decision in group]
    doubtful = next((fix for fix in fixes if fix.level is not Level.SAFE), fixes[0])
    edits = tuple(dict.fromkeys(edit for fix in fixes for edit in fix.edits))
    return replace(doubtful, edits=edits)


def _as_fixed(decision: Decision, fix: Fix) -> Site:
    """The site with the words for what its fix shows it to be: syntax alone may have guessed else."""
    site, label = decision.located.site, fix.label
    if label not in ("move", "borrow") or site.kind == label:
        return site
    return replace(site, message=message_of(decision.located.clone, label))


def _as_argument(decision: Decision) -> Site:
    """The site with the words for a copy that is made for a function alone."""
    return replace(decision.located.site, message=message_of(decision.located.clone, "argument"))


def _change(group: Sequence[Decision], facts: Facts) -> list[Fix] | str:
    """Change the parameter that all of ``group`` pass a clone to (to a view, else to a plain reference), or
    say why not."""
    parameter = group[0].parameter
    assert parameter is not None
    if any(d.ownership.nature in (Nature.CELL, Nature.HANDLE) for d in group):
        return f"what `{parameter.name}` takes is more than data"
    target, seen = parameter_rewrite.view_or_type(parameter, group[0].types.cloned, facts)
    found = _changed_to(group, parameter, target, seen, facts)
    if isinstance(found, str):
        return found
    if target == "reference":
        return [found]
    other = _changed_to(group, parameter, "reference", "what is done with it asks for that", facts)
    return [found, replace(other, label=TYPE_KEPT)] if isinstance(other, Fix) else [found]


def _changed_to(
    group: Sequence[Decision], parameter: Parameter, target: Target, seen: str, facts: Facts
) -> Fix | str:
    """The fix with a parameter of the type ``target``, which keeps its type for the reason ``seen``."""
    name, type_ = parameter.name, group[0].types.cloned
    if reason := parameter_rewrite.refusal(parameter, type_, facts):
        return reason
    texts = {
        (d.located.site.path, d.located.clone.span): d.reference_text
        for d in group
        if not d.located.place.has_calls and (not seen or d.types.same or d.types.behind)
    }
    if seen and not texts:
        return f"`{name}` needs a `{type_.short(SHOWN)}`: {seen}"
    found, reason = parameter_rewrite.calls(parameter, frozenset(texts), facts)
    if reason:
        return reason
    inside = parameter_rewrite.body(parameter, type_, found, texts, target, facts)
    if isinstance(inside, str):
        return inside
    if inside.kept:
        given = parameter_rewrite.gives_value(parameter, texts, inside, target, facts)
        if given or any(d.fixes for d in group):
            return given or f"`{name}` keeps what a call can give it"
    edits = parameter_rewrite.rewrite(parameter, type_, found, texts, target, inside)
    if edits is None:
        return f"the signature of `{name}` is not understood"
    plain = all(d.ownership.nature is Nature.PLAIN for d in group)
    count = len(found)
    note = (
        f"{_how(parameter, inside)}; its {count} "
        f"{'calls lend' if count != 1 else 'call lends'} what was passed before. "
        f"{cost_sentence(type_, group[0].ownership.cost, group[0].located.clone.word)}"
    )
    if seen:
        note += f" It keeps its type, a `&{type_.short(SHOWN)}`: {seen}."
    doubts = [d.ownership.why for d in group if d.ownership.why and not plain][:1]
    if may_change(type_, facts.type_facts, facts.held_types):
        doubts.append(IF_IT_CHANGES)
    doubts += filter(None, [parameter_rewrite.seen_by_others(parameter, facts)])
    if doubts:
        note += f" Look at this: {'; '.join(doubts)}."
    return Fix(PARAMETER, parameter_rewrite.level_of(parameter, plain), tuple(edits), note)


def _how(parameter: Parameter, inside: Lendable) -> str:
    """What the function does with its parameter."""
    if not inside.kept:
        return f"`{parameter.name}` only reads its parameter, so it borrows it"
    source = parameter.source
    lines = sorted({source.position(span.start)[0] for span in inside.kept})
    where = f"line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}"
    return f"`{parameter.name}` keeps what it takes on some ways only, so it borrows it, and copies it at {where}"


def _without_it(group: Sequence[Decision]) -> Iterator[Fix]:
    """The alternative to a changed parameter: those clones go that can, the others stay."""
    single = [d.fixes[0] for d in group if d.fixes]
    if single:
        levels = {fix.level for fix in single}
        yield Fix(
            single[0].label,
            Level.SAFE if levels == {Level.SAFE} else Level.REVIEW,
            tuple(dict.fromkeys(edit for fix in single for edit in fix.edits)),
            f"{len(single)} of {len(group)} calls: {single[0].note}",
        )


def _borrows(decision: Decision) -> bool:
    return bool(decision.fixes) and decision.fixes[0].label == "borrow"
