"""``make trust``: how right is it? Every fix that the tool emits on the crates of ``corpus/trust.toml``
is read by a person once; what was thought of it is kept in ``corpus/trust/``.

For each crate: ``spikeproof diff --review --no-bench``. Fixes that nobody has read yet are printed, and lie
in ``target/trust/unread/CRATE.diff`` beside a ``CRATE.toml``, in which their judgement is to be written
and which ``--take`` then adds to the corpus. Names on the command line choose crates. ``--table`` runs
nothing and writes ``docs/trust.md`` anew. Exit 1 when a fix is unread or was judged wrong, or a crate
could not be run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bench.crates import HOME, Crate, fetch, pinned
from bench.judged import Judged, rates, read, unread, written

WORK = HOME / "target" / "trust"
UNREAD = WORK / "unread"
KEPT = HOME / "corpus" / "trust"
DOCUMENT = HOME / "docs" / "trust.md"
MARKS = ("<!-- rates: made by `make trust`, not by hand -->", "<!-- end of rates -->")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.trust", description=__doc__)
    parser.add_argument("crate", nargs="*")
    parser.add_argument("--take", action="store_true", help="add what was judged in target/trust")
    parser.add_argument("--table", action="store_true", help="write docs/trust.md, and end")
    asked = parser.parse_args()
    crates = [c for c in pinned("trust") if not asked.crate or c.name in asked.crate]
    if asked.take:
        try:
            for crate in crates:
                _take(crate)
        except ValueError as error:
            print(f"{error}; write one beside each fix in {UNREAD}", file=sys.stderr)
            return 2
    if asked.take or asked.table:
        DOCUMENT.write_text(document(DOCUMENT.read_text("utf-8")), "utf-8")
        return 0
    UNREAD.mkdir(parents=True, exist_ok=True)
    told = [_one(crate) for crate in crates]
    return 1 if any(told) else 0


def document(text: str) -> str:
    """``docs/trust.md`` with the rates of what is kept in ``corpus/trust``."""
    head, rest = text.split(MARKS[0])
    tail = rest.split(MARKS[1])[1]
    judged = [fix for path in sorted(KEPT.glob("*.toml")) for fix in read(path)]
    return f"{head}{MARKS[0]}\n\n{rates(judged)}\n{MARKS[1]}{tail}"


def _one(crate: Crate) -> bool:
    """Runs the tool on one crate and tells what is unread. Is something to be done there?"""
    report = WORK / f"{crate.label}.json"
    try:
        result = _diff(crate, report)
    except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
        print(f"{crate.label}: ERROR {error}", flush=True)
        return True
    emitted = [fix for fix in result["fixes"] if fix["outcome"] == "verified"]
    known = {fix.key: fix for fix in read(KEPT / f"{crate.label}.toml")}
    new = [fix for fix in emitted if unread(fix).key not in known]
    wrong = [known[k] for f in emitted if (k := unread(f).key) in known and _is_wrong(known[k])]
    gone = len(known) - len({unread(fix).key for fix in emitted} & known.keys())
    print(
        f"{crate.label}: {len(emitted)} fixes, {len(new)} unread, {len(wrong)} judged wrong, "
        f"{gone} that were read are gone",
        flush=True,
    )
    for fix in wrong:
        print(f"  wrong: {fix.codemod} {fix.at}: {fix.why}", flush=True)
    (UNREAD / f"{crate.label}.diff").write_text("\n".join(map(_shown, new)), "utf-8")
    (UNREAD / f"{crate.label}.toml").write_text(written(map(unread, new)), "utf-8")
    for fix in new:
        print(_shown(fix), flush=True)
    return bool(new or wrong)


def _is_wrong(judged: Judged) -> bool:
    return judged.judgement == "wrong"


def _shown(fix: Mapping[str, Any]) -> str:
    """An unread fix as one reads it: what is said of it, then its patch."""
    judged = unread(fix)
    said = fix["note"] or fix["sites"][0]["message"]
    return f"# {judged.key} {judged.codemod} {judged.level} {judged.at}\n# {said}\n{fix['diff']}"


def _diff(crate: Crate, report: Path) -> dict[str, Any]:
    source = fetch(crate, WORK / "src")
    report.unlink(missing_ok=True)
    tool = str(Path(sys.executable).with_name("spikeproof"))
    command = [tool, "diff", str(source), "--review", "--no-bench", "--offline", *crate.flags]
    if not crate.tests:
        command.append("--no-tests")
    run = subprocess.run(
        [*command, "--format", "json", "-o", str(report)],
        env={**os.environ, "CARGO_TARGET_DIR": str(WORK / "target")},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=3600,
        check=False,
    )
    if run.returncode not in (0, 1, 3):
        raise RuntimeError(f"exit {run.returncode}: {run.stderr.strip()[-400:]}")
    result: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return result


def _take(crate: Crate) -> None:
    """Adds what was judged to the corpus. Raises ValueError where a judgement is missing."""
    made = UNREAD / f"{crate.label}.toml"
    judged = read(made)
    if judged:
        kept = KEPT / f"{crate.label}.toml"
        KEPT.mkdir(exist_ok=True)
        kept.write_text(written(_merged(read(kept), judged)), "utf-8")
        made.unlink()


def _merged(old: Iterable[Judged], new: Iterable[Judged]) -> Iterable[Judged]:
    return {fix.key: fix for fix in (*old, *new)}.values()


if __name__ == "__main__":
    sys.exit(main())
