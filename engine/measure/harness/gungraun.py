"""gungraun (once iai-callgrind): counts instructions itself, with valgrind; read from its JSON lines.

Needs valgrind and its own ``gungraun-runner`` on PATH. Its files go to ``GUNGRAUN_HOME``.
Source: gungraun 0.20, summary format 7.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.base.process import ProcessResult
from engine.cargo.messages import parse_line
from engine.measure.harness import Call, Harness, Reading, UnreadableError


class Gungraun(Harness):
    """Gungraun (formerly iai-callgrind): it counts instructions itself, with valgrind."""

    name = "gungraun"
    crates = frozenset({"gungraun"})
    marker = re.compile(rb"\bmain\s*!")
    timed = False

    def listing(self) -> Call:
        return Call(("--bench", "--list"))

    def timing(self, name: str, seconds: float, home: Path, iteration: float = 0.0) -> Call:
        return Call(
            ("--bench", "--output-format=json", "--nosummary", name), {"GUNGRAUN_HOME": str(home)}
        )

    def read(self, name: str, result: ProcessResult, home: Path) -> Reading:
        """The instructions of the bench (not a time: ``timed`` is false)."""
        for line in result.stdout.split(b"\n"):
            message = parse_line(line)
            if message is None or name != "::".join(_path(message)):
                continue
            for profile in message.get("profiles") or ():
                value = _dig(profile, "data", "total", "metrics", "Ir", "values", "new")
                if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
                    return Reading(float(value))
            raise UnreadableError("its summary has no number of instructions (Ir)")
        raise UnreadableError("no line of its JSON tells of this bench")

    def once(self, name: str, home: Path) -> Call:
        return self.timing(name, 0.0, home)


def _path(message: Mapping[str, Any]) -> tuple[str, ...]:
    parts = (message.get("module_path"), message.get("id"))
    return tuple(part for part in parts if isinstance(part, str))


def _dig(value: object, *keys: str) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


HARNESS = Gungraun()
