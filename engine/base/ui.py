"""The story on stderr, in cargo's voice: a right-aligned verb, then what it is about."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from engine.base.plain import printable

if TYPE_CHECKING:
    from rich.status import Status


class Ui:
    """Where the commands tell what they do. stdout stays data alone."""

    def __init__(self, quiet: bool = False, verbose: int = 0, color: str = "auto") -> None:
        self.quiet = quiet
        self.verbose = verbose
        self._choice = color
        self._status: Status | None = None
        self._began = time.monotonic()

    def color(self, stream: object) -> bool:
        """Colour on this stream? ``auto``: as NO_COLOR, FORCE_COLOR or CARGO_TERM_COLOR say, in this
        order, else a terminal's."""
        if self._choice != "auto":
            return self._choice == "always"
        if os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR", "0") != "0":
            return True
        if (cargos := os.environ.get("CARGO_TERM_COLOR", "auto")) in ("always", "never"):
            return cargos == "always"
        if os.environ.get("TERM") == "dumb":
            return False
        isatty = getattr(stream, "isatty", None)
        return bool(isatty and isatty())

    def say(self, verb: str, text: str, color: str = "green") -> None:
        """One line, as ``    Checking 12 fixes``."""
        if self.quiet:
            return
        shown = verb.rjust(12)
        if self.color(sys.stderr):
            shown = click.style(shown, fg=color, bold=True)
        self._print(f"{shown} {printable(text)}")

    def line(self, text: str = "") -> None:
        """A line as it is (already safe to print)."""
        if not self.quiet:
            self._print(text)

    def _print(self, text: str) -> None:
        if self._status is not None:
            self._status.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            click.echo(text, err=True, color=True if "\x1b" in text else None)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """A spinner while something runs, on a terminal only."""
        if self.quiet or not sys.stderr.isatty() or not self.color(sys.stderr):
            yield
            return
        from rich.console import Console

        console = Console(stderr=True)
        with console.status("") as status:
            self._status = status
            try:
                yield
            finally:
                self._status = None

    @property
    def seconds(self) -> float:
        """How long the command runs already."""
        return time.monotonic() - self._began

    def scanning(self, done: int, of: int) -> None:
        """Progress of a scan: ``done`` of ``of`` files are read."""
        self.progress(f"Scanning {done}/{of} files")

    def progress(self, text: str) -> None:
        """What is going on right now; overwritten by the next."""
        if self._status is not None:
            from rich.markup import escape

            self._status.update(escape(f"{printable(text)[:100]} ({self.seconds:.0f} s)"))
