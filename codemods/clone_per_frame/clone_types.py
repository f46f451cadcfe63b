"""What rustc told about one clone, and what it may be rewritten to."""

from __future__ import annotations

from dataclasses import dataclass

from engine.base.model import Edit
from engine.rust.type_facts import view_of
from engine.rust.types import Type


@dataclass(frozen=True, slots=True)
class CloneTypes:
    """What rustc told about one clone."""

    cloned: Type  # what the clone makes
    receiver: Type  # what the receiver is
    taker: Type | None  # the callee, the receiver of the method, the field that is read

    @property
    def same(self) -> bool:
        """Is the place an owned value of the very type that the clone makes?"""
        return self.receiver == self.cloned

    @property
    def behind(self) -> bool:
        """Is the place a reference to what the clone makes?"""
        return self.receiver.is_ref and self.receiver.args[0] == self.cloned

    @property
    def view(self) -> bool:
        """A copy into another type: Bytes to Vec, &str to String. Both read as one view."""
        left, right = view_of(self.receiver), view_of(self.cloned)
        return left is not None and left == right


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One way to do without the clone: ``edits``, and what changes, in words for the note. ``label``
    says which way it is ("borrow", "move", "count", "reuse"), ``doubt`` why a person should look, ""
    where nobody has to."""

    label: str
    edits: tuple[Edit, ...]
    how: str
    doubt: str = ""
