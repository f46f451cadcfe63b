"""Children: what they inherit, how they end, what is kept of their output."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from engine.base import process
from engine.base.errors import SpikeproofError
from engine.base.process import Capped, Command, clip, environment, run, run_all


def command(script: str, timeout: float = 20.0, *, shell: str = "/bin/sh") -> Command:
    return Command((shell, "-c", script), Path("/"), {"PATH": os.environ["PATH"]}, timeout)


def gone(pid: int) -> bool:
    """Is the process over (a zombie that nobody has read yet counts as over)?"""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_output_code_and_stdin() -> None:
    result = run(command("cat; echo out; echo err >&2; exit 3"))
    assert (result.code, result.stdout, result.stderr) == (3, b"out\n", b"err\n")
    assert not result.timed_out
    fed = Command(("/bin/cat",), Path("/"), {}, 20.0, stdin=b"x" * 1_000_000)
    assert run(fed).stdout == b"x" * 1_000_000


def test_merged_output_keeps_the_order_of_writing() -> None:
    lines: list[bytes] = []
    script = "for i in 1 2 3; do echo o$i; echo e$i >&2; done; printf last"
    base = command(script)
    run(Command(base.argv, base.cwd, base.env, 20.0, merge=True, on_line=lines.append))
    assert lines == [b"o1", b"e1", b"o2", b"e2", b"o3", b"e3", b"last"]


def test_a_signal_is_a_negative_code() -> None:
    assert run(command("kill -SEGV $$")).code == -signal.SIGSEGV


def test_time_out_ends_the_whole_group() -> None:
    result = run(command("sleep 60 & echo $!; sleep 60", timeout=0.3))
    assert result.timed_out
    assert result.seconds < process.TERM_GRACE
    assert gone(int(result.stdout))


def test_who_ignores_sigterm_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "TERM_GRACE", 0.3)
    result = run(command("trap '' TERM; echo $$; while :; do sleep 0.05; done", timeout=0.3))
    assert result.timed_out
    assert result.code == -signal.SIGKILL
    assert gone(int(result.stdout))


NESTED = """
import os, signal, subprocess, sys, time
inner = subprocess.Popen(["sleep", "60"], process_group=0)
asked = []
signal.signal(signal.SIGTERM, lambda *_: asked.append(0))
print(inner.pid, flush=True)
while len(asked) < int(sys.argv[1]):
    time.sleep(0.02)
print("asked", len(asked), flush=True)
"""


@pytest.mark.parametrize(("times", "code"), [("1", 0), ("2", 0), ("9", -signal.SIGKILL)])
def test_children_in_groups_of_their_own_end_too(
    times: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "TERM_GRACE", 0.3)
    monkeypatch.setattr(process, "_LAST_GRACE", 0.3)
    argv = (sys.executable, "-c", NESTED, times)
    result = run(Command(argv, Path("/"), {"PATH": os.environ["PATH"]}, 0.8, nested=True))
    assert (result.timed_out, result.code) == (True, code)
    inner, *told = result.stdout.decode().splitlines()
    assert told == ([] if code else [f"asked {times}"])
    assert gone(int(inner))


def test_a_grandchild_that_keeps_the_pipe_does_not_hang_us() -> None:
    started = time.monotonic()
    same_group = run(command("sleep 60 & echo $!"))
    assert same_group.code == 0
    assert gone(int(same_group.stdout))
    python = "import os,time\nif os.fork() == 0:\n os.setsid(); time.sleep(60)\n"
    own_session = run(command(python, shell=sys.executable))
    assert own_session.code == 0
    assert time.monotonic() - started < 10


def test_output_is_capped_and_drained() -> None:
    script = "import sys; sys.stdout.buffer.write(b'a' * 3_000_000 + b'z')"
    base = command(script, shell=sys.executable)
    result = run(Command(base.argv, base.cwd, base.env, 20.0, kept=1_000_000))
    assert result.code == 0
    assert result.stdout.startswith(b"aaaa")
    assert result.stdout.endswith(b"az")
    assert len(result.stdout) < 2_000_000
    assert result.dropped > 1_000_000


def test_a_line_over_the_cap_is_dropped_and_counted() -> None:
    lines: list[bytes] = []
    script = "import sys; sys.stdout.buffer.write(b'a\\n' + b'b' * 100_000 + b'\\nc\\n\\nd')"
    base = command(script, shell=sys.executable)
    wanted = Command(base.argv, base.cwd, base.env, 20.0, on_line=lines.append, kept=1000)
    assert run(wanted).dropped == 100_000
    assert lines == [b"a", b"c", b"", b"d"]


def test_capped_and_clip_keep_both_ends() -> None:
    capped = Capped(10)
    for piece in (b"01234", b"56", b"78", b"9abcde"):
        capped.add(piece)
    assert capped.value().startswith(b"01234")
    assert capped.value().endswith(b"9abcde")
    assert capped.dropped == 4
    assert clip(b"0123456789abcdef", 4).startswith(b"01\n")
    assert clip(b"0123456789abcdef", 4).endswith(b"\nef")
    assert clip(b"0123", 4) == b"0123"


def test_ctrl_c_ends_all_groups_and_is_raised_again() -> None:
    pids: list[bytes] = []

    def interrupt(line: bytes) -> None:
        pids.append(line)
        if len(pids) == 2:
            threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGINT)).start()

    base = command("sleep 60 & echo $!; wait")
    both = [Command(base.argv, base.cwd, base.env, 60.0, on_line=interrupt) for _ in range(2)]
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_all(both, jobs=2)
    assert time.monotonic() - started < 10
    assert len(pids) == 2
    assert all(gone(int(pid)) for pid in pids)


def test_run_all_keeps_the_order_and_the_number_of_jobs() -> None:
    started = time.monotonic()
    results = run_all([command(f"sleep 0.{9 - n}; echo {n}") for n in (1, 2, 3, 4)], jobs=4)
    assert [result.stdout for result in results] == [b"1\n", b"2\n", b"3\n", b"4\n"]
    assert time.monotonic() - started < 2.6  # one after the other: 2.6 s at least
    assert run_all([]) == []


def test_what_cannot_be_started_is_said() -> None:
    with pytest.raises(SpikeproofError, match="cannot start /nowhere/cargo"):
        run(Command(("/nowhere/cargo",), Path("/"), {}, 1.0))


def test_environment_is_an_allow_list(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = {
        *("PATH", "HOME", "LC_ALL", "CARGO_HOME", "RUSTUP_TOOLCHAIN", "RUSTFLAGS"),
        *("CARGO_BUILD_JOBS", "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER", "CC_aarch64"),
        *("PKG_CONFIG_PATH", "OPENSSL_DIR", "SSL_CERT_FILE", "https_proxy", "MINE"),
    }
    stopped = {
        *("GITHUB_TOKEN", "GITHUB_ENV", "ACTIONS_RUNTIME_TOKEN", "CARGO_REGISTRY_TOKEN"),
        *("CARGO_REGISTRIES_X_TOKEN", "AWS_SECRET_ACCESS_KEY", "NPM_TOKEN", "LD_PRELOAD"),
        *("RUSTC_WRAPPER", "PYTHONPATH", "SSH_AUTH_SOCK", "CARGO_HTTP_PROXY_PASSWORD"),
    }
    for name in passed | stopped:
        monkeypatch.setenv(name, "x")
    found = environment(["MINE"])
    assert passed <= found.keys()
    assert not stopped & found.keys()


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "MY_api_key", "DB_PASSWORD", "ACTIONS_ANY"])
def test_the_config_cannot_let_a_secret_through(name: str) -> None:
    with pytest.raises(SpikeproofError, match=f"{name} looks like a secret"):
        environment([name])
