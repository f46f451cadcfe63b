"""Questions at the terminal: a key, a line, a text in the editor. Built as questionary's own are."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import questionary
from prompt_toolkit import Application
from prompt_toolkit.data_structures import Size
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import create_input
from prompt_toolkit.input.typeahead import clear_typeahead
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import FormattedTextControl, Layout, Window
from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.output.plain_text import PlainTextOutput
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.styles import Style
from prompt_toolkit.utils import is_dumb_terminal

from engine.base.errors import SpikeproofError, Terminated
from engine.base.fsio import show
from engine.cargo.sources import LIMIT

QUIT, LEAVE, REDRAW, ENTER = "q", "Q", "\x0c", "\r"
# Keys that are not typed as a character, by what they mean.
_NAMED = {
    Keys.ControlC: LEAVE,
    Keys.ControlD: LEAVE,
    Keys.SIGINT: LEAVE,
    Keys.ControlL: REDRAW,
    Keys.Enter: ENTER,
    Keys.ControlJ: ENTER,
    Keys.Down: "j",
    Keys.Up: "k",
}


class Asker(Protocol):
    """What a person is asked with: the terminal, or a script in its place."""

    def key(self, question: str) -> str:
        """One key; ``Q`` for Ctrl-C and the end of input. Raises KeyboardInterrupt when the
        program is to end (SIGTERM), EOFError when the terminal is gone."""
        ...

    def line(self, question: str) -> str | None:
        """A line of text; None when it was broken off."""
        ...

    def edit(self, text: bytes) -> bytes | None:
        """``text`` as the person leaves it in an editor; None when it was not saved well. Raises
        SpikeproofError when there is no editor."""
        ...

    def discard(self) -> None:
        """Forget keys that were pressed while nobody had asked."""
        ...


class Terminal(Asker):
    """The terminal that stdin and stdout are."""

    def __init__(self, color: bool) -> None:
        self._input = create_input(sys.stdin)
        self._color = color
        self._before: list[Any] | None = None

    @contextmanager
    def session(self) -> Iterator[None]:
        """Between the questions, what is typed is not echoed into what is shown."""
        fd = sys.stdin.fileno()
        self._before = termios.tcgetattr(fd)
        silent = termios.tcgetattr(fd)
        silent[3] &= ~termios.ECHO
        termios.tcsetattr(fd, termios.TCSADRAIN, silent)
        try:
            yield
        finally:
            termios.tcsetattr(fd, termios.TCSADRAIN, self._before)

    def key(self, question: str) -> str:
        pressed: list[str] = []
        keys = KeyBindings()

        def take(event: KeyPressEvent) -> None:
            press = event.key_sequence[-1]
            key = press.key
            pressed[:] = [_NAMED.get(key, key.value) if isinstance(key, Keys) else key]
            event.app.exit(result=pressed[0])

        for key in (Keys.Any, *_NAMED):
            keys.add(key, eager=True)(take)
        keys.add(Keys.ControlZ, eager=True)(lambda event: event.app.suspend_to_background())

        def shown() -> StyleAndTextTuples:
            end = [("", pressed[0] if pressed[0].isprintable() else "")] if pressed else []
            return [("class:question", question), ("", " "), *end, ("[SetCursorPosition]", "")]

        window = Window(
            FormattedTextControl(shown, show_cursor=True),
            wrap_lines=True,
            dont_extend_height=True,
            always_hide_cursor=False,
        )
        application: Application[str] = Application(
            layout=Layout(window),
            key_bindings=keys,
            style=self._style(),
            color_depth=self._depth(),
            input=self._input,
            output=_output(),
        )
        application.ttimeoutlen = 0.05  # a lone Esc is a key like any other
        return str(questionary.Question(application).unsafe_ask())

    def line(self, question: str) -> str | None:
        asked = questionary.text(
            question,
            qmark="",
            style=self._style(),
            color_depth=self._depth(),
            input=self._input,
            output=_output(),
        )
        try:
            answer = asked.unsafe_ask()
        except Terminated:
            raise
        except (KeyboardInterrupt, EOFError):
            return None
        return None if answer is None else str(answer)

    def edit(self, text: bytes) -> bytes | None:
        command = _editor()
        with tempfile.TemporaryDirectory(prefix="spikeproof-") as folder:
            file = Path(folder, "hunk.rs")
            file.write_bytes(text)
            fd = sys.stdin.fileno()
            silent = termios.tcgetattr(fd)
            termios.tcsetattr(fd, termios.TCSADRAIN, self._before or silent)
            try:
                code = subprocess.run([*command, str(file)], check=False).returncode
            except OSError as error:
                raise SpikeproofError(
                    f"cannot start the editor {show(command[0])}: {error.strerror}; set VISUAL"
                ) from error
            finally:
                termios.tcsetattr(fd, termios.TCSADRAIN, silent)
            if code != 0 or file.stat().st_size > LIMIT:
                return None
            return file.read_bytes()

    def discard(self) -> None:
        clear_typeahead(self._input)
        with suppress(termios.error, OSError):
            termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)

    def _depth(self) -> ColorDepth:
        return ColorDepth.DEPTH_4_BIT if self._color else ColorDepth.DEPTH_1_BIT

    def _style(self) -> Style:
        """Bold alone: it is seen on any background."""
        bold = "bold" if self._color else ""
        names = ("question", "answer", "qmark", "instruction", "text")
        return Style([(name, bold if name == "question" else "noinherit") for name in names])


def _output() -> Output:
    # Made anew for each question, so that it has the size that the terminal has now. Asking the
    # terminal for the cursor's place would only garble what a slow one sends.
    if is_dumb_terminal():
        return PlainTextOutput(sys.stdout)
    return Vt100_Output(sys.stdout, _size, term=os.environ.get("TERM"), enable_cpr=False)


def _size() -> Size:
    found = os.get_terminal_size(sys.stdout.fileno())
    return Size(rows=found.lines or 24, columns=found.columns or 80)


def _editor() -> list[str]:
    for name in ("VISUAL", "EDITOR"):
        with suppress(ValueError):
            if command := shlex.split(os.environ.get(name, "")):
                return command
    raise SpikeproofError("no editor is named: set VISUAL or EDITOR")
