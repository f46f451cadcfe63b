"""One lock call, from ``x.lock()`` to the atomic operation for everything done under that lock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from tree_sitter import Node

from codemods.mutex_counter.atomic_change import change_of
from codemods.mutex_counter.critical_section import (
    CriticalSection,
    section_of_block,
    section_of_let,
)
from codemods.mutex_counter.guard_access import Guard, Refused, access, unwrapped
from codemods.mutex_counter.lock_types import Family
from codemods.mutex_counter.section_operations import section_rewrite
from codemods.mutex_counter.section_rewrite import SectionRewrite
from codemods.mutex_counter.struct_sections import fields_rewrite
from codemods.mutex_counter.temporary_guard import (
    HANDLER,
    READING,
    LockUse,
    Rewrite,
    commented,
    judged,
    load,
    rewrite_temporary,
)  # fmt: skip
from engine.base.model import Edit, Span
from engine.rewrite.use_declarations import strip_markers
from engine.rust.codegen import is_operation, put, replaced, without_statement
from engine.rust.effects import effects
from engine.rust.nodes import outward
from engine.rust.syntax import COMMENTS, Source, span_of

# A block in these places is somebody's body: it stays.
_BODIES = frozenset(
    {"function_item", "closure_expression", "async_block", "if_expression", "else_clause"}
    | {"for_expression", "while_expression", "loop_expression", "match_arm", "unsafe_block"}
    | {"const_block", "let_declaration_else", "try_block", "gen_block"}
)
# Methods that reach the value without locking: they exist on atomics too.
DIRECT = frozenset({b"get_mut", b"into_inner"})
TRIES = frozenset({b"try_lock", b"try_read", b"try_write"})
LOCKS = frozenset(
    {b"lock", b"read", b"write", b"blocking_lock", b"blocking_read", b"blocking_write"}
)


def rewrite(use: LockUse, call: Node, family: Family, method: bytes) -> Rewrite | Refused:
    """The rewrite of the lock scope that ``call`` opens, or why there is none."""
    if method in DIRECT and use.fields:
        return Refused("the struct behind the lock is used as a whole")
    if method in DIRECT:
        return _direct(use, call, family)
    if method in TRIES and not use.fields:
        return _tried(use, call, family, method)
    if method not in LOCKS:
        name = method.decode("utf-8", "replace")
        kept = method.endswith((b"_owned", b"_arc"))  # guards that are handed around
        return Refused(f"`.{name}()` has no counterpart on an atomic", locks=kept)
    return _locked(use, unwrapped(use.source, call, family, method))


def _tried(use: LockUse, call: Node, family: Family, method: bytes) -> Rewrite | Refused:
    """``try_lock`` for a look at the value: an atomic always gives it."""
    source = use.source
    line = source.position(call.start_byte)[0]
    guard = unwrapped(source, call, family, method)
    if isinstance(guard, Refused):
        name = method.decode("utf-8", "replace")
        return Refused(f"`.{name}()` is asked whether the lock is taken")
    other = guard.node.child_by_field_name("alternative")
    if other is not None and any(
        e.what not in ("convention", "log") for e in effects(source, other)
    ):
        return Refused("what is done while somebody else holds the lock would never be done")
    made = _locked(use, guard)
    if isinstance(made, Refused):
        return made
    if made.ops - READING:
        return Refused(
            "the change is skipped while somebody else holds the lock, on purpose or not"
        )
    notes = tuple(n for n in made.notes if n != HANDLER)
    gave = f"line {line} gave up while somebody else held the lock, and no longer does"
    return replace(made, notes=(*notes, gave))


def _locked(use: LockUse, guard: Guard | Refused) -> Rewrite | Refused:
    """The rewrite of everything that is done with ``guard``."""
    if isinstance(guard, Refused):
        return guard
    if guard.shape == "value":
        node = outward(guard.node)
        up = node.parent
        if up is None or up.type != "let_declaration" or up.child_by_field_name("value") != node:
            return rewrite_temporary(use, guard.node, guard.handler)
        return _from_let(use, up, guard)
    if guard.shape == "let-else":
        return _from_let(use, guard.node, guard)
    return _from_holder(use, guard)


def _direct(use: LockUse, call: Node, family: Family) -> Rewrite | Refused:
    """``get_mut`` and ``into_inner``: std's answer comes in a result that goes."""
    ops = frozenset({"own"})
    if family != "std":
        return Rewrite((), ops)
    guard = unwrapped(use.source, call, family, b"")
    if (
        isinstance(guard, Refused)
        or guard.shape != "value"
        or guard.node.type == "match_expression"
    ):
        return Refused("what becomes of the result is not understood")
    gone = Span(call.end_byte, guard.node.end_byte)
    bad = commented(use.source, gone)
    if bad is not None:
        return bad
    edit = Edit(use.source.path, gone.start, gone.end, b"")
    return Rewrite((edit,), ops, (HANDLER,) if guard.handler else ())


def _from_let(use: LockUse, let: Node, guard: Guard) -> Rewrite | Refused:
    source = use.source
    pattern = guard.binding or let.child_by_field_name("pattern")
    if pattern is None or pattern.type != "identifier":
        return Refused("the lock is held as a gate: its value is not used", locks=True)
    if let.child_by_field_name("type") is not None:
        return Refused("the guard's type is written out")
    before = let.prev_named_sibling
    if before is not None and before.type == "attribute_item":
        return Refused("an attribute stands on the guard's `let`")
    function = source.fn_item_of(let)
    if function is None:
        return Refused("the guard is bound outside of a function")
    shaped = _shaped(use, function, pattern, partial(section_of_let, let=let))
    if isinstance(shaped, Refused):
        return shaped
    section, shape, ops = shaped
    bad = commented(source, span_of(let))
    if bad is not None:
        return bad
    notes = (*section.notes, HANDLER) if guard.handler else section.notes
    edits = _collapsed(use, section, shape)
    if edits is None:
        head = without_statement(source, let)
        if shape.lead is not None:
            head = Edit(source.path, let.start_byte, let.end_byte, shape.lead)
        gone = (without_statement(source, section.drop),) if section.drop is not None else ()
        edits = (head, *shape.edits, *gone)
    return Rewrite(edits, ops, notes, shape.drops)


def _shaped(
    use: LockUse,
    function: Node,
    pattern: Node,
    section_of: Callable[..., CriticalSection | Refused],
) -> tuple[CriticalSection, SectionRewrite, frozenset[str]] | Refused:
    """The section in which the guard named by ``pattern`` lives, its shape, and what is done there."""
    scopes = use.scopes(function)
    binding = next((b for b in scopes.bindings if b.decl == span_of(pattern)), None)
    if binding is None:
        return Refused("the guard's name is not understood")
    fields = bool(use.fields)
    section = section_of(source=use.source, scopes=scopes, binding=binding, fields=fields)
    if isinstance(section, Refused):
        return section
    shape = fields_rewrite(use, section, scopes) if fields else section_rewrite(use, section)
    if isinstance(shape, Refused):
        return shape
    return section, shape, shape.ops if fields else section.words(shape.ops, use.influence)


def _collapsed(
    use: LockUse, section: CriticalSection, shape: SectionRewrite
) -> tuple[Edit, ...] | None:
    """The whole section as one operation; with the block around it, when that held nothing else."""
    source, block, head = use.source, section.block, section.head
    if shape.sole is None or head is None or section.later:
        return None
    last = section.drop or section.statements[-1]
    span = Span(head.start_byte, last.end_byte)
    if source.comments_in(span):
        return None
    holder = source.parent(block)
    own = {head, last, *section.statements}
    text = shape.sole
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


def _from_holder(use: LockUse, guard: Guard) -> Rewrite | Refused:
    """An ``if let``, ``match`` or ``.map(..)`` that binds the guard goes away."""
    source, holder, body, named = use.source, guard.node, guard.body, guard.binding
    function = source.fn_item_of(holder)
    if body is None or named is None or function is None:
        return Refused("the guard is bound in a place that is not understood")
    outside = (Span(holder.start_byte, body.start_byte), Span(body.end_byte, holder.end_byte))
    bad = commented(source, *outside)
    if bad is not None:
        return bad
    if body.type != "block" and use.fields:
        return Refused("the lock's result is taken apart in an expression")
    if body.type != "block":
        return _from_value(use, guard, body, named)
    shaped = _shaped(use, function, named, partial(section_of_block, block=body))
    if isinstance(shaped, Refused):
        return shaped
    section, shape, ops = shaped
    changes = {edit.span: edit.replacement for edit in shape.edits}
    if section.drop is not None:
        gone = without_statement(source, section.drop)
        changes[gone.span] = gone.replacement
    text = replaced(source, span_of(body), changes)
    if shape.lead is not None:
        indent = source.newline + source.indent_of(body.end_byte - 1) + b"    "
        text = b"{" + indent + shape.lead + text[1:]
    comments = any(child.type in COMMENTS for child in body.children)
    if shape.sole is not None and not comments and section.drop is None:
        text = _stated(source, holder, shape.sole)
    notes = (*section.notes, HANDLER) if guard.handler else section.notes
    edit = _placed(source, holder, text)
    return Rewrite((edit,), ops, notes, shape.drops)


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


def _from_value(use: LockUse, guard: Guard, body: Node, named: Node) -> Rewrite | Refused:
    """``Ok(g) => *g`` or ``.map(|g| *g)``: one mention in one expression."""
    source, holder = use.source, guard.node
    name = source.text(named)
    mentions: list[Node] = []
    pending = [body]
    while pending:
        node = pending.pop()
        if node.type == "identifier" and source.text(node) == name:
            mentions.append(node)
        if node.type == "macro_invocation":
            return Refused("a macro may use the guard")
        pending.extend(node.named_children)
    if not mentions:
        return Refused("the lock is held as a gate: its value is not used", locks=True)
    if len(mentions) > 1:
        return Refused("the guard is used more than once in one expression")
    what = access(source, mentions[0])
    if isinstance(what, Refused):
        return what
    found = [e for e in effects(source, body) if e.node != what.node]
    notes = judged(source, found, body, mentions[0])
    if isinstance(notes, Refused):
        return notes
    if guard.handler:
        notes = (*notes, HANDLER)
    if what.kind == "read":
        part, text, ops = outward(what.node), load(use), use.read(what.node)
        text = replaced(source, span_of(body), {span_of(part): text})
    else:
        if outward(what.node) != body or what.kind == "swap":
            return Refused("the change stands where a value is expected")
        change = change_of(source, what, lambda _: None, use.inner, b"value", False)
        if isinstance(change, Refused):
            return change
        exchanged = what.kind in ("take", "replace")
        ops = frozenset({change.told})
        text = change.call(use.receiver, use.orders, want_old=exchanged)
        if not exchanged:
            head = b"let _ = " if change.kind == "update" else b""
            text = _stated(source, holder, head + text + b";")
    return Rewrite((_placed(source, holder, text),), ops, notes)
