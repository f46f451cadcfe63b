"""The rewrites that leave the value where it is and hand out a reference."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.model import Edit, Span
from engine.scopes import Scopes
from engine.syntax import Source, span_of

from .kinds import Nature, is_counted, is_named, is_standard, kind_of, last
from .known import Receiver, Types
from .serve import Fails, formatted, pattern_bindings, serves, serves_all
from .shapes import COPYING, Clone, Context, Role
from .tables import AS_REF, AS_REF_METHODS, CONSUMING, SENDERS, SENDING, reading

if TYPE_CHECKING:
    from engine.types import Type


@dataclass(frozen=True, slots=True)
class Borrowed:
    """Edits that make a reference of the clone. ``safe`` is false when a person should look."""

    label: str
    edits: tuple[Edit, ...]
    how: str  # what changes, for the note
    doubt: str = ""  # why a person should look


@dataclass(frozen=True)
class Borrower:
    """Makes the borrowing rewrite of one clone, if there is one.

    ``by_reference`` tells how the workspace's method of a name takes its receiver, ``disturbed`` at
    which line the place may change within a span, ``last_use`` whether it could be moved instead.
    """

    clone: Clone
    context: Context
    types: Types
    scopes: Scopes
    by_reference: Callable[[Type, bytes], Receiver]
    disturbed: Callable[[Span], int]
    last_use: bool
    temporary: bool  # the place is what a call returned

    @property
    def source(self) -> Source:
        return self.clone.source

    def fix(self) -> Borrowed | Fails | None:
        """The rewrite; ``Fails`` with the use that needs the value; None: no borrow in this role."""
        if self.temporary and self.types.same:
            return None  # it can be taken as it is
        if not (self.types.same or self.types.behind or self.types.view or self._mut()):
            return None
        match self.context.role:
            case Role.METHOD:
                return self._method()
            case Role.FIELD:
                return self._field()
            case Role.INDEX | Role.DEREF:
                return self._bare("reads it in place")
            case Role.REF:
                return self._reference()
            case Role.REF_MUT:
                return self._append()
            case Role.FORMAT:
                return self._format()
            case Role.COMPARE:
                return self._compare()
            case Role.ARGUMENT:
                return self._argument()
            case Role.METHOD_ARGUMENT:
                return self._method_argument()
            case Role.LET:
                return self._let()
            case Role.FOR:
                return self._for()
            case Role.MATCH | Role.IF_LET:
                return self._match()
            case _:
                return None

    # -- text ----------------------------------------------------------------------------------

    def _mut(self) -> bool:
        place = self.types.place
        return place.is_mut_ref and place.args[0] == self.types.cloned

    def reference(self) -> bytes:
        """The place as a reference, as short as it can be."""
        place = self.clone.place
        if self.types.place.is_mut_ref:
            return b"&*" + place
        if self.types.place.is_ref:
            return place
        return b"&" + place

    def _over(self, node: Node, text: bytes) -> tuple[Edit, ...] | None:
        """Replace ``node`` by ``text``, which holds the place; None when a comment would be lost."""
        left = Span(node.start_byte, self.clone.receiver.start_byte)
        right = Span(self.clone.receiver.end_byte, node.end_byte)
        if self.source.comments_in(left) or self.source.comments_in(right):
            return None
        return (Edit(self.source.path, node.start_byte, node.end_byte, text),)

    def _made(
        self, node: Node, text: bytes, how: str, more: Iterable[Edit] = (), doubt: str = ""
    ) -> Borrowed | None:
        edits = self._over(node, text)
        return Borrowed("borrow", (*edits, *more), how, doubt) if edits is not None else None

    def _bare(self, how: str) -> Borrowed | None:
        text = self.clone.place
        if self.clone.receiver.type in ("unary_expression", "reference_expression"):
            text = b"(" + text + b")"
        return self._made(self.clone.node, text, f"`{self.clone.name}` is used where it is: {how}.")

    # -- in an expression ----------------------------------------------------------------------

    def _method(self) -> Borrowed | Fails | None:
        name, cloned = self.context.name, self.types.cloned
        shown = name.decode("utf-8", "replace")
        how = f"`{shown}` only reads `{self.clone.name}`"
        if name == b"into_iter":
            return self._into_iter()
        if name in CONSUMING:
            return None
        kind = kind_of(cloned)
        if is_counted(cloned):
            return self._shared(name)
        if kind.nature is Nature.HANDLE:
            return self._handle(name)
        if is_standard(cloned) or self.types.view:
            return self._bare(how) if reading(name) or name in COPYING else None
        known = self.by_reference(cloned, name) is Receiver.REFERENCE
        return self._bare(f"{how}, as its definition says") if known else None

    def _shared(self, name: bytes) -> Borrowed | None:
        """A method called through an Arc: it borrows, unless it takes ``self: Arc<Self>``."""
        if name.endswith(b"_owned"):
            return None  # tokio's `lock_owned` and its kin take the Arc itself
        found = self.by_reference(self.types.cloned.args[0], name)
        if found is Receiver.VALUE:
            return None
        made = self._bare(f"`{name.decode()}` borrows what is behind the shared pointer")
        if made is None or found is Receiver.REFERENCE or not self.last_use:
            return made
        return replace(
            made,
            doubt=f"`{name.decode()}` is not defined in this workspace: if it takes the `Arc` "
            "itself, the value is dropped earlier",
        )

    def _handle(self, name: bytes) -> Borrowed | None:
        """A channel's sender whose methods take ``&self``."""
        head = self.types.cloned.name.partition("::")[0]
        if head not in SENDERS or name not in SENDING:
            return None
        made = self._bare(f"`{name.decode()}` takes `&self`")
        return made and replace(
            made, doubt="one sender less keeps the channel open while this runs"
        )

    def _into_iter(self) -> Borrowed | Fails | None:
        """``v.clone().into_iter()`` -> ``v.iter().cloned()``: the elements, without the Vec."""
        outer = self.source.parent(self.context.holder)
        if outer is not None and outer.type == "for_expression":
            return self._for_over(outer, self.context.holder)
        if not is_named(self.types.cloned, "Vec", "VecDeque", "HashSet", "BTreeSet"):
            return None
        element = kind_of(self.types.cloned.args[0])
        step = b".iter().copied()" if element.copy else b".iter().cloned()"
        return self._made(
            self.context.holder,
            self.clone.place + step,
            f"The elements are cloned one by one as they are taken; the second "
            f"`{last(self.types.cloned.name)}` is gone.",
        )

    def _field(self) -> Borrowed | None:
        """``x.clone().name``: the rest of ``x`` was copied for nothing."""
        if self.types.holder is None or not (self.types.same or self.types.behind):
            return None
        text = self.clone.place + b"".join(self.context.name.split())
        outer = self.source.parent(self.context.holder)
        shown = text.decode("utf-8", "replace")
        read = (
            kind_of(self.types.holder).copy
            or (outer is not None and outer.type == "reference_expression")
            or formatted(self.source, self.context.holder)
        )
        if outer is not None and outer.type == "field_expression":
            method = outer.child_by_field_name("field")
            if method is None or not reading(self.source.text(method)):
                return None
            read = True
        if read:
            return self._made(self.context.holder, text, f"`{shown}` is read in place.")
        return self._made(
            self.context.holder,
            text + b".clone()",
            f"Only `{shown}` is cloned, not what is around it.",
        )

    def _reference(self) -> Borrowed | None:
        outer = self.source.parent(self.context.holder)
        counted = kind_of(self.types.cloned).nature is Nature.SHARED
        if (
            counted
            and outer is not None
            and b"_count" in self.source.text(self.source.statement_of(outer) or outer)
        ):
            return None
        text = self.reference()
        if outer is not None and outer.type in ("field_expression", "try_expression"):
            return None
        return self._made(
            self.context.holder, text, f"The reference is to `{self.clone.name}` itself."
        )

    def _append(self) -> Borrowed | None:
        """``a.append(&mut b.clone())`` -> ``a.extend_from_slice(&b)``."""
        arguments = self.source.parent(self.context.holder)
        call = self.source.parent(arguments) if arguments is not None else None
        function = call.child_by_field_name("function") if call is not None else None
        if call is None or function is None or function.type != "field_expression":
            return None
        field = function.child_by_field_name("field")
        if field is None or self.source.text(field) != b"append":
            return None
        if not is_named(self.types.cloned, "Vec"):
            return None
        rename = Edit(self.source.path, field.start_byte, field.end_byte, b"extend_from_slice")
        return self._made(
            self.context.holder,
            self.reference(),
            "The elements are cloned straight to where they go.",
            (rename,),
        )

    def _format(self) -> Borrowed | None:
        if b":p}" in self.source.text(self.context.holder):
            return None
        if b"assert" in self.context.name and not self.types.same:
            return None
        macro = self.context.name.decode("utf-8", "replace")
        return self._bare(f"`{macro}!` takes its arguments by reference")

    def _compare(self) -> Borrowed | None:
        text, place = self.clone.place, self.types.place
        # `&str` compares with strings of every kind as it is; other references are looked through.
        if place.is_ref and place.args[0].name != "str":
            text = b"*" + text
        return self._made(self.clone.node, text, f"`{self.clone.name}` is compared where it is.")

    # -- arguments -----------------------------------------------------------------------------

    def _argument(self) -> Borrowed | None:
        callee = self.types.holder
        if callee is None or callee.kind != "fndef":
            return None
        if not callee.name.startswith(AS_REF):
            return None
        return self._made(
            self.clone.node,
            self.reference(),
            f"`{last(callee.name)}` takes anything that can be seen as a reference.",
        )

    def _method_argument(self) -> Borrowed | None:
        owner = self.types.holder
        if owner is None:
            return None
        names = {last(step.name) for step in owner.deref_chain()}
        method = self.context.name
        if method == b"extend" and "Vec" in names and is_named(self.types.cloned, "Vec"):
            return self._extend()
        if not any(method in AS_REF_METHODS.get(name, frozenset()) for name in names):
            return None
        return self._made(
            self.clone.node,
            self.reference(),
            f"`{method.decode()}` takes anything that can be seen as a reference.",
        )

    def _extend(self) -> Borrowed | None:
        function = self.context.holder.child_by_field_name("function")
        field = function.child_by_field_name("field") if function is not None else None
        if field is None:
            return None
        rename = Edit(self.source.path, field.start_byte, field.end_byte, b"extend_from_slice")
        return self._made(
            self.clone.node,
            self.reference(),
            "The elements are cloned straight to where they go, without a `Vec` between.",
            (rename,),
        )

    # -- bindings ------------------------------------------------------------------------------

    def _let(self) -> Borrowed | Fails | None:
        let = self.context.holder
        pattern = let.child_by_field_name("pattern")
        if pattern is None or pattern.type != "identifier":
            return None
        if any(child.type == "mutable_specifier" for child in let.children):
            return None
        binding = next((b for b in self.scopes.bindings if b.decl == span_of(pattern)), None)
        if binding is None:
            return None
        found = serves(
            self.source,
            self.scopes,
            binding,
            shared=is_counted(self.types.cloned),
        )
        if isinstance(found, Fails):
            return found
        if not found.uses:
            return None
        if line := self.disturbed(Span(let.end_byte, found.end)):
            return self._changing(line)
        more = list(found.edits)
        annotation = let.child_by_field_name("type")
        if annotation is not None:
            more.append(Edit(self.source.path, annotation.start_byte, annotation.start_byte, b"&"))
        name = binding.name.decode("utf-8", "replace")
        if self.temporary and not self.types.place.is_ref:
            return self._made(
                self.clone.node,
                self.clone.place,
                f"`{name}` is only read, so it is kept as it came.",
            )
        if self.types.behind and self.clone.place == binding.name and annotation is None:
            return None  # `let x = x;` would only say nothing
        return self._made(
            self.clone.node, self.reference(), f"`{name}` is only read, so it borrows.", more
        )

    def _changing(self, line: int) -> Fails:
        return Fails(line, f"`{self.clone.name}` may change at line {line}, while it is borrowed")

    def _for(self) -> Borrowed | Fails | None:
        return self._for_over(self.context.holder, self.clone.node)

    def _for_over(self, loop: Node, replaced: Node) -> Borrowed | Fails | None:
        if not is_named(
            self.types.cloned, "Vec", "VecDeque", "HashMap", "HashSet", "BTreeMap", "BTreeSet"
        ) or not (self.types.same or self.types.behind or self.types.view or self._mut()):
            return None
        pattern = loop.child_by_field_name("pattern")
        if pattern is None or b"&" in self.source.text(pattern):
            return None
        found = serves_all(
            self.source, self.scopes, pattern_bindings(self.scopes, span_of(pattern))
        )
        if isinstance(found, Fails):
            return found
        body = loop.child_by_field_name("body")
        if body is not None and (line := self.disturbed(span_of(body))):
            return self._changing(line)
        return self._made(
            replaced,
            self.reference(),
            "The loop goes over references; nothing in it needs the elements as its own.",
            found.edits,
        )

    def _match(self) -> Borrowed | Fails | None:
        """``match x.clone()``, ``if let P = x.clone()`` -> on ``&x``, when the names are only read."""
        if not (self.types.same or self.types.behind or self._mut()):
            return None
        holder = self.context.holder
        patterns: list[Node] = []
        if holder.type == "match_expression":
            body = holder.child_by_field_name("body")
            arms = [c for c in body.named_children if c.type == "match_arm"] if body else []
            patterns = [p for arm in arms if (p := arm.child_by_field_name("pattern")) is not None]
        elif (only := holder.child_by_field_name("pattern")) is not None:
            patterns = [only]
        if not patterns or any(b"&" in self.source.text(p) for p in patterns):
            return None
        bound = [b for p in patterns for b in pattern_bindings(self.scopes, span_of(p))]
        found = serves_all(self.source, self.scopes, bound)
        if isinstance(found, Fails):
            return found
        if found.uses and (line := self.disturbed(Span(self.clone.node.end_byte, found.end))):
            return self._changing(line)
        return self._made(
            self.clone.node,
            self.reference(),
            "The pattern binds references; what it binds is only read.",
            found.edits,
        )
