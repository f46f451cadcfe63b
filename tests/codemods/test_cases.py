"""Every case of every codemod, through the complete pipeline with real cargo."""

from __future__ import annotations

from collections import Counter

import pytest

from engine.base.model import Outcome as Became
from engine.detect.codemod import registry
from tests.casebook import Case, Outcome, cases, outcome

_ALL = tuple(cases())
# The cases of one codemod are one run of the pipeline, and all codemods share a build folder.
_PARAMS = [pytest.param(c, id=c.id, marks=pytest.mark.xdist_group("cases")) for c in _ALL]
# The depth that a codemod must show before it may be called one.
_LEAST = {"fixed": 15, "kept": 12, "reported": 6}
_LEAST_OF_REPORTS = {"fixed": 0, "kept": 12, "reported": 12}


@pytest.fixture
def done(case: Case, request: pytest.FixtureRequest) -> Outcome:
    """What the pipeline made of those cases of the codemod that this run of the tests chose."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    asked = [item.callspec.params["case"] for item in items if item.function is test_case]
    chosen = (each for each in asked if isinstance(each, Case))
    return outcome(tuple(each for each in chosen if each.codemod == case.codemod))


def explain(case: Case, done: Outcome) -> str:
    return "\n".join(
        f"  {v.outcome} {v.fix.label if v.fix else '-'}: {v.reason}\n"
        + "\n".join(d.rendered for d in v.evidence.diagnostics[:2])
        for v in done.of(case)
    )


@pytest.mark.slow
@pytest.mark.parametrize("case", _PARAMS)
def test_case(case: Case, done: Outcome) -> None:
    if done.error:
        pytest.fail(done.error, pytrace=False)
    verdicts = done.of(case)
    changed = done.files.get(case.path)
    assert not done.untold(case), "scan shows it, and diff says nothing of it"
    unnamed = [site.span for v in verdicts for site in v.proposal.sites if not site.id]
    assert not unnamed, "a site without an identity: no baseline and no answer would know it again"
    if case.kind == "fixed":
        assert changed is not None, f"not changed\n{explain(case, done)}"
        assert changed.decode() == case.after.read_bytes().decode(), explain(case, done)
        if level := case.directives.get("level"):
            taken = {str(v.fix.level) for v in verdicts if v.fix and v.outcome is Became.VERIFIED}
            assert taken == {level}
    else:
        assert changed is None, f"changed:\n{changed!r}"
    if case.kind == "kept":
        assert not verdicts, f"mentioned:\n{explain(case, done)}"
    if case.kind == "reported":
        wanted = case.directives["reason"]
        assert any(wanted in v.reason for v in verdicts), (
            f"wanted {wanted!r}\n{explain(case, done)}"
        )


@pytest.mark.parametrize("name", list(registry()))
def test_a_codemod_shows_its_depth_in_cases(name: str) -> None:
    counts = Counter(case.kind for case in _ALL if case.codemod == name)
    only_reports = registry()[name].codemod.only_reports
    wanted = _LEAST_OF_REPORTS if only_reports else _LEAST
    assert all(counts[kind] >= least for kind, least in wanted.items()), counts
    assert not (only_reports and counts["fixed"])


@pytest.mark.parametrize("name", list(registry()))
def test_docs_stand_under_the_fixed_headings(name: str) -> None:
    docs = registry()[name].docs
    headings = (
        "What it finds",
        "Why it breaks under load",
        "Example",
        "Instead",
        "Fix safety",
        "When to leave it",
    )
    places = [docs.find(f"\n{heading}\n") for heading in headings]
    assert -1 not in places, dict(zip(headings, places, strict=True))
    assert places == sorted(places)
