"""``make bench``: the two figures that users wait for, as ratios within one run.

1. ``spikeproof scan`` with all codemods against ``ast-grep scan`` with rules that look for the same
   syntax, on at least 30 MB of real Rust (the pinned crates and what they depend on), in turns;
   with peak memory, and how it grows from 3 to 30 MB. Then again, of the unchanged tree.
2. ``spikeproof diff`` on a generated workspace of 50 sites of which 5 must fail: cargo runs, and
   the time as a multiple of one ``cargo check`` plus one test run.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench.crates import HOME, cargo_home, fetch, pinned
from bench.seeded import write_seeded
from engine.base.user_cache import VARIABLE as CACHE

WORK = HOME / "target" / "bench"
BIN = Path(sys.executable).parent
PAIRS = 5
# What the codemods' queries look for, in ast-grep's words.
RULES = """
id: mutex-counter
language: rust
message: a lock around a number
severity: warning
rule:
  any:
    - kind: generic_type
      regex: '^(\\w+::)*(Mutex|RwLock)<'
    - pattern: $M::new($V)
    - {kind: call_expression, has: {field: function, kind: field_expression, has: {field: field, regex: '^(lock|read|write|try_lock|get_mut|into_inner)$'}}}
---
id: guard-across-await
language: rust
message: a guard lives across an await
severity: warning
rule:
  kind: let_declaration
  has: {kind: field_identifier, regex: '^(lock|read|write|borrow|borrow_mut)$', stopBy: end}
  inside:
    kind: block
    has: {kind: await_expression, stopBy: end}
---
id: clone-per-frame
language: rust
message: a clone per frame
severity: warning
rule:
  kind: call_expression
  has:
    field: function
    any:
      - {kind: field_expression, has: {field: field, regex: '^(clone|to_vec|to_owned|to_string)$'}}
      - {kind: scoped_identifier, regex: '(clone|copy_from_slice)$'}
  inside:
    stopBy: end
    any:
      - {kind: function_item, has: {kind: function_modifiers, regex: async}}
      - {kind: async_block}
      - {kind: for_expression}
      - {kind: while_expression}
      - {kind: loop_expression}
"""


def main() -> int:
    print(f"machine: {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f} at the start")
    big = _corpus(30_000_000)
    small = _corpus(3_000_000)
    os.environ[CACHE] = "off"
    ok = _scan_figures(big, small)
    ok &= _cached_figures(big)
    return 0 if _diff_figures() and ok else 1


def _corpus(size: int) -> Path:
    """A package of at least ``size`` bytes of published Rust: every crate that the pins use."""
    root = WORK / f"rust-{size // 1_000_000}mb"
    stamp = root / ".complete"
    if stamp.exists():
        return root
    for crate in pinned():
        fetch(crate, WORK / "crates")
    shutil.rmtree(root, ignore_errors=True)
    total = 0
    for source in sorted((cargo_home() / "registry" / "src").glob("*/*")):
        for path in sorted(source.rglob("*.rs")):
            if not path.is_file() or path.is_symlink() or path.stat().st_size > 1_000_000:
                continue
            to = root / "src" / source.name / path.relative_to(source)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, to)
            total += path.stat().st_size
        if total >= size:
            break
    (root / "Cargo.toml").write_text('[package]\nname = "corpus"\nversion = "0.0.0"\n[workspace]\n')
    (root / "rules.yml").write_text(RULES)
    stamp.write_text(str(total))
    return root


def _scan_figures(big: Path, small: Path) -> bool:
    ours = [str(BIN / "spikeproof"), "scan", str(big), "-q", "--format", "json", "-o", os.devnull]
    theirs = [
        str(BIN / "ast-grep"),
        "scan",
        "-r",
        str(big / "rules.yml"),
        "--json=stream",
        str(big / "src"),
    ]
    ratios, memory = [], 0
    _time(ours)
    _time(theirs)
    for pair in range(PAIRS):
        if pair % 2:
            a, m = _time(ours)
            b, _ = _time(theirs)
        else:
            b, _ = _time(theirs)
            a, m = _time(ours)
        memory = max(memory, m)
        ratios.append(a / b)
        print(f"  scan {a:.2f} s, ast-grep {b:.2f} s, ratio {a / b:.2f}")
    size = int((big / ".complete").read_text())
    tiny = int((small / ".complete").read_text())
    least = min(_time([*ours[:2], str(small), *ours[3:]])[0] for _ in range(3))
    most = min(_time(ours)[0] for _ in range(3))
    ratio = statistics.median(ratios)
    print(
        f"scan of {size / 1e6:.1f} MB: {ratio:.2f} times ast-grep's time (median of {PAIRS} pairs)"
    )
    print(f"peak memory of the largest process: {memory / 1024:.0f} MB")
    print(
        f"growth: {size / tiny:.1f} times the bytes ({tiny / 1e6:.1f} -> {size / 1e6:.1f} MB) "
        f"take {most / least:.1f} times the time ({least:.2f} -> {most:.2f} s)"
    )
    return ratio <= 1.0 and memory < 400 * 1024


def _cached_figures(big: Path) -> bool:
    """A scan of an unchanged tree, against the first one: the shares are of wall time, the best of three
    each."""
    cache = WORK / "cache"
    ours = [str(BIN / "spikeproof"), "scan", str(big), "-q", "--format", "json", "-o", os.devnull]
    os.environ[CACHE] = str(cache)
    first, again = [], []
    for _ in range(3):
        shutil.rmtree(cache, ignore_errors=True)
        first.append(_time(ours)[0])
        again.append(_time(ours)[0])
    os.environ[CACHE] = "off"
    share = min(again) / min(first)
    size = (cache / "scan.sqlite").stat().st_size
    print(
        f"scan of the unchanged tree: {share:.3f} of the first one's time ({min(first):.2f} -> "
        f"{min(again):.2f} s), {size / 1e6:.1f} MB kept"
    )
    return share <= 0.1


def _time(command: list[str]) -> tuple[float, int]:
    """Wall seconds, and peak resident KiB of the largest child so far."""
    began = time.monotonic()
    run = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    took = time.monotonic() - began
    if run.returncode not in (0, 1):
        raise SystemExit(f"{command[0]} exit {run.returncode}: {run.stderr.decode()[-500:]}")
    return took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def _diff_figures() -> bool:
    root = WORK / "seeded"
    bad = write_seeded(root)
    environment = {**os.environ, "CARGO_TARGET_DIR": str(root / "plain")}
    _cargo(["test", "--no-run"], root, environment)
    _cargo(["check", "--all-targets"], root, environment)
    for path in (root / "src").rglob("*.rs"):
        path.touch()
    check = _cargo(["check", "--all-targets"], root, environment)
    tests = _cargo(["test"], root, environment)
    tool = [
        str(BIN / "spikeproof"),
        "diff",
        str(root),
        "--review",
        "--no-bench",
        "--offline",
        "-o",
        os.devnull,
    ]
    subprocess.run(tool, capture_output=True, check=False)  # dependencies into the scratch build
    shutil.rmtree(root / "target" / "spikeproof" / "tree", ignore_errors=True)
    began = time.monotonic()
    run = subprocess.run(tool, capture_output=True, text=True, check=False)
    took = time.monotonic() - began
    runs = re.search(r"cargo ran (\d+) times", run.stderr)
    if runs is None:
        print(f"diff failed (exit {run.returncode}): {run.stderr[-800:]}")
        return False
    limit = 3 + 2 * bad
    print(run.stderr.strip().splitlines()[-3:])
    print(
        f"diff of 50 seeded sites, {bad} of which must fail: {runs[1]} cargo runs (limit {limit})"
    )
    print(
        f"time: {took:.1f} s = {took / (check + tests):.1f} times one check plus one test run "
        f"({check:.1f} + {tests:.1f} s)"
    )
    return int(runs[1]) <= limit


def _cargo(arguments: list[str], cwd: Path, environment: dict[str, str]) -> float:
    began = time.monotonic()
    run = subprocess.run(
        ["cargo", *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise SystemExit(f"cargo {' '.join(arguments)}: {run.stderr[-800:]}")
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
