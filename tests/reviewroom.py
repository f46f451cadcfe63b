"""``python -m tests.reviewroom ROOT [--resume] [--review] [--no-color] [--remember] [--displaced] [--slow | --pausing]``:
the review of a small case at the terminal, with the scripted cargo. Its files are written to ROOT when it is empty."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from typing import Any, cast

from engine.app.request import ProofSettings
from engine.app.review import tree
from engine.app.review.applying import ApplyRun, ApplySettings
from engine.app.review.memory import Memory
from engine.base.errors import SpikeproofError, Terminated
from engine.base.model import Edit, Level
from engine.base.ui import Ui
from engine.cargo.cargo_results import CheckRun
from engine.detect.facts import Sources
from engine.report.result import Result, VerifyPass
from tests.fakecargo import Breaks, FakeCargo
from tests.reviewkit import Case, at, displaced, fix, verdict

_FILLER = "".join(f"    // line {n}\n" for n in range(20))
FILES = {
    "src/a.rs": (
        f"fn hot() {{\n    site_1();\n}}\nfn decl() {{\n    old_decl();\n{_FILLER}    old_use();\n"
        f"{_FILLER}    site_4();\n}}\n"
    ).encode(),
    "src/b.rs": f"fn free() {{\r\n    old_free();\r\n}}\r\nfn b() {{\n{_FILLER}    site_3();\n}}\n".encode(),
}
HOSTILE = "\x1b]0;owned\x07 \u202e[/bold] ::error::"
_LONG = "".join(f"    written_{n}();\n" for n in range(200))


def case(displacing: bool = False) -> Case:
    """Four fixes: ``hot`` with alternatives (one does not hold, one is of level review), ``pair``
    of three hunks, two of which only work together, ``third`` in another file, ``long``. When
    ``displacing``, ``hot`` took the place of ``guard``."""

    def edit(path: str, old: str, new: str) -> Edit:
        return at(FILES, path, old, new)

    hot = verdict(
        "hot",
        [
            fix("good", edit("src/a.rs", "site_1", "good_1")),
            fix("bad", edit("src/a.rs", "site_1", "bad_1")),
            fix("other", edit("src/a.rs", "site_1", "other_1")),
            fix("daring", edit("src/a.rs", "site_1", "daring_1"), level=Level.REVIEW),
        ],
        heat=("stream", "loop"),
        message=f"site one {HOSTILE}",
    )
    pair = verdict(
        "pair",
        [
            fix(
                "both",
                edit("src/a.rs", "old_decl", "new_decl"),
                edit("src/a.rs", "old_use", "new_use"),
                edit("src/b.rs", "old_free", "new_free"),
            )
        ],
        heat=("async",),
    )
    third = verdict(
        "third", [fix("good", edit("src/b.rs", "site_3", "good_3"))], codemod="clone-per-frame"
    )
    long = verdict("long", [fix("good", edit("src/a.rs", "    site_4();\n", _LONG))])
    held = edit("src/a.rs", "site_1();", "guard_1();")
    guard = displaced("guard", [fix("block", held), fix("drop", held)], message="a guard is held")
    made = Case(dict(FILES), (hot, pair, third, long), (guard,) * displacing)
    made.cargo.rules = [
        Breaks(("bad_",), (("src/a.rs", "bad_"),), message=f"no such thing {HOSTILE}"),
        Breaks(("new_decl", "old_use"), (("src/a.rs", "old_use"),), message="old use"),
        Breaks(("old_decl", "new_use"), (("src/a.rs", "old_decl"),), message="old declaration"),
        Breaks(("other_1", "good_3"), (("src/b.rs", "good_3"),), message="not these together"),
    ]
    return made


class _Slow(FakeCargo):
    """Its checks take as long as a test needs to break them off."""

    seconds = 60.0

    def check(self) -> CheckRun:
        if self.seen["check"]:  # not the baseline's
            print("busy", flush=True)
            time.sleep(self.seconds)
        return super().check()


class _Pausing(_Slow):
    """Its checks take as long as a test needs to type."""

    seconds = 0.5


def applying(root: Path, made: Case, ui: Ui, *options: str) -> ApplyRun:
    """The review of ``made``, whose files are in ``root``."""
    base = root / "target" / "spikeproof"
    base.mkdir(parents=True, exist_ok=True)
    prover = made.prover()
    ids = frozenset(v.proposal.id for v in made.verdicts)
    result = Result(
        root,
        Sources(tuple(made.files), made.files.__getitem__),
        made.verdicts,
        b"a patch",
        prover.texts.of(made.items).files,
        passes=(  # nothing is planned here: no facts
            VerifyPass(ids, {}, cast(Any, None), made.displaced),
        ),
    )
    return ApplyRun(
        prover,
        result,
        Memory(base, root),
        ui,
        tree.stamps(root, made.files),
        ApplySettings(
            proof=ProofSettings(review="--review" in options), resume="--resume" in options
        ),
        root / "baseline.json" if "--remember" in options else None,
    )


def main() -> int:
    root, *options = Path(sys.argv[1]), *sys.argv[2:]
    made = case("--displaced" in options)
    if not (root / "src").exists():
        made.write(root)
    if "--slow" in options:
        made.cargo.__class__ = _Slow
    if "--pausing" in options:
        made.cargo.__class__ = _Pausing
    ui = Ui(color="never" if "--no-color" in options else "auto")
    signal.signal(signal.SIGTERM, _end)
    try:
        print("left:", "done" if applying(root, made, ui, *options).asked() else "not all")
    except (KeyboardInterrupt, SpikeproofError) as error:
        print("left:", repr(error))
    return 0


def _end(_signal: int, _frame: object) -> None:
    raise Terminated


if __name__ == "__main__":
    sys.exit(main())
