"""Bad input: a clear line or a skip with its reason, never a traceback, never a changed tree."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gate import gated

MANIFEST = '[package]\nname = "p"\nversion = "0.1.0"\nedition = "2021"\n[workspace]\n'
# Found by syntax alone, so that each tree below has something to lose.
COUNTER = """use std::sync::Mutex;

struct Stats {
    hits: Mutex<u64>,
}

impl Stats {
    fn hit(&self) {
        *self.hits.lock().unwrap() += 1;
    }

    fn hits(&self) -> u64 {
        *self.hits.lock().unwrap()
    }
}

pub fn used() -> u64 {
    let stats = Stats {
        hits: Mutex::new(0),
    };
    stats.hit();
    stats.hits()
}

#[test]
fn counts() {
    assert_eq!(used(), 1);
}
"""


def tool(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[bytes]:
    command = [
        sys.executable,
        "-m",
        "engine.app.cli",
        *gated(arguments),
    ]
    options.setdefault("timeout", 300)
    return subprocess.run(command, capture_output=True, check=False, **options)


def complaint(run: subprocess.CompletedProcess[bytes]) -> str:
    """The one line of an error; fails on a traceback, or on anything that a failure printed."""
    text = run.stderr.decode()
    assert "Traceback" not in text, text
    assert run.returncode == 2, (run.returncode, text)
    assert run.stdout == b""
    lines = [line for line in text.splitlines() if "rror" in line.split(":")[0]]
    assert lines, text
    return lines[0]


def snapshot(root: Path) -> dict[str, tuple[bytes, int]]:
    """Content and mtime of every file of the user's (the target directory is ours)."""
    return {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink() and "target" not in path.parts
    }


@pytest.fixture
def package(tmp_path: Path) -> Iterator[Path]:
    """A package with one site; the tree must be the same afterwards."""
    (tmp_path / "src").mkdir()
    (tmp_path / "Cargo.toml").write_text(MANIFEST)
    (tmp_path / "src/lib.rs").write_text(COUNTER)
    yield tmp_path


def scan_json(root: Path) -> dict[str, Any]:
    run = tool("scan", root, "--format", "json", "-q")
    assert b"Traceback" not in run.stderr
    assert run.returncode in (0, 1), run.stderr.decode()
    result: dict[str, Any] = json.loads(run.stdout)
    return result


def skipped(root: Path) -> dict[str, str]:
    return {skip["path"]: skip["reason"] for skip in scan_json(root)["skipped"]}


def test_no_such_path(tmp_path: Path) -> None:
    assert "nowhere" in complaint(tool("scan", tmp_path / "nowhere"))
    assert "nowhere" in complaint(tool("diff", tmp_path / "nowhere"))


def test_no_manifest(tmp_path: Path) -> None:
    assert "Cargo.toml" in complaint(tool("scan", tmp_path))


def test_malformed_manifest(tmp_path: Path) -> None:
    (tmp_path / "Cargo.toml").write_text("[package\nname = 1")
    assert "Cargo.toml" in complaint(tool("scan", tmp_path))


def test_unknown_codemod_option_and_package(package: Path) -> None:
    assert "did you mean `mutex-counter`" in complaint(
        tool("scan", package, "--codemod", "mutex-conter")
    )
    assert "No such option" in complaint(tool("scan", package, "--revew"))
    assert "`q`" in complaint(tool("scan", package, "-p", "q"))
    assert "--workspace" in complaint(tool("scan", package, "--exclude", "p"))
    assert "mutex-counter" in complaint(tool("explain", "mutex"))


def test_unknown_config_key(package: Path) -> None:
    (package / "Cargo.toml").write_text(
        MANIFEST + '[package.metadata.spikeproof]\nexcludes = ["a"]\n'
    )
    assert "`excludes`" in complaint(tool("scan", package))
    (package / "Cargo.toml").write_text(
        MANIFEST + '[package.metadata.spikeproof]\ndisable = ["mutex"]\n'
    )
    assert "`mutex`" in complaint(tool("scan", package))


def test_files_that_are_no_rust_text(package: Path) -> None:
    source = package / "src"
    (source / "latin.rs").write_bytes(b"// caf\xe9\nfn f() { x.clone() }")
    (source / "nul.rs").write_bytes(b"fn f() { \0 }")
    (source / "line.rs").write_bytes(b'const X: &str = "' + b"a.clone()" * 3_500_000 + b'";')
    (source / "bom.rs").write_bytes(b"\xef\xbb\xbf" + COUNTER.encode())
    (source / "cr.rs").write_bytes(COUNTER.replace("\n", "\r").encode())
    os.mkfifo(source / "pipe.rs")
    (source / "loop").symlink_to(source)
    (source / "self.rs").symlink_to("self.rs")
    (source / "away.rs").symlink_to("/etc/passwd")
    reasons = skipped(package)
    assert "UTF-8" in reasons["src/latin.rs"]
    assert "NUL" in reasons["src/nul.rs"]
    assert "larger than" in reasons["src/line.rs"]
    assert {"src/pipe.rs", "src/self.rs", "src/away.rs"} <= set(reasons)
    assert any(path.startswith("src/loop") for path in reasons)
    found = {site["path"] for site in scan_json(package)["sites"]}
    assert {"src/lib.rs", "src/bom.rs"} <= found


def test_what_the_grammar_does_not_understand_is_told_with_its_line(package: Path) -> None:
    """Away from any site it costs none that is known: told with -v and in JSON. Around one, always."""
    odd = "use std::sync::Mutex;\nfn f() {}\n\nfn g() -> i8 { h::<-1>() }\n"
    (package / "src/odd.rs").write_text(odd)
    quiet, verbose = tool("scan", package), tool("scan", package, "-v")
    assert b"odd.rs" not in quiet.stderr
    assert b"src/odd.rs:4: syntax not understood there" in verbose.stderr
    (found,) = scan_json(package)["skipped"]
    assert (found["path"], found["line"]) == ("src/odd.rs", 4)
    (package / "src/odd.rs").write_text(odd + "fn k() { h::<-1>(Mutex::new(1)) }\n")
    assert b"syntax not understood in fn k" in tool("scan", package).stderr


def test_deep_nesting(package: Path) -> None:
    deep = b"fn f() { x.clone(); " + b"(" * 20_000 + b"a.lock()" + b")" * 20_000 + b" }"
    (package / "src/deep.rs").write_bytes(deep)
    blocks = b"async fn f() { " + b"{" * 20_000 + b"x.clone();" + b"}" * 20_000 + b" }"
    (package / "src/blocks.rs").write_bytes(blocks)
    patterns = b"fn f() { let " + b"(" * 20_000 + b"a" + b",)" * 20_000 + b" = b.clone(); }"
    (package / "src/patterns.rs").write_bytes(patterns)
    macros = b"fn f() { " + b"m!(" * 5_000 + b"x.lock()" + b")" * 5_000 + b" }"
    (package / "src/macros.rs").write_bytes(macros)
    began = time.monotonic()
    assert {s["path"] for s in scan_json(package)["sites"]} >= {"src/lib.rs"}
    assert time.monotonic() - began < 60


def test_odd_file_names_are_shown_escaped(package: Path) -> None:
    odd = ["sp ace.rs", 'quo"te.rs', "new\nline.rs", "esc\x1b[31m.rs", "-dash.rs", "[bold]x.rs"]
    for name in [*odd, "::error::x.rs", "b\u202ei.rs"]:
        (package / "src" / name).write_text(COUNTER)
    (package / "src" / os.fsdecode(b"by\xffte.rs")).write_text(COUNTER)
    run = tool("scan", package, "--color", "never")
    assert run.returncode == 1, run.stderr.decode()
    for stream in (run.stdout, run.stderr):
        assert b"\x1b" not in stream
        assert "\u202e".encode() not in stream
    assert len(scan_json(package)["sites"]) == 10


@pytest.mark.slow
def test_odd_file_names_are_rewritten_as_others(package: Path) -> None:
    """Also where a type behind ``#[path]`` has a namesake in the crate's root."""
    lib = package / "src/lib.rs"
    text = lib.read_text()
    for number, name in enumerate(["sp ace.rs", "caf\u00e9.rs", 'quo"te.rs']):
        (package / "src" / name).write_text(text.replace("fn counts", f"fn counts_{number}"))
        written = name.replace('"', '\\"')
        lib.write_text(f'{lib.read_text()}\n#[path = "{written}"]\nmod odd_{number};\n')
    run = tool("diff", "--no-bench", package)
    assert run.returncode == 1, run.stderr.decode()
    assert run.stdout.count(b"\n+    hits: AtomicU64,") == 4
    applied = subprocess.run(
        ["git", "apply", "-"],
        cwd=package,
        input=run.stdout,
        env={**os.environ, "GIT_DIR": os.devnull},
        check=False,
    )
    assert applied.returncode == 0
    assert "Mutex" not in lib.read_text()


def test_scan_runs_nothing_of_the_repositorys(package: Path) -> None:
    trap = package / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {package}/sprung\nexit 1\n")
    trap.chmod(0o755)
    (package / ".cargo").mkdir()
    (package / ".cargo/config.toml").write_text(
        f'[build]\nrustc-wrapper = "{trap}"\nrustc = "{trap}"\n'
    )
    (package / "rust-toolchain.toml").write_text(f'[toolchain]\npath = "{package}"\n')
    (package / "build.rs").write_text("compile_error!();")
    # No program can be found at all, and still it works.
    run = tool("scan", package, env={"PATH": "/nonexistent"})
    assert run.returncode == 1, run.stderr.decode()
    assert not (package / "sprung").exists()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("rustup") is None, reason="rustup picks the toolchain")
def test_a_toolchain_that_is_not_there_is_told_as_that(package: Path) -> None:
    (package / "rust-toolchain.toml").write_text('[toolchain]\nchannel = "1.0.1"\n')
    run = tool("diff", "--no-bench", package, env={**os.environ, "RUSTUP_AUTO_INSTALL": "0"})
    said = complaint(run)
    assert "the toolchain `1.0.1" in said
    assert "--toolchain NAME" in said


def test_scan_does_not_change_the_tree(package: Path) -> None:
    before = snapshot(package)
    assert tool("scan", package).returncode == 1
    assert snapshot(package) == before
    assert not (package / "target").exists()


def test_output_that_cannot_be_written(package: Path) -> None:
    assert "cannot write" in complaint(tool("scan", package, "-o", package / "no/such/dir.txt"))


def test_a_reader_that_goes_away(package: Path) -> None:
    command = f"{sys.executable} -m engine.app.cli scan {package} | true"
    run = subprocess.run(command, shell=True, capture_output=True, check=False)
    assert b"Traceback" not in run.stderr


def test_suppression_comments(package: Path) -> None:
    text = COUNTER.replace(
        "    hits: Mutex<u64>", "    // spikeproof: allow(mutex-counter)\n    hits: Mutex<u64>"
    )
    (package / "src/lib.rs").write_text(text)
    run = tool("scan", package, "--codemod", "mutex-counter")
    assert run.returncode == 0, run.stdout.decode()
    assert b"Silenced 1 site" in run.stderr


# -- with cargo ------------------------------------------------------------------------------------


def test_no_cargo_on_path(package: Path) -> None:
    message = complaint(
        tool("diff", "--no-bench", package, env={"PATH": "/nonexistent", "HOME": str(package)})
    )
    assert "cargo was not found on PATH" in message


@pytest.mark.slow
def test_a_workspace_that_does_not_compile(package: Path) -> None:
    (package / "src/lib.rs").write_text(COUNTER + 'fn broken() -> u8 { "x" }\n')
    before = snapshot(package)
    run = tool("diff", "--no-bench", package)
    assert "does not compile" in complaint(run)
    assert b"E0308" in run.stderr
    assert snapshot(package) == before


@pytest.mark.slow
def test_a_diff_changes_nothing_and_its_patch_applies(package: Path) -> None:
    before = snapshot(package)
    run = tool("diff", "--no-bench", package, "--review")
    assert run.returncode == 1, run.stderr.decode()
    assert snapshot(package) == before
    assert b"nothing was measured" in run.stdout
    applied = subprocess.run(
        ["git", "apply", "-"], cwd=package, input=run.stdout, capture_output=True, check=False
    )
    assert applied.returncode == 0, applied.stderr.decode()
    assert "AtomicU64" in (package / "src/lib.rs").read_text()
    assert tool("diff", "--no-bench", package, "--review").returncode == 0


@pytest.mark.slow
def test_a_test_that_failed_before_is_set_aside(package: Path) -> None:
    failing = "#[test]\nfn always_fails() {\n    panic!();\n}\n"
    (package / "src/lib.rs").write_text(COUNTER + "\n" + failing)
    run = tool("diff", "--no-bench", package, "--review")
    assert run.returncode == 1, run.stderr.decode()
    assert b"always_fails" in run.stderr


@pytest.mark.slow
def test_a_build_script_that_hangs(package: Path) -> None:
    (package / "build.rs").write_text("fn main() { loop { std::thread::park(); } }\n")
    (package / "Cargo.toml").write_text(
        MANIFEST + "[package.metadata.spikeproof]\ncheck-timeout = 10\n"
    )
    run = tool("diff", "--no-bench", package)
    assert "took too long" in complaint(run)
    assert b"check-timeout" in run.stderr
    assert not _running(package)


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.3, 1.5, 3.0, 6.0])
def test_ctrl_c_leaves_everything_sound(package: Path, after: float) -> None:
    before = snapshot(package)
    command = [
        sys.executable,
        "-m",
        "engine.app.cli",
        "diff",
        "--no-bench",
        str(package),
        "--review",
    ]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(after)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert b"Traceback" not in err, err.decode()
    assert snapshot(package) == before
    assert not _running(package)
    if run.returncode == 130:
        assert out == b""
    again = tool("diff", "--no-bench", package, "--review")
    assert again.returncode == 1, again.stderr.decode()
    assert snapshot(package) == before


@pytest.mark.slow
def test_no_space_left(package: Path) -> None:
    """A target directory on a file system of 1 MiB (needs root, so that one can be mounted)."""
    small = package / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("cannot mount a small file system here")
    try:
        (package / "src/big.rs").write_text("// " + "x" * 2_000_000)
        run = tool(
            "diff", "--no-bench", package, env={**os.environ, "CARGO_TARGET_DIR": str(small)}
        )
        assert "space" in complaint(run)
    finally:
        subprocess.run(["umount", str(small)], check=True)


def _running(root: Path) -> list[str]:
    """Command lines of processes that still work on ``root``."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                where = os.readlink(entry / "cwd")
            except OSError:
                continue
            if str(root) in line or where.startswith(str(root)):
                found.append(line)
    return found
