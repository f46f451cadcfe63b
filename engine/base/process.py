"""Children under control: an allow-listed environment, own process group, time-out, capped output.

What is run here is somebody else's code (build scripts, macros, tests), so nothing is inherited
that was not named, and nothing survives: when a child ends, times out or is interrupted, its whole
process group is ended. Of a child that gives its own children groups of theirs, all of its session is
ended, where ``/proc`` tells who that is. POSIX only.
"""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import signal
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from engine.base.errors import SpikeproofError

KEPT = 32 * 1024 * 1024  # bytes of one stream that are kept
TERM_GRACE = 3.0  # seconds between SIGTERM and SIGKILL
_ROUNDS = 5  # in which the processes of a session are looked for
_LAST_GRACE = 2.0  # seconds from a second SIGTERM to SIGKILL
_EXIT_GRACE = 0.5  # seconds for which a pipe is still read after its child's exit
_CHUNK = 256 * 1024

_ALLOWED = re.compile(
    r"""PATH|HOME|USER|LOGNAME|LANG|LC_[A-Z]+|TZ|TMPDIR|TERM
    |CARGO_HOME|RUSTUP_(HOME|TOOLCHAIN|DIST_SERVER|UPDATE_ROOT|AUTO_INSTALL)
    |RUSTFLAGS|CARGO_ENCODED_RUSTFLAGS|RUSTDOCFLAGS
    |CARGO_(BUILD|NET|HTTP|PROFILE)_[A-Z0-9_]+
    |CARGO_TARGET_[A-Z0-9_]+_(LINKER|RUSTFLAGS|RUNNER)
    |(CC|CXX|AR|CFLAGS|CXXFLAGS)(_[A-Za-z0-9_-]+)?
    |PKG_CONFIG[A-Za-z0-9_-]*|OPENSSL_[A-Z0-9_]+|PROTOC[A-Z0-9_]*|LIBCLANG_PATH
    |SSL_CERT_(FILE|DIR)|(https?|all|no)_proxy|(HTTPS?|ALL|NO)_PROXY""",
    re.VERBOSE,
)
# The config comes from the repository, so it cannot name these either.
_SECRET = re.compile(
    r"(GITHUB|ACTIONS|RUNNER|CI_JOB|AWS|AZURE|GCP|GOOGLE)_.*"
    r"|.*(TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY|PRIVATE_?KEY|_AUTH|COOKIE).*",
    re.IGNORECASE,
)


def environment(more: Iterable[str] = ()) -> dict[str, str]:
    """This process's environment cut down to what a Rust build needs, plus the names in ``more``.

    Raises SpikeproofError for a name in ``more`` that looks like a secret: code of the repository
    would see it.
    """
    wanted = set(more)
    for name in sorted(wanted):
        if _SECRET.fullmatch(name):
            raise SpikeproofError(
                f"the environment variable {name} looks like a secret and is not passed to code "
                "under test: remove it from the config's `env` list"
            )
    return {
        name: value
        for name, value in os.environ.items()
        if name in wanted or (_ALLOWED.fullmatch(name) and not _SECRET.fullmatch(name))
    }


@dataclass(frozen=True, slots=True)
class Command:
    """What to run. ``on_line`` gets each line of stdout (without its newline) as it comes, in place
    of keeping it; ``merge`` sends stderr into stdout, in the order of writing. ``nested``: its own
    children stand in groups of theirs, which it ends when it gets SIGTERM, and at once with a second one."""

    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str]
    timeout: float  # seconds
    stdin: bytes = b""  # nothing: /dev/null
    merge: bool = False
    on_line: Callable[[bytes], object] | None = None
    kept: int = KEPT  # bytes a stream
    nested: bool = False


@dataclass(frozen=True, slots=True)
class ProcessResult:
    """How a child ended. ``code`` is its exit status, negative for the signal that ended it."""

    code: int
    stdout: bytes
    stderr: bytes
    dropped: int  # bytes over the cap, read and thrown away
    timed_out: bool
    seconds: float  # of wall time


class Capped:
    """Bytes in order, of which the first and the last halves of ``limit`` are kept."""

    def __init__(self, limit: int = KEPT) -> None:
        self._half = limit // 2
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self.dropped = 0

    def add(self, data: bytes) -> None:
        """Take the next bytes of the stream."""
        room = self._half - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        if not data:
            return
        self._tail.append(data)
        self._tail_size += len(data)
        while self._tail_size - len(self._tail[0]) >= self._half:
            gone = len(self._tail.popleft())
            self._tail_size -= gone
            self.dropped += gone

    def value(self) -> bytes:
        """What was kept, with a line in the place of what was left out."""
        gap = b"\n[%d bytes left out]\n" % self.dropped if self.dropped else b""
        return bytes(self._head) + gap + b"".join(self._tail)


def clip(data: bytes, limit: int) -> bytes:
    """The first and the last halves of ``limit`` bytes."""
    if len(data) <= limit:
        return data
    half = limit // 2
    return b"%s\n[%d bytes left out]\n%s" % (data[:half], len(data) - limit, data[-half:])


class _Lines:
    """Cuts a stream into lines; a line over the cap is dropped and counted."""

    def __init__(self, on_line: Callable[[bytes], object], limit: int) -> None:
        self._on_line = on_line
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self.dropped = 0

    def add(self, data: bytes) -> None:
        *whole, rest = data.split(b"\n")
        for line in whole:
            self._take(line)
            self.end()
        if rest:
            self._take(rest)

    def _take(self, part: bytes) -> None:
        self._size += len(part)
        if self._size <= self._limit:
            self._parts.append(part)

    def end(self) -> None:
        """The line is complete."""
        if self._size > self._limit:
            self.dropped += self._size
        elif self._parts:
            self._on_line(b"".join(self._parts))
        self._parts.clear()
        self._size = 0

    def value(self) -> bytes:
        if self._size:
            self.end()
        return b""


class _Child:
    """One running command; ``step`` moves it on, ``result`` is there when it is over."""

    def __init__(self, command: Command, selector: selectors.BaseSelector) -> None:
        self._command = command
        self._selector = selector
        self._started = time.monotonic()
        self._deadline = self._started + command.timeout
        self._ended: float | None = None
        self._terminated: float | None = None
        # Signals that are to follow the first SIGTERM, and the seconds after it.
        self._due = [(TERM_GRACE, signal.SIGKILL)]
        if command.nested:
            self._due = [
                (TERM_GRACE, signal.SIGTERM),
                (TERM_GRACE + _LAST_GRACE, signal.SIGKILL),
            ]
        with contextlib.ExitStack() as stack:
            source: IO[bytes] | int = subprocess.DEVNULL
            if command.stdin:
                source = stack.enter_context(tempfile.TemporaryFile())
                source.write(command.stdin)
                source.seek(0)
            try:
                self._process = subprocess.Popen(
                    command.argv,
                    cwd=command.cwd,
                    env=dict(command.env),
                    stdin=source,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT if command.merge else subprocess.PIPE,
                    start_new_session=True,
                )
            except OSError as error:
                raise SpikeproofError(f"cannot start {command.argv[0]}: {error}") from error
        out = _Lines(command.on_line, command.kept) if command.on_line else Capped(command.kept)
        self._sinks: tuple[Capped | _Lines, Capped] = (out, Capped(command.kept))
        self._pipes: dict[IO[bytes], Capped | _Lines] = {}
        pipes = (self._process.stdout, self._process.stderr)
        for pipe, sink in zip(pipes, self._sinks, strict=True):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)
                self._pipes[pipe] = sink
                selector.register(pipe, selectors.EVENT_READ, self)

    @property
    def silent(self) -> bool:
        """All pipes are at their end, so only the exit is waited for."""
        return not self._pipes

    def read(self, pipe: IO[bytes]) -> None:
        try:
            data = os.read(pipe.fileno(), _CHUNK)
        except BlockingIOError:
            return
        if data:
            self._pipes[pipe].add(data)
        else:
            self._close(pipe)

    def _close(self, pipe: IO[bytes]) -> None:
        self._selector.unregister(pipe)
        del self._pipes[pipe]
        pipe.close()

    def signal(self, number: signal.Signals) -> None:
        # The group outlives its leader; macOS answers EPERM for a group of zombies.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def kill(self) -> None:
        """End whatever is left of it."""
        self.signal(signal.SIGKILL)
        if self._command.nested:
            _end_session(self._process.pid)

    def step(self) -> bool:
        """Is it over? Sends the signals that are due."""
        now = time.monotonic()
        if self._ended is None and self._process.poll() is not None:
            self._ended = now
            self.kill()
        if self._ended is not None:
            if self._pipes and now < self._ended + _EXIT_GRACE:
                return False
            self.close()
            return True
        if self._terminated is None and now >= self._deadline:
            self._terminated = now
            self.signal(signal.SIGTERM)
        elif (
            self._terminated is not None and self._due and now >= self._terminated + self._due[0][0]
        ):
            _, number = self._due.pop(0)
            self.signal(number)
        return False

    def close(self) -> None:
        for pipe in tuple(self._pipes):
            self._close(pipe)

    def wait(self, seconds: float | None) -> bool:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def result(self) -> ProcessResult:
        out, err = self._sinks
        stdout = out.value()
        return ProcessResult(
            code=self._process.returncode,
            stdout=stdout,
            stderr=err.value(),
            dropped=out.dropped + err.dropped,
            timed_out=self._terminated is not None,
            seconds=(self._ended or time.monotonic()) - self._started,
        )


def run(command: Command) -> ProcessResult:
    """Run one command to its end. Raises SpikeproofError when it cannot be started.

    On KeyboardInterrupt, or an exception of ``on_line``, the process group is ended first.
    """
    return run_all((command,))[0]


def run_all(commands: Sequence[Command], jobs: int = 1) -> list[ProcessResult]:
    """Run commands, ``jobs`` at a time; results in the order of the commands. Raises as ``run``."""
    waiting = deque(enumerate(commands))
    alive: dict[int, _Child] = {}
    results: dict[int, ProcessResult] = {}
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or alive:
                while waiting and len(alive) < max(jobs, 1):
                    index, command = waiting.popleft()
                    alive[index] = _Child(command, selector)
                pause = 0.002 if any(child.silent for child in alive.values()) else 0.05
                for key, _ in selector.select(pause):
                    key.data.read(key.fileobj)
                for index, child in tuple(alive.items()):
                    if child.step():
                        del alive[index]
                        results[index] = child.result()
        except BaseException:
            _end(tuple(alive.values()))
            raise
    return [results[index] for index in range(len(commands))]


def _end(children: Sequence[_Child]) -> None:
    """End all groups; a second Ctrl-C while they are given time ends them at once."""
    try:
        for child in children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + TERM_GRACE
        for child in children:
            child.wait(max(0.0, deadline - time.monotonic()))
    finally:
        for child in children:
            child.signal(signal.SIGKILL)
            child.wait(None)
            child.kill()
            child.close()


def _end_session(leader: int) -> None:
    """End every process of the session that ``leader`` began. Each may start another one meanwhile."""
    for _ in range(_ROUNDS):
        alive = list(_members(leader))
        if not alive:
            return
        for pid in alive:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def _members(leader: int) -> Iterator[int]:
    """The processes of the session of ``leader`` that run; none where there is no ``/proc``."""
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, session = place.read_bytes().rpartition(b")")[2].split()[:4]
        except (OSError, ValueError):
            continue  # it is over
        if int(session) == leader and state != b"Z":
            yield int(place.parent.name)
