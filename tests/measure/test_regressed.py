"""From end to end, with real cargo: fixes that make the benches slower are refused, the others leave
with their evidence; what was measured once is not measured again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import codemods
from engine.app import pipeline
from engine.app.request import ProofSettings, RunRequest
from engine.base.model import Outcome, Verdict
from engine.base.ui import Ui
from engine.cargo.workspace import Selection, discover
from engine.detect.codemod import registry
from engine.measure.settings import MeasureSettings
from engine.report.render import render
from engine.report.result import Result
from tests.benchcrate import crate

pytestmark = [pytest.mark.slow, pytest.mark.measured]

# A codemod is one folder; this one's rewrites are sound, and half of them are a bad idea.
SEED = '''
"""Functions by others that give the same."""
from engine.detect.codemod import Codemod
from engine.base.model import Edit, Fix, Level, Proposal, Site
from engine.rust.syntax import span_of

TO = {
    b"cheap": [b"costly"],
    b"twice": [b"once"],
    b"unused": [b"cheap"],
    b"thrice": [b"costly", b"once"],
    b"mild": [b"costly", b"once"],
}

class Seed(Codemod):
    name = "seed"
    summary = "a seed"
    literals = (tuple(TO),)

    def locate(self, source, matches, cold=False):
        for match in matches:
            node = match.one("name")
            yield Site("seed", source.path, span_of(node), {}, message="a call")

    def plan(self, sites, facts):
        for site in sites:
            fixes = []
            for text in TO[facts.source(site.path).slice(site.span)]:
                edit = Edit(site.path, site.span.start, site.span.end, text)
                fixes.append(Fix(text.decode(), Level.SAFE, (edit,), "Gives the same."))
            yield Proposal((site,), tuple(fixes))

CODEMOD = Seed()
'''
QUERY = """
((call_expression function: (identifier) @name) (#any-of? @name "cheap" "twice" "unused" "thrice" "mild"))
"""
LIB = """
fn chain(steps: u64) -> u64 {
    (0..std::hint::black_box(steps)).fold(7u64, |x, i| (x ^ i).rotate_left(9).wrapping_mul(0x9E37_79B9))
}
pub fn once(steps: u64) -> u64 {
    chain(steps)
}
pub fn costly(steps: u64) -> u64 {
    std::hint::black_box(chain(steps));
    chain(steps)
}
use self::{costly as twice, once as cheap, once as unused};

pub fn slower(steps: u64) -> u64 {
    cheap(steps)
}
pub fn faster(steps: u64) -> u64 {
    twice(steps)
}
pub fn alone(steps: u64) -> u64 {
    unused(steps)
}

#[test]
fn all_are_the_same() {
    assert_eq!(slower(9), faster(9));
}
"""
BENCHES = """
use criterion::criterion_main;
criterion_main!("slower" => kit::slower(20_000), "faster" => kit::faster(20_000));
"""

CHOICE = """
pub use self::once as mild;
pub fn thrice(steps: u64) -> u64 {
    std::hint::black_box(chain(steps));
    costly(steps)
}
pub fn chosen(steps: u64) -> u64 {
    thrice(steps)
}
pub fn mended(steps: u64) -> u64 {
    mild(steps)
}
"""
CHOICES = """
use criterion::criterion_main;
criterion_main!("chosen" => kit::chosen(20_000), "mended" => kit::mended(20_000));
"""


@pytest.fixture
def seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "more" / "seed"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(SEED)
    (folder / "query.scm").write_text(QUERY)
    monkeypatch.setattr(codemods, "__path__", [*codemods.__path__, str(folder.parent)])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    registry.cache_clear()
    yield
    registry.cache_clear()


class Story(Ui):
    def __init__(self) -> None:
        super().__init__(quiet=True)
        self.told: list[str] = []

    def say(self, verb: str, text: str, color: str = "green") -> None:
        self.told.append(f"{verb} {text}")


def run(root: Path, target: Path, measuring: MeasureSettings) -> tuple[Result, list[str]]:
    story = Story()
    workspace = discover(root, Selection(offline=True))
    result = pipeline.run(
        RunRequest(workspace, ("seed",), ProofSettings(measuring=measuring), target=target), story
    )
    return result, story.told


@pytest.mark.usefixtures("seed")
def test_a_slower_fix_is_refused_and_the_others_leave(tmp_path: Path) -> None:
    root = crate(tmp_path / "kit", {"usual": BENCHES}, {"src/lib.rs": LIB})
    target = tmp_path / "target"
    result, told = run(root, target, MeasureSettings(seconds=30))
    by_item = {verdict.proposal.sites[0].item: verdict for verdict in result.verdicts}

    slower = by_item["fn slower"]
    assert slower.outcome is Outcome.REGRESSED
    assert "kit::bench/usual::slower time" in slower.reason
    assert slower.reason.endswith(": slower")
    faster = by_item["fn faster"]
    assert faster.outcome is Outcome.VERIFIED
    assert row_of(faster, "time") == ("kit::bench/usual::faster", "faster")
    alone = by_item["fn alone"]
    assert alone.outcome is Outcome.VERIFIED
    assert alone.evidence.bench.startswith("not-reached")

    changed = [line for line in result.patch.decode().splitlines() if line[:1] in "+-"]
    assert [line[1:].strip() for line in changed if line[:3] not in ("+++", "---")] == [
        # The names that were called go with their last mention.
        *(
            "use self::{costly as twice, once as cheap, once as unused};",
            "use self::once as cheap;",
        ),
        *("twice(steps)", "once(steps)"),
        *("unused(steps)", "cheap(steps)"),
    ]
    head = render(result, "patch").decode().partition("diff --git")[0]
    assert "reached by 1 bench: [1]" in head
    assert "[1] kit::bench/usual::faster time" in head
    assert "noise ±" in head
    data = json.loads(render(result, "json"))
    assert {fix["outcome"] for fix in data["fixes"]} == {"verified", "regressed"}
    assert data["measurement"]["machine"]["cores"] >= 1

    again, retold = run(root, target, MeasureSettings(seconds=30))
    assert again.patch == result.patch
    assert [v.outcome for v in again.verdicts] == [v.outcome for v in result.verdicts]
    assert any("cache" in line for line in retold)
    assert not any(line.startswith("Building") for line in retold)
    assert any(line.startswith("Building") for line in told)


@pytest.mark.usefixtures("seed")
def test_a_gain_can_be_asked_for(tmp_path: Path) -> None:
    root = crate(tmp_path / "kit", {"usual": BENCHES}, {"src/lib.rs": LIB})
    result, _ = run(root, tmp_path / "target", MeasureSettings(seconds=30, require="bench"))
    outcomes = {v.proposal.sites[0].item: v.outcome for v in result.verdicts}
    assert outcomes == {
        "fn slower": Outcome.REGRESSED,
        "fn faster": Outcome.VERIFIED,
        "fn alone": Outcome.NO_GAIN,
    }


@pytest.mark.usefixtures("seed")
def test_the_measured_best_of_the_alternatives_leaves(tmp_path: Path) -> None:
    lib = LIB.partition("use self")[0] + CHOICE
    root = crate(tmp_path / "kit", {"usual": CHOICES}, {"src/lib.rs": lib})
    result, _ = run(root, tmp_path / "target", MeasureSettings(seconds=30))
    verdicts = {v.proposal.sites[0].item: v for v in result.verdicts}
    assert {v.outcome for v in verdicts.values()} == {Outcome.VERIFIED}
    labels = {item: v.fix.label for item, v in verdicts.items() if v.fix is not None}
    assert labels == {"fn chosen": "once", "fn mended": "once"}
    assert "`once` was measured better than `costly`" in verdicts["fn chosen"].reason
    assert verdicts["fn mended"].reason.startswith("in place of `costly`: regressed, kit::bench/")
    assert sum(result.runs.values()) == result.cargo_runs

    # What was measured in its place compiled: a second run need not ask that again.
    again, retold = run(root, tmp_path / "target", MeasureSettings(seconds=30))
    assert again.patch == result.patch
    assert not any(line.startswith("Building") for line in retold)
    assert again.runs["check"] < result.runs["check"]


def row_of(verdict: Verdict, metric: str) -> tuple[str, str]:
    own = verdict.evidence.measured
    assert own is not None
    (found,) = [row for row in own.rows if row.metric == metric]
    return found.name, found.verdict
