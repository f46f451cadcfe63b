"""Items of ``std`` that a fix names, spelled for crates that may have no ``std``.

A codemod writes markers with paths of ``std``. Where the file is of a crate that is ``no_std``, if only
under some feature, they become those of ``core`` and, where it is linked, of ``alloc``: these hold with
``std`` as well.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from engine.base.model import Fix, Proposal
from engine.detect.facts import Facts
from engine.rewrite.use_declarations import has_markers, respelled
from engine.rust.std_paths import is_no_std, links_alloc, without_std


def for_no_std(proposal: Proposal, facts: Facts) -> Proposal:
    """The proposal with its fixes spelled for the crates of their files."""
    fixes = tuple(fix_for_no_std(fix, facts) for fix in proposal.fixes)
    return replace(proposal, fixes=fixes) if fixes != proposal.fixes else proposal


def fix_for_no_std(fix: Fix, facts: Facts) -> Fix:
    """As :func:`for_no_std`, of one fix."""
    edits = []
    for edit in fix.edits:
        roots = _roots(facts, edit.path) if has_markers(edit.replacement) else []
        if any(map(is_no_std, roots)):
            spell = partial(without_std, alloc=any(map(links_alloc, roots)))
            edit = replace(edit, replacement=respelled(edit.replacement, spell))
        edits.append(edit)
    return replace(fix, edits=tuple(edits))


def _roots(facts: Facts, path: str) -> list[bytes]:
    """The root files of the crates that a file is of."""
    crates = {place.crate for place in facts.items.modules.places(path)}
    return [facts.sources.data(crate) for crate in crates if crate in facts.sources.paths]
