"""What the user is told about a fix: orderings and why, what changes, what to look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from codemods.mutex_counter.atomic_types import ATOMICS, wide
from codemods.mutex_counter.float_bits import is_float
from codemods.mutex_counter.group_rewrite import Rewritten
from codemods.mutex_counter.groups import inners_of
from codemods.mutex_counter.located import Located
from codemods.mutex_counter.other_memory import OtherMemory, Touch
from engine.detect.facts import Facts
from engine.rust.lock_groups.lock_places import Declaration
from engine.rust.lock_groups.lock_printed import printing
from engine.rust.lock_groups.lock_sets import Group
from engine.rust.lock_groups.lock_uses import exposed
from engine.rust.memory_order import UNSAFE

# Why no weaker ordering is taken: the codemod's docs.
STRICT = "SeqCst, for others may act on what they read, and anything weaker keeps less order than locks do"
STATISTIC = "Relaxed, for {} only added to and read out"


def strict(statistic: bool, published: Touch | None) -> str:
    """Why a number is SeqCst: a ``statistic`` is so for the memory beside it."""
    if not statistic or published is None:
        return STRICT
    what = "unsafe code" if published.name == UNSAFE else f"`{published.text}`"
    return f"SeqCst, for the lock kept it in order with {what} ({published.place}), which Relaxed does not"


def with_memory(made: Rewritten, memory: OtherMemory) -> Rewritten:
    """``made`` with a note where other memory is touched with the value, whose order SeqCst may lose."""
    touch = memory.beside
    if touch is None:
        return made
    what = "unsafe code" if touch.name == UNSAFE else f"`{touch.text}`, which {touch.order},"
    note = f"{touch.place}: {what} runs with this value: a lock keeps more of its order than SeqCst"
    return replace(made, notes=(*made.notes, note))


def note(located: Located, group: Group, made: Rewritten, why: str, exposed: str) -> str:
    """The fix's note: what it becomes, with ``why`` these orderings; what changes beside it, what to look
    at."""
    return " ".join(_sentences(located, group, made, why, exposed))


def _sentences(
    located: Located, group: Group, made: Rewritten, why: str, exposed: str
) -> Iterator[str]:
    inners = sorted(inners_of(group))
    names = " and ".join(f"`{ATOMICS[inner].decode()}`" for inner in inners)
    decl = group.declarations[0]
    known = (*(n.lock for n in group.constructors), *(c.lock for c in group.lock_calls))
    families = (decl.family, *(lock.family for lock in known if lock is not None))
    family = next((f for f in families if f is not None), None)
    lost = "poisoning is gone" if family == "std" else "nobody waits for it any more"
    yield f"`{decl.shown}` becomes {names} ({why}); {lost}."
    changes: list[str] = []
    floats = any(map(is_float, inners_of(group)))
    if made.ops & {"add", "sub"} and not floats:
        changes.append("sums that overflow wrap, where debug builds panicked")
    if any(wide(inner) for inner in inners):
        changes.append("the target must have 64-bit atomics")
    debugged = _debugged(located, group)
    if debugged:
        changes.append(f"`{{:?}}` of `{debugged}` shows the {'bits' if floats else 'bare value'}")
    if floats:
        changes.append(
            "it keeps the bits, which a debugger shows; that the closure of a change may run more than once "
            "(each change is rounded as before; those at the same time come in any order, as under the lock)"
        )
    elif "update" in made.ops:
        changes.append("the closure may run more than once")
    if changes:
        yield f"Mind that {'; that '.join(changes)}."
    look = [*([exposed] if exposed else []), *made.notes]
    if look:
        yield f"Look at: {'; '.join(look)}."


def exposed_by(located: Located, group: Group) -> str:
    """What other crates can see of a group, in words; "" when nothing."""
    decl = exposed(located, group)
    return exposure(decl.shown) + _used_outside(located.facts, decl) if decl is not None else ""


def _used_outside(facts: Facts, decl: Declaration) -> str:
    """Where a package of the repository that is no member of the workspace names what is changed."""
    package = facts.package_of(decl.path)
    for path, line in facts.outside(decl.name, package.crate) if package is not None else ():
        return (
            f", and {path}:{line}, in a package outside of this workspace, may have to change along"
        )
    return ""


def exposure(name: str) -> str:
    """Words for ``name`` that other crates can see."""
    return f"`{name}` is public, so its type is part of the library's API"


def _debugged(located: Located, group: Group) -> str:
    """The struct whose derived Debug output changes, if any."""
    found = (decl for decl in group.declarations if printing(located, decl) is not None)
    decl = next(found, None)
    return decl.owner.decode("utf-8", "replace") if decl is not None else ""
