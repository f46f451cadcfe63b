"""``python -m bench.reports CODEMOD [CRATE ..]``: what a codemod reports, without a fix, on the pinned public
crates, to be read by a person: each place with its message and reason, and how many there are of each message.

Every option of the codemod that is a switch is on (``--default``: as it comes). What was thought of the reports is
in ``docs/trust.md``. Exit 1 when a crate could not be run.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.crates import HOME, Crate, fetch, pinned
from engine.detect.codemod import registry

WORK = HOME / "target" / "reports"
_SHOWN = re.compile(r"`[^`]*`")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.reports", description=__doc__)
    parser.add_argument("codemod", choices=sorted(registry()))
    parser.add_argument("crate", nargs="*")
    parser.add_argument("--default", action="store_true", help="leave switches as they are")
    asked = parser.parse_args()
    crates = [crate for corpus in ("real", "trust") for crate in pinned(corpus)]
    counts: Counter[str] = Counter()
    failed = False
    for crate in crates:
        if asked.crate and crate.name not in asked.crate:
            continue
        found = _reports(crate, asked.codemod, not asked.default)
        failed |= found is None
        for path, line, message, reason in found or ():
            print(f"{crate.label}/{path}:{line}: {message}\n    {reason}", flush=True)
            counts[_SHOWN.sub("`..`", message)] += 1
    for message, count in counts.most_common():
        print(f"{count:4} {message}")
    return 1 if failed else 0


def _reports(crate: Crate, codemod: str, all_on: bool) -> list[tuple[str, int, str, str]] | None:
    """(path, line, message, reason) of each report; None where the tool failed, which is told."""
    try:
        root = fetch(crate, WORK)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return None
    if all_on:
        _switch_on(root / "Cargo.toml", codemod)
    out = WORK / f"{crate.label}.json"
    tool = [str(Path(sys.executable).with_name("spikeproof")), "diff", str(root), *crate.flags]
    options = ["--codemod", codemod, "--no-bench", "--no-tests", "--format", "json", "-q"]
    code = subprocess.run([*tool, *options, "-o", str(out)], check=False).returncode
    if code not in (0, 1, 3):
        print(f"{crate.label}: the tool ended with {code}", file=sys.stderr)
        return None
    return list(_told(json.loads(out.read_bytes())))


def _switch_on(manifest: Path, codemod: str) -> None:
    options = registry()[codemod].codemod.options
    switches = [name for name, option in options.items() if option.kind is bool]
    lines = "".join(f"{name} = true\n" for name in switches)
    head = f'\n[package.metadata.spikeproof.codemods."{codemod}"]\n'
    manifest.write_text(manifest.read_text("utf-8") + head + lines, "utf-8")


def _told(result: dict[str, Any]) -> Iterator[tuple[str, int, str, str]]:
    for fix in result["fixes"]:
        if fix["level"] == "report" and not fix["dismissed"] and fix["outcome"] != "not-compiled":
            site = fix["sites"][0]
            yield site["path"], site["start"]["line"], site["message"], fix["reason"]


if __name__ == "__main__":
    sys.exit(main())
