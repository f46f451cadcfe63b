"""The edits that put a named guard into a block of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from codemods.guard_across_await import value_names
from codemods.guard_across_await.chains import (
    POSTFIX,
    hangs_on,
    is_chain,
    statement_value,
    with_lock,
)
from codemods.guard_across_await.extraction import Extraction, cloned_by, cost_of
from codemods.guard_across_await.lent_names import lent
from codemods.guard_across_await.named_guard import Context, GuardBlock
from codemods.guard_across_await.passing_values import of_locals, of_values
from engine.base.model import Edit, Span
from engine.rust.codegen import (
    CHAIN_WIDTH,
    LINE_WIDTH,
    block,
    first_free,
    indent_step,
    is_free,
    reindented,
    replaced,
    trailing_comment,
    whole_lines,
    width,
    without_statement,
)
from engine.rust.drop_scopes import binds_by_reference
from engine.rust.evaluation_order import lengthens_temporaries
from engine.rust.guard_scopes import GuardScope
from engine.rust.known_calls import is_reading_method
from engine.rust.nodes import is_callee, is_mut, method_on, operation_of
from engine.rust.scopes import Binding
from engine.rust.statement_nodes import let_of, pattern_against
from engine.rust.syntax import COMMENTS, Source, span_of
from engine.rust.types import Type


@dataclass(frozen=True)
class Draft:
    """One way to write it. ``cost`` is what a clone that it adds costs, ``cloned`` what such are of. Under
    the lock stays what stands in a span of ``held``; what stands in one of ``released`` (None: all the
    rest) does not. ``notes`` tell what else changes, ``later`` what is dropped behind the lock now."""

    label: str
    edits: tuple[Edit, ...]
    cost: str = ""
    held: tuple[Span, ...] = ()
    released: tuple[Span, ...] | None = None
    cloned: tuple[Type, ...] = ()
    notes: tuple[str, ...] = ()
    later: tuple[str, ...] = ()


def drafts(ctx: Context, scope: GuardScope, guard_block: GuardBlock) -> list[Draft]:
    """Ranked: the chain on one line where it fits, the block with its last value as tail, the block
    with names. Further choices of a value come last."""
    ways: list[Draft] = []
    best = _Writer(
        ctx, scope, guard_block, tuple(options[0] for options in guard_block.extractions)
    )
    line = best.line()
    if line is not None:
        ways.append(line)
    ways += [best.tail(), best.named(), best.named(mut_outside=False)]
    if len(guard_block.extractions) == 1:
        for extraction in guard_block.extractions[0][1:3]:
            ways.append(_Writer(ctx, scope, guard_block, (extraction,)).named())
    return list(dict.fromkeys(ways))


class _Writer:
    def __init__(
        self,
        ctx: Context,
        scope: GuardScope,
        guard_block: GuardBlock,
        extractions: tuple[Extraction, ...],
    ) -> None:
        self.ctx = ctx
        self.source: Source = ctx.source
        self.scope = scope
        self.guard_block = guard_block
        self.extractions = extractions
        self.indent = self.source.indent_of(guard_block.span.start)
        self.unit = indent_step(self.source, guard_block.block)
        self.inner = self.indent + self.unit
        self.end = trailing_comment(self.source, guard_block.span.end)
        self.cost = cost_of(extractions)
        cloned = [c.binding.name for c in guard_block.carried if c.copied and c.copied.clones]
        if not self.cost and cloned:
            said = ", ".join(f"`{name.decode('utf-8', 'replace')}`" for name in cloned)
            self.cost = f"a clone of {said}"
        self.gone = [span for extraction in extractions for span in extraction.places]
        self.names = self.pick()

    def pick(self) -> list[bytes]:
        """Names for the values that come out of the awaiting statement."""
        outside = self.guard_block.outside
        picked: list[bytes] = []
        if outside is None:
            return picked
        where = Span(outside.start_byte, self.guard_block.block.end_byte)
        for extraction in self.extractions:
            wanted = [value_names.suggest(self.source, extraction.node)]
            name = value_names.pattern_name(self.source, _pattern_of(extraction.node))
            if name is not None:
                wanted.insert(0, name)
            if self._is_guard(extraction):
                wanted.insert(0, self.scope.bindings[0].name)
            wanted = [w for w in wanted if w not in picked] or [wanted[-1] + b"_value"]
            picked.append(self._free(wanted, where, extraction.places))
        return picked

    def _free(self, wanted: Sequence[bytes], where: Span, meant: Sequence[Span]) -> bytes:
        source, scopes, gone = self.source, self.ctx.scopes, self.gone
        return first_free(wanted, lambda name: is_free(source, scopes, name, where, gone, meant))

    def _is_guard(self, extraction: Extraction) -> bool:
        """All that is guarded (``*guard``, a clone of it): the guard's own name fits best."""
        node = extraction.node
        if node.type == "unary_expression":
            node = node.named_children[0]
        return span_of(node) in self.scope.uses

    # -- the three forms -----------------------------------------------------------------------

    def line(self) -> Draft | None:
        """``let v = m.lock().unwrap().get(k).cloned();`` in place of the guard and its one use."""
        guard_block, source = self.guard_block, self.source
        dropped = [d for u in self.scope.uses if (d := self._dropped_first(u)) is not None]
        rest = [u for u in self.scope.uses if not any(u in span for span in dropped)]
        if len(rest) != 1 or guard_block.others or self.scope.kind != "let":
            return None
        (use,) = rest
        if not self.scope.bindings[0].plain or self.scope.node.type not in POSTFIX:
            return None
        lock = source.text(self.scope.node)
        if b"\n" in lock:
            return None
        if guard_block.first == guard_block.last and len(self.extractions) == 1:
            return self._line_in_front(use, lock)
        if guard_block.last != guard_block.first + 1 or guard_block.outside is not None:
            return None
        guard, user = (
            guard_block.statements[guard_block.first],
            guard_block.statements[guard_block.last],
        )
        if source.comments_in(Span(guard.end_byte, user.start_byte)):
            return None
        chain = statement_value(user)
        if chain is None or not hangs_on(source, chain, use):
            return None
        copied = guard_block.carried[0].copied if guard_block.carried else None
        value = with_lock(source, span_of(chain), use, lock)
        if copied is not None:
            let = let_of(user)
            if len(guard_block.carried) > 1 or (let is not None and let.alternative is not None):
                return None
            value = copied.of(value)
        head = source.data[user.start_byte : chain.start_byte] + value
        behind = replaced(source, Span(chain.end_byte, user.end_byte), dict.fromkeys(dropped, b""))
        text = head + behind
        if not self._fits(head + behind.partition(b"\n")[0], value):
            return None
        edit = Edit(source.path, guard_block.span.start, guard_block.span.end, text)
        return self._draft("chain", edit, outside=self._bound_by(user))

    def _dropped_first(self, use: Span) -> Span | None:
        """The lines of ``drop(guard);`` where it is the first thing that a branch of the statement
        behind does: a guard that lives in the condition alone is gone by then."""
        source = self.source
        node = source.innermost(use)
        drop, user = source.statement_of(node), self.guard_block.statements[self.guard_block.last]
        block = drop.parent if drop is not None else None
        if drop is None or block is None or block.type != "block":
            return None
        if drop not in [source.parent(d) for d in self.scope.trace.drops]:
            return None
        holder = block.parent
        if holder is not None and holder.type == "else_clause":
            holder = holder.parent
        inside = block.named_children
        first = len(inside) > 1 and inside[0] == drop and inside[1].type not in COMMENTS
        if holder is None or not first or holder.parent != user or holder.type != "if_expression":
            return None
        if whole_lines(source, span_of(drop)) is None:
            return None
        return without_statement(source, drop).span

    def _line_in_front(self, use: Span, lock: bytes) -> Draft | None:
        extraction = self.extractions[0]
        if not hangs_on(self.source, extraction.node, use) or lengthens_temporaries(
            self.source, extraction.node
        ):
            return None
        value = extraction.value(with_lock(self.source, extraction.span, use, lock))
        text = (
            b"let "
            + (b"mut " if extraction.mutable else b"")
            + self.names[0]
            + b" = "
            + value
            + b";"
        )
        if not self._fits(text, value):
            return None
        edit = Edit(self.source.path, self.guard_block.span.start, self.guard_block.span.end, text)
        return self._draft("chain", edit, *self._outside())

    def _fits(self, text: bytes, chain: bytes) -> bool:
        fits = width(self.indent + text) <= LINE_WIDTH and width(chain) <= CHAIN_WIDTH
        return b"\n" not in text and fits

    def tail(self) -> Draft:
        """The block whose tail is the last ``let``'s value or the value for the statement behind."""
        guard_block, source = self.guard_block, self.source
        last = guard_block.statements[guard_block.last]
        let = let_of(last)
        value = let.value if let is not None else None
        wanted = {c.binding for c in guard_block.carried}
        own = self._bound_by(last)
        if (
            self.extractions
            or guard_block.declared
            or guard_block.last == guard_block.first
            or let is None
            or value is None
            or not wanted
            or not wanted <= own
            or let.alternative is not None
            or value.type == "reference_expression"
            or binds_by_reference(let.pattern)
            or (
                any(c.copied for c in guard_block.carried)
                and (len(own) > 1 or not is_chain(value) or let.type is not None)
            )
        ):
            return self.named()
        copied = guard_block.carried[0].copied
        header = source.data[last.start_byte : value.start_byte].rstrip() + b" "
        before = reindented(
            source, Span(guard_block.span.start, last.start_byte), self.indent, self.inner
        ).rstrip()
        body = reindented(source, span_of(value), self.indent, self.inner)
        body = copied.of(body) if copied is not None else body
        comment = source.data[last.end_byte : self.end]
        gap = source.data[value.end_byte : last.end_byte].rstrip(b"; \t\r\n")
        if gap.strip():  # a comment between the value and the semicolon
            return self.named()
        text = block(source, header, before, body + comment, self.indent, self.unit)
        edit = Edit(source.path, guard_block.span.start, self.end, text)
        return self._draft("block", edit, outside=own)

    def named(self, mut_outside: bool = True) -> Draft:
        """The block whose tail is the names, or the values, that come out of it. Where a method that is
        called on a name behind the block may change it, ``mut_outside`` says whether it does."""
        guard_block, source = self.guard_block, self.source
        outer: list[bytes] = []
        inner: list[bytes] = []
        instead = [(_up_to_next(source, let), b"") for let in guard_block.declared]
        for carried in guard_block.carried:
            name = carried.binding.name
            mutable = carried.binding.mutable and self._mutated(carried.binding, outside=True)
            mutable = mutable and mut_outside
            outer.append((b"mut " if mutable else b"") + name)
            inner.append(carried.copied.of(name) if carried.copied is not None else name)
            if carried.binding.mutable and not self._mutated(carried.binding, outside=False):
                instead.extend(self._without_mut(carried.binding))
        for extraction, name in zip(self.extractions, self.names, strict=True):
            outer.append((b"mut " if extraction.mutable else b"") + name)
            inner.append(self._value(extraction))
        body = reindented(
            source, Span(guard_block.span.start, self.end), self.indent, self.inner, instead
        )
        header = tail = b""
        if len(outer) == 1:
            header, tail = b"let " + outer[0] + b" = ", inner[0]
        elif outer:
            header = b"let (" + b", ".join(outer) + b") = "
            tail = b"(" + b", ".join(inner) + b")"
        front = b"".join(
            source.text(let) + source.newline + self.indent for let in guard_block.declared
        )
        text = front + block(source, header, body, tail, self.indent, self.unit)
        edit = Edit(source.path, guard_block.span.start, self.end, text)
        return self._draft("block", edit, *self._outside())

    # -- parts ---------------------------------------------------------------------------------

    def _draft(self, label: str, *edits: Edit, outside: frozenset[Binding] = frozenset()) -> Draft:
        """``outside``: names beside those that come out of the block for which it ends before they do."""
        held = (self.guard_block.span, *(extraction.span for extraction in self.extractions))
        carried = (each.held for each in self.guard_block.carried if each.copied)
        cloned = (*cloned_by(self.extractions), *filter(None, carried))
        behind = lent(self.ctx, self.guard_block.carried, self.guard_block.span.end, self.gone)
        leaving = outside | {carried.binding for carried in self.guard_block.carried}
        told, later = of_locals(self.guard_block, leaving)
        told += self.guard_block.notes if label == "block" else ()
        told += of_values(self.ctx, self.scope, zip(self.extractions, self.names, strict=False))
        return Draft(label, (*edits, *behind), self.cost, held, None, cloned, told, later)

    def _bound_by(self, let: Node) -> frozenset[Binding]:
        return frozenset(b for b in self.ctx.scopes.bindings if b.statement == span_of(let))

    def _value(self, extraction: Extraction) -> bytes:
        base = self.source.indent_of(extraction.node.start_byte)
        return extraction.value(reindented(self.source, extraction.span, base, self.inner))

    def _outside(self) -> list[Edit]:
        """The awaiting statement with names in place of what the block computes."""
        found: list[Edit] = []
        for extraction, name in zip(self.extractions, self.names, strict=True):
            found.extend(extraction.outside(self.source.path, name))
        return found

    def _mutated(self, binding: Binding, outside: bool) -> bool:
        """Can a use of the name, inside the block or behind it, need it to be ``mut``?"""
        end = self.guard_block.span.end
        for use in self.ctx.scopes.uses(binding):
            if (use.span.start >= end) == outside and not use.capture:
                node = self.source.innermost(use.span)
                if _may_mutate(self.source, node):
                    return True
        return False

    def _without_mut(self, binding: Binding) -> list[tuple[Span, bytes]]:
        let = self.source.node_at(binding.statement)
        found = (
            next((n for n in let.children if n.type == "mutable_specifier"), None) if let else None
        )
        if found is None or not binding.plain:
            return []
        end = found.end_byte
        while self.source.data[end : end + 1] in (b" ", b"\t"):
            end += 1
        return [(Span(found.start_byte, end), b"")]


def _up_to_next(source: Source, statement: Node) -> Span:
    """The statement, up to what stands behind it."""
    rest = source.data[statement.end_byte :]
    return Span(statement.start_byte, len(source.data) - len(rest.lstrip()))


# What is still the place, or a part of it, that the name in it starts.
_PARTS = frozenset(
    {"field_expression", "index_expression", "unary_expression", "parenthesized_expression"}
)


def _may_mutate(source: Source, node: Node) -> bool:
    """Is the place that starts with this name assigned to, called on or borrowed mutably?"""
    current = node
    while current.parent is not None:
        parent = current.parent
        if parent.type in ("assignment_expression", "compound_assignment_expr"):
            operation = operation_of(source, parent)
            return operation is not None and operation.left == current
        if parent.type == "reference_expression":
            return is_mut(parent)
        called = method_on(source, current)
        if called is not None:
            return not is_reading_method(called[0])
        if parent.type == "token_tree" or is_callee(current):
            return True
        if parent.type not in _PARTS:
            return False
        current = parent
    return False


def _pattern_of(node: Node) -> Node | None:
    """The pattern that ``node`` is matched against, when it is a scrutinee."""
    in_condition = node.parent is not None and node.parent.type == "let_condition"
    return pattern_against(node) if in_condition else None
