"""The rewrites that hand over the value itself at its last use."""

from __future__ import annotations

from dataclasses import replace

from tree_sitter import Node

from engine.base.model import Edit
from engine.rust.borrows import Borrowable, borrowable
from engine.rust.codegen import has_comment_around, is_annotated, without_statement
from engine.rust.copies import Clone
from engine.rust.kept_values import is_kept
from engine.rust.nodes import call_of, initialized, is_mut, method_on
from engine.rust.scopes import Scopes
from engine.rust.statement_nodes import let_of, patterns_of
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import has_buffer, is_bytes, is_counted, is_named
from engine.rust.usages import Usage, UsageKind
from engine.rust.value_flow import value_of

from .clone_types import CloneTypes, Rewrite

ROOM = (
    "Where it is stored it keeps its spare capacity, which a clone would not have (`shrink_to_fit` "
    "gives it back)."
)


def move(clone: Clone, usage: Usage, types: CloneTypes, scopes: Scopes) -> Rewrite | None:
    """``x.clone()`` -> ``x`` for a value that is not used again."""
    made = _move(clone, usage, types, scopes)
    if made is None or not is_kept(clone.source, scopes, clone.node):
        return made
    if has_buffer(types.receiver):
        return replace(made, how=f"{made.how} {ROOM}")
    if is_named(types.receiver, "BytesMut") and not made.doubt and not _whole(clone, scopes):
        return replace(made, doubt=_large(clone))
    return made


def _move(clone: Clone, usage: Usage, types: CloneTypes, scopes: Scopes) -> Rewrite | None:
    source = clone.source
    text = _owned(clone, types)
    if text is None:
        return None
    how = f"`{clone.name}` is not used again, so it is moved."
    if clone.receiver.type in ("call_expression", "await_expression", "try_expression"):
        how = f"`{clone.name}` makes a value that nothing else has."
    doubt = "" if _whole(clone, scopes) else _pinned(clone, types)
    if usage.kind is UsageKind.LET and _same_name(source, usage.holder, text):
        if is_annotated(source, usage.holder):
            return None
        edit = without_statement(source, usage.holder)
        return Rewrite(
            "move", (edit,), f"`{clone.name}` is not used again, so it need not be copied."
        )
    holder = source.parent(clone.node)
    pair = initialized(holder) if holder is not None else None
    node = clone.node
    if holder is not None and pair is not None and source.text(pair[0]) == text:
        node = node if _commented(clone, holder) else holder  # `a: a.clone()` -> `a`
    if _commented(clone, node):
        return None
    edit = Edit(source.path, node.start_byte, node.end_byte, text)
    return Rewrite("move", (edit,), how, doubt)


def _owned(clone: Clone, types: CloneTypes) -> bytes | None:
    """The expression that gives the place's value the type that the clone had."""
    text, place, made = clone.receiver_text, types.receiver, types.cloned
    if types.same:
        return text
    if is_named(place, "Vec") and is_bytes(made):
        return _call(made.name, text)
    if is_named(place, "BytesMut") and is_bytes(made):
        return text + b".freeze()"
    if is_named(made, "Vec") and (is_bytes(place) or is_named(place, "BytesMut")):
        return b"Vec::from(" + text + b")"
    return None


def _call(path: str, text: bytes) -> bytes:
    from engine.rewrite.use_declarations import name

    return name(path.encode()) + b"::from(" + text + b")"


def _pinned(clone: Clone, types: CloneTypes) -> str:
    """``Bytes`` and ``BytesMut`` that share a buffer keep all of it; what was copied out of one did not."""
    _, place = types.receiver.behind_refs()
    shares = is_bytes(place) or is_named(place, "BytesMut")
    return _large(clone) if shares and clone.word != b"clone" else ""


def _whole(clone: Clone, scopes: Scopes) -> bool:
    """Is it a buffer that was made here, and no part of it was split off?"""
    source = clone.source
    binding = scopes.resolve(source.text(clone.receiver), clone.receiver.start_byte)
    value = value_of(source, binding) if binding is not None else None
    call = call_of(value) if value is not None else None
    if binding is None or call is None or binding.kind != "let":
        return False
    parts = (method_on(source, source.innermost(use.span)) for use in scopes.uses(binding))
    split = any(called is not None and called[0].startswith(b"split") for called in parts)
    return not split and source.text(call.callee).startswith(b"BytesMut::")


def _large(clone: Clone) -> str:
    return (
        f"the copy had a buffer of its own; `{clone.name}` may be a small part of a large "
        "buffer, which now lives as long as what is kept here"
    )


def share_buffer(clone: Clone, types: CloneTypes) -> Rewrite | None:
    """``Bytes::copy_from_slice(&frame)`` of a ``Bytes`` that is needed again -> ``frame.clone()``."""
    if clone.word != b"copy_from_slice" or not is_bytes(types.cloned):
        return None
    if not (types.same or types.behind) or _commented(clone, clone.node):
        return None
    node = clone.node
    edit = Edit(
        clone.source.path, node.start_byte, node.end_byte, clone.receiver_text + b".clone()"
    )
    return Rewrite(
        "count",
        (edit,),
        f"`{clone.name}` is a `Bytes` already: its clone shares the buffer.",
        _pinned(clone, types),
    )


def without_shadow(clone: Clone, usage: Usage, types: CloneTypes, scopes: Scopes) -> Rewrite | None:
    """``let x = x.clone();`` whose new ``x`` is only read: the old one does as well."""
    source, let = clone.source, usage.holder
    if usage.kind is not UsageKind.LET or not _same_name(source, let, clone.receiver_text):
        return None
    bound = [b for pattern in patterns_of(let) for b in scopes.bound_by(span_of(pattern))]
    if not (types.same or types.behind):
        return None
    found = borrowable(source, scopes, bound, shared=is_counted(types.cloned))
    if not isinstance(found, Borrowable) or not found.uses or is_annotated(source, let):
        return None
    edit = without_statement(source, let)
    # On a value the uses stay as they are; on a reference they need the edits.
    more = found.edits if types.behind else ()
    return Rewrite(
        "borrow",
        (edit, *more),
        f"The copy of `{clone.name}` has its name and is only read, so `{clone.name}` itself is read.",
    )


def _same_name(source: Source, node: Node, text: bytes) -> bool:
    let = let_of(node)
    plain = let is not None and let.pattern.type == "identifier"
    return plain and let is not None and source.text(let.pattern) == text and not is_mut(node)


def _commented(clone: Clone, node: Node) -> bool:
    return has_comment_around(clone.source, span_of(node), span_of(clone.receiver))
