"""Who runs the tests: cargo, or nextest where the workspace is set up for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.base.errors import SpikeproofError
from engine.base.process import ProcessResult
from engine.cargo.nextest import CONFIG

AUTO, CARGO, NEXTEST = RUNNERS = ("auto", "cargo", "nextest")
_VERSION = re.compile(rb"cargo-nextest (\d+\.\d+\.\S+)")
_ASKED = "as asked"
_TOO_OLD = 92  # exit code: the workspace's config wants a newer one
_INSTALL = "`cargo install --locked cargo-nextest`, or see https://nexte.st/docs/installation"


@dataclass(frozen=True, slots=True)
class TestRunner:
    """``nextest`` is its version, "" where cargo runs the tests; ``why``, in words."""

    __test__ = False  # no class of pytest's

    nextest: str
    why: str

    @property
    def name(self) -> str:
        """As ``nextest 0.9.143``."""
        return f"nextest {self.nextest}" if self.nextest else "cargo test"


BY_CARGO = TestRunner("", f"there is no {CONFIG}")


def test_runner(asked: str, tree: Path, ask: Callable[..., ProcessResult]) -> TestRunner:
    """The runner that is ``asked`` for (one of ``RUNNERS``), for the workspace at ``tree``; ``ask``
    runs cargo there. Raises SpikeproofError where nextest is asked for and cannot be had."""
    has_config = (tree / CONFIG).is_file()
    if asked == CARGO:
        return TestRunner("", _ASKED)
    if asked == AUTO and not has_config:
        return BY_CARGO
    found = _VERSION.match(ask("nextest", "--version").stdout)
    version = found[1].decode("ascii", "replace") if found else ""
    trouble = "" if version else "`cargo nextest` is not installed"
    if version and ask("nextest", "show-config", "version").code == _TOO_OLD:
        trouble = f"{CONFIG} wants a newer nextest than {version}"
    if not trouble:
        return TestRunner(version, _ASKED if asked == NEXTEST else f"there is a {CONFIG}")
    if asked == NEXTEST:
        raise SpikeproofError(
            f"the tests are to be run by nextest, and {trouble}: install it ({_INSTALL}), or let cargo "
            "run them: `--test-runner cargo`"
        )
    return TestRunner("", trouble if CONFIG in trouble else f"there is a {CONFIG}, but {trouble}")
