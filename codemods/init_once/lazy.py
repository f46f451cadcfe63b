"""Statics whose value is made in one way, which may stand beside them: lazy ones."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from codemods.init_once.rewrite import Taken, Target, maker_of
from codemods.init_once.sections import Making
from engine.base.rust_version import may_use
from engine.detect.facts import Facts
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.lock_groups.lock_places import Declaration, LockPlaces
from engine.rust.lock_groups.lock_sets import Group
from engine.rust.lock_groups.option_fills import Fill
from engine.rust.lock_groups.option_uses import opened
from engine.rust.scopes import scopes_of
from engine.rust.syntax import ITEMS, Source, span_of, walk_all

SINCE = (1, 80)
LABEL = "lazy-lock"


def lazy(places: LockPlaces, facts: Facts, group: Group, taken: Sequence[Taken]) -> Target:
    """The target of a static whose value is made by the same expression everywhere, which cannot fail and needs
    nothing but what its module has. Raises Refused with the reason why it is none of these."""
    decl = group.declarations[0]
    if len(group.declarations) > 1 or decl.kind != "static" or len(group.constructors) != 1:
        raise Refused("it is no static that is used where it is named alone")
    package = facts.package_of(decl.path)
    if package is not None and not may_use(package.rust_version, SINCE):
        raise Refused(f"`LazyLock` needs Rust 1.80, `{package.name}` is for {package.rust_version}")
    makers: dict[bytes, bytes] = {}
    for each in taken:
        source = places.source(each.call.path)
        place = places.place(each.call.path, each.call.span.start)
        fill = each.section.fill if each.section is not None else None
        if fill is None or each.section is None:
            raise Refused(f"{place} looks at it without making it")
        looks = [use for use in each.section.uses if opened(source, use) is None]
        if looks or (fill.given == "nothing" and fill.form != "insert" and not each.section.uses):
            raise Refused(f"{place} makes it without asking for the value")
        making = Making(source, fill, facts)
        if making.acts() is not None or making.stops() is not None:
            raise Refused(f"{place}: making the value may fail, or does more than that")
        _require_of_module(source, fill, places.source(decl.path), decl)
        made = maker_of(source, fill, each.plain)
        makers.setdefault(b"".join(made.split()), made)
    if len(makers) != 1:
        raise Refused("it is made in several ways")
    return Target(LABEL, b"std::sync::LazyLock", next(iter(makers.values())))


def _require_of_module(source: Source, fill: Fill, home: Source, decl: Declaration) -> None:
    """Raises Refused where what makes the value may mean something else beside the static."""
    static = home.node_at(decl.node)
    function = source.fn_item_of(fill.whole)
    here, there = _modules(source, fill.whole), _modules(home, static) if static is not None else []
    if source.path != home.path or here != there or function is None:
        raise Refused("it is made in another module than that of the static")
    if static is None or home.fn_item_of(static) is not None:
        raise Refused("it is no static of a module")
    if any(
        n.type in (ITEMS | {"use_declaration"}) for n in walk_all(source, function) if n != function
    ):
        raise Refused("the function that makes it has items of its own")
    scopes = scopes_of(source, function)
    for node in fill.made:
        for part in walk_all(source, node):
            text = source.text(part)
            binding = scopes.binding_at(part) if part.type == "identifier" else None
            outer = binding is not None and not _inside(binding.decl.start, fill)
            if outer or part.type == "self" or text == b"Self" or part.type == "lifetime":
                raise Refused("it is made of what the function has")


def _inside(at: int, fill: Fill) -> bool:
    return any(span_of(node).start <= at < span_of(node).end for node in fill.made)


def _modules(source: Source, node: Node) -> list[Node]:
    return [a for a in source.ancestors(node) if a.type == "mod_item"]
