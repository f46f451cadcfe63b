"""What measuring asks of the run that it is part of."""

from __future__ import annotations

from typing import Protocol

from engine.base.ui import Ui
from engine.cargo.cargo import Cargo
from engine.cargo.scratch import Scratch
from engine.cargo.toolchain import Limits
from engine.cargo.workspace import Workspace
from engine.detect.facts import Sources


class OpenCopy(Protocol):
    """One workspace in its scratch copy, with cargo on it. ``sources`` are the user's own texts,
    ``selection`` the arguments of cargo that choose packages, features and target."""

    @property
    def workspace(self) -> Workspace:
        """The user's workspace."""
        ...

    @property
    def scratch(self) -> Scratch:
        """Its copy."""
        ...

    @property
    def cargo(self) -> Cargo:
        """Cargo on the copy."""
        ...

    @property
    def sources(self) -> Sources:
        """The user's own texts."""
        ...

    @property
    def limits(self) -> Limits:
        """Time-outs, and the environment that builds get."""
        ...

    @property
    def selection(self) -> tuple[str, ...]:
        """Cargo's arguments that choose packages, features and target."""
        ...

    @property
    def ui(self) -> Ui:
        """Where progress is told."""
        ...
