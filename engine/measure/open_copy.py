"""What measuring asks of the run that it is part of."""

from __future__ import annotations

from typing import Protocol

from engine.base.ui import Ui
from engine.cargo.cargo import Cargo, Limits
from engine.cargo.scratch import Scratch
from engine.cargo.workspace import Workspace
from engine.detect.facts import Sources


class OpenCopy(Protocol):
    """One workspace in its scratch copy, with cargo on it. ``sources`` are the user's own texts,
    ``selection`` the arguments of cargo that choose packages, features and target."""

    @property
    def workspace(self) -> Workspace: ...
    @property
    def scratch(self) -> Scratch: ...
    @property
    def cargo(self) -> Cargo: ...
    @property
    def sources(self) -> Sources: ...
    @property
    def limits(self) -> Limits: ...
    @property
    def selection(self) -> tuple[str, ...]: ...
    @property
    def ui(self) -> Ui: ...
