"""The analyses over all files of one workspace, for the questions that need several of them."""

from __future__ import annotations

from typing import Protocol

from engine.rust.agreeing_impls import AgreeingImpls
from engine.rust.calls import Calls
from engine.rust.files import Files
from engine.rust.items import Items
from engine.rust.signatures import Signatures


class Program(Protocol):
    """A workspace's code. Each is made once and keeps its answers."""

    @property
    def sources(self) -> Files:
        """The files."""

    @property
    def items(self) -> Items:
        """Definitions, by name and by path."""

    @property
    def calls(self) -> Calls:
        """Who calls whom."""

    @property
    def signatures(self) -> Signatures:
        """What may change about functions."""

    @property
    def agreeing_impls(self) -> AgreeingImpls:
        """Where it matters which of two like types is given."""
