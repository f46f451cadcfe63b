"""``python -m tests.generated NAME``: many programs, once. Exit 1 when one has another outcome."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from engine.detect.codemod import registry
from tests.generated.harness import attempt

_REWRITING = sorted(n for n, found in registry().items() if not found.codemod.only_reports)
WORK = Path(__file__).resolve().parents[2] / "target" / "generated"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.generated", description=__doc__)
    parser.add_argument("codemod", choices=_REWRITING)
    parser.add_argument("--count", type=int, default=2000, help="programs (2000)")
    parser.add_argument("--first", type=int, default=0, help="the first seed (0)")
    parser.add_argument("--crate", type=int, default=200, help="programs to a crate (200)")
    asked = parser.parse_args()
    compiled = rewritten = different = 0
    start = time.monotonic()
    for first in range(asked.first, asked.first + asked.count, asked.crate):
        seeds = range(first, min(first + asked.crate, asked.first + asked.count))
        tried = attempt(asked.codemod, seeds, WORK / asked.codemod, WORK / "target")
        compiled, rewritten = compiled + tried.compiled, rewritten + tried.rewritten
        different += len(tried.differences)
        for difference in tried.differences:
            print(difference, flush=True)
        print(f"{seeds.stop - asked.first} of {asked.count} programs", file=sys.stderr, flush=True)
    seconds = time.monotonic() - start
    print(
        f"{asked.codemod}: {asked.count} programs, {compiled} compile, {rewritten} rewritten, "
        f"{different} with another outcome, {seconds:.0f} s"
    )
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
