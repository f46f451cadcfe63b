"""What is done with a lock beside locking it: nothing that an atomic in its place would do otherwise.

rustc tells where a use no longer fits the changed type. It does not tell where the use fits and means
something else (another impl of a trait answers; a value goes in as ``dyn Any`` and no longer comes out
as what it was), nor what code does that is not compiled here: macros in whose text the lock is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from codemods.mutex_counter.float_bits import is_float, require_same_traits
from codemods.mutex_counter.float_uses import given_as_any, written_around
from codemods.mutex_counter.groups import Group
from codemods.mutex_counter.guard_access import Refused
from codemods.mutex_counter.locate import METHODS
from codemods.mutex_counter.located import Declaration, Located
from codemods.mutex_counter.lock_flow import LockFlow
from codemods.mutex_counter.type_names import number_of
from engine.base.model import Span
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.configurations import conditional_part
from engine.rust.layout_questions import leads_to_values, question_about
from engine.rust.macro_reach import MacroReach
from engine.rust.macro_texts import is_own_macro, macro_named, macros_naming
from engine.rust.open_types import holds_only, named_to_find, parameters_in
from engine.rust.other_builds import signs_of_other_builds
from engine.rust.syntax import Source, span_of
from engine.rust.value_ends import End, ValueEnds

_TYPES = frozenset(
    {"generic_type", "type_arguments", "reference_type", "tuple_type", "array_type", "bounded_type"}
)
_LOCKS = frozenset({b"Mutex", b"RwLock"})
_STRUCTS = frozenset({"struct_item", "enum_item", "union_item"})
_WORDS = {
    "erased": "so that its type is no longer told: the lock may come out as one elsewhere",
    "trait": "which may lock it, or do something else for an atomic",
    "inside": "so that a helper locks it, whose guard is not followed",
    "macro": "and may lock it in code that is not seen",
}


def require_seen(located: Located, group: Group, others: Sequence[Group]) -> tuple[str, ...]:
    """What to look at of the uses of a group's locks that are no locking. Raises Refused where one may
    mean something else for an atomic, or locks it unseen; ``others`` are all groups of the workspace."""
    _require_no_macro(located, group)
    notes: list[str] = []
    foreign: list[End] = []
    floats = any(map(is_float, group.inners))
    if floats:
        _require_bits_alone(located, group)
        _require_no_other(located, group)
    for end in _ends(located, group):
        place = located.place(end.source.path, end.node.start_byte)
        if end.kind == "macro" and not _is_unseen(located, end):
            continue
        if end.kind in _WORDS:
            raise Refused(f"{place}: {end.words}, {_WORDS[end.kind]}")
        if floats and not _is_put(end):
            raise Refused(f"{place}: {end.words}, and would take the number's bits for the number")
        if end.kind == "foreign":
            foreign.append(end)
        elif not end.source.in_test(end.node):
            notes.append(f"{place}: {end.words}, now as the bare value")
    _require_not_found_again(located, group)
    _require_origin(located, group)
    if foreign:
        _require_made_here(located, group, others, foreign[0])
    notes += _other_builds(located, group)
    return tuple(dict.fromkeys(notes))


def _require_no_other(located: Located, group: Group) -> None:
    """Raises Refused where something that is not seen may take the bits of a float for the number."""
    flow = LockFlow(located)
    uses: list[tuple[Source, Node]] = []
    for decl in group.declarations:
        uses += flow.uses(decl, sure=False)
        if (around := written_around(located, decl)) is not None:
            place = located.place(decl.path, around.start_byte)
            words = located.source(decl.path).quoted(span_of(around))
            raise Refused(f"{place}: `{words}` may take the number's bits for the number")
    for key in group.locals:
        uses += ((s, use) for s, use in flow.local_uses(key) if not isinstance(use, Span))
    for new in group.constructors:
        made = located.source(new.file).node_at(new.whole)
        uses += [(located.source(new.file), made)] if made is not None else []
    for source, node in uses:
        given = given_as_any(located, source, node)
        if given is not None:
            place = located.place(source.path, given.start_byte)
            words = source.quoted(span_of(given))
            raise Refused(f"{place}: `{words}` may take the number's bits for the number")


def _is_put(end: End) -> bool:
    """Does a map, perhaps one by type, get it as it is?"""
    method = nodes.method_call(end.source, end.node) if end.kind == "foreign" else None
    return method is not None and method.method in (b"insert", b"try_insert", b"put")


def _require_bits_alone(located: Located, group: Group) -> None:
    """Raises Refused where others may look at the atomic of a float, and see its bits."""
    if len(group.inners) > 1:
        raise Refused("it is used in one place with locks around other numbers")
    for decl in group.declarations:
        source = located.source(decl.path)
        node = source.node_at(decl.node)
        item = (
            source.enclosing(node, _STRUCTS) if node is not None and decl.kind == "field" else None
        )
        if item is not None:
            require_same_traits(source, item, located.place(decl.path, decl.node.start))


def _other_builds(located: Located, group: Group) -> Iterator[str]:
    """Signs of builds of the same package in which locks or atomics are others."""
    facts = located.facts
    packages = [facts.package_of(decl.path) for decl in group.declarations]
    paths = [path for path in facts.sources.paths if facts.package_of(path) in packages]
    for path, line, word in signs_of_other_builds(facts.sources, paths):
        yield f"{path}:{line}: `{word}` is named there: builds with it may want this lock, or have no such atomic"
        return


def _is_unseen(located: Located, end: End) -> bool:
    """May the macro lock what it is given although it compiled here with an atomic? One of the
    workspace's own may do so under other ``cfg``s, and under one, nothing was compiled."""
    source = end.source
    if is_own_macro(located.facts.sources, nodes.macro_name(source, end.node)):
        return True
    return not source.in_test(end.node) and conditional_part(source, end.node) is not None


def _ends(located: Located, group: Group) -> Iterator[End]:
    """Where the ways of the group's locks end that types do not follow."""
    facts = located.facts
    flow = LockFlow(located)
    ends = ValueEnds(facts.sources, facts.items, facts.calls, frozenset(METHODS))
    for decl in group.declarations:
        for source, node in flow.uses(decl, sure=True):
            yield from ends.of(source, node)
        yield from _holders(located, ends, decl)
    for key in group.locals:
        for source, use in flow.local_uses(key):
            if isinstance(use, Span):
                yield End("shown", source, source.innermost(use), "a format string shows it")
            else:
                yield from ends.of(source, use)
    for new in group.constructors:
        source = located.source(new.file)
        made = source.node_at(new.whole)
        if made is not None:
            yield from ends.of(source, made)


def _holders(located: Located, ends: ValueEnds, decl: Declaration) -> Iterator[End]:
    """Types of the workspace's own that are declared to hold the lock as one of their parameters."""
    source = located.source(decl.path)
    for span in decl.types:
        lock = source.node_at(span)
        for holder in source.ancestors(lock) if lock is not None else ():
            if holder.type not in _TYPES:
                break
            if holder.type != "generic_type":
                continue
            item = located.facts.items.type_at(source, nodes.generic_head(holder))
            if item is not None and item.kind in ("struct", "enum"):
                place, struct = located.facts.items.open(item)
                names = parameters_in(place, struct, struct)
                yield from ends.of_holder(source, holder, place, struct, names)
            elif decl.kind == "parameter" and not holds_only(source, holder):
                name = nodes.last_name(source, holder).decode("utf-8", "replace")
                words = f"`{name}` gives it by its type, from where is not seen"
                yield End("erased", source, holder, words)


def _require_no_macro(located: Located, group: Group) -> None:
    """Raises Refused where a macro's own text names one of the group's places."""
    facts = located.facts
    reach = MacroReach(facts.sources, facts.items, facts.calls)
    for decl in group.declarations:
        field = decl.kind == "field"
        if decl.name.isdigit() or decl.kind not in ("field", "static", "const", "alias"):
            continue
        place = located.source(decl.path)
        owner = _struct_around(place, decl) if field else None
        for source, macro in macros_naming(facts.sources, decl.name, field):
            if owner is not None and not reach.reaches(source, macro, place, owner):
                continue
            if facts.package_of(source.path) == facts.package_of(decl.path):
                at = located.place(source.path, macro.start_byte)
                raise Refused(
                    f"{at}: the macro `{macro_named(source, macro)}` names "
                    f"`{decl.name.decode('utf-8', 'replace')}`, and may lock it wherever it is expanded"
                )


def _struct_around(source: Source, decl: Declaration) -> Node | None:
    """The struct that a field belongs to."""
    node = source.node_at(decl.node)
    return source.enclosing(node, ["struct_item"]) if node is not None else None


def _require_not_found_again(located: Located, group: Group) -> None:
    """Raises Refused where a lock around the same number is named to find it behind an erased type."""
    inners = group.inners
    aliases = {d.name for d in group.declarations if d.kind == "alias"}
    for word in (*sorted(_LOCKS), *sorted(aliases)):
        for source, node in located.facts.calls.mentions(word):
            type_ = _whole(node)
            around = named_to_find(source, type_)
            asking = question_about(source, type_) if around is None else None
            if around is None and asking is None:
                continue
            if not (word in aliases or _number(located, source, type_) in inners):
                continue
            if not any(related(located, decl.path, source.path) for decl in group.declarations):
                continue
            quoted = source.quoted(span_of(type_))
            if around is not None:
                raise Refused(
                    f"{located.place(source.path, around.start_byte)}: `{quoted}` is named there to find "
                    "one whose type was erased, and it may be this one"
                )
            if asking is not None and leads_to_values(source, asking, located.facts.calls.mentions):
                raise Refused(
                    f"{located.place(source.path, asking.start_byte)}: `{source.quoted(span_of(asking))}` "
                    "may lead to one whose type is not told, and it may be this one"
                )


def _require_origin(located: Located, group: Group) -> None:
    """Raises Refused where only locals are known to have the lock, and nothing tells where it is made:
    what they are given it by may have found it by its type alone."""
    kept = (d for d in group.declarations if d.types and d.kind != "local")
    if group.constructors or any(True for _ in kept):
        return
    for decl in group.declarations:
        source = located.source(decl.path)
        holder = source.node_at(decl.node)
        let = statement_nodes.let_of(holder) if holder is not None else None
        if let is not None and let.value is not None:
            place = located.place(decl.path, let.value.start_byte)
            value = source.quoted(span_of(let.value))
            raise Refused(f"{place}: where `{value}` has its lock from is not seen")


def related(located: Located, one: str, other: str) -> bool:
    """May values get from the package of one file to that of the other: does one depend on the other, or
    another one on both, at any distance?"""
    package_of = located.facts.package_of
    start, goal = package_of(one), package_of(other)
    if start is None or goal is None or start == goal:
        return True
    packages = {p.name: p for path in located.facts.sources.paths if (p := package_of(path))}
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


def _number(located: Located, source: Source, lock: Node) -> str:
    """What stands behind the lock type ``lock``."""
    given = item_nodes.type_arguments(lock)
    if not given:
        return ""
    text = source.text(given[-1]).decode("utf-8", "replace")
    return number_of(located.facts.items, source, given[-1]) or text


def _require_made_here(
    located: Located, group: Group, others: Sequence[Group], foreign: End
) -> None:
    """Raises Refused where the lock is given away and another place has one of unknown making."""
    for other in others:
        made = other.constructors or any(d.kind in ("field", "static") for d in other.declarations)
        mine = any(call in group.lock_calls for call in other.lock_calls)
        if mine or made or not other.inners & group.inners or not other.lock_calls:
            continue
        given = located.place(foreign.source.path, foreign.node.start_byte)
        call = other.lock_calls[0]
        place = located.place(call.path, call.span.start)
        raise Refused(
            f"{given}: {foreign.words}, and {place} locks one of unknown making: it may be this one"
        )
