"""A struct of counters behind one lock: what one lock scope does with its fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from tree_sitter import Node

from codemods.mutex_counter.critical_section import CriticalSection, Mention
from codemods.mutex_counter.guard_access import Method, field_of, handed_to, whole
from codemods.mutex_counter.section_operations import section_rewrite
from codemods.mutex_counter.section_rewrite import SectionRewrite, receiver_stays
from codemods.mutex_counter.temporary_guard import LockUse, load, of_field, require_no_comment
from engine.base.model import Edit
from engine.rust import nodes, statement_nodes
from engine.rust.codegen import first_free
from engine.rust.control_flow import repeated
from engine.rust.evaluation_order import names_declared
from engine.rust.format_macros import capturing
from engine.rust.lock_groups.lock_guards import Refused, guard_from
from engine.rust.lock_groups.lock_types import Family
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, span_of


def fields_rewrite(use: LockUse, section: CriticalSection, scopes: Scopes) -> SectionRewrite:
    """The shape of a scope that touches one field, or that only reads several."""
    if any(map(_is_whole, section.mentions)):
        return _as_a_whole(use, section, scopes)
    names = list(dict.fromkeys(field_of(section.source, m.node) for m in section.mentions))
    if any(name not in use.fields for name in names):
        raise Refused("the struct behind the lock is used as a whole")
    if len(names) > 1:
        return _several(use, section, scopes, names)
    name = names[0]
    made = section_rewrite(use.narrowed(name), replace(section, name=_local(section, scopes, name)))
    return replace(made, ops=of_field(name, section.words(made.ops, use.influence)))


def _as_a_whole(use: LockUse, section: CriticalSection, scopes: Scopes) -> SectionRewrite:
    """The struct is shown, or its methods are called: they look at it without the lock."""
    parts = {m: use.done_by(m.node, m.access) for m in section.mentions if _is_whole(m)}
    own = tuple(m for m in section.mentions if m not in parts)
    fields = list(dict.fromkeys(field_of(section.source, m.node) for m in own))
    names = sorted({*fields, *(name for does in parts.values() for name in does.fields)})
    if section.writes and len(section.mentions) > 1:
        raise Refused(_together(names))
    if any(name not in use.fields for name in names):
        raise Refused("the struct behind the lock is used as a whole")
    if not use.stays and len(section.mentions) > 1:
        raise Refused("the lock's path is computed by a call, which would run once for each use")
    _require_once(use, section, parts)
    made = _several(use, replace(section, mentions=own), scopes, fields) if own else None
    edits = list(made.edits) if made is not None else []
    ops = set(made.ops - {"snapshot"}) if made is not None else set()
    for mention, does in parts.items():
        again = repeated(section.source, mention.node, section.statements[mention.statement])
        if again and (section.writes or not use.stays):
            raise Refused("the value is changed in a loop or closure while the lock is held")
        if not receiver_stays(use, section, mention.statement):
            raise Refused("a name in the lock's path is bound anew before the value is used")
        ops |= does.ops
        edits.append(_named(use, mention) or use.unlocked(mention.access))
    ops |= {"snapshot"} if len(names) > 1 else set()
    once = tuple(dict.fromkeys(edits))  # of a format string that shows it twice
    return SectionRewrite(frozenset(ops), once, made.lead if made is not None else None)


def _named(use: LockUse, mention: Mention) -> Edit | None:
    """``format!("{g}", g = self.stats)`` for a guard that a format string takes from around it."""
    call = capturing(use.source, mention.captured) if mention.captured is not None else None
    if call is None or mention.captured is None:
        return None
    require_no_comment(use.source, call.inside)
    given = use.source.slice(call.inside).rstrip()
    at = call.inside.start + len(given)
    named = b" " + use.source.slice(mention.captured) + b" = " + use.receiver
    return Edit(use.source.path, at, at, named if given.endswith(b",") else b"," + named)


def _is_whole(mention: Mention) -> bool:
    return mention.access.kind in ("look", "method")


def _together(names: Sequence[bytes]) -> str:
    shown = ", ".join(f"`{name.decode('utf-8', 'replace')}`" for name in names)
    verb, it = ("is", "it") if len(names) == 1 else ("are", "them")
    return f"{shown} {verb} used in one critical section that changes {it}"


def _require_once(use: LockUse, section: CriticalSection, parts: Mapping[Mention, Method]) -> None:
    """Raises Refused where a field is looked at twice, once by a method, and something hangs on it: the
    two looks may differ now."""
    seen: set[bytes] = set()
    twice: set[bytes] = set()
    fates: set[str] = set()
    for mention in section.mentions:
        does, call = parts.get(mention), handed_to(section.source, mention.access)
        found = does.fields if does is not None else {field_of(section.source, mention.node)}
        twice |= seen & found
        seen |= found
        if mention.captured is not None:
            fates |= use.influence.of_capture(section.source, mention.captured)
        else:
            fates |= use.influence.of(section.source, call or mention.access.node)
    if twice and "decides" in fates:
        name = sorted(twice)[0].decode("utf-8", "replace")
        raise Refused(f"`{name}` is looked at twice in one critical section, which may differ then")


def _local(
    section: CriticalSection, scopes: Scopes, name: bytes, taken: Collection[bytes] = ()
) -> bytes:
    """``name`` for the field's value, or another where that is taken or is a number."""
    name = b"value_" + name if name.isdigit() else name
    start = section.statements[0].start_byte
    declared = {*taken, *names_declared(section.source, section.statements)}
    return first_free(
        (name, name + b"_now", name + b"_value"),
        lambda word: word not in declared and scopes.resolve(word, start) is None,
    )


def _several(
    use: LockUse, section: CriticalSection, scopes: Scopes, names: list[bytes]
) -> SectionRewrite:
    """Several fields that are only read: each is loaded once, one after the other."""
    source = section.source
    if section.writes:
        raise Refused(_together(names))
    if not use.stays and len(names) > 1:
        raise Refused("the lock's path is computed by a call, which would run once for each field")
    once = all([field_of(source, m.node) for m in section.reads].count(n) == 1 for n in names)
    ops = {"snapshot"}
    edits: list[Edit] = []
    loads: dict[bytes, bytes] = {}
    locals_: dict[bytes, bytes] = {}  # the names that they get
    for mention in section.reads:
        name, node = field_of(source, mention.node), mention.access.node
        one = use.narrowed(name)
        text = load(one)
        ops |= of_field(name, use.read(node))
        again = repeated(source, mention.node, section.statements[mention.statement])
        if not once or again or not receiver_stays(use, section, mention.statement):
            if name not in locals_:
                locals_[name] = _local(section, scopes, name, locals_.values())
                loads[name] = b"let %s = %s;" % (locals_[name], text)
            text = locals_[name]
        edits.append(Edit(source.path, node.start_byte, node.end_byte, text))
    head = section.head if section.head is not None else section.statements[0]
    indent = source.newline + source.indent_of(head.start_byte)
    lead = indent.join(loads.values()) if loads else None
    return SectionRewrite(frozenset(ops), tuple(edits), lead)


def fields_used(use: LockUse, call: Node, family: Family, method: bytes) -> frozenset[bytes]:
    """Which fields of the struct the lock scope that ``call`` opens looks at. Raises Refused where the
    struct is used as a whole."""
    source = use.source
    guard = guard_from(source, call, family, method)
    node, up = nodes.unwrapped(guard.node)
    let = statement_nodes.let_of(up) if up is not None and up.type == "let_declaration" else None
    named = guard.binding
    if guard.form == "value":
        if let is None or let.value != node:
            return frozenset({_looked_at(source, guard.node)})
        named = let.pattern
    function = source.fn_item_of(call)
    if named is None or named.type != "identifier" or function is None:
        raise Refused("the struct behind the lock is used as a whole")
    scopes = use.scopes(function)
    binding = next((b for b in scopes.bindings if b.decl == span_of(named)), None)
    uses = scopes.uses(binding) if binding is not None else ()
    found = {
        _looked_at(source, mention)
        for mention in (source.innermost(one.span) for one in uses)
        if not _is_dropped(source, mention)
    }
    if not found:
        raise Refused("the lock is held as a gate: its value is not used", locks=True)
    return frozenset(found)


def _looked_at(source: Source, guard: Node) -> bytes:
    name = field_of(source, guard) if guard.type != "string_content" else b""
    if not name:
        raise Refused(whole(source, nodes.outward(guard)))
    return name


def _is_dropped(source: Source, guard: Node) -> bool:
    call = nodes.call_around(guard)
    callee = nodes.callee_of(call) if call is not None else None
    return callee is not None and source.text(callee) in (b"drop", b"mem::drop", b"std::mem::drop")
