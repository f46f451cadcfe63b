"""rustc and rustfmt of a scratch copy, and what every process of the toolchain's there gets: an
environment without secrets, time limits, words for a full disk.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from engine.base import process
from engine.base.errors import SpikeproofError
from engine.base.model import Diagnostic
from engine.cargo.config import Config
from engine.cargo.messages import Paths, diagnostic, parse_line
from engine.cargo.setup_errors import setup_words
from engine.cargo.units import Replay

SHOWN = 256 * 1024  # bytes of a program's own text that are kept for the user
_FULL = "No space left on device"
_RUSTFMT_TIMEOUT = 60.0
_REPLAYED = 8 * 1024 * 1024  # bytes of a replay that are no messages: a panic's trace, mostly


class Tree(Protocol):
    """What is needed of ``engine.cargo.scratch.Scratch``."""

    @property
    def tree(self) -> Path:
        """The root of the tree that cargo works on."""
        ...

    @property
    def build(self) -> Path:
        """The target directory."""
        ...

    def write(self, files: Mapping[str, bytes]) -> None:
        """Make the tree the user's, but for ``files`` (by path)."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """Time-outs in seconds, and the names of environment variables to let through besides those
    that every build gets (``process.environment``)."""

    check: float = Config().check_timeout  # of one `cargo check`
    test: float = Config().test_timeout  # of one `cargo test`
    env: tuple[str, ...] = ()

    @classmethod
    def of(cls, config: Config) -> Limits:
        """Those of the config."""
        return cls(config.check_timeout, config.test_timeout, config.env)


DEFAULT_LIMITS = Limits()


TOO_LONG, CRASHED = "rustc took too long", "rustc crashed"
UNSTEADY = frozenset({TOO_LONG, CRASHED})  # reasons that may be others the next time


@dataclass(frozen=True, slots=True)
class Reply:
    """What one replayed rustc said. ``text`` is what came besides messages."""

    diagnostics: tuple[Diagnostic, ...]
    text: str
    code: int  # rustc's exit status, negative for a signal
    timed_out: bool
    seconds: float  # of wall time

    @property
    def broke_off(self) -> str:
        """Why it did not come to its end, one of ``UNSTEADY``; "" where it did."""
        if self.timed_out:
            return TOO_LONG
        crashed = self.code < 0 or "internal compiler error" in self.text or self.code == 101
        return CRASHED if crashed else ""


class Toolchain:
    """The programs that the scratch copy's toolchain has. ``limits`` are those of the user's config.

    Raises SpikeproofError in any run when the disk is full, and when a program that is needed is not
    on PATH.
    """

    def __init__(self, scratch: Tree, limits: Limits) -> None:
        self.scratch = scratch
        self.limits = limits
        self._base = process.environment(limits.env)

    def rustc(self, args: Sequence[str]) -> process.ProcessResult:
        """rustc in the scratch copy, so that its toolchain is the copy's."""
        argv = (self._program("rustc"), *args)
        return process.run(
            process.Command(argv=argv, cwd=self.scratch.tree, env=self._base, timeout=60.0)
        )

    def replay(self, replays: Sequence[Replay], paths: Paths, jobs: int) -> list[Reply]:
        """Run noted rustc commands, ``jobs`` at a time; messages' paths are turned by ``paths``."""
        found: list[list[Diagnostic]] = [[] for _ in replays]
        texts = [process.Capped(SHOWN) for _ in replays]

        def reader(index: int) -> Callable[[bytes], None]:
            def line(data: bytes) -> None:
                message = parse_line(data)
                if message is None or "message" not in message:
                    texts[index].add(data + b"\n")
                elif (value := diagnostic(message, paths)) is not None:
                    found[index].append(value)

            return line

        results = process.run_all(
            [
                process.Command(
                    argv=item.argv,
                    cwd=item.cwd,
                    env=item.env,
                    timeout=self.limits.check,
                    merge=True,
                    on_line=reader(index),
                    kept=_REPLAYED,
                )
                for index, item in enumerate(replays)
            ],
            jobs,
        )
        replies = []
        for result, diagnostics, text in zip(results, found, texts, strict=True):
            words = shown(text.value())
            self.complain(words, diagnostics)
            replies.append(
                Reply(tuple(diagnostics), words, result.code, result.timed_out, result.seconds)
            )
        return replies

    def rustfmt(self, data: bytes, edition: str, directory: str) -> bytes | None:
        """``data`` as rustfmt lays it out with the configuration that holds in ``directory``
        (POSIX, from the tree's root). None when rustfmt is missing or cannot format it."""
        program = shutil.which("rustfmt", path=self._base.get("PATH"))
        if program is None:
            return None
        result = process.run(
            process.Command(
                argv=(program, "--edition", edition, "--emit", "stdout"),
                cwd=self.scratch.tree / directory,
                env=self._base,
                timeout=_RUSTFMT_TIMEOUT,
                stdin=data,
            )
        )
        whole = result.code == 0 and not result.dropped and not result.timed_out
        return result.stdout if whole else None

    @property
    def environment(self) -> Mapping[str, str]:
        """What every program gets of the user's environment."""
        return self._base

    def version(self) -> str:
        """``rustc 1.95.0 (59807616e 2026-04-14)``: what compiles in the scratch copy."""
        return self._version

    @cached_property
    def _version(self) -> str:
        result = self.rustc(("-V",))
        if result.code != 0:
            said = shown(result.stderr)
            raise SpikeproofError(setup_words(said), said)
        return shown(result.stdout).strip()

    def _program(self, name: str) -> str:
        found = shutil.which(name, path=self._base.get("PATH", os.defpath))
        if found is None:
            raise SpikeproofError(
                f"{name} was not found on PATH: install Rust, or add its bin directory to PATH"
            )
        return str(Path(found).absolute())

    def complain(self, output: str, diagnostics: Sequence[Diagnostic]) -> None:
        """Raises SpikeproofError where a program said, in ``output`` or ``diagnostics``, that the disk is
        full."""
        if _FULL in output or any(_FULL in found.message for found in diagnostics):
            free = shutil.disk_usage(self.scratch.tree).free // 2**20
            raise SpikeproofError(
                f"no space left on the disk of {self.scratch.build} ({free} MiB free) or of the "
                "temporary directory: free some, or remove that directory",
                output,
            )


def shown(data: bytes) -> str:
    """A program's own text as the user sees it: its beginning and end, where it is long."""
    return process.clip(data, SHOWN).decode("utf-8", "replace")
