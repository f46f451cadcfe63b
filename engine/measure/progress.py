"""What runs now and what is left, in one line."""

from __future__ import annotations

import time

from engine.measure.build import StatusWriter

_WIDTH = 20


class ProgressBar:
    """A bar over the seconds that the pairs are planned to take."""

    def __init__(self, status: StatusWriter) -> None:
        self._status = status
        self._total = self._done = 0.0
        self._began = time.monotonic()
        self._item = ""

    def start(self, seconds: float) -> None:
        """A plan of ``seconds`` begins now."""
        self._total, self._done = seconds, 0.0
        self._began = time.monotonic()

    def item(self, text: str) -> None:
        """The next bench: said on a line of its own too, for logs without a terminal."""
        self._item = text
        self._status.say("Timing", f"{text}, about {self.left():.0f} s left")

    def show(self, text: str) -> None:
        """What of the present bench runs now, with the bar and the time that is left."""
        filled = round(_WIDTH * self._done / self._total) if self._total else 0
        bar = "#" * min(filled, _WIDTH) + "-" * (_WIDTH - filled)
        self._status.progress(f"[{bar}] {self._item}: {text}, about {self.left():.0f} s left")

    def done(self, seconds: float) -> None:
        """A part of the plan is over, which the plan gave ``seconds``."""
        self._done += seconds

    def paused(self, seconds: float) -> None:
        """``seconds`` went to something outside of the plan: they do not count for its pace."""
        self._began += seconds

    def left(self) -> float:
        """Seconds that the rest of the plan will take, at the pace of the part that is done."""
        rest = max(self._total - self._done, 0.0)
        if self._done < 1:
            return rest
        return rest * (time.monotonic() - self._began) / self._done
