"""The verified fixes one after another: a patch each, which together make the emitted text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.base.model import Fix, Outcome, Verdict
from engine.rewrite import edits
from engine.rewrite.patch import make_patch
from engine.rewrite.rustfmt import FormatFiles


@dataclass(frozen=True, slots=True)
class Step:
    """One fix's change on top of those before it. Several fixes have one step where they were
    planned on each other's result: none of them can stand without the others."""

    verdicts: tuple[Verdict, ...]
    patch: bytes


def series(
    verdicts: Sequence[Verdict],
    later: frozenset[str],
    files: Mapping[str, bytes],
    read: Callable[[str], bytes],
    format_files: FormatFiles,
) -> tuple[Step, ...]:
    """Steps from the texts of ``read`` to ``files``. ``later`` are the fixes (by proposal) whose
    offsets are not in those texts: they come last, together."""
    verified = [v for v in verdicts if v.outcome is Outcome.VERIFIED and v.fix is not None]
    ordered = sorted(
        (v for v in verified if v.proposal.id not in later),
        key=lambda v: (v.proposal.sites[0].path, v.proposal.sites[0].span),
    )
    texts: list[dict[str, bytes]] = [{path: read(path) for path in files}]
    chosen: list[Fix] = []
    for verdict in ordered:
        assert verdict.fix is not None
        chosen.append(verdict.fix)
        paths = {path for fix in chosen for path in fix.paths}
        applied = edits.apply({path: read(path) for path in paths}, chosen).files
        mine = format_files({path: applied[path] for path in verdict.fix.paths if path in applied})
        texts.append({**texts[-1], **mine})
    groups: list[tuple[Verdict, ...]] = [(verdict,) for verdict in ordered]
    last = tuple(v for v in verified if v.proposal.id in later)
    if last:
        groups.append(last)
        texts.append(dict(files))
    elif groups:
        texts[-1] = dict(files)  # with what only the whole has: a line that all of them left over
    return tuple(
        Step(group, patch)
        for group, before, after in zip(groups, texts[:-1], texts[1:], strict=True)
        if (
            patch := make_patch(
                (path, before[path], after.get(path, before[path])) for path in before
            )
        )
    )
