"""Which tests run what a fix changes, as it travels with the fix's evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.base.counts import count, listed

_SHOWN = 3  # names of tests in words


@dataclass(frozen=True, slots=True)
class Reach:
    """Of the ``ran`` tests that have a say about a fix and pass before and after it, those that run
    a function which it changes: ``tests`` by name (``package::target::path::to::test``).

    ``some`` are targets (``package::target``), or packages, of which tests do so on a thread or in a
    process that does not tell which test it is. ``unknown`` says why others may reach it, too; ""
    where it is known that none does.
    """

    ran: int
    tests: tuple[str, ...] = ()
    some: tuple[str, ...] = ()
    unknown: str = ""

    @property
    def known(self) -> bool:
        """Is there a test that is known to reach the fix?"""
        return bool(self.tests or self.some)

    def words(self) -> str:
        """The reach in a sentence without a full stop."""
        if not self.ran:
            return "no test ran"
        if self.tests:
            reach = "reaches" if len(self.tests) == 1 else "reach"
            told = f"{len(self.tests)} of {count(self.ran, 'test')} {reach} it"
            also = f", and some of {_list(self.some)}" if self.some else ""
            return f"{told}: {_list([_short(test) for test in self.tests])}{also}"
        if self.some:
            return f"tests of {_list(self.some)} reach it, which of the {count(self.ran, 'test')} is not known"
        if self.unknown:
            passing = "the test passes" if self.ran == 1 else "the tests pass"
            return f"{passing}; which reach it is not known: {self.unknown}"
        return f"none of {count(self.ran, 'test')} reaches it"


def _short(test: str) -> str:
    """The name that libtest shows; of a target that is one test, the target."""
    package, _, rest = test.partition("::")
    target, _, name = rest.partition("::")
    return name or target or package


def _list(names: Sequence[str]) -> str:
    return listed([f"`{name}`" for name in names], _SHOWN)
