"""The memory orderings that a counter's operations are written with."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.mutex_counter.atomic_types import ORDERING
from engine.rewrite import use_declarations


@dataclass(frozen=True, slots=True)
class Orders:
    """The memory orderings of one counter, by kind of operation."""

    load: bytes
    store: bytes
    change: bytes  # read-modify-write

    def of(self, kind: str) -> bytes:
        """``Ordering::X`` for an operation of this ``kind``: "load", "store", or any other word for one
        that reads and writes. It starts with a placeholder for the name that ``Ordering`` gets here."""
        word = {"load": self.load, "store": self.store}.get(kind, self.change)
        return use_declarations.name(ORDERING) + b"::" + word


RELAXED = Orders(b"Relaxed", b"Relaxed", b"Relaxed")
SEQ_CST = Orders(b"SeqCst", b"SeqCst", b"SeqCst")
