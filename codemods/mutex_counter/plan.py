"""From groups to proposals: the rewrite of every use, the orderings, the level, the note."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from codemods.mutex_counter.groups import Group, groups
from codemods.mutex_counter.guards import Refused
from codemods.mutex_counter.locate import asked
from codemods.mutex_counter.moment import Rewrite, Use
from codemods.mutex_counter.names import ATOMICS, atomic, full_names, wide
from codemods.mutex_counter.section import DIRECT, rewrite
from codemods.mutex_counter.text import PUBLISHING, RELAXED, Orders, receiver
from codemods.mutex_counter.world import Call, Decl, New, World, build
from engine import uses
from engine.facts import Facts, Sources
from engine.model import Edit, Fix, Level, Outcome, Proposal, Site, Span
from engine.syntax import Source

_COUNTING = frozenset({"load", "add", "sub", "wrap", "own"})


@dataclass(frozen=True, slots=True)
class Rewritten:
    """All uses of a group, rewritten with one set of orderings."""

    edits: tuple[Edit, ...]
    ops: frozenset[str]
    notes: tuple[str, ...]
    decides: bool
    drops: tuple[tuple[str, bytes], ...]


# The latest survey of a run's sources: ``follow`` goes on from it.
_SURVEYS: WeakKeyDictionary[Sources, tuple[World, list[Group]]] = WeakKeyDictionary()


def surveyed(facts: Facts) -> tuple[World, list[Group]]:
    """The world and groups that ``plan`` saw."""
    return _SURVEYS.get(facts.sources) or (World(facts), [])


def plan(sites: Sequence[Site], facts: Facts) -> Iterator[Proposal]:
    """One proposal per group that is a counter; locks that are meant as locks are left out."""
    world = build(sites, facts)
    found = groups(world)
    _SURVEYS[facts.sources] = (world, found)
    for group in found:
        proposal = proposal_of(world, group)
        if isinstance(proposal, Proposal):
            yield proposal


def proposal_of(world: World, group: Group) -> Proposal | Refused:
    """What is proposed for a group; ``Refused`` when it is no counter behind a lock."""
    shown = tuple(d.site for d in group.decls if d.site.role == "site" and _is_counter(group, d))
    if not shown:
        return Refused("rustc knows no counter here", locks=True)
    shown = tuple(sorted(shown, key=lambda s: (s.kind in ("let", "local"), s.path, s.span)))
    blind = [c for c in group.calls if c.lock is None]
    if blind and len(blind) == len(group.calls):
        first = blind[0]
        reason = f"{_at(world, first)}: {world.facts.unknown(first.path, first.receiver)}"
        return Proposal(shown, reason=reason, outcome=Outcome.NOT_COMPILED)
    refused = _refused(world, group, blind)
    if isinstance(refused, Refused):
        return Proposal(shown, reason=refused.reason)
    made = _rewritten(world, group, RELAXED)
    if isinstance(made, Refused):
        return made if made.locks else Proposal(shown, reason=made.reason)
    orders = _orders(group, made)
    if orders is not RELAXED:
        made = _rewritten(world, group, orders)
        if isinstance(made, Refused):
            return Proposal(shown, reason=made.reason)
    return Proposal(shown, (_fix(world, group, made, orders),))


def _is_counter(group: Group, decl: Decl) -> bool:
    """A local's constructor is one only if rustc says that it makes a lock around a number."""
    if decl.site.kind != "local":
        return True
    return any(new.lock is not None and new.whole in decl.node for new in group.news)


def _at(world: World, call: Call) -> str:
    return world.place(call.path, call.span.start)


def _refused(world: World, group: Group, blind: Sequence[Call]) -> Refused | None:
    """What stands in the way before any use is looked at."""
    for decl in group.decls:
        source = world.source(decl.path)
        for span in decl.types:
            node = source.node_at(span)
            named = node.child_by_field_name("type") if node is not None else None
            if node is None or named is None:
                return Refused(f"{world.place(decl.path, span.start)}: the type is not understood")
            if len(full_names(source, node, source.text(named))) > 1:
                return Refused(
                    f"{world.place(decl.path, span.start)}: "
                    f"`{source.text(named).decode()}` is imported differently under `cfg`"
                )
    if not group.calls:
        return Refused("nothing that was compiled here locks it")
    for call in blind:
        told = world.facts.unknown(call.path, call.receiver)
        return Refused(f"{_at(world, call)} may lock it, but {told}")
    return None


def _orders(group: Group, made: Rewritten) -> Orders:
    """Relaxed for a counter that is only added to and read out, else it may publish other data."""
    if "bool" in group.inners or made.decides or not made.ops <= _COUNTING:
        return PUBLISHING
    return RELAXED


def _rewritten(world: World, group: Group, orders: Orders) -> Rewritten | Refused:
    edits: list[Edit] = []
    ops: set[str] = set()
    notes: list[str] = []
    drops: list[tuple[str, bytes]] = []
    decides = False
    for refusal_or in _uses(world, group, orders):
        call, made = refusal_or
        if isinstance(made, Refused):
            return Refused(f"{_at(world, call)}: {made.reason}", made.locks)
        edits += made.edits
        ops |= made.ops
        decides |= made.decides
        notes += (f"{call.path}: {note}" for note in made.notes)
        drops += ((call.path, item) for item in made.drops)
    retyped = _retyped(world, group)
    if isinstance(retyped, Refused):
        return retyped
    edits += retyped.edits
    drops += retyped.drops
    unique = tuple(dict.fromkeys(edits))
    return Rewritten(
        unique, frozenset(ops), tuple(dict.fromkeys(notes)), decides, tuple(dict.fromkeys(drops))
    )


def _uses(world: World, group: Group, orders: Orders) -> Iterator[tuple[Call, Rewrite | Refused]]:
    """The rewrite of each lock call. A use of the lock as a lock comes first: it decides."""
    done = [(call, rewrite_call(world, call, orders)) for call in group.calls]
    done.sort(key=lambda d: not (isinstance(d[1], Refused) and d[1].locks))
    yield from done


def rewrite_call(world: World, call: Call, orders: Orders) -> Rewrite | Refused:
    """One lock call with everything done under it."""
    source = world.source(call.path)
    node, held = source.node_at(call.span), source.node_at(call.receiver)
    if node is None or held is None or call.lock is None:
        return Refused("the call is not understood")
    if not source.sound(node):
        return Refused("a syntax error stands beside it")
    text = receiver(source, held)
    use = Use(source, text, call.lock.inner, orders, _references(world, call))
    if call.method not in DIRECT and source.comments_in(Span(call.receiver.end, call.span.end)):
        return Refused("a comment stands inside the text that would be replaced")
    return rewrite(use, node, call.lock.family, call.method, world.facts.sources.scopes)


def _references(world: World, call: Call) -> frozenset[Span]:
    """Operands under this lock that rustc knows as references."""
    source = world.source(call.path)
    site = Site("", call.path, call.span, {}, kind=f"call {call.method.decode()}")
    found: set[Span] = set()
    for span in asked(site, source):
        told = world.facts.type_of(call.path, span)
        if told is not None and told.is_ref:
            found.add(span)
    return frozenset(found)


def _retyped(world: World, group: Group) -> Rewritten | Refused:
    """Declared types and constructors."""
    edits: list[Edit] = []
    drops: list[tuple[str, bytes]] = []
    for decl in group.decls:
        source = world.source(decl.path)
        for span, inner in zip(decl.types, decl.inners, strict=True):
            edits.append(Edit(decl.path, span.start, span.end, atomic(inner)))
            drops += _imports(source, span)
    for new in group.news:
        made = _constructor(world, group, new)
        if isinstance(made, Refused):
            return made
        edits.append(made)
        drops += _imports(world.source(new.file), new.named)
    return Rewritten(tuple(edits), frozenset(), (), False, tuple(drops))


def _imports(source: Source, span: Span) -> Iterator[tuple[str, bytes]]:
    """Imports behind a lock type's name that may no longer be needed."""
    node = source.innermost(span)
    if node.type == "generic_type":
        node = node.child_by_field_name("type") or node
    text = source.text(node)
    for full in full_names(source, node, text):
        yield source.path, full
        head = text.partition(b"::")[0]
        if b"::" in text:
            yield from ((source.path, name) for name in full_names(source, node, head))


def _constructor(world: World, group: Group, new: New) -> Edit | Refused:
    """``Mutex`` of ``Mutex::new(..)`` becomes the atomic that this lock is."""
    place = world.place(new.file, new.whole.start)
    inners = group.inners
    if len(inners) > 1 and new.lock is not None:
        inners &= {new.lock.inner}
    if len(inners) != 1:
        return Refused(f"{place}: which number this lock is made for is not known")
    marker = atomic(next(iter(inners)))
    source = world.source(new.file)
    node = source.node_at(new.whole)
    function = node.child_by_field_name("function") if node is not None else None
    name = source.text(function if function is not None else node) if node is not None else b""
    last = name.rpartition(b"::")[2]
    if last in (b"const_new", b"const_mutex", b"const_rwlock") and function is not None:
        return Edit(new.file, function.start_byte, function.end_byte, marker + b"::new")
    return Edit(new.file, new.path.start, new.path.end, marker)


# -- the fix ------------------------------------------------------------------------------------


def _fix(world: World, group: Group, made: Rewritten, orders: Orders) -> Fix:
    exposed = _exposed(world, group)
    level = Level.SAFE if orders is RELAXED and not made.notes and not exposed else Level.REVIEW
    note = " ".join(_note(world, group, made, orders, exposed))
    return Fix("atomic", level, made.edits, note, made.drops)


def _note(
    world: World, group: Group, made: Rewritten, orders: Orders, exposed: str
) -> Iterator[str]:
    inners = sorted(group.inners)
    names = " and ".join(f"`{ATOMICS[inner].decode()}`" for inner in inners)
    if orders is RELAXED:
        why = "Relaxed, for it is only added to and read out"
    elif inners == ["bool"]:
        why = "Release and Acquire, for what is read after the flag may rely on it"
    else:
        why = "Acquire, Release and AcqRel, for others may act on what they read"
    decl = group.decls[0]
    lost = "the lock's poisoning is gone" if decl.family == "std" else "no waiting for the lock"
    yield f"`{_shown(decl)}` becomes {names} ({why}); {lost}."
    changes: list[str] = []
    if made.ops & {"add", "sub"}:
        changes.append("a sum that overflows wraps, where debug builds panicked")
    if any(wide(inner) for inner in inners):
        changes.append("the target must have 64-bit atomics")
    shown = _debugged(world, group)
    if shown:
        changes.append(f"`{{:?}}` of `{shown}` shows the bare value")
    if "update" in made.ops:
        changes.append("the closure may run more than once")
    if changes:
        yield f"Beside it: {', '.join(changes)}."
    if exposed:
        yield f"Look at: {exposed}."
    if made.notes:
        yield f"Look at: {'; '.join(made.notes)}."


def _shown(decl: Decl) -> str:
    name = decl.name.decode("utf-8", "replace")
    owner = decl.owner.decode("utf-8", "replace")
    return f"{owner}.{name}" if owner and decl.kind == "field" else name


def _exposed(world: World, group: Group) -> str:
    """What other crates can see of it, in words; "" when nothing."""
    for decl in group.decls:
        package = world.facts.package_of(decl.path)
        if package is not None and not package.has_lib:
            continue
        if _is_binary(decl.path, package.root if package is not None else ""):
            continue
        source = world.source(decl.path)
        if _public(source, decl):
            return f"`{_shown(decl)}` is public, so its type is part of the library's API"
    return ""


def _is_binary(path: str, root: str) -> bool:
    inside = path.removeprefix(root).removeprefix("/")
    return inside == "src/main.rs" or inside.startswith(
        ("src/bin/", "tests/", "benches/", "examples/")
    )


def _public(source: Source, decl: Decl) -> bool:
    """Declared ``pub`` at every step that syntax shows (a private module may still hide it)."""
    node = source.node_at(decl.node)
    if node is None or decl.kind in ("local", "let"):
        return False
    if decl.kind == "parameter":
        node = source.enclosing(node, ["function_item", "function_signature_item"])
    elif node.type == "ordered_field_declaration_list":
        before = source.data[node.start_byte : decl.site.span.start].rpartition(b",")[2]
        if b"pub" not in before.split() and not before.lstrip(b"( \n").startswith(b"pub "):
            return False
        node = node.parent
    while node is not None:
        if node.type in ("field_declaration", "struct_item", "static_item", "const_item",
                         "type_item", "function_item", "enum_item", "mod_item"):  # fmt: skip
            if not any(source.text(c) == b"pub" for c in node.children
                       if c.type == "visibility_modifier"):  # fmt: skip
                return False
        node = source.parent(node)
    return True


def _debugged(world: World, group: Group) -> str:
    """The struct whose derived Debug output changes, if any."""
    for decl in group.decls:
        if decl.kind != "field":
            continue
        source = world.source(decl.path)
        node = source.node_at(decl.node)
        item = source.enclosing(node, ["struct_item", "enum_item"]) if node is not None else None
        before = item.prev_named_sibling if item is not None else None
        while before is not None and before.type in ("attribute_item", "line_comment"):
            text = source.text(before)
            if before.type == "attribute_item" and b"derive" in text and b"Debug" in text:
                return decl.owner.decode("utf-8", "replace")
            before = before.prev_named_sibling
    return ""


__all__ = ["Rewritten", "plan", "rewrite_call", "uses"]
