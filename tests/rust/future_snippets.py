"""An async function as the tables of futures have it, with types as rustc would tell them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.calls import Calls
from engine.rust.own_places import OwnPlaces
from engine.rust.queries import walk
from engine.rust.syntax import Source, is_async, walk_all
from engine.rust.type_parser import parse
from engine.rust.types import Type
from tests.rust.workspace import Workspace


@dataclass(frozen=True)
class Future:
    """The first ``async fn`` of a library; ``types`` gives an expression's type by its text."""

    text: str
    types: Mapping[str, str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "workspace", Workspace({"src/lib.rs": self.text}))

    workspace: Workspace = None  # type: ignore[assignment]

    def type_at(self, span: Span) -> Type | None:
        told = self.types.get(self.source.slice(span).decode())
        return parse(told) if told is not None else None

    @property
    def source(self) -> Source:
        return self.workspace.sources.get("src/lib.rs")

    @property
    def body(self) -> Node:
        found = (n for n in walk(self.source.root) if n.type == "function_item" and is_async(n))
        return next(found)

    @property
    def own(self) -> OwnPlaces:
        return OwnPlaces(self.source, self.body, self.type_at, self.workspace.items)

    @property
    def calls(self) -> Calls:
        return Calls(
            self.workspace.sources, self.workspace.items, lambda _, span: self.type_at(span)
        )

    def at(self, text: str) -> Node:
        """The first expression that is written so."""
        named = (n for n in walk_all(self.source, self.body) if n.is_named)
        return next(n for n in named if self.source.text(n) == text.encode())
