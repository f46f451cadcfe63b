"""Run in rustc's place for members of the workspace, and in the linker's for their programs: notes
how each program was linked, so that it can be linked again with its code in another order.

It starts once a unit, so it imports little and stands alone: ``layouts.py`` copies it. A note is a
folder with the name of the program: ``note.json``, and the linker's inputs, some of which rustc
removes and others cargo overwrites. When something cannot be noted, there is no note: the build is
worth more.
"""

# pathlib takes longer to import than all of this takes to run.
# ruff: noqa: PTH103, PTH104, PTH105, PTH109, PTH110, PTH112, PTH113, PTH116, PTH118, PTH119, PTH120, PTH123

from __future__ import annotations

import json
import os
import shutil
import sys
from itertools import pairwise

_LINKER = "SPIKEPROOF_LINKER"
_USUAL = "cc"  # rustc's own choice for the targets that are noted
# rustc takes a linker's kind from its name: from this one it takes nothing.
_UNKNOWN = "spikeproof-linker"


def codegen(argv: list[str], name: str) -> str:
    """The last value of ``-C name=..``, "" without: the last one counts."""
    found = previous = ""
    for word in argv:
        option = word if previous in ("-C", "--codegen") else word.removeprefix("-C")
        option = option.removeprefix("--codegen=")
        if option.startswith(f"{name}="):
            found = option.partition("=")[2]
        previous = word
    return found


def links_program(argv: list[str]) -> bool:
    """Does this command make a program that can be noted (not a build script's)?"""
    words = dict(pairwise(argv))
    emits = [word for word in argv if word.startswith("--emit=")]
    target = words.get("--target", "linux-gnu")
    return (
        ("--test" in argv or words.get("--crate-type", "bin") == "bin")  # cargo may name none
        and any("link" in word for word in emits)
        and not words.get("--crate-name", "").startswith("build_script_")
        and target.endswith("linux-gnu")
        and not codegen(argv, "linker-flavor")
        and not any(word.startswith("@") for word in argv)
    )


def as_rustc(home: str, command: list[str]) -> None:
    """Become rustc, which starts this file again when it links a program."""
    if links_program(command):
        chosen = codegen(command, "linker")
        os.environ[_LINKER] = chosen or _USUAL
        name = os.path.basename(chosen) or _UNKNOWN
        linker = os.path.join(home, "linkers", name)
        if not os.path.exists(linker):
            os.makedirs(os.path.dirname(linker), exist_ok=True)
            temporary = f"{linker}.{os.getpid()}"
            shutil.copy2(os.path.join(home, "linker.sh"), temporary)
            os.replace(temporary, linker)
        command = [*command, "-C", f"linker={linker}"]
    os.execvp(command[0], command)


def as_linker(home: str, args: list[str]) -> int:
    """Link, then note how. Returns the linker's exit status."""
    real = os.environ.pop(_LINKER, _USUAL)
    code = os.spawnvp(os.P_WAIT, real, [real, *args])
    if code or "-o" not in args[:-1]:
        return code if code >= 0 else 1
    place = args.index("-o") + 1
    folder = os.path.join(home, "notes", os.path.basename(args[place]))
    unfinished = f"{folder}.{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        if not any(word.startswith("@") for word in args):
            note(unfinished, folder, [real, *args], place + 1)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
    return 0


def note(unfinished: str, folder: str, argv: list[str], output: int) -> None:
    """Write the note of one link: its command, and second names for its inputs. Raises OSError."""
    os.makedirs(unfinished)
    inputs = {}
    for index, word in enumerate(argv[1:], 1):
        if index != output and word.startswith("/") and os.path.isfile(word):
            name = f"{index:05}-{os.path.basename(word)}"
            _take(word, os.path.join(unfinished, name))
            inputs[index] = (name, *_state(os.path.join(unfinished, name)))
    libraries = {path: _state(path) for path in _beside(argv)}
    with open(os.path.join(unfinished, "note.json"), "w", encoding="ascii") as file:
        json.dump(
            {
                "argv": argv,
                "output": output,
                "inputs": inputs,
                "libraries": libraries,
                "cwd": os.getcwd(),
                "env": dict(os.environ),
                "program": _state(argv[output]),
            },
            file,
        )
    os.rename(unfinished, folder)


def _beside(argv: list[str]) -> list[str]:
    """The libraries in the folders of ``-L``, where ``-l`` finds those that are named by it."""
    found = []
    for previous, word in pairwise(argv):
        folder = word if previous == "-L" else word[2:] if word.startswith("-L") else ""
        for name in os.listdir(folder) if folder and os.path.isdir(folder) else ():
            if name.endswith((".a", ".so")):
                found.append(os.path.join(folder, name))
    return found


def _state(path: str) -> tuple[int, int]:
    status = os.stat(path)
    return status.st_size, status.st_mtime_ns


def _take(source: str, target: str) -> None:
    """A second name for a file where that is possible: rustc writes its results anew, and whether it
    did is seen by size and time."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def main() -> int:
    """Stands in for rustc or for its linker, as the first argument says; the second is the
    folder for notes. Returns the exit code."""
    role, home, *words = sys.argv[1:]
    if role == "linker":
        return as_linker(home, words)
    as_rustc(home, words)
    return 1


if __name__ == "__main__":
    sys.exit(main())
