"""May code be run earlier than it stands, before a lock is taken, or later, behind it, and is that worth
anything?

Asked of expressions and of statements, with the types that rustc told. *Never*: what tells the time, takes
a lock, waits, looks at what others change meanwhile, or calls what is not known to do nothing of all this.
*Doubts* are for a person: impls of the user's (``Clone``, ``Display``, ``Serialize``), a log, a file that
is read. What it is worth is a weight: 0 for what costs next to nothing, 1 for one allocation, ``HEAVY`` for
what formats, logs, copies deeply, loops or waits. What is changed through a name
of its own is told, for who asks must see that nobody else needs it in between.

Not seen: what a ``Deref`` of the user's does on the way to a field, and what values that are dropped do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import known_calls
from engine.rust.blocking_calls import (
    Blocking,
    Wait,
    blocking_function,
    blocking_items,
    blocking_method,
    is_blocking_name,
)
from engine.rust.effects import parts_of
from engine.rust.format_macros import format_call
from engine.rust.known_types import Cost, Nature, key_of, known, of_std_alone
from engine.rust.locks import LOCKS, flavour_of_name
from engine.rust.nodes import (
    Call,
    MethodCall,
    access_of,
    borrowed,
    call_of,
    callee_name,
    dereferenced,
    indexed,
    is_mut,
    last_segment,
    macro_name,
    method_call,
    named_children,
    operation_of,
)
from engine.rust.statement_nodes import (
    arms_of,
    body_of,
    branches_of,
    condition_of,
    let_of,
    scrutinee_of,
)
from engine.rust.syntax import ITEMS, Source, span_of
from engine.rust.type_facts import TypeFacts
from engine.rust.types import Type

TypeOf = Callable[[Span], Type | None]

_ATOMS = frozenset(
    {"identifier", "self", "scoped_identifier", "integer_literal", "float_literal", "crate"}
    | {"string_literal", "raw_string_literal", "char_literal", "boolean_literal", "label"}
    | {
        "unit_expression",
        "generic_function",
        "metavariable",
        "lifetime",
        "super",
        "empty_statement",
    }
    | {"shorthand_field_initializer"}
)
_LEAVING = frozenset({"return_expression", "break_expression", "continue_expression"})
# Made of their parts, which are evaluated in order.
_WHOLES = frozenset(
    {"parenthesized_expression", "tuple_expression", "array_expression", "field_initializer_list"}
    | {"range_expression", "arguments", "block", "expression_statement", "else_clause"}
    | {"let_chain", "base_field_initializer"}
    | _LEAVING
)
_LOOPS = frozenset({"for_expression", "while_expression", "loop_expression"})
_OVERFLOWING = frozenset({b"+", b"-", b"*", b"/", b"%", b"<<", b">>"})
_STOPPING = frozenset({b"unwrap", b"expect", b"unwrap_err", b"expect_err", b"split_at", b"repeat"})
_WIDE = frozenset({b"Box", b"Arc", b"Rc"})
# Std's methods that compare or hash what is in their receiver.
_COMPARING = frozenset(
    b"""contains contains_key starts_with ends_with eq ne cmp partial_cmp lt le gt ge max min get get_mut insert
    remove entry dedup sort sort_unstable binary_search is_sorted is_subset union intersection difference
    strip_prefix strip_suffix""".split()
)
_BY_DEFAULT = frozenset(b"unwrap_or_default or_default".split())


HEAVY = 2


class Known(NamedTuple):
    """What is known of the workspace. ``held`` are facts about what types hold, whatever their own
    ``Clone`` does; ``makes`` tells of a call whether its function only makes a value, ``is_std`` of a macro
    call whether it means std's macro of that name, ``is_own`` of a method's name whether a trait of the
    workspace has it; ``stays`` why a call that blocks must stay under its lock, in words, "" for nothing."""

    type_of: TypeOf
    facts: TypeFacts
    held: TypeFacts
    makes: Callable[[Node], bool] = lambda _: False
    is_std: Callable[[Node], bool] = lambda _: True
    is_own: Callable[[bytes], bool] = lambda _: False
    stays: Callable[[Blocking], str] = lambda _: ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call that blocks its thread."""

    node: Node
    blocking: Blocking


@dataclass
class Early:
    """What was found. ``never``: why it may not be run at another time, in words ("": it may);
    ``untyped`` that this is for want of a type. ``leaves``: it may leave the function, or a loop around;
    ``stops``: it may panic. ``changes`` are the names that it changes something through."""

    never: str = ""
    untyped: Span | None = None
    doubts: list[str] = field(default_factory=list)
    waits: list[Waiting] = field(default_factory=list)
    weight: int = 0
    stops: bool = False
    leaves: bool = False
    changes: set[bytes] = field(default_factory=set)

    @property
    def worth(self) -> bool:
        """Is it any work?"""
        return self.weight > 0


def early(source: Source, node: Node, known: Known) -> Early:
    """What is to be said of running ``node`` at another time. Raises RecursionError on absurdly nested
    code."""
    found = _Reading(source, known)
    found.visit(node)
    return found.told


def types_asked(source: Source, node: Node) -> list[Span]:
    """The expressions whose types :func:`early` asks for."""
    asked: list[Span] = []

    def type_of(span: Span) -> Type | None:
        asked.append(span)
        return None

    nothing = TypeFacts()
    early(source, node, Known(type_of, nothing, nothing))
    return list(dict.fromkeys(asked))


class _Reading:
    def __init__(self, source: Source, known: Known) -> None:
        self.source, self.known, self.told = source, known, Early()

    # -- what is noted ---------------------------------------------------------------------------

    def never(self, why: str) -> None:
        self.told.never = self.told.never or why

    def doubt(self, why: str) -> None:
        if why not in self.told.doubts:
            self.told.doubts.append(why)

    def work(self, weight: int) -> None:
        """Something is done that is work."""
        self.told.weight += weight

    def words(self, node: Node) -> str:
        text = self.source.quoted(span_of(node))
        return f"`{text}`" if len(text) <= 40 else f"`{text[:18]}..{text[-18:]}`"

    def type_of(self, node: Node) -> Type | None:
        return self.typed(span_of(node))

    def typed(self, span: Span) -> Type | None:
        found = self.known.type_of(span)
        if found is None:
            if not self.told.never:
                self.told.untyped = span
            self.never(f"the type of `{self.source.quoted(span)}` is not known")
        return found

    def unshared(self, span: Span, type_: Type) -> bool:
        """Does nobody change a value of this type behind a shared reference?"""
        for part in type_.walk():
            facts = (self.known.facts, self.known.held)
            if part.kind in ("path", "ptr") and any(
                each.ownership(part).nature is Nature.CELL for each in facts
            ):
                text = self.source.quoted(span)
                self.never(f"others may change what `{text}` shows before the lock is taken")
                return False
        return True

    def users(self, type_: Type, what: str) -> None:
        """An impl of ``what`` for ``type_`` runs."""
        if not of_std_alone(type_):
            self.doubt(f"the {what} of `{type_.behind_refs()[1].short(40)}` is not std's")

    # -- expressions -----------------------------------------------------------------------------

    def visit(self, node: Node | None) -> None:
        if node is None or node.type in _ATOMS or node.type.endswith("_type"):
            return
        kind = node.type
        if kind == "call_expression":
            self.called(node)
        elif kind == "macro_invocation":
            self.expanded(node)
        elif kind in _WHOLES:
            self.told.leaves |= kind in _LEAVING
            self.each(node)
        elif (access := access_of(node)) is not None:
            self.visit(access.base)
        elif (place := borrowed(node)) is not None:
            if is_mut(node):
                self.changed(place)
            self.visit(place)
        elif (operation := operation_of(self.source, node)) is not None:
            self.operated(node, operation.left, operation.operator, operation.right)
        elif kind == "unary_expression":
            self.unary(node)
        elif (parts := indexed(node)) is not None:
            self.told.stops = True
            type_ = self.type_of(parts[0])
            if type_ is not None and not _is_std(type_):
                self.doubt(f"the `Index` of `{type_.behind_refs()[1].short(40)}` is not std's")
            self.all(*parts)
        elif kind == "type_cast_expression":
            self.visit(next(iter(named_children(node)), None))
        elif kind == "struct_expression":
            self.visit(body_of(node))
        elif kind == "field_initializer":
            self.visit(named_children(node)[-1])
        elif kind == "try_expression":
            self.told.leaves = True
            self.each(node)
        elif (let := let_of(node)) is not None:
            self.all(let.value, let.alternative)
        elif (branches := branches_of(node)) is not None:
            self.all(branches.condition, branches.consequence, branches.alternative)
        elif kind == "match_expression":
            self.visit(scrutinee_of(node))
            for arm in arms_of(node):
                self.all(arm.guard, arm.value)
        elif kind in _LOOPS:
            self.looped(node)
        elif kind == "closure_expression":
            if any(child.type == "async" for child in node.children):
                self.never("a future is made in it")
            self.visit(body_of(node))
        elif kind == "await_expression":
            self.never("it awaits")
        else:
            self.never(f"what {self.words(node)} does is not looked into")

    def each(self, node: Node) -> None:
        self.all(*named_children(node))

    def all(self, *nodes: Node | None) -> None:
        for node in nodes:
            if node is not None and node.type not in ITEMS and node.type != "attribute_item":
                self.visit(node)

    def changed(self, place: Node) -> None:
        """Something is changed through the name that ``place`` starts with."""
        root = _root(self.source, place)
        if root.type in ("identifier", "self"):
            self.told.changes.add(self.source.text(root))
            type_ = self.type_of(root) if root.type == "identifier" else None
            if type_ is not None and any(
                step.kind == "path" and flavour_of_name(step.name) is not None
                for step in type_.deref_chain()
            ):
                self.never(f"it changes what `{self.source.quoted(span_of(root))}` guards")
        elif root.type not in ("call_expression", "macro_invocation", "array_expression"):
            self.never(f"it changes {self.words(place)}")

    def operated(self, node: Node, left: Node, operator: bytes, right: Node) -> None:
        if node.type != "binary_expression":
            self.changed(left)
            if left.type != "identifier" and dereferenced(left) is not None:
                type_ = self.type_of(left)
                if type_ is not None and not self.known.facts.is_plain(type_):
                    self.doubt(f"a `{type_.short(40)}` is dropped by an assignment")
        self.told.stops |= operator.removesuffix(b"=") in _OVERFLOWING
        if operator not in (b"=", b"&&", b"||"):
            for side in (left, right):
                type_ = None if _is_literal(side) else self.type_of(side)
                if type_ is not None:
                    self.users(type_, f"`{operator.decode()}`")
        self.all(left, right)

    def unary(self, node: Node) -> None:
        inner = next(iter(named_children(node)), None)
        if inner is None or _is_literal(inner):
            return
        type_ = self.type_of(inner)
        if type_ is not None and dereferenced(node) is None:
            self.told.stops = True
            self.users(type_, "operator")
        elif type_ is not None and type_.kind == "ptr":
            self.never(f"{self.words(node)} follows a pointer")
        elif type_ is not None and not _is_std(type_) and not type_.is_ref:
            self.doubt(f"the `Deref` of `{type_.short(40)}` is not std's")
        self.visit(inner)

    def looped(self, node: Node) -> None:
        over = scrutinee_of(node)
        if over is not None:
            type_ = self.type_of(over)
            if type_ is not None and (waits := blocking_items(type_)) is not None:
                self.waited(over, waits)
            elif type_ is not None and not _is_std(type_):
                self.never(f"what going over {self.words(over)} does is not known")
            self.work(HEAVY)
        self.all(over, condition_of(node), body_of(node))

    # -- macros ----------------------------------------------------------------------------------

    def expanded(self, macro: Node) -> None:
        name = macro_name(self.source, macro)
        if name in known_calls.LITERAL_MACROS:
            if name in (b"line", b"column"):
                self.never(f"`{name.decode()}!()` tells where it stands")
            return
        if not self.known.is_std(macro) and name in (b"format", b"vec"):
            self.never(f"`{name.decode()}!` may be another macro than std's")
        if name == b"format" or known_calls.is_printing(name):
            self.shown(macro, name)
        elif name in (b"vec", b"json", b"matches"):
            parts = _elements(self.source, macro)
            self.work(HEAVY if name == b"json" else int(name == b"vec" and bool(parts)))
            if name == b"json":
                self.doubt("what `json!` shows is serialized outside of the lock")
            self.all(*(parts[:1] if name == b"matches" else parts))
        else:
            self.never(f"what `{name.decode('utf-8', 'replace')}!` does is not known")

    def shown(self, macro: Node, name: bytes) -> None:
        call = format_call(self.source, macro)
        if call is None or (call.template is None and name == b"format"):
            self.never(f"{self.words(macro)} could not be read")
            return
        if call.shows_addresses:
            self.never(f"{self.words(macro)} shows where a value is")
        if name != b"format":
            if name in (b"write", b"writeln"):
                self.never(f"it writes with `{name.decode()}!`")
            self.doubt(f"`{name.decode()}!` logs outside of the lock")
        self.work(HEAVY)
        given = {argument.span for argument in (*call.fields, *call.arguments)}
        for span in sorted(given | set(call.shown)):
            node = self.source.node_at(span)
            if node is not None and _is_literal(node):
                continue
            if span in given:
                self.visit(node)
            type_ = self.typed(span)
            if type_ is not None and self.unshared(span, type_):
                self.users(type_, "formatting")

    # -- calls -----------------------------------------------------------------------------------

    def called(self, node: Node) -> None:
        call = call_of(node)
        if call is None:
            return
        self.all(*call.arguments)
        method = method_call(self.source, node)
        if known_calls.reads_clock(self.source, node):
            self.never(
                f"{self.words(node)} tells the time, which the order under the lock may follow"
            )
        elif method is not None:
            self.visit(method.receiver)
            self.method(node, method)
        else:
            self.function(node, call)

    def method(self, node: Node, call: MethodCall) -> None:
        receiver = self.type_of(call.receiver)
        made = self.type_of(node) if call.method in _BY_DEFAULT else None
        if call.method in LOCKS and not call.arguments:
            self.never(f"{self.words(node)} takes another lock")
        if receiver is None:
            return
        shown, name = self.words(node), call.method.decode("utf-8", "replace")
        if self.known.is_own(call.method):
            self.never(
                f"what {shown} does is not known: a trait of the workspace has such a method"
            )
        if (waits := blocking_method(receiver, name)) is not None:
            self.waited(node, waits)
            return
        first = receiver.behind_refs()[1]
        if call.method == b"clone" or (call.method == b"to_owned" and not _is_view(first)):
            self.copied(first, "Clone" if call.method == b"clone" else "ToOwned")
            return
        for step in receiver.deref_chain():
            if self.known.facts.ownership(step).nature is Nature.CELL and step.kind == "path":
                self.never(f"others may change what {shown} looks at before the lock is taken")
                return
        if not _is_std(receiver):
            if not self.known.makes(node):
                self.never(f"what {shown} does is not known")
            return
        for given in call.arguments:
            self.given(given)
        if call.method in _STOPPING:
            self.told.stops = True
        if call.method in _COMPARING and not of_std_alone(receiver):
            self.users(receiver, "comparison or hash of what is in a")
        if made is not None:
            self.users(made, "`Default`")
        if call.method in known_calls.COPYING:
            self.cloned(first)
            if call.method == b"to_string" and self.unshared(span_of(call.receiver), first):
                self.users(first, "`Display`")
            self.work(HEAVY if call.method == b"to_vec" else int(first.name != "char"))
        elif call.method in (b"into", b"collect", b"try_into", b"parse", b"sum"):
            self.converted(node, receiver)
        elif known_calls.makes_anew(call.method):
            makes = first.name != "char" and (call.method != b"replace" or _is_text(receiver))
            self.work(int(makes))
            if call.method == b"replace" and not _is_text(receiver):
                self.changed(call.receiver)
        elif known_calls.changes_receiver(call.method):
            self.changed(call.receiver)
            self.work(int(known_calls.grows_receiver(call.method)))
            if not self.known.facts.is_plain(first) and not of_std_alone(first):
                self.doubt(f"values of `{first.short(40)}` may be dropped at another time")
        elif not _is_reading(call.method):
            self.never(f"what {shown} does is not known")

    def given(self, argument: Node) -> None:
        """What is called may run ``argument``, where that names a function."""
        if argument.type not in ("identifier", "scoped_identifier", "field_expression"):
            return
        type_ = self.type_of(argument)
        if type_ is None or type_.kind in ("path", "ref", "tuple", "array", "infer", "ptr"):
            return
        path = type_.name
        std = path.startswith(("std::", "core::", "alloc::")) or type_.last[:1].isupper()
        if type_.kind != "fndef" or not std:
            self.never(f"what {self.words(argument)} does is not known")
        elif not all(map(of_std_alone, type_.args)):  # a trait's, with an impl of the user's
            self.doubt(f"what {self.words(argument)} does is not only std's")

    def copied(self, type_: Type, trait: str) -> None:
        """A value of ``type_`` is cloned."""
        found = self.known.facts.ownership(type_)
        cost = (
            found.cost if found.cost is not Cost.UNKNOWN else self.known.held.ownership(type_).cost
        )
        self.work(_weight(cost))
        if found.nature is Nature.CELL or self.known.held.ownership(type_).nature is Nature.CELL:
            self.never(f"others may change a `{type_.short(40)}` before the lock is taken")
        elif found.cost is Cost.UNKNOWN and not type_.is_ref:
            self.doubt(f"the `{trait}` of `{type_.short(40)}` is not std's")
        else:
            self.cloned(type_)

    def cloned(self, type_: Type) -> None:
        """What is in a ``type_`` is cloned: a list's elements by an impl of their own."""
        for part in type_.args:
            if part.is_ref or self.known.facts.is_cheap(part):
                continue
            if part.kind == "path" and self.known.facts.ownership(part).cost is Cost.UNKNOWN:
                self.doubt(f"the `Clone` of `{part.short(40)}` is not std's")
            self.cloned(part)

    def converted(self, node: Node, given: Type) -> None:
        """A value is made of another one by an impl that its type decides."""
        type_ = self.type_of(node)
        if type_ is None:
            return
        from_view = given.is_ref or given.name.startswith(("std::iter::", "core::iter::"))
        cost = self.known.facts.ownership(type_).cost
        self.work(_weight(cost) if from_view else 0)
        if not of_std_alone(type_):
            self.doubt(f"how a `{type_.short(40)}` is made is not only std's")

    def function(self, node: Node, call: Call) -> None:
        path = b"".join(self.source.text(call.callee).split())
        head, _, last = path.rpartition(b"::")
        owner = last_segment(head.partition(b"<")[0].removesuffix(b"::"))
        name = callee_name(node)
        if name is not None and is_blocking_name(self.source.text(name), method=False):
            told = self.type_of(call.callee)
            waits = (
                blocking_function(told.name) if told is not None and told.kind == "fndef" else None
            )
            if waits is not None:
                self.waited(node, waits)
                return
        if last[:1].isupper():
            return  # a variant, or a tuple struct
        if known_calls.serializes(self.source, node):
            self.work(HEAVY)
            self.doubt(f"{self.words(call.callee)} serializes outside of the lock")
            return
        if known_calls.is_maker(self.source, node):
            type_ = self.type_of(node)
            if type_ is None:
                return
            if owner in _WIDE and last == b"clone":
                return  # a count
            if not (owner in _WIDE and last in (b"new", b"from")) and not of_std_alone(type_):
                if not _is_std(type_) and not self.known.makes(node):
                    self.never(f"what {self.words(call.callee)} does is not known")
                self.doubt(f"what {self.words(call.callee)} does is not only std's")
            cost = self.known.facts.ownership(type_).cost
            filled = bool(call.arguments) and last != b"new" and cost.allocates
            self.work(int(filled or (owner in _WIDE and last == b"new")))
            return
        if owner in (
            b"String",
            b"Vec",
            b"VecDeque",
            b"HashMap",
            b"HashSet",
            b"BTreeMap",
            b"BTreeSet",
        ) and (last in (b"with_capacity", b"new", b"from_utf8_lossy", b"from_iter")):
            self.work(int(last != b"new"))
            return
        if self.known.makes(node):
            type_ = self.type_of(node)
            cost = self.known.facts.ownership(type_).cost if type_ is not None else Cost.NONE
            self.work(int(cost.allocates))
            self.doubt(f"{self.words(call.callee)} is called outside of the lock")
            return
        self.never(f"what {self.words(call.callee)} does is not known")

    def waited(self, node: Node, blocking: Blocking) -> None:
        self.told.waits.append(Waiting(node, blocking))
        self.work(HEAVY)
        if why := self.known.stays(blocking):
            self.never(f"{self.words(node)}: {why}")
        elif blocking.wait is Wait.SLEEP:
            self.never(f"{self.words(node)} is a pause, which under a lock keeps others away")
        elif blocking.reads:
            self.doubt(
                f"{self.words(node)} waits for {blocking.wait} outside of the lock, and what it finds may have changed "
                "when the lock is taken"
            )
        else:
            self.never(f"others see what {self.words(node)} does, in the order of the lock")


def _weight(cost: Cost) -> int:
    return HEAVY if cost is Cost.DEEP else int(cost.allocates)


def _is_std(type_: Type) -> bool:
    """Of std, or text, bytes or a collection of a well-known crate, behind references or not?"""
    inner = type_.behind_refs()[1]
    if inner.kind in ("tuple", "array", "slice", "infer", "never"):
        return True
    entry = known(inner.name) if inner.kind == "path" else None
    return key_of(inner.name).startswith("std::") or (
        entry is not None and (entry.data or entry.copy or inner.name == "str")
    )


def _is_view(type_: Type) -> bool:
    return type_.kind == "slice" or key_of(type_.name) in (
        *("str", "std::path::Path", "std::ffi::OsStr", "std::ffi::CStr"),
    )


def _is_text(type_: Type) -> bool:
    return any(step.name == "str" for step in type_.deref_chain())


def _is_reading(method: bytes) -> bool:
    if known_calls.looks_at_disk(method) or method in (b"load", b"elapsed"):
        return False
    return (
        known_calls.computes_on_its_way(method)
        or known_calls.is_reading_method(method)
        or known_calls.is_inert_method(method)
        or known_calls.is_conventional_method(method, local=False)
    )


def _is_literal(node: Node) -> bool:
    return node.type.endswith("_literal")


def _elements(source: Source, macro: Node) -> list[Node]:
    """The expressions between a macro's brackets, which are read as an array, a tuple or parentheses."""
    found = parts_of(source, macro)
    while len(found) == 1 and found[0].type in _BRACKETS:
        found = named_children(found[0])
    return found


_BRACKETS = frozenset(
    {"source_file", "ERROR", "expression_statement", "array_expression", "tuple_expression"}
    | {"parenthesized_expression"}
)


def _root(source: Source, place: Node) -> Node:
    """The name, or the expression, that ``place`` starts with."""
    while True:
        access, parts, call = access_of(place), indexed(place), method_call(source, place)
        inner = dereferenced(place) or borrowed(place)
        if access is not None:
            place = access.base
        elif parts is not None:
            place = parts[0]
        elif call is not None:
            place = call.receiver
        elif inner is not None:
            place = inner
        elif place.type in ("parenthesized_expression", "try_expression") and named_children(place):
            place = named_children(place)[0]
        else:
            return place
