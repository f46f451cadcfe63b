"""``#[bench]`` of rustc's own test harness: read from its JSON.

The JSON needs unstable options, so the program runs with ``RUSTC_BOOTSTRAP=1``. It measures until
it is sure or three seconds are over, whatever it is asked, and does not say how often it iterated.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

from engine.base.process import ProcessResult
from engine.cargo.messages import parse_line
from engine.measure.harness import Call, Harness, Reading, Target, UnreadableError


class Libtest(Harness):
    """rustc's own harness: ``#[bench]``, which stable compilers take with ``RUSTC_BOOTSTRAP``."""

    name = "libtest"
    marker = re.compile(rb"#\s*\[\s*bench\s*\]")

    def claims(self, target: Target) -> bool:
        return target.libtest

    def listing(self) -> Call:
        return Call(("--bench", "--list"))

    def timing(self, name: str, seconds: float, home: Path, iteration: float = 0.0) -> Call:
        return Call(
            ("--bench", "--exact", name, "--format=json", "-Zunstable-options"),
            {"RUSTC_BOOTSTRAP": "1"},
        )

    def read(self, name: str, result: ProcessResult, home: Path) -> Reading:
        for line in result.stdout.split(b"\n"):
            message = parse_line(line)
            if message is None or (message.get("type"), message.get("name")) != ("bench", name):
                continue
            value = message.get("median")
            if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
                break
            if isinstance(value, int):  # rustc before 1.80 tells whole nanoseconds
                return Reading(float(max(value, 1)), 1 / max(value, 1))
            if value > 0 and math.isfinite(value):
                return Reading(value)
            raise UnreadableError("libtest measured no time at all")
        raise UnreadableError("no line of libtest's JSON tells of this bench")

    def once(self, name: str, home: Path) -> Call:
        return Call(("--exact", name, "--test-threads=1"))


HARNESS = Libtest()
