"""What a config may set for a codemod, and what it did set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Option:
    """What a config may set for a codemod. ``kind`` is its type, and that of its default."""

    help: str  # one line
    kind: type[bool] | type[int] | type[str]
    default: bool | int | str


@dataclass(frozen=True, slots=True)
class Options:
    """Per-codemod options from the config, e.g. ``{"clone-per-frame": {"reuse": True}}``.

    ``of_path`` gives those in force for a file (a package's config overrides the workspace's).
    """

    values: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    of_path: Callable[[str], Mapping[str, Mapping[str, object]]] | None = None

    def get(
        self, codemod: str, option: str, default: object = None, path: str | None = None
    ) -> object:
        """The option's value, for the package of ``path`` when one is given."""
        here = self.of_path(path) if self.of_path and path is not None else self.values
        return here.get(codemod, {}).get(option, default)
