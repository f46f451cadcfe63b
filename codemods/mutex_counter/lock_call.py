"""One lock call, from ``x.lock()`` to the atomic operation for everything done under that lock."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from tree_sitter import Node

from codemods.mutex_counter.atomic_change import change_of
from codemods.mutex_counter.critical_section import (
    CriticalSection,
    section_of_block,
    section_of_let,
)
from codemods.mutex_counter.float_bits import decoded, is_float
from codemods.mutex_counter.guard_access import READING, access
from codemods.mutex_counter.released_work import released_notes
from codemods.mutex_counter.section_operations import section_rewrite
from codemods.mutex_counter.section_rewrite import SectionRewrite
from codemods.mutex_counter.struct_sections import fields_rewrite
from codemods.mutex_counter.temporary_guard import (
    HANDLER,
    OF_VALUE,
    LockUse,
    Rewrite,
    load,
    notes_on,
    require_no_comment,
    rewrite_temporary,
)  # fmt: skip
from engine.base.model import Edit, Span
from engine.rewrite.use_declarations import strip_markers
from engine.rust import nodes, statement_nodes
from engine.rust.codegen import is_operation, put, replaced, without_statement
from engine.rust.effects import effects
from engine.rust.lock_groups.lock_guards import (
    DIRECT,
    LOCKS,
    TRIES,
    Guard,
    Refused,
    guard_from,
)
from engine.rust.lock_groups.lock_types import Family
from engine.rust.queries import walk
from engine.rust.scopes import Binding, Scopes
from engine.rust.syntax import COMMENTS, Source, span_of

# A block in these places is somebody's body: it stays.
_BODIES = frozenset(
    {"function_item", "closure_expression", "async_block", "if_expression", "else_clause"}
    | {"for_expression", "while_expression", "loop_expression", "match_arm", "unsafe_block"}
    | {"const_block", "let_declaration_else", "try_block", "gen_block"}
)


def rewrite(use: LockUse, call: Node, family: Family, method: bytes) -> Rewrite:
    """The rewrite of the lock scope that ``call`` opens. Raises Refused."""
    if method in DIRECT and use.fields:
        raise Refused("the struct behind the lock is used as a whole")
    if method in DIRECT:
        return _direct(use, call, family)
    if method in TRIES and not use.fields:
        return _tried(use, call, family, method)
    if method not in LOCKS:
        name = method.decode("utf-8", "replace")
        kept = method.endswith((b"_owned", b"_arc"))  # guards that are handed around
        raise Refused(f"`.{name}()` has no counterpart on an atomic", locks=kept)
    return _locked(use, guard_from(use.source, call, family, method))


def _tried(use: LockUse, call: Node, family: Family, method: bytes) -> Rewrite:
    """``try_lock`` for a look at the value: an atomic always gives it."""
    source = use.source
    line = source.position(call.start_byte)[0]
    try:
        guard = guard_from(source, call, family, method)
    except Refused:
        name = method.decode("utf-8", "replace")
        raise Refused(f"`.{name}()` is asked whether the lock is taken") from None
    other = statement_nodes.else_of(guard.node)
    seen = (e.what not in ("convention", "log") for e in effects(source, other)) if other else ()
    if any(seen):
        raise Refused("what is done while somebody else holds the lock would never be done")
    made = _locked(use, guard)
    if made.ops - READING:
        raise Refused("the change is skipped while somebody else holds the lock, on purpose or not")
    notes = tuple(n for n in made.notes if n != HANDLER)
    gave = f"line {line} gave up while somebody else held the lock, and no longer does"
    return replace(made, notes=(*notes, gave))


def _locked(use: LockUse, guard: Guard) -> Rewrite:
    """The rewrite of everything that is done with ``guard``."""
    if guard.form == "let-else":
        return _from_let(use, guard.node, guard)
    if guard.form != "value":
        return _from_holder(use, guard)
    node, up = nodes.unwrapped(guard.node)
    let = statement_nodes.let_of(up) if up is not None and up.type == "let_declaration" else None
    if up is not None and let is not None and let.value == node:
        return _from_let(use, up, guard)
    return rewrite_temporary(use, guard.node, guard.handler)


def _direct(use: LockUse, call: Node, family: Family) -> Rewrite:
    """``get_mut`` and ``into_inner``: std's answer comes in a result that goes."""
    ops = frozenset({"own"})
    bits = is_float(use.inner)
    if bits and use.source.text(call).endswith(b"get_mut()"):
        raise Refused("`.get_mut()` would lend the number's bits")
    head = decoded(use.inner, b"").removesuffix(b")")
    opened = (Edit(use.source.path, call.start_byte, call.start_byte, head),) if bits else ()
    if family != "std":
        closed = (Edit(use.source.path, call.end_byte, call.end_byte, b")"),) if bits else ()
        return Rewrite((*opened, *closed), ops)
    guard: Guard | None = None
    with suppress(Refused):
        guard = guard_from(use.source, call, family, b"")
    if guard is None or guard.form != "value" or guard.node.type == "match_expression":
        raise Refused("what becomes of the result is not understood")
    gone = Span(call.end_byte, guard.node.end_byte)
    require_no_comment(use.source, gone)
    edit = Edit(use.source.path, gone.start, gone.end, b")" if bits else b"")
    return Rewrite((*opened, edit), ops, (HANDLER,) if guard.handler else ())


def _from_let(use: LockUse, node: Node, guard: Guard) -> Rewrite:
    source, let = use.source, statement_nodes.let_of(node)
    pattern = guard.binding or (let.pattern if let is not None else None)
    if let is None or pattern is None or pattern.type != "identifier":
        raise Refused("the lock is held as a gate: its value is not used", locks=True)
    if let.type is not None:
        raise Refused("the guard's type is written out")
    before = node.prev_named_sibling
    if before is not None and before.type == "attribute_item":
        raise Refused("an attribute stands on the guard's `let`")
    function = source.fn_item_of(node)
    if function is None:
        raise Refused("the guard is bound outside of a function")
    scopes, binding = _binding(use, function, pattern)
    section = section_of_let(source, scopes, node, binding, use.plain, use.methods)
    made, ops = _operation(use, section, scopes)
    require_no_comment(source, span_of(node))
    notes = (
        *section.notes,
        *made.notes,
        *released_notes(use, section, guard.node),
        *([HANDLER] if guard.handler else ()),
    )
    edits = _collapsed(use, section, made)
    if edits is None:
        head = without_statement(source, node)
        if made.lead is not None:
            head = Edit(source.path, node.start_byte, node.end_byte, made.lead)
        gone = (without_statement(source, section.drop),) if section.drop is not None else ()
        edits = (head, *made.edits, *gone)
    return Rewrite(edits, ops, notes)


def _binding(use: LockUse, function: Node, pattern: Node) -> tuple[Scopes, Binding]:
    """The local that is the guard."""
    scopes = use.scopes(function)
    binding = next((b for b in scopes.bindings if b.decl == span_of(pattern)), None)
    if binding is None:
        raise Refused("the guard's name is not understood")
    return scopes, binding


def _operation(
    use: LockUse, section: CriticalSection, scopes: Scopes
) -> tuple[SectionRewrite, frozenset[str]]:
    """The section as one operation, and what is done there."""
    if use.fields:
        made = fields_rewrite(use, section, scopes)
        return made, made.ops
    made = section_rewrite(use, section)
    return made, section.words(made.ops, use.influence)


def _collapsed(
    use: LockUse, section: CriticalSection, made: SectionRewrite
) -> tuple[Edit, ...] | None:
    """The whole section as one operation; with the block around it, when that held nothing else."""
    source, block, head = use.source, section.block, section.head
    if made.sole is None or head is None or section.later or section.released:
        return None
    last = section.drop or section.statements[-1]
    span = Span(head.start_byte, last.end_byte)
    if source.comments_in(span):
        return None
    holder = source.parent(block)
    own = {head, last, *section.statements}
    text = made.sole
    alone = all(child in own for child in block.named_children)
    if holder is None or holder.type in _BODIES or not alone or block.children[0].type == "label":
        return (Edit(source.path, span.start, span.end, text),)
    if text.endswith(b";"):
        if holder.type == "expression_statement":
            if source.text(holder).endswith(b";"):
                text = text.removesuffix(b";")
        elif holder.type != "block":
            return (Edit(source.path, span.start, span.end, text),)
    return (_placed(source, block, text),)


def _from_holder(use: LockUse, guard: Guard) -> Rewrite:
    """An ``if let``, ``match`` or ``.map(..)`` that binds the guard goes away."""
    source, holder, body, named = use.source, guard.node, guard.body, guard.binding
    function = source.fn_item_of(holder)
    if body is None or named is None or function is None:
        raise Refused("the guard is bound in a place that is not understood")
    outside = (Span(holder.start_byte, body.start_byte), Span(body.end_byte, holder.end_byte))
    require_no_comment(source, *outside)
    if body.type != "block" and use.fields:
        raise Refused("the lock's result is taken apart in an expression")
    if body.type != "block":
        return _from_value(use, guard, body, named)
    scopes, binding = _binding(use, function, named)
    section = section_of_block(source, scopes, body, binding, use.plain, use.methods)
    made, ops = _operation(use, section, scopes)
    changes = {edit.span: edit.replacement for edit in made.edits}
    if section.drop is not None:
        gone = without_statement(source, section.drop)
        changes[gone.span] = gone.replacement
    text = replaced(source, span_of(body), changes)
    if made.lead is not None:
        indent = source.newline + source.indent_of(body.end_byte - 1) + b"    "
        text = b"{" + indent + made.lead + text[1:]
    more = section.released or any(child.type in COMMENTS for child in body.children)
    if made.sole is not None and not more and section.drop is None:
        text = _stated(source, holder, made.sole)
    notes = (
        *section.notes,
        *made.notes,
        *released_notes(use, section, guard.node),
        *([HANDLER] if guard.handler else ()),
    )
    return Rewrite((_placed(source, holder, text),), ops, notes)


def _placed(source: Source, node: Node, text: bytes) -> Edit:
    """A statement or an expression, ``text``, in the place of ``node``."""
    if text.endswith(b";"):
        return Edit(source.path, node.start_byte, node.end_byte, text)
    return put(source, node, text, is_operation(strip_markers(text)))


def _stated(source: Source, holder: Node, text: bytes) -> bytes:
    """A statement or an expression in the place of ``holder``."""
    up = source.parent(holder)
    if not text.endswith(b";") or up is None:
        return text
    if up.type == "expression_statement":
        return text.removesuffix(b";") if source.text(up).endswith(b";") else text
    return text if up.type == "block" else b"{ " + text + b" }"


def _from_value(use: LockUse, guard: Guard, body: Node, named: Node) -> Rewrite:
    """``Ok(g) => *g`` or ``.map(|g| *g)``: one mention in one expression."""
    source, holder, name = use.source, guard.node, use.source.text(named)
    inside = list(walk(body))
    if any(node.type == "macro_invocation" for node in inside):
        raise Refused("a macro may use the guard")
    mentions = [n for n in inside if n.type == "identifier" and source.text(n) == name]
    if not mentions:
        raise Refused("the lock is held as a gate: its value is not used", locks=True)
    if len(mentions) > 1:
        raise Refused("the guard is used more than once in one expression")
    what = access(source, mentions[0])
    found = (effect for effect in effects(source, body) if effect.node != what.node)
    notes = (*notes_on(source, found, body), *([HANDLER] if guard.handler else ()))
    if what.kind == "read":
        part, ops = nodes.outward(what.node), use.read(what.node)
        text = replaced(source, span_of(body), {span_of(part): load(use)})
        return Rewrite((_placed(source, holder, text),), ops, notes)
    if nodes.outward(what.node) != body or what.kind == "swap":
        raise Refused(OF_VALUE)
    change = change_of(source, what, lambda _: None, use.inner, b"value", False)
    if change.bound:
        raise Refused(OF_VALUE)
    exchanged = what.kind in ("take", "replace")
    text = change.call(use.receiver, use.orders, want_old=exchanged)
    if not exchanged:
        head = b"let _ = " if change.updates else b""
        text = _stated(source, holder, head + text + b";")
    return Rewrite((_placed(source, holder, text),), frozenset({change.told}), notes)
