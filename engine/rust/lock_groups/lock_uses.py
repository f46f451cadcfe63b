"""What is done with a group's locks beside locking them: nothing that what takes their places would do
otherwise.

rustc tells where a use no longer fits the changed type. It does not tell where the use fits and means
something else (another impl of a trait answers; a value goes in as ``dyn Any`` and no longer comes out
as what it was), nor what code does that is not compiled here: macros in whose text the lock is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import nodes, statement_nodes
from engine.rust.configurations import conditional_part
from engine.rust.layout_questions import leads_to_values, question_about
from engine.rust.lock_groups.lock_flow import LockFlow
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.lock_groups.lock_places import Declaration, LockPlaces
from engine.rust.lock_groups.lock_sets import Group
from engine.rust.lock_groups.lock_sites import METHODS
from engine.rust.lock_groups.lock_types import full_names
from engine.rust.macro_reach import MacroReach
from engine.rust.macro_texts import is_own_macro, macro_named, macros_naming
from engine.rust.open_types import holds_only, named_to_find, parameters_in
from engine.rust.other_builds import signs_of_other_builds, switched_at
from engine.rust.syntax import Source, span_of
from engine.rust.value_ends import End, ValueEnds

_TYPES = frozenset(
    {"generic_type", "type_arguments", "reference_type", "tuple_type", "array_type", "bounded_type"}
)
_LOCKS = frozenset({b"Mutex", b"RwLock"})
_WORDS = {
    "erased": "so that its type is no longer told: the lock may come out as one elsewhere",
    "given": "so that its type is no longer told: the lock may come out as one elsewhere",
    "trait": "which may lock it, or do something else for {}",
    "inside": "so that a helper locks it, whose guard is not followed",
    "macro": "and may lock it in code that is not seen",
}


@dataclass(frozen=True)
class Uses:
    """How the other uses of locks are judged that are to become ``instead`` ("an atomic").

    ``named_alike`` tells of a lock type that is named somewhere whether it may be one of the group's;
    ``alike`` whether two groups' locks may be of one type; ``refused`` why an end is, which is not by
    itself ("" where it is fine); ``harmless`` which kinds of ends are, whatever they are by themselves.
    """

    instead: str
    named_alike: Callable[[Group, Source, Node], bool]
    alike: Callable[[Group, Group], bool]
    refused: Callable[[End], str] = lambda _: ""
    harmless: frozenset[str] = frozenset()


def require_seen(
    places: LockPlaces, group: Group, others: Sequence[Group], uses: Uses
) -> tuple[End, ...]:
    """The ends of a group's locks that need a look. Raises Refused where one may mean something else for
    what takes its place, or locks it unseen; ``others`` are all groups of the workspace."""
    left: list[End] = []
    for end in _ends(places, group):
        if end.kind == "macro" and not _is_unseen(places, end):
            continue
        fine = end.kind in uses.harmless
        why = "" if fine else _WORDS.get(end.kind, "").format(uses.instead) or uses.refused(end)
        if why:
            place = places.place(end.source.path, end.node.start_byte)
            raise Refused(f"{place}: {end.words}, {why}")
        left.append(end)
    _require_not_found_again(places, group, uses)
    _require_origin(places, group)
    foreign = next((end for end in left if end.kind == "foreign"), None)
    if foreign is not None:
        _require_made_here(places, group, others, foreign, uses)
    return tuple(e for e in left if e.kind != "foreign" and not e.source.in_test(e.node))


def other_build(places: LockPlaces, group: Group, atomics: bool = True) -> str:
    """A sign of builds of the same packages in which locks, or ``atomics``, are others, in words; "" for none."""
    packages = [places.package_of(decl.path) for decl in group.declarations]
    paths = [path for path in places.files.paths if places.package_of(path) in packages]
    for path, line, word in signs_of_other_builds(places.files, paths, atomics):
        return f"{path}:{line}: `{word}` is named there: builds with it may want this lock"
    return ""


def _is_unseen(places: LockPlaces, end: End) -> bool:
    """May the macro lock what it is given although it compiled here with an atomic? One of the
    workspace's own may do so under other ``cfg``s, and under one, nothing was compiled."""
    source = end.source
    if is_own_macro(places.files, nodes.macro_name(source, end.node)):
        return True
    return not source.in_test(end.node) and conditional_part(source, end.node) is not None


def _ends(places: LockPlaces, group: Group) -> Iterator[End]:
    """Where the ways of the group's locks end that types do not follow."""
    flow = LockFlow(places)
    ends = ValueEnds(places.files, places.items, places.calls, frozenset(METHODS))
    for decl in group.declarations:
        for source, node in flow.uses(decl, sure=True):
            yield from ends.of(source, node)
        yield from _holders(places, ends, decl)
    for key in group.locals:
        for source, use in flow.local_uses(key):
            if isinstance(use, Span):
                yield End("shown", source, source.innermost(use), "a format string shows it")
            else:
                yield from ends.of(source, use)
    for new in group.constructors:
        source = places.source(new.file)
        made = source.node_at(new.whole)
        if made is not None:
            yield from ends.of(source, made)


def _holders(places: LockPlaces, ends: ValueEnds, decl: Declaration) -> Iterator[End]:
    """Types of the workspace's own that are declared to hold the lock as one of their parameters."""
    source = places.source(decl.path)
    for span in decl.types:
        lock = source.node_at(span)
        for holder in source.ancestors(lock) if lock is not None else ():
            if holder.type not in _TYPES:
                break
            if holder.type != "generic_type":
                continue
            item = places.items.type_at(source, nodes.generic_head(holder))
            if item is not None and item.kind in ("struct", "enum"):
                place, struct = places.items.open(item)
                names = parameters_in(place, struct, struct)
                yield from ends.of_holder(source, holder, place, struct, names)
            elif decl.kind == "parameter" and not holds_only(source, holder):
                name = nodes.last_name(source, holder).decode("utf-8", "replace")
                words = f"`{name}` gives it by its type, from where is not seen"
                yield End("given", source, holder, words)


def require_no_macro(places: LockPlaces, group: Group) -> None:
    """Raises Refused where a macro's own text names one of the group's places."""
    reach = MacroReach(places.files, places.items, places.calls)
    for decl in group.declarations:
        field = decl.kind == "field"
        if decl.name.isdigit() or decl.kind not in ("field", "static", "const", "alias"):
            continue
        place = places.source(decl.path)
        owner = _struct_around(place, decl) if field else None
        for source, macro in macros_naming(places.files, decl.name, field):
            if owner is not None and not reach.reaches(source, macro, place, owner):
                continue
            if places.package_of(source.path) == places.package_of(decl.path):
                at = places.place(source.path, macro.start_byte)
                raise Refused(
                    f"{at}: the macro `{macro_named(source, macro)}` names "
                    f"`{decl.name.decode('utf-8', 'replace')}`, and may lock it wherever it is expanded"
                )


def _struct_around(source: Source, decl: Declaration) -> Node | None:
    """The struct that a field belongs to."""
    node = source.node_at(decl.node)
    return source.enclosing(node, ["struct_item"]) if node is not None else None


def _require_not_found_again(places: LockPlaces, group: Group, uses: Uses) -> None:
    """Raises Refused where such a lock is named to find it behind an erased type."""
    aliases = {d.name for d in group.declarations if d.kind == "alias"}
    for word in (*sorted(_LOCKS), *sorted(aliases)):
        for source, node in places.calls.mentions(word):
            type_ = _whole(node)
            around = named_to_find(source, type_)
            asking = question_about(source, type_) if around is None else None
            if around is None and asking is None:
                continue
            if not (word in aliases or uses.named_alike(group, source, type_)):
                continue
            if not any(related(places, decl.path, source.path) for decl in group.declarations):
                continue
            quoted = source.quoted(span_of(type_))
            if around is not None:
                raise Refused(
                    f"{places.place(source.path, around.start_byte)}: `{quoted}` is named there to find "
                    "one whose type was erased, and it may be this one"
                )
            if asking is not None and leads_to_values(source, asking, places.calls.mentions):
                raise Refused(
                    f"{places.place(source.path, asking.start_byte)}: `{source.quoted(span_of(asking))}` "
                    "may lead to one whose type is not told, and it may be this one"
                )


def _require_origin(places: LockPlaces, group: Group) -> None:
    """Raises Refused where only locals are known to have the lock, and nothing tells where it is made:
    what they are given it by may have found it by its type alone."""
    kept = (d for d in group.declarations if d.types and d.kind != "local")
    if group.constructors or any(True for _ in kept):
        return
    for decl in group.declarations:
        source = places.source(decl.path)
        holder = source.node_at(decl.node)
        let = statement_nodes.let_of(holder) if holder is not None else None
        if let is not None and let.value is not None:
            place = places.place(decl.path, let.value.start_byte)
            value = source.quoted(span_of(let.value))
            raise Refused(f"{place}: where `{value}` has its lock from is not seen")


def related(places: LockPlaces, one: str, other: str) -> bool:
    """May values get from the package of one file to that of the other: does one depend on the other, or
    another one on both, at any distance?"""
    package_of = places.package_of
    start, goal = package_of(one), package_of(other)
    if start is None or goal is None or start == goal:
        return True
    packages = {p.name: p for path in places.files.paths if (p := package_of(path))}
    near = {start.name}
    for _ in packages:
        near |= {n for p in packages.values() if p.name in near for n in p.dependencies}
        near &= set(packages)
        near |= {p.name for p in packages.values() if not near.isdisjoint(p.dependencies)}
    return goal.name in near


def _whole(node: Node) -> Node:
    """``std::sync::Mutex<u64>`` around its ``Mutex``."""
    while node.parent is not None and node.parent.type in (
        "scoped_type_identifier",
        "generic_type",
    ):
        if node.parent.type == "generic_type" and nodes.generic_head(node.parent) != node:
            break
        node = node.parent
    return node


def _require_made_here(
    places: LockPlaces, group: Group, others: Sequence[Group], foreign: End, uses: Uses
) -> None:
    """Raises Refused where the lock is given away and another place has one of unknown making."""
    for other in others:
        made = other.constructors or any(d.kind in ("field", "static") for d in other.declarations)
        mine = any(call in group.lock_calls for call in other.lock_calls)
        if mine or made or not uses.alike(group, other) or not other.lock_calls:
            continue
        given = places.place(foreign.source.path, foreign.node.start_byte)
        call = other.lock_calls[0]
        place = places.place(call.path, call.span.start)
        raise Refused(
            f"{given}: {foreign.words}, and {place} locks one of unknown making: it may be this one"
        )


def exposed(places: LockPlaces, group: Group) -> Declaration | None:
    """The first declaration of the group whose type other crates can see."""
    for decl in group.declarations:
        source = places.source(decl.path)
        node = source.node_at(decl.node)
        if node is None or decl.kind in ("local", "let"):
            continue
        if decl.kind == "parameter":
            node = source.enclosing(node, ["function_item", "function_signature_item"])
        elif node.type == "ordered_field_declaration_list":
            if not _public_part(source, node, decl):
                continue
            node = node.parent
        if node is not None and places.items.exposed(source, node):
            return decl
    return None


def _public_part(source: Source, fields: Node, decl: Declaration) -> bool:
    """Is the tuple field ``pub``? Its modifier stands in front of the type."""
    before = [c for c in fields.children if c.end_byte <= decl.site.span.start]
    return bool(before) and source.text(before[-1]) == b"pub"


def require_one_meaning(places: LockPlaces, decl: Declaration) -> None:
    """Raises Refused where a ``cfg`` decides what a lock's name in the declaration means."""
    source = places.source(decl.path)
    for span in decl.types:
        node, place = source.node_at(span), places.place(decl.path, span.start)
        if node is None or node.type != "generic_type":
            raise Refused(f"{place}: the type is not understood")
        name = source.text(nodes.generic_head(node))
        meant = full_names(source, node, name)
        if len(meant) > 1:
            raise Refused(f"{place}: `{name.decode()}` is imported differently under `cfg`")
        _require_one_type(places, source, node, meant)


def _require_one_type(
    places: LockPlaces, source: Source, node: Node, meant: Sequence[bytes]
) -> None:
    """Raises Refused where a module of the workspace brings in this lock or another one by ``cfg``."""
    for full in meant:
        found = switched_at(places.items, places.files, source, node, full)
        if found is not None:
            place = places.place(found[0].path, found[1].start_byte)
            name = full.rpartition(b"::")[2].decode("utf-8", "replace")
            raise Refused(f"{place}: `{name}` is another type under `cfg`")
