"""Every case of every codemod, through the complete pipeline with real cargo."""

from __future__ import annotations

from collections import Counter

import pytest

from engine.base.model import Outcome
from engine.detect.codemod import registry
from tests.casebook import Case, cases, outcome

_ALL = tuple(cases())
# The cases of one codemod are one run of the pipeline: they stay in one process.
_PARAMS = [pytest.param(c, id=c.id, marks=pytest.mark.xdist_group(c.codemod)) for c in _ALL]
# The depth that a codemod must show before it may be called one.
_LEAST = {"fixed": 15, "kept": 12, "reported": 6}


def explain(case: Case) -> str:
    found = outcome(case.codemod).of(case)
    return "\n".join(
        f"  {v.outcome} {v.fix.label if v.fix else '-'}: {v.reason}\n"
        + "\n".join(d.rendered for d in v.evidence.diagnostics[:2])
        for v in found
    )


@pytest.mark.slow
@pytest.mark.parametrize("case", _PARAMS)
def test_case(case: Case) -> None:
    done = outcome(case.codemod)
    if done.error:
        pytest.fail(done.error, pytrace=False)
    verdicts = done.of(case)
    changed = done.files.get(case.path)
    if case.kind == "fixed":
        assert changed is not None, f"not changed\n{explain(case)}"
        assert changed.decode() == case.after.read_bytes().decode(), explain(case)
        if level := case.directives.get("level"):
            taken = {str(v.fix.level) for v in verdicts if v.fix and v.outcome is Outcome.VERIFIED}
            assert taken == {level}
    else:
        assert changed is None, f"changed:\n{changed!r}"
    if case.kind == "kept":
        assert not verdicts, f"mentioned:\n{explain(case)}"
    if case.kind == "reported":
        wanted = case.directives["reason"]
        assert any(wanted in v.reason for v in verdicts), f"wanted {wanted!r}\n{explain(case)}"


@pytest.mark.parametrize("name", list(registry()))
def test_a_codemod_shows_its_depth_in_cases(name: str) -> None:
    counts = Counter(case.kind for case in _ALL if case.codemod == name)
    assert all(counts[kind] >= least for kind, least in _LEAST.items()), counts


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
