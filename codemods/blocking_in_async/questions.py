"""What is to be asked of the compiler: first which calls block, then what stands around those that do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from codemods.blocking_in_async.helpers import by_name, through_helpers
from codemods.blocking_in_async.operations import Group, Operation, asked_of, groups, operation
from codemods.blocking_in_async.regions import regions, starts
from engine.base.model import Site
from engine.rust.held_guards import asked_about
from engine.rust.polled import Runs
from engine.rust.questions import AWAIT_BEFORE, AWAIT_IN_PLACE, Answers, Question
from engine.rust.shared_effects import asked_of_effects
from engine.rust.thread_closures import Region, asked

if TYPE_CHECKING:
    from engine.detect.facts import Sources


def questions(
    sites: Sequence[Site], sources: Sources, answers: Answers | None
) -> Iterator[Question]:
    """Twice: see ``Codemod.questions``."""
    if answers is None:
        for site in sites:
            span = asked_of(sources.get(site.path), site)
            if span is not None:
                yield Question(site.path, span)
        return
    made = (
        operation(sources.get(site.path), site, answers.type_of, lambda _: False) for site in sites
    )
    found = [op for op in made if op is not None]
    helped = through_helpers(found, by_name(sources), lambda _, __: False)
    here = (op for op in found if op.running.runs is not Runs.CALLED)
    for group in grouped([*here, *helped]):
        yield from _of_group(group)


def grouped(found: Sequence[Operation]) -> Iterator[Group]:
    """The groups; none of a body that is nested absurdly."""
    try:
        yield from groups(found)
    except RecursionError:
        return


def _of_group(group: Group) -> Iterator[Question]:
    source, path = group.source, group.first.site.path
    for span in asked_of_effects(source, group.body):
        yield Question(path, span)
    for op in group.operations:
        yield Question(path, op.span, AWAIT_IN_PLACE)
        for span in asked_about(source, op.node):
            yield Question(path, span)
    for region in regions(group):
        if isinstance(region, Region):
            yield from (Question(path, span) for span in asked(region))
    # Types may leave out some of the operations, and another one is the first then.
    for span in sorted({span for op in group.operations for span in starts(group, op)}):
        yield Question(path, span, AWAIT_BEFORE)
