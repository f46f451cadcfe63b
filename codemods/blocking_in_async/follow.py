"""After rustc has spoken: a result of a closure that is changed behind it by a method of some name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from engine.base.model import Edit, Fix
from engine.detect.codemod import Problem
from engine.rust.thread_closures import with_mutable

_MUTABLE = re.compile(r"cannot borrow `(\w+)` as mutable, as it is not declared as mutable")


def with_changed_results(fix: Fix, problems: Iterable[Problem]) -> Fix | None:
    """The fix with ``mut`` where rustc misses it (E0596); None where that is not the problem."""
    names = {
        found[1].encode()
        for problem in problems
        if problem.code == "E0596" and (found := _MUTABLE.match(problem.message))
    }
    edits: list[Edit] = []
    for edit in fix.edits:
        text = edit.replacement
        for name in sorted(names):
            text = with_mutable(text, name) or text
        edits.append(replace(edit, replacement=text))
    return replace(fix, edits=tuple(edits)) if tuple(edits) != fix.edits else None
