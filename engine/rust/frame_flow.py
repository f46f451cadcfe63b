"""Where frames go between the stream that gives them and the code that copies them: names, copies of
them, and the parameters of functions that they are given to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.calls import is_given_away, parameter_of
from engine.rust.configurations import is_conditional
from engine.rust.context import in_test_code
from engine.rust.copies import Clone, clone_of
from engine.rust.definitions import Item
from engine.rust.frame_uses import FrameUse, FrameUseKind, frame_use, other_impl
from engine.rust.program import Program
from engine.rust.scopes import Binding, Scopes
from engine.rust.signatures import Called, Obstacle, Parameter, argument_of, elides_lifetime
from engine.rust.syntax import Source, span_of
from engine.rust.usages import UsageKind, usage_of
from engine.rust.value_flow import value_of

_BYTES_REFERENCE = re.compile(rb"&\s*(?:'\w+\s+)?(?:\w+::)*Bytes\Z")


class NotOwnedError(Exception):
    """Why the frames cannot be owned upstream, in words for the user."""

    @property
    def reason(self) -> str:
        """The words."""
        return str(self.args[0])


@dataclass(eq=False)
class Frame:
    """A name that holds frames. ``base`` is the name of which it is a copy, made by ``copy``; ``lent``
    says that it becomes a `&mut BytesMut`, ``listed`` that it was a `Vec`."""

    source: Source
    scopes: Scopes
    binding: Binding
    listed: bool = False
    parameter: Parameter | None = None
    uses: list[FrameUse] = field(default_factory=list)
    base: Frame | None = None
    copy: Clone | None = None
    changed: bool = False  # it, a copy of it that is none any more, or where it is given to

    @property
    def is_changed(self) -> bool:
        """Is it changed by this name?"""
        return any(use.kind is FrameUseKind.CHANGES for use in self.uses)

    @property
    def name(self) -> str:
        """For messages."""
        return self.binding.name.decode("utf-8", "replace")


@dataclass(frozen=True, eq=False)
class Passing:
    """A call that gives ``frame``, or a ``copy`` of it, to the parameter that is ``to``."""

    source: Source
    argument: Node
    to: Frame
    frame: Frame
    copy: Clone | None = None


@dataclass(frozen=True, eq=False)
class Made:
    """A call that makes the frame which it gives to the parameter that is ``to``."""

    source: Source
    argument: Node
    to: Frame


class FrameFlow:
    """Finds the names that hold the same frames. Raises NotOwnedError for what keeps one of them."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.frames: dict[tuple[str, Span], Frame] = {}
        self.passings: dict[tuple[str, Span], Passing] = {}
        self.copies: set[tuple[str, Span]] = set()  # that are none any more
        self.made: list[Made] = []
        self.views: set[tuple[str, Span]] = set()  # the `Bytes` of a `&Bytes` that is a `[u8]`
        self.public: list[str] = []  # what other crates see change

    def start(self, clone: Clone, scopes: Scopes) -> None:
        """From one copy of a frame: all names that hold frames of its stream."""
        binding = scopes.binding_at(clone.receiver)
        if clone.receiver.type != "identifier" or binding is None:
            raise NotOwnedError(f"`{clone.name}` is no name of a frame")
        self.frame(clone.source, scopes, binding)
        changed = [frame for frame in self.frames.values() if frame.changed]
        while changed:
            frame = changed.pop()
            more = [frame.base, *(p.frame for p in self.passings.values() if p.to is frame)]
            for origin in more:
                if origin is not None and not origin.changed:
                    origin.changed = True
                    changed.append(origin)

    @property
    def roots(self) -> list[Frame]:
        """Frames that come from somewhere else: no copies and no parameters."""
        every = self.frames.values()
        return [f for f in every if f.base is None and f.parameter is None]

    # -- names ---------------------------------------------------------------------------------

    def frame(self, source: Source, scopes: Scopes, binding: Binding) -> Frame:
        """The name ``binding``, with all that its frames come to."""
        key = source.path, binding.decl
        if key in self.frames:
            return self.frames[key]
        if binding.by_ref:
            raise NotOwnedError(f"`{binding.name.decode()}` is bound by reference")
        found = self.frames[key] = Frame(source, scopes, binding)
        self._copied_from(found)
        if binding.kind == "param":
            self._as_parameter(found)
        for use in scopes.uses(binding):
            self._follow(found, frame_use(source, binding, use))
        return found

    def _copied_from(self, frame: Frame) -> None:
        """``let y = x.clone();``"""
        source, binding = frame.source, frame.binding
        value = value_of(source, binding) if binding.kind == "let" and binding.plain else None
        copy = clone_of(source, nodes.bare(value)) if value is not None else None
        if copy is None:
            return
        origin = frame.scopes.binding_at(copy.receiver)
        if copy.receiver.type != "identifier" or origin is None:
            raise NotOwnedError(f"`{frame.name}` is a copy of `{copy.name}`, which is no name")
        frame.copy, frame.listed = copy, makes_list(copy)
        frame.base = self.frame(source, frame.scopes, origin)
        self.copies.add((source.path, copy.span))

    def _follow(self, frame: Frame, use: FrameUse) -> None:
        frame.uses.append(use)
        if why := other_impl(frame.source, use, frame.listed, self._program):
            raise NotOwnedError(f"{why} (line {line_of(frame.source, use.use.span.start)})")
        match use.kind:
            case FrameUseKind.KEEPS:
                raise NotOwnedError(use.why)
            case FrameUseKind.CHANGES:
                frame.changed = True
            case FrameUseKind.LENDS:
                self._lent(frame, use)
            case FrameUseKind.PASSES:
                self._passed(frame, use)
            case FrameUseKind.COPIES:
                self._copied(frame, use)
            case FrameUseKind.READS if frame.listed and use.is_printed(frame.source):
                line = line_of(frame.source, use.use.span.start)
                raise NotOwnedError(f"line {line} prints `{frame.name}`, a list of numbers")
            case FrameUseKind.READS:
                pass

    def _copied(self, frame: Frame, use: FrameUse) -> None:
        """A copy that becomes the frame itself; one that is only read is as good of a `BytesMut`."""
        assert use.copy is not None
        source, copy = frame.source, use.copy
        usage = usage_of(source, copy.node)
        if usage.kind is UsageKind.LET:
            let = statement_nodes.let_of(usage.holder)
            name = _name_in(let.pattern) if let is not None else None
            bound = frame.scopes.binding_at(name) if name is not None else None
            if bound is not None:
                self.frame(source, frame.scopes, bound)
                return
        elif use.holder is not None and self._parameter(source, use.holder, use.index):
            self._passed(frame, use)
            return
        if copy.word == b"clone":
            raise NotOwnedError(
                f"line {line_of(source, copy.node.start_byte)} keeps a clone of `{frame.name}`, which "
                "shares the buffer: of a `BytesMut` it would copy all bytes"
            )

    # -- calls ---------------------------------------------------------------------------------

    def _passed(self, frame: Frame, use: FrameUse) -> None:
        assert use.holder is not None and use.node is not None
        source, call = frame.source, use.holder
        line = line_of(source, call.start_byte)
        if is_given_away(source, call):
            raise NotOwnedError(f"line {line} spawns what takes `{frame.name}`")
        parameter = self._parameter(source, call, use.index)
        if parameter is None:
            shown = source.quoted(span_of(nodes.callee_of(call) or call))
            raise NotOwnedError(f"line {line} gives `{frame.name}` to `{shown}`, which may keep it")
        whole = use.copy.node if use.copy is not None else use.node
        to = self._taken_by(parameter)
        self.passings[source.path, span_of(whole)] = Passing(source, whole, to, frame, use.copy)
        if use.copy is not None:
            self.copies.add((source.path, use.copy.span))

    def _lent(self, frame: Frame, use: FrameUse) -> None:
        """``f(&frame)``: who takes a reference to a `Bytes` may clone it; who only reads it may as well get a
        slice."""
        assert use.holder is not None
        source = frame.source
        method = nodes.method_call(source, use.holder) is not None
        for place, function in self._callees(source, use.holder):
            given = parameter_of(function, method, use.index)
            declared = item_nodes.type_of(given) if given is not None else None
            if given is None or declared is None:
                continue
            text = place.text(declared)
            if not _BYTES_REFERENCE.search(text) or self._is_viewed(place, function, given):
                continue
            at = item_nodes.name_of(function)
            shown = place.text(at).decode() if at is not None else "a function"
            raise NotOwnedError(
                f"line {line_of(source, use.holder.start_byte)} lends `{frame.name}` to "
                f"`{shown}` as `{text.decode('utf-8', 'replace')}`, which may do more than read it"
            )

    def _is_viewed(self, source: Source, function: Node, parameter: Node) -> bool:
        """Is the parameter, a `&Bytes`, only read, so that it may be a `&[u8]`?"""
        declared, item = item_nodes.type_of(parameter), self._program.items.at(source, function)
        inner = item_nodes.type_of(declared) if declared is not None else None
        if inner is None or item is None or source.comments_in(span_of(parameter)):
            return False
        if (source.path, span_of(inner)) in self.views:
            return True
        scopes = self._program.sources.scopes(source, function)
        bound = scopes.bound_by(span_of(parameter))
        if len(bound) != 1 or not bound[0].plain:
            return False
        for use in (frame_use(source, bound[0], each) for each in scopes.uses(bound[0])):
            reads = use.kind is FrameUseKind.READS and not use.is_printed(source)
            if not reads or other_impl(source, use, True, self._program):
                return False
        calls = self._program.signatures.calls_of(item, everywhere=True)
        if any(isinstance(called, Obstacle) for called in calls):
            return False  # it is a value somewhere
        self.may_change(item)
        self.views.add((source.path, span_of(inner)))
        return True

    def _callees(self, source: Source, call: Node | None) -> Iterator[tuple[Source, Node]]:
        """The functions of the workspace that the call may run."""
        name = nodes.callee_name(call) if call is not None else None
        yield from self._program.calls.callees(source, name, sure=True) if name is not None else ()

    def _parameter(self, source: Source, call: Node, index: int) -> Parameter | None:
        """The by-value parameter of the workspace's one function that takes the argument."""
        name, found = nodes.callee_name(call), list(self._callees(source, call))
        item = self._program.items.at(*found[0]) if len(found) == 1 else None
        if item is None or name is None:
            return None
        has_self = item_nodes.self_parameter(found[0][1]) is not None
        at = index - 1 if has_self and name.type == "identifier" else index
        parameter = self._program.signatures.parameter(item, at)
        return parameter if parameter is not None and held_type(parameter) else None

    def _taken_by(self, parameter: Parameter) -> Frame:
        """The name that the parameter is in its function."""
        scopes = self._program.sources.scopes(parameter.source, parameter.function)
        name = _name_in(parameter.pattern)
        bound = scopes.binding_at(name) if name is not None else None
        if bound is None or bound.kind != "param":
            raise NotOwnedError(f"the parameter of `{parameter.name}` is a pattern")
        return self.frame(parameter.source, scopes, bound)

    def _as_parameter(self, frame: Frame) -> None:
        """The parameter becomes a reference: all calls of its function lend what they gave."""
        source, function = frame.source, frame.scopes.function
        item = self._program.items.at(source, function)
        listed = item_nodes.parameters_of(function)
        at = next((i for i, p in enumerate(listed) if frame.binding.decl in span_of(p.node)), -1)
        parameter = self._program.signatures.parameter(item, at) if item is not None else None
        if item is None or parameter is None or not held_type(parameter):
            raise NotOwnedError(f"`{frame.name}` is a parameter of another type")
        frame.parameter = parameter
        frame.listed = nodes.last_name(source, parameter.declared) == b"Vec"
        self.may_change(parameter.item)
        if elides_lifetime(parameter):
            raise NotOwnedError(
                f"the lifetime of what `{parameter.name}` returns would not be clear"
            )
        for called in self._program.signatures.calls_of(item, everywhere=True):
            if isinstance(called, Obstacle):
                raise NotOwnedError(called.reason)
            if not (called.certain or self.is_only(called, item)):
                continue  # of another type, most likely: else rustc says so
            given = argument_of(called.call, parameter, called.name)
            if given is not None:
                self._given(called.source, called.call, given, frame)
            elif called.certain:
                line = line_of(called.source, called.call.start_byte)
                raise NotOwnedError(
                    f"the call at line {line} of {called.source.path} is not understood"
                )

    def _given(self, source: Source, call: Node, given: Node, to: Frame) -> None:
        """What another call gives to the parameter ``to``."""
        node = nodes.bare(given)
        copy = clone_of(source, node)
        named = copy.receiver if copy is not None else node
        function = source.fn_item_of(node)
        scopes = self._program.sources.scopes(source, function) if function is not None else None
        binding = scopes.binding_at(named) if scopes and named.type == "identifier" else None
        if is_given_away(source, call):
            line = line_of(source, call.start_byte)
            raise NotOwnedError(f"line {line} of {source.path} spawns what takes `{to.name}`")
        if scopes is not None and binding is not None:
            self.frame(source, scopes, binding)  # its uses hold this one
        else:
            self.made.append(Made(source, given, to))

    def is_only(self, called: Called, function: Item) -> bool:
        """Is ``function`` all that the call may run?"""
        found = list(self._program.calls.callees(called.source, called.name, sure=True))
        return len(found) == 1 and self._program.items.at(*found[0]) == function

    def may_change(self, function: Item) -> None:
        """Note that the signature of ``function`` changes; raises NotOwnedError where something else than
        calls in the workspace holds it."""
        if tied := self._program.signatures.why_tied(function):
            raise NotOwnedError(tied)
        source, node = self._program.items.open(function)
        if is_conditional(source, node) and not in_test_code(source, node):
            raise NotOwnedError(f"`{function.name.decode()}` stands under `cfg`")
        self.note_public(function)

    def note_public(self, item: Item) -> None:
        """Note that ``item`` changes for other crates, where they see it."""
        name = item.name.decode("utf-8", "replace")
        if self._program.signatures.is_public(item) and name not in self.public:
            self.public.append(name)


def held_type(parameter: Parameter) -> bool:
    """Does the parameter take bytes by value: `Bytes`, `BytesMut` or a `Vec<u8>`?"""
    source, declared = parameter.source, parameter.declared
    if nodes.last_name(source, declared) == b"Vec":
        inside = item_nodes.type_arguments(declared)
        return len(inside) == 1 and source.text(inside[0]) == b"u8"
    plain = declared.type in ("type_identifier", "scoped_type_identifier")
    return plain and nodes.last_name(source, declared) in (b"Bytes", b"BytesMut")


def makes_list(copy: Clone) -> bool:
    """Does the copy of a `Bytes` make a `Vec`?"""
    return copy.word in (b"to_vec", b"to_owned") or copy.path.rpartition(b"::")[2] == b"Vec"


def _name_in(pattern: Node) -> Node | None:
    """The name that a pattern is, with or without ``mut``."""
    if pattern.type == "mut_pattern":
        inside = [child for child in pattern.named_children if child.type == "identifier"]
        return inside[0] if inside else None
    return pattern if pattern.type == "identifier" else None


def line_of(source: Source, offset: int) -> int:
    """The line of an offset, from 1."""
    return source.position(offset)[0]
