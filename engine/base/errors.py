"""Errors that end a command: one line for the user, never a traceback."""

from __future__ import annotations


class SpikeproofError(Exception):
    """Usage or tool failure (exit 2). The message is one line that says what to do.

    ``detail`` is longer text to show below it, such as cargo's own message.
    """

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class Terminated(KeyboardInterrupt):
    """SIGTERM: everything is put away as after Ctrl-C, and nothing goes on."""
