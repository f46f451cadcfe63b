"""How long a scan takes: against ast-grep with rules that look for the same syntax, on 3, 30 and 100 MB of
real Rust (the pinned crates and what they depend on), and of a tree that is known already.

CPU time of all processes, in turns within one run: what else the machine does shows in both sides.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from bench.crates import HOME, cargo_home, fetch, pinned
from engine.base.user_cache import VARIABLE as CACHE

WORK = HOME / "target" / "bench"
BIN = Path(sys.executable).parent
SIZES = {3_000_000: 3, 30_000_000: 3, 100_000_000: 2}  # bytes: pairs
_LEAST = 10_000_000  # bytes from which on the targets hold: below, starting counts
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
---
id: format-append
language: rust
message: a text formatted to be appended
severity: warning
rule:
  kind: macro_invocation
  has: {field: macro, regex: '^(std::|alloc::)?format$'}
  inside: {kind: arguments, inside: {kind: call_expression}}
---
id: blocking-in-async
language: rust
message: a call that may block, in async code
severity: warning
rule:
  kind: call_expression
  has:
    field: function
    any:
      - {kind: field_expression, has: {field: field, regex: '^(exists|is_file|is_dir|metadata|canonicalize|read_dir|open|output|status|wait|join|recv|read|write|read_to_string|read_to_end|write_all|flush|sync_all|lines|lock|send|query|execute|call|commit|accept|block_on|blocking_\\w+|to_socket_addrs)$'}}
      - {kind: scoped_identifier, regex: '(read|read_to_string|write|metadata|copy|rename|create_dir|create_dir_all|remove_file|remove_dir|remove_dir_all|read_dir|open|create|connect|sleep|park|block_on|hash|verify|get)$'}
  inside:
    stopBy: end
    any:
      - {kind: function_item, has: {kind: function_modifiers, regex: async}}
      - {kind: async_block}
---
id: async-lock
language: rust
message: an async lock
severity: warning
rule:
  any:
    - {kind: generic_type, regex: '(Mutex|Lock)<'}
    - {kind: scoped_identifier, regex: '(Mutex|Lock)(::<.*>)?::(new|default|from|const_new|with_max_readers)$'}
---
id: work-under-lock
language: rust
message: work under a lock
severity: warning
rule:
  kind: call_expression
  all:
    - {has: {field: function, kind: field_expression, has: {field: field, regex: '^(blocking_)?(lock|read|write)$'}}}
    - {has: {field: arguments, regex: '^\\(\\s*\\)$'}}
"""


class Cost(NamedTuple):
    """Seconds of CPU time and KiB of memory (the largest process so far) of a command and its children."""

    cpu: float
    memory: int


def scan_figures() -> bool:
    """Print them; do all targets hold?"""
    held = [
        _compared(size, pairs) for size, pairs in SIZES.items()
    ]  # all are made, whatever falls short
    return all(held)


def _compared(size: int, pairs: int) -> bool:
    tree = corpus(size)
    megabytes = int((tree / ".complete").read_text()) / 1e6
    ours = (str(BIN / "spikeproof"), "scan", str(tree), "-q", "--format", "json", "-o", os.devnull)
    rules = ("-r", str(tree / "rules.yml"), "--json=stream", str(tree / "src"))
    theirs = (str(BIN / "ast-grep"), "scan", *rules)
    cache = WORK / "cache"
    ratios, shares, memory = [], [], 0
    for pair in range(pairs):
        shutil.rmtree(cache, ignore_errors=True)
        other = cost(theirs, "off") if pair % 2 else None
        first = cost(ours, str(cache))
        again = cost(ours, str(cache))
        other = other or cost(theirs, "off")
        ratios.append(first.cpu / other.cpu)
        shares.append(again.cpu / first.cpu)
        memory = max(memory, first.memory)
        print(
            f"  {megabytes:.0f} MB: scan {first.cpu:.1f} s of CPU, again {again.cpu:.2f} s, "
            f"ast-grep {other.cpu:.1f} s",
            flush=True,
        )
    ratio, share = statistics.median(ratios), statistics.median(shares)
    print(
        f"scan of {megabytes:.1f} MB: {ratio:.2f} times ast-grep's CPU time, of the unchanged tree "
        f"{share:.3f} of the first (medians of {pairs}); largest process {memory / 1024:.0f} MB"
    )
    if size < _LEAST:
        return memory < 400 * 1024
    return ratio <= 0.5 and share <= 0.1 and memory < 400 * 1024


def corpus(size: int) -> Path:
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
    else:
        print(f"note: all that the pins use is {total / 1e6:.0f} MB")
    (root / "Cargo.toml").write_text('[package]\nname = "corpus"\nversion = "0.0.0"\n[workspace]\n')
    (root / "rules.yml").write_text(RULES)
    stamp.write_text(str(total))
    return root


def cost(command: tuple[str, ...], cache: str) -> Cost:
    """What ``command`` costs, with the user's cache in the folder ``cache``."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(
        command,
        env={**os.environ, CACHE: cache},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode not in (0, 1):
        raise SystemExit(f"{command[0]} exit {run.returncode}: {run.stderr.decode()[-500:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, after.ru_maxrss)
