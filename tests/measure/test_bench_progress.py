"""What is told of the time that is left."""

from __future__ import annotations

import pytest

from engine.measure.progress import ProgressBar


class _Watch:
    def __init__(self) -> None:
        self.said: list[str] = []
        self.shown: list[str] = []

    def say(self, verb: str, text: str, color: str = "green") -> None:
        self.said.append(f"{verb} {text}")

    def progress(self, text: str) -> None:
        self.shown.append(text)


def test_what_is_left_goes_by_what_is_done_and_not_by_pauses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr("engine.measure.progress.time.monotonic", lambda: now)
    watch = _Watch()
    progress = ProgressBar(watch)
    progress.start(40.0)
    progress.item("b (1 of 2)")
    assert watch.said == ["Timing b (1 of 2), about 40 s left"]
    now += 30.0
    progress.paused(10.0)
    progress.done(10.0)
    assert progress.left() == 60.0  # the plan's 10 seconds took 20
    progress.show("before, pair 1 of 6")
    assert watch.shown == [
        "[#####---------------] b (1 of 2): before, pair 1 of 6, about 60 s left"
    ]
