"""What keeps a struct behind its lock, wherever it is used: code that is not compiled here, macros that
anybody may expand, traits that atomics lack."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from codemods.mutex_counter.struct_sites import field_types, number_fields
from codemods.mutex_counter.struct_uses import StructUses
from engine.base.model import Edit
from engine.rust import item_nodes, statement_nodes
from engine.rust.definitions import derived_by, served_by
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.macro_reach import MacroReach
from engine.rust.macro_texts import macro_named, macros_with
from engine.rust.syntax import Source, attributes, span_of

# Traits that a struct of atomics derives as well. Serde writes and reads an atomic as its number (with its
# feature `std`).
PLAIN = frozenset({b"Debug", b"Default"})
SERDE = frozenset({b"Serialize", b"Deserialize"})
_LACKING = frozenset({b"Clone", b"Copy", b"PartialEq", b"Eq", b"PartialOrd", b"Ord", b"Hash"})
_HARMLESS = (b"#[doc", b"#[allow", b"#[expect")
_LOCKING = re.compile(rb"\.\s*(?:(?:try_|blocking_)?(?:lock|read|write))(?:_\w+)?\s*\(")
_DECLARING = frozenset(
    {"field_declaration", "static_item", "const_item", "type_item", "function_item"}
    | {"function_signature_item"}
)


def require_known(uses: StructUses) -> None:
    """Raises Refused where a lock call that rustc did not compile here may be of this struct: it
    would be left as it is."""
    uses.located.require_own_methods(source.path for source, _, _ in uses.mentions())
    _require_no_macro(uses)
    blind = [call for call in uses.located.lock_calls if call.lock is None]
    named = [(s.path, span_of(node)) for s, node, _ in uses.mentions()] if blind else []
    words = _holders(uses) if blind else set()
    holders = re.compile(rb"(?<!\w)(?:" + b"|".join(map(re.escape, words)) + rb")(?!\w)")
    used = _used(uses)
    for call in blind:
        source = uses.located.source(call.path)
        function = source.fn_item_of(source.innermost(call.span)) or source.root
        text = source.text(function)
        mine = any(path == call.path and span in span_of(function) for path, span in named)
        if mine or (words and holders.search(text) and used.search(text)):
            place = uses.located.place(call.path, call.span.start)
            told = uses.located.facts.unknown(call.path, call.receiver)
            raise Refused(f"{place} may lock it, but {told}")


def _methods_named(uses: StructUses) -> Iterator[bytes]:
    """Names of the methods that the struct's ``impl``s give it."""
    for source, impl in uses.impls():
        body = statement_nodes.body_of(impl)
        for item in body.named_children if body is not None else ():
            named = item_nodes.name_of(item)
            if named is not None and item_nodes.self_parameter(item) is not None:
                yield source.text(named)


def _used(uses: StructUses, *methods: bytes) -> re.Pattern[bytes]:
    """What looks into one of its fields, or calls one of these methods."""
    names = (*field_types(uses.source, uses.struct), *methods)
    return re.compile(rb"\.\s*(?:" + b"|".join(map(re.escape, names)) + rb")(?!\w)")


def _require_no_macro(uses: StructUses) -> None:
    """Raises Refused where a macro's own text may lock it, in this build or in another one."""
    facts = uses.located.facts
    reach = MacroReach(facts.sources, facts.items, facts.calls)
    for source, macro in macros_with(facts.sources, _used(uses, *_methods_named(uses))):
        locks = _LOCKING.search(source.text(macro)) is not None
        if locks and reach.reaches(source, macro, uses.source, uses.struct):
            place = uses.located.place(source.path, macro.start_byte)
            raise Refused(
                f"{place}: the macro `{macro_named(source, macro)}` may lock it, wherever it is expanded"
            )


def _holders(uses: StructUses) -> set[bytes]:
    """Names of what is declared with its lock: fields, statics, functions, aliases."""
    found: set[bytes] = set()
    for source, _, outer in uses.mentions():
        holder = uses.lock_around(source, outer)
        owner = source.enclosing(holder, _DECLARING) if holder is not None else None
        named = item_nodes.name_of(owner) if owner is not None else None
        if named is not None:
            found.add(source.text(named))
    return found


def changed_derives(uses: StructUses, served: frozenset[bytes]) -> tuple[tuple[Edit, ...], str]:
    """Edits that take off the struct's derives what atomics lack, and what to say of it. Raises Refused
    where that cannot be: others see it, or what the attribute does is not known. ``served`` are the
    traits that the changed struct derives as well."""
    name = uses.name.decode("utf-8", "replace")
    public = uses.located.facts.items.exposed(uses.source, uses.struct)
    edits: list[Edit] = []
    gone: list[str] = []
    for attribute in attributes(uses.struct):
        text = uses.source.text(attribute)
        if text.startswith((*_HARMLESS, *([b"#[serde"] if b"Serialize" in served else []))):
            continue
        listed = derived_by(text)
        other = [path for path in listed if path.rpartition(b"::")[2] not in served]
        lacking = [path for path in other if path.rpartition(b"::")[2] in _LACKING]
        if not listed:
            shown = uses.source.quoted(span_of(attribute))
            raise Refused(f"`{name}` has `{shown}`: what that does to atomics is not known")
        if other and (public or lacking != other or not text.startswith(b"#[derive")):
            word = other[0].decode("utf-8", "replace")
            raise Refused(f"`{name}` has `{word}`, which a struct of atomics lacks")
        if other:
            edits.append(_without(uses.source, attribute, [p for p in listed if p not in other]))
            gone += [path.decode("utf-8", "replace") for path in other]
    _require_unserved(uses)
    several = len(gone) > 1
    words = ", ".join(f"`{word}`" for word in gone)
    told = (
        f"{words} {'go' if several else 'goes'} from its derives: atomics lack "
        f"{'them' if several else 'it'}, and nothing that was compiled here needs "
        f"{'them' if several else 'it'}."
    )
    return tuple(edits), told if gone else ""


def _require_unserved(uses: StructUses) -> None:
    """Raises Refused where a function that an attribute names is given one of the numbers."""
    for name, type_ in number_fields(uses.source, uses.struct).items():
        for attribute in attributes(type_.parent) if type_.parent is not None else ():
            for function in served_by(uses.source.text(attribute)):
                place = uses.located.place(uses.source.path, attribute.start_byte)
                raise Refused(
                    f"{place}: `{function.decode('utf-8', 'replace')}` is for the number `{name.decode()}`: "
                    "write it for an atomic first"
                )


def _without(source: Source, attribute: Node, left: Sequence[bytes]) -> Edit:
    """The derive with what is ``left`` of it; its line goes with the last one."""
    if left:
        text = b"#[derive(" + b", ".join(left) + b")]"
        return Edit(source.path, attribute.start_byte, attribute.end_byte, text)
    following = attribute.next_sibling
    end = following.start_byte if following is not None else attribute.end_byte
    return Edit(source.path, attribute.start_byte, end, b"")
