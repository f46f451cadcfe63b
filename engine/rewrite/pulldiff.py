"""The lines of a pull request's diff: only there does GitHub take a comment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.base.errors import SpikeproofError
from engine.rewrite.patch import CONTEXT, hunks

Stretch = tuple[int, int]  # first and last line of the new side, from 1


@dataclass(frozen=True)
class PullDiff:
    """For each path the stretches of its new side that the diff shows, context included: one for
    each hunk. A comment's lines lie in one of them."""

    files: Mapping[str, tuple[Stretch, ...]] = field(default_factory=dict)

    def holds(self, path: str, first: int, last: int) -> bool:
        """Do the lines ``first`` to ``last`` of ``path`` lie within one hunk?"""
        return any(low <= first <= last <= high for low, high in self.files.get(path, ()))


def around(changed: Iterable[Stretch], length: int) -> tuple[Stretch, ...]:
    """The hunks of a file of ``length`` lines in which the lines ``changed`` are new or altered.

    Lines that were only taken away make no hunk here: fewer places than GitHub has, never more.
    """
    found: list[Stretch] = []
    for first, last in sorted(changed):
        low, high = max(1, first - CONTEXT), min(length, last + CONTEXT)
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def of_patch(patch: str) -> tuple[Stretch, ...]:
    """The hunks of one file as GitHub's API gives them (``@@`` lines and what follows, no file
    names). () for what is not a whole diff."""
    text = patch if patch.endswith("\n") else patch + "\n"
    head = b"--- a/x\n+++ b/x\n"
    try:
        found = hunks(head + text.encode("utf-8", "surrogatepass"))
    except SpikeproofError:
        return ()
    return tuple(
        (hunk.new_start, hunk.new_start + hunk.new_lines - 1) for hunk in found if hunk.new_lines
    )
