"""Run by cargo in rustc's place for workspace members: note the command, then become rustc.

It starts once a unit, so it imports nothing beyond ``json``, ``os`` and ``sys`` and stands alone:
``cargo.py`` copies it beside the notes. A note holds ``argv``, ``cwd`` and ``env`` as cargo gave
them; its name is the unit's own, crate name plus ``-C extra-filename``, which is also the stem of
the unit's dep-info file.
"""

# pathlib takes longer to import than all of this takes to run.
# ruff: noqa: PTH105, PTH109, PTH118, PTH123

from __future__ import annotations

import json
import os
import sys


def expand(command: list[str]) -> list[str]:
    """``@file`` arguments replaced by the file's lines: cargo's file is gone when we ask again."""
    argv: list[str] = []
    for argument in command:
        if argument.startswith("@"):
            with open(argument[1:], encoding="utf-8") as file:
                argv.extend(file.read().splitlines())
        else:
            argv.append(argument)
    return argv


def unit_name(argv: list[str]) -> str:
    """Crate name plus extra file name, "" for a call that compiles nothing (``--print``)."""
    crate = extra = metadata = ""
    previous = ""
    for argument in argv:
        if previous == "--crate-name":
            crate = argument
        option = argument if previous == "-C" else argument.removeprefix("-C")
        if option.startswith("extra-filename="):
            extra = option.partition("=")[2]
        elif option.startswith("metadata="):
            metadata = option.partition("=")[2]
        previous = argument
    if not crate or crate == "___":
        return ""
    return f"{crate}{extra or '-' + metadata}"


def record(units: str, command: list[str]) -> None:
    """Raises OSError when the note cannot be written, ValueError when a name holds no text."""
    argv = expand(command)
    name = unit_name(argv)
    if not name:
        return
    unfinished = os.path.join(units, f".{name}.{os.getpid()}")
    with open(unfinished, "w", encoding="ascii") as file:
        json.dump({"argv": argv, "cwd": os.getcwd(), "env": dict(os.environ)}, file)
    os.replace(unfinished, os.path.join(units, f"{name}.json"))


def main() -> None:
    """Note the rustc command that cargo gives to its wrapper, and become that command. The first
    argument is the folder for notes. Where the environment says so, lints stop no build."""
    units, *command = sys.argv[1:]
    try:
        record(units, command)
    except (OSError, ValueError) as error:
        # The build is worth more than the note; the oracle says which unit has none.
        sys.stderr.write(f"spikeproof: cannot note a rustc command: {error}\n")
    cap = os.environ.get("SPIKEPROOF_CAP_LINTS")
    if cap and not any(word.startswith("--cap-lints") for word in command):
        command += ["--cap-lints", cap]
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
