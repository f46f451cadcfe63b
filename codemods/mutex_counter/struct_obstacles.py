"""What keeps a struct behind its lock, wherever it is used: code that is not compiled here, macros that
anybody may expand, traits that atomics lack."""

from __future__ import annotations

import re

from codemods.mutex_counter.guard_access import Refused
from codemods.mutex_counter.struct_uses import StructUses
from engine.rust import item_nodes
from engine.rust.queries import walk
from engine.rust.syntax import attributes, span_of

_DERIVES = frozenset({b"Debug", b"Default"})
_HARMLESS = (b"#[doc", b"#[allow", b"#[expect")
_LOCKING = re.compile(rb"\.\s*(?:(?:try_|blocking_)?(?:lock|read|write))(?:_\w+)?\s*\(")
_DECLARING = frozenset(
    {"field_declaration", "static_item", "const_item", "type_item", "function_item"}
    | {"function_signature_item"}
)


def require_known(uses: StructUses) -> None:
    """Raises Refused where a lock call that rustc did not compile here may be of this struct: it
    would be left as it is."""
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


def _used(uses: StructUses) -> re.Pattern[bytes]:
    """What looks into one of its fields."""
    names = (uses.source.text(name) for name, _ in item_nodes.named_fields(uses.struct))
    return re.compile(rb"\.\s*(?:" + b"|".join(map(re.escape, names)) + rb")(?!\w)")


def _require_no_macro(uses: StructUses) -> None:
    """Raises Refused where a macro's own text may lock it: who expands it is not seen."""
    used = _used(uses)
    for source in uses.located.facts.sources.containing(b"macro_rules"):
        for node in walk(source.root) if used.search(source.data) else ():
            text = source.text(node) if node.type == "macro_definition" else b""
            if _LOCKING.search(text) and used.search(text):
                place = uses.located.place(source.path, node.start_byte)
                raise Refused(f"{place}: the macro may lock it, wherever it is expanded")


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


def require_derives(uses: StructUses) -> None:
    """Raises Refused where the struct derives, or is given, what atomics lack."""
    for attribute in attributes(uses.struct):
        text = uses.source.text(attribute)
        if text.startswith(_HARMLESS):
            continue
        names = re.findall(rb"[A-Za-z_:]+", text.removeprefix(b"#[derive"))
        other = [n for n in names if n.rpartition(b"::")[2] not in _DERIVES]
        if not text.startswith(b"#[derive") or other:
            word = (other or [text])[0].decode("utf-8", "replace")
            raise Refused(f"`{uses.name.decode()}` has `{word}`, which a struct of atomics lacks")
