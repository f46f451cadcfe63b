"""Whatever is bad and wherever its errors point: what holds is kept, at a bounded cost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from engine.base.model import Outcome
from tests.examples import examples
from tests.fakecargo import Breaks, FakeCargo, World, breaks, kept, plain, run

LAYOUTS = st.lists(
    st.lists(st.integers(-3, 5).filter(bool), min_size=1, max_size=4).map(tuple),
    min_size=1,
    max_size=4,
).map(tuple)


def places(world: World) -> list[tuple[str, str]]:
    ends = [
        world.end(file, function)
        for file, functions in enumerate(world.layout)
        for function, count in enumerate(functions)
        if count > 0
    ]
    return [world.anywhere(n) for n in range(len(world.homes))] + ends


def check_exact(
    world: World, bad: Mapping[int, Sequence[Breaks]], spare: set[int], cost: int
) -> None:
    """All good fixes, each with its best good alternative, and nothing else."""
    count = len(world.homes)
    proposals = [
        world.proposal(n, f"bad_{n}" if n in bad else f"good_{n}", *[f"alt_{n}"][: n in spare])
        for n in range(count)
    ]
    cargo = FakeCargo(world.files, [rule for rules in bad.values() for rule in rules])
    result = run(cargo, proposals)
    wanted = [
        f"good_{n}" if n not in bad else f"alt_{n}" if n in spare else None for n in range(count)
    ]
    labels = [
        v.fix.label if v.fix is not None and v.outcome is Outcome.VERIFIED else None
        for v in result.verdicts
    ]
    assert labels == wanted
    assert result.runs["check"] <= 3 + cost * len(bad)


@examples(120)
@given(st.data())
def test_wherever_its_error_points_a_bad_fix_costs_no_good_one(data: st.DataObject) -> None:
    """One error a bad fix, at itself, at any other place, or without one; any kind hides others."""
    world = World(data.draw(LAYOUTS))
    count = len(world.homes)
    bad: dict[int, list[Breaks]] = {}
    for n in sorted(data.draw(st.sets(st.integers(0, count - 1), max_size=8))):
        at = data.draw(st.none() | st.just(world.anywhere(n)) | st.sampled_from(places(world)))
        bad[n] = [breaks(n, *([at] if at else []), stage=data.draw(st.integers(0, 2)))]
    spare = data.draw(st.sets(st.integers(0, count - 1)))
    check_exact(world, bad, spare, 2 * math.ceil(math.log2(max(count, 2))) + 6)


@examples(120)
@given(st.data())
def test_under_rusts_rules_any_number_of_errors_is_read_right(data: st.DataObject) -> None:
    """Changes in a body bring errors in that body (or ``Send`` errors anywhere), changes of a
    declaration bring them anywhere; as many as they like."""
    world = World(data.draw(LAYOUTS))
    count = len(world.homes)
    everywhere = places(world)
    bad: dict[int, list[Breaks]] = {}
    for n in sorted(data.draw(st.sets(st.integers(0, count - 1), max_size=6))):
        file, function = world.homes[n]
        body = world.layout[file][function] > 0
        mates = [world.anywhere(m) for m in range(count) if world.homes[m] == (file, function)]
        near = [*mates, world.end(file, function)] if body else everywhere
        rules: list[Breaks] = []
        for at in data.draw(st.lists(st.sampled_from(near), min_size=1, max_size=3)):
            rules.append(breaks(n, at, stage=data.draw(st.integers(1, 2))))
        if data.draw(st.booleans()):
            message = "`Rc<u8>` cannot be sent between threads safely"
            spawn = data.draw(st.sampled_from(everywhere))
            rules.append(breaks(n, spawn, code="E0277", message=message))
        bad[n] = rules
    spare = data.draw(st.sets(st.integers(0, count - 1)))
    check_exact(world, bad, spare, 2 * math.ceil(math.log2(max(count, 2))) + 6)


@examples(80)
@given(st.data())
def test_of_two_for_one_place_one_that_holds_is_kept(data: st.DataObject) -> None:
    world = World(data.draw(LAYOUTS))
    count = len(world.homes)
    numbers = st.sets(st.integers(0, count - 1))
    bad, rivals, bad_rivals = data.draw(numbers), data.draw(numbers), data.draw(numbers)
    rules = []
    proposals = []
    for n in range(count):
        proposals.append(world.proposal(n, f"bad_{n}" if n in bad else f"good_{n}"))
        if n in rivals:
            proposals.append(world.proposal(n, f"big_{n}"))
    for word, members in (("bad", bad), ("big", bad_rivals & rivals)):
        for n in sorted(members):
            at = data.draw(st.none() | st.sampled_from(places(world)))
            rules.append(Breaks((rf"{word}_{n}\b",), (at,) if at else ()))
    result = run(FakeCargo(world.files, rules), proposals)
    won: dict[int, list[str]] = {n: [] for n in range(count)}
    for proposal, verdict in zip(proposals, result.verdicts, strict=True):
        word, number = proposal.fixes[0].label.split("_")
        if verdict.outcome is Outcome.VERIFIED:
            won[int(number)].append(word)
        elif verdict.outcome is Outcome.CONFLICT:
            assert proposal in result.deferred
    for n in range(count):
        holds = ["good"] if n not in bad else []
        holds += ["big"] if n in rivals - bad_rivals else []
        assert len(won[n]) == min(len(holds), 1)
        assert set(won[n]) <= set(holds)


@examples(80)
@given(st.data())
def test_pointed_at_bad_fixes_cost_two_runs_each_at_most(data: st.DataObject) -> None:
    world = World(data.draw(LAYOUTS))
    numbers = st.sets(st.integers(0, len(world.homes) - 1), max_size=10)
    bad = {n: [breaks(n, world.anywhere(n))] for n in data.draw(numbers)}
    check_exact(world, bad, set(), 2)


@examples(80)
@given(st.data())
def test_whatever_fails_together_the_result_holds_and_nothing_more_fits(
    data: st.DataObject,
) -> None:
    """Sets of fixes that fail only together, with errors anywhere."""
    declarations = data.draw(st.booleans())
    layout = data.draw(LAYOUTS)
    if declarations:
        layout = tuple(tuple(-abs(n) for n in functions) for functions in layout)
    world = World(layout)
    count = len(world.homes)
    rules = []
    for _ in range(data.draw(st.integers(0, 5))):
        together = data.draw(st.sets(st.integers(0, count - 1), min_size=1, max_size=3))
        at = data.draw(st.none() | st.sampled_from(places(world)))
        needles = tuple(rf"good_{n}\b" for n in sorted(together))
        rules.append(Breaks(needles, (at,) if at else (), stage=data.draw(st.integers(0, 2))))
    cargo = FakeCargo(world.files, rules)
    result = run(cargo, plain(world, set()))
    sets = [{int(n.split("_")[1].removesuffix(r"\b")) for n in rule.needles} for rule in rules]
    good = kept(result)
    assert not any(together <= good for together in sets)
    if declarations:  # a change in a body is taken to reach no other body
        for n in set(range(count)) - good:
            assert any(together <= good | {n} for together in sets), n
