"""What the story claims of each pattern, and what this machine measures of it.

The fixes of one codemod at a time, on the upload service: each row is a bench that runs something
they change, with all of that codemod's fixes and none of the others'. A claim that the figures do not
bear out is shown as it came out.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.demo import SERVICE

CLAIMS = {
    "clone-per-frame": "a clone per frame allocates and copies for each chunk",
    "mutex-counter": "a mutex around a counter costs a lock per request",
    "guard-across-await": "with a guard held across an await everybody queues behind one task's I/O",
}


def main() -> int:
    print("| codemod | claim | bench | metric | before | after | change | verdict |")
    print("|---|---|---|---|---|---|---|---|")
    failed = False
    for codemod, claim in CLAIMS.items():
        rows = _rows(codemod)
        failed = failed or rows is None
        for row in rows or [{}]:
            print(_line(codemod, claim, row))
    return 1 if failed else 0


def _rows(codemod: str) -> list[dict[str, Any]] | None:
    """The measured rows, None when the tool made no patch."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "result.json"
        tool = [str(Path(sys.executable).with_name("spikeproof")), "diff", str(SERVICE)]
        options = ["--review", "--codemod", codemod, "--format", "json", "-o", str(out)]
        code = subprocess.run([*tool, *options], check=False).returncode
        if code not in (1, 3) or not out.exists():
            return None
        fixes = json.loads(out.read_bytes())["fixes"]
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for fix in fixes:
        for row in (fix["evidence"]["measured"] or {"rows": []})["rows"]:
            if row["metric"] in ("time", "allocations") and "bench/" in row["name"]:
                found[row["name"], row["metric"]] = row
    return [found[key] for key in sorted(found)]


def _line(codemod: str, claim: str, row: dict[str, Any]) -> str:
    if not row:
        return f"| {codemod} | {claim} | no bench runs what it changes | | | | | |"
    scale, unit = (1e3, " µs") if row["metric"] == "time" else (1, "")
    before, after = (f"{row[side] / scale:,.4g}{unit}" for side in ("before", "after"))
    change = "" if row["ratio"] is None else f"{(row['ratio'] - 1) * 100:+.0f} %"
    name = row["name"].partition("bench/")[2]
    cells = (codemod, claim, name, row["metric"], before, after, change, row["verdict"])
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
