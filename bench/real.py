"""``make real``: the tool on public crates that nobody wrote for it.

For each pin of ``corpus/real.toml``: one plain ``cargo check``, then ``spikeproof diff --review``,
then its patch applied to a fresh copy and checked and tested by cargo alone, without us. Prints a
table; the patches and the JSON stay in ``target/real/out`` to be read. Names on the command line
choose crates. Exit 1 when an emitted patch fails.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.crates import WORK, Crate, fetch, pinned

OUT = WORK / "out"
_SUMMARY = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed", re.MULTILINE)
_FAILED = re.compile(r"^test (\S+).* \.\.\. FAILED$", re.MULTILINE)
_RETRIES = 5  # of tests that failed with the patch and not before: one pass shows a flaky test


@dataclass
class Row:
    """What came out for one crate."""

    crate: str
    lines: int = 0
    sites: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    runs: int = 0
    seconds: float = 0.0
    plain: float = 0.0
    proof: str = "-"
    error: str = ""


def main() -> int:
    chosen = sys.argv[1:]
    crates = [c for c in pinned() if not chosen or c.name in chosen or c.label in chosen]
    if not crates:
        print(f"no such crate: {' '.join(chosen)}", file=sys.stderr)
        return 2
    OUT.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    for crate in crates:
        row = Row(crate.label)
        rows.append(row)
        try:
            _one(crate, row)
        except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
            row.error = str(error).strip().splitlines()[0][:160] if str(error) else repr(error)
        print(_line(row), file=sys.stderr, flush=True)
    _table(rows)
    return 1 if any("FAILED" in row.proof or row.error for row in rows) else 0


def _one(crate: Crate, row: Row) -> None:
    source = fetch(crate, WORK / "src")
    row.lines = sum(p.read_bytes().count(b"\n") for p in source.rglob("*.rs"))
    flags = list(crate.flags)
    environment = {**os.environ, "CARGO_TARGET_DIR": str(WORK / "plain")}
    check = ["cargo", "check", "--all-targets", "--offline", *flags]
    _run(check, source, environment)
    for path in source.rglob("*.rs"):
        path.touch()
    row.plain = _run(check, source, environment)
    report = OUT / f"{crate.label}.json"
    report.unlink(missing_ok=True)
    tool = [
        str(Path(sys.executable).with_name("spikeproof")),
        "diff",
        str(source),
        "--review",
        "--no-bench",
    ]
    tool += ["--offline", "--format", "json", "-o", str(report), *flags]
    if not crate.tests:
        tool.append("--no-tests")
    shared = {**os.environ, "CARGO_TARGET_DIR": str(WORK / "target")}
    first = _call(tool, source, shared)  # builds the dependencies in the copy
    once = report.read_bytes() if report.exists() else b""
    began = time.monotonic()
    again = [*tool, "--fresh"]  # else it is told what the first run came to
    run = _call(again, source, shared) if first.returncode in (0, 1, 3) else first
    row.seconds = time.monotonic() - began
    if report.exists() and _lasting(once) != _lasting(report.read_bytes()):
        kept = OUT / f"{crate.label}.first.json"
        kept.write_bytes(once)
        row.error = f"two runs gave different results: compare {kept} and {report}"
    (OUT / f"{crate.label}.txt").write_text(run.stderr)
    if run.returncode not in (0, 1, 3):
        raise RuntimeError(f"exit {run.returncode}: {run.stderr.strip()[-400:]}")
    result: dict[str, Any] = json.loads(report.read_text())
    for fix in result["fixes"]:
        if fix["dismissed"]:
            continue
        row.sites[fix["codemod"]] += 1
        word = fix["outcome"] if fix["outcome"] != "unverified" else "reported"
        row.outcomes[f"{word}/{fix['level']}" if word == "verified" else word] += 1
        if word != "verified" and (word != "reported" or not fix["reason"]):
            row.reasons[f"{word}: {fix['reason'][:60] or 'NO WORDS'}"] += 1
    row.runs = result["runs"]["cargo"]
    patch = result["diff"].encode()
    (OUT / f"{crate.label}.patch").write_bytes(patch)
    if patch:
        row.proof = _prove(crate, source, patch, flags, environment)


def _lasting(report: bytes) -> dict[str, Any]:
    """The result without what a test that fails now and then may change: how many tests passed,
    and how often cargo was asked."""
    result: dict[str, Any] = json.loads(report) if report else {}
    result.pop("runs", None)
    for fix in result.get("fixes", ()):
        fix["evidence"].pop("tests")
    return result


def _prove(
    crate: Crate, source: Path, patch: bytes, flags: list[str], environment: dict[str, str]
) -> str:
    """The patch on a fresh copy, with plain git and cargo."""
    before = _tests(crate, source, flags, environment) if crate.tests else None
    copy = WORK / "patched" / crate.label
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("target"))
    ceiling = {**environment, "GIT_DIR": os.devnull}
    applied = subprocess.run(
        ["git", "apply", "-"], cwd=copy, env=ceiling, input=patch, capture_output=True, check=False
    )
    if applied.returncode:
        return f"APPLY FAILED {applied.stderr.decode()[:100]}"
    _run(["cargo", "check", "--all-targets", "--offline", *flags], copy, environment)
    if before is None:
        return "check ok"
    after = _tests(crate, copy, flags, environment)
    told = f"{before.passed}/{len(before.failed)} -> {after.passed}/{len(after.failed)}"
    if before.passed + len(before.failed) != after.passed + len(after.failed):
        return f"FAILED: another number of tests {told}"
    broken = after.failed - before.failed
    for _ in range(_RETRIES if broken else 0):
        broken &= _tests(crate, copy, flags, environment).failed
    if broken:
        return f"TESTS FAILED {told}: {', '.join(sorted(broken))}"
    flaky = sorted(after.failed - before.failed)
    return f"ok {told}{': flaky ' + ', '.join(flaky) if flaky else ''}"


@dataclass(frozen=True)
class Tests:
    """What one run of all tests said."""

    passed: int
    failed: frozenset[str]


def _tests(crate: Crate, folder: Path, flags: list[str], environment: dict[str, str]) -> Tests:
    command = ["cargo", "test", "--no-fail-fast", "--offline", *flags, *crate.test_args]
    run = _call(command, folder, environment)
    passed = sum(int(p) for p, _ in _SUMMARY.findall(run.stdout))
    return Tests(passed, frozenset(_FAILED.findall(run.stdout)))


def _run(command: list[str], cwd: Path, environment: dict[str, str]) -> float:
    """Seconds that the command takes; it has to succeed."""
    began = time.monotonic()
    run = _call(command, cwd, environment)
    if run.returncode:
        raise RuntimeError(f"{' '.join(command)} FAILED: {run.stderr.strip()[-600:]}")
    return time.monotonic() - began


def _call(
    command: list[str], cwd: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=3600,
        check=False,
    )


def _line(row: Row) -> str:
    if row.error:
        return f"{row.crate}: ERROR {row.error}"
    return (
        f"{row.crate}: {row.lines} lines, sites {dict(row.sites)}, {dict(row.outcomes)}, "
        f"{row.runs} cargo runs, {row.seconds:.0f} s = {row.seconds / max(row.plain, 0.1):.1f} checks, "
        f"{row.proof}"
    )


def _table(rows: list[Row]) -> None:
    codemods = sorted({name for row in rows for name in row.sites})
    head = ["crate", "lines", *codemods, "outcomes", "runs", "s", "one check s", "proof"]
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        outcomes = ", ".join(f"{n} {name}" for name, n in sorted(row.outcomes.items()))
        cells = [row.crate, str(row.lines), *(str(row.sites[c]) for c in codemods)]
        cells += [row.error or outcomes or "nothing found", str(row.runs)]
        cells += [f"{row.seconds:.0f}", f"{row.plain:.1f}", row.proof]
        print("| " + " | ".join(cells) + " |")
    reasons: Counter[str] = Counter()
    for row in rows:
        reasons += row.reasons
    if reasons:
        print("\nrefused, by reason:")
        for reason, times in reasons.most_common(40):
            print(f"{times:5} {reason}")


if __name__ == "__main__":
    sys.exit(main())
