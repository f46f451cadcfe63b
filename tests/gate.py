"""Commands whose exit code is to tell what was found."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

_GATED = ("scan", "diff", "apply")


def gated(arguments: Iterable[str | Path]) -> list[str]:
    """The arguments of a run, with ``--exit-code`` where the command has it."""
    first, *rest = [os.fspath(argument) for argument in arguments] or [""]
    return [first, *(["--exit-code"] if first in _GATED else []), *rest]
