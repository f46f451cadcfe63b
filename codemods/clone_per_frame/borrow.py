"""The rewrites that leave the value where it is and hand out a reference."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rust.calls import Receiver
from engine.rust.format_macros import shown_by
from engine.rust.known_types import Nature, key_of
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source
from engine.rust.type_facts import TypeFacts, is_counted, is_data, is_named

from .bindings import for_, for_over, let_, match_
from .known import Borrowed, Types
from .options import closures_read
from .serve import Fails, formatted
from .shapes import COPYING, Clone, Context, Role
from .tables import AS_REF, AS_REF_METHODS, CONSUMING, LOOKING, SENDERS, SENDING, reading

if TYPE_CHECKING:
    from engine.rust.types import Type


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
    type_facts: TypeFacts
    by_reference: Callable[[Type, bytes], Receiver]
    disturbed: Callable[[Span], int]
    last_use: bool
    temporary: bool  # the place is what a call returned
    generic: bool  # it is an argument, and the parameter is `impl AsRef<..>` or the like

    @property
    def source(self) -> Source:
        return self.clone.source

    def fix(self) -> Borrowed | Fails | None:
        """The rewrite; ``Fails`` with the use that needs the value; None: no borrow in this role."""
        if self.temporary and self.types.same:
            return None  # it can be taken as it is
        if not (self.types.same or self.types.behind or self.types.view or self.mutable()):
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
                return let_(self)
            case Role.FOR:
                return for_(self)
            case Role.MATCH | Role.IF_LET:
                return match_(self)
            case _:
                return None

    # -- text ----------------------------------------------------------------------------------

    def mutable(self) -> bool:
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

    def made(
        self, node: Node, text: bytes, how: str, more: Iterable[Edit] = (), doubt: str = ""
    ) -> Borrowed | None:
        edits = self._over(node, text)
        return Borrowed("borrow", (*edits, *more), how, doubt) if edits is not None else None

    def _bare(self, how: str) -> Borrowed | None:
        text = self.clone.place
        if self.clone.receiver.type in ("unary_expression", "reference_expression"):
            text = b"(" + text + b")"
        return self.made(self.clone.node, text, f"`{self.clone.name}` is used where it is: {how}.")

    # -- in an expression ----------------------------------------------------------------------

    def _method(self) -> Borrowed | Fails | None:
        name, cloned = self.context.name, self.types.cloned
        shown = name.decode("utf-8", "replace")
        how = f"`{shown}` only reads `{self.clone.name}`"
        if name == b"into_iter":
            return self._into_iter()
        if name in LOOKING:
            return self._as_ref()
        if name in CONSUMING:
            return None
        if is_counted(cloned):
            return self._shared(name)
        if self._is_sender(cloned):
            return self._handle(name)
        if is_data(cloned) or self.types.view:
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

    def _is_sender(self, type_: Type) -> bool:
        handle = self.type_facts.ownership(type_).nature is Nature.HANDLE
        return handle and type_.name.partition("::")[0] in SENDERS

    def _handle(self, name: bytes) -> Borrowed | None:
        """A channel's sender whose methods take ``&self``."""
        if name not in SENDING:
            return None
        made = self._bare(f"`{name.decode()}` takes `&self`")
        return made and replace(
            made, doubt="one sender less keeps the channel open while this runs"
        )

    def _as_ref(self) -> Borrowed | Fails | None:
        if not is_named(self.types.cloned, "Option", "Result"):
            return None
        found = closures_read(self.source, self.scopes, self.context.holder)
        if found is None or isinstance(found, Fails):
            return found
        return self.made(
            self.clone.node,
            self.clone.place + b".as_ref()",
            "The closure only reads what is inside, so it gets a reference.",
            found.edits,
        )

    def _into_iter(self) -> Borrowed | Fails | None:
        """``v.clone().into_iter()`` -> ``v.iter().cloned()``: the elements, without the Vec."""
        outer = self.source.parent(self.context.holder)
        if outer is not None and outer.type == "for_expression":
            return for_over(self, outer, self.context.holder)
        if not is_named(self.types.cloned, "Vec", "VecDeque", "HashSet", "BTreeSet"):
            return None
        copied = self.type_facts.is_copy(self.types.cloned.args[0])
        step = b".iter().copied()" if copied else b".iter().cloned()"
        return self.made(
            self.context.holder,
            self.clone.place + step,
            f"The elements are cloned one by one as they are taken; the second "
            f"`{self.types.cloned.last}` is gone.",
        )

    def _field(self) -> Borrowed | None:
        """``x.clone().name``: the rest of ``x`` was copied for nothing."""
        if self.types.holder is None or not (self.types.same or self.types.behind):
            return None
        text = self.clone.place + b"".join(self.context.name.split())
        outer = self.source.parent(self.context.holder)
        shown = text.decode("utf-8", "replace")
        read = (
            self.type_facts.is_copy(self.types.holder)
            or (outer is not None and outer.type == "reference_expression")
            or formatted(self.source, self.context.holder)
        )
        if outer is not None and outer.type == "field_expression":
            method = outer.child_by_field_name("field")
            if method is None or not reading(self.source.text(method)):
                return None
            read = True
        if read:
            return self.made(self.context.holder, text, f"`{shown}` is read in place.")
        return self.made(
            self.context.holder,
            text + b".clone()",
            f"Only `{shown}` is cloned, not what is around it.",
        )

    def _reference(self) -> Borrowed | None:
        outer = self.source.parent(self.context.holder)
        counted = self.type_facts.ownership(self.types.cloned).nature is Nature.SHARED
        if (
            counted
            and outer is not None
            and b"_count" in self.source.text(self.source.statement_of(outer) or outer)
        ):
            return None
        text = self.reference()
        if outer is not None and outer.type in ("field_expression", "try_expression"):
            return None
        return self.made(
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
        return self.made(
            self.context.holder,
            self.reference(),
            "The elements are cloned straight to where they go.",
            (rename,),
        )

    def _format(self) -> Borrowed | None:
        call = shown_by(self.source, self.clone.node)
        if call is None or call.shows_addresses:
            return None
        if call.compares(self.clone.span) and not self.types.same:
            return None
        macro = self.context.name.decode("utf-8", "replace")
        return self._bare(f"`{macro}!` takes its arguments by reference")

    def _compare(self) -> Borrowed | None:
        text, place = self.clone.place, self.types.place
        # `&str` compares with strings of every kind as it is; other references are looked through.
        if place.is_ref and place.args[0].name != "str":
            text = b"*" + text
        return self.made(self.clone.node, text, f"`{self.clone.name}` is compared where it is.")

    # -- arguments -----------------------------------------------------------------------------

    def _argument(self) -> Borrowed | None:
        callee = self.types.holder
        if callee is None or callee.kind != "fndef":
            return None
        if not (self.generic or callee.name.startswith(AS_REF)):
            return None
        return self.made(
            self.clone.node,
            self.reference(),
            f"`{callee.last}` takes anything that can be seen as a reference.",
        )

    def _method_argument(self) -> Borrowed | None:
        owner = self.types.holder
        if owner is None:
            return None
        names = {key_of(step.name) for step in owner.deref_chain()}
        method = self.context.name
        if method == b"extend" and "std::vec::Vec" in names and is_named(self.types.cloned, "Vec"):
            return self._extend()
        known = any(method in AS_REF_METHODS.get(name, frozenset()) for name in names)
        if not (self.generic or known):
            return None
        return self.made(
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
        return self.made(
            self.clone.node,
            self.reference(),
            "The elements are cloned straight to where they go, without a `Vec` between.",
            (rename,),
        )
