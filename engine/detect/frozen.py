"""Files that may not be changed: a fix that would have to change one is refused, with the reason."""

from __future__ import annotations

from dataclasses import replace

from engine.base.model import Fix, Proposal
from engine.detect.codemod import Refusal
from engine.detect.facts import Sources


def without_frozen(proposal: Proposal, sources: Sources) -> Proposal:
    """The proposal with those alternatives alone that change no frozen file; when none is left, the
    reason is that of the best one."""
    words = [frozen_words(fix, sources) for fix in proposal.fixes]
    if not any(words):
        return proposal
    fixes = tuple(fix for fix, why in zip(proposal.fixes, words, strict=True) if not why)
    return replace(proposal, fixes=fixes, reason="" if fixes else words[0])


def unless_frozen(fix: Fix | Refusal | None, sources: Sources) -> Fix | Refusal | None:
    """As :func:`without_frozen`, for a fix that was made larger."""
    words = frozen_words(fix, sources) if isinstance(fix, Fix) else ""
    return Refusal(words) if words else fix


def frozen_words(fix: Fix, sources: Sources) -> str:
    """The first place where ``fix`` changes what may not be changed, for the user; "" for none."""
    for edit in fix.edits:
        if why := sources.frozen(edit.path):
            line, _ = sources.get(edit.path).position(edit.start)
            return f"{edit.path}:{line} would have to change with it, and is left alone: {why}"
    return ""
