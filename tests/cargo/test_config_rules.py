"""What a config leaves to a codemod: levels that sink, places that are its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from engine.app.cli import cli
from engine.base.model import Edit, Fix, Level, Proposal, Site, Span
from engine.cargo.config import LEVELS
from engine.cargo.workspace import Selection, Workspace, discover
from engine.detect.level_cap import capped, lowered
from tests.trees import build, package

COUNTERS = "use std::sync::Mutex;\npub struct S {\n    hits: Mutex<u64>,\n}\n"
FILES = {"src/lib.rs": COUNTERS, "src/cli/main.rs": COUNTERS, "src/cli/keep.rs": COUNTERS}


def workspace(root: Path, config: str) -> Workspace:
    text = package("app", f"[workspace.metadata.spikeproof]\n{config}\n[workspace]\n")
    return discover(build(root, {"Cargo.toml": text, **FILES}), Selection())


def scanned(root: Path, *arguments: str) -> dict[str, Any]:
    run = CliRunner().invoke(cli, ["scan", str(root), "--format", "json", *arguments])
    assert run.exit_code == 0, run.output
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def where(found: dict[str, Any]) -> list[str]:
    return [site["path"] for site in found["sites"]]


def test_a_codemod_works_where_its_paths_say(tmp_path: Path) -> None:
    rule = 'codemods = {{ "mutex-counter" = {{ {} }} }}'
    workspace(tmp_path, rule.format('paths = ["src/cli"], exclude = ["keep.rs"]'))
    found = scanned(tmp_path)
    assert where(found) == ["src/cli/main.rs"]
    assert found["left_alone"]["configured"] == 2
    workspace(tmp_path, rule.format('exclude = ["src/cli/*", "!src/cli/keep.rs"]'))
    assert where(scanned(tmp_path)) == ["src/cli/keep.rs", "src/lib.rs"]


SELECTS = """pub async fn f(mut s: Socket, mut stop: Stop) {
    loop {
        tokio::select! {
            n = s.read_exact(&mut [0; 8]) => go(n),
            x = stop.recv() => go(x),
        }
    }
}
pub async fn g(xs: Vec<u8>) {
    for x in xs {
        tokio::spawn(h(x));
    }
}
"""


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ("", [4, 11]),
        ("select-loss = false", [11]),
        ("spawn-per-item = false", [4]),
        ("join-all = false", [4, 11]),
        ("select-loss = true", [4, 11]),
    ],
)
def test_an_option_with_the_name_of_a_kind_switches_it(
    options: str, lines: list[int], tmp_path: Path
) -> None:
    workspace(tmp_path, f'codemods = {{ "async-hazards" = {{ {options} }} }}')
    (tmp_path / "src/lib.rs").write_text(SELECTS)
    found = scanned(tmp_path, "--codemod", "async-hazards")
    assert sorted(site["start"]["line"] for site in found["sites"]) == lines
    assert found["left_alone"]["configured"] == 2 - len(lines)


def test_paths_of_the_config_limit_all(tmp_path: Path) -> None:
    workspace(tmp_path, 'paths = ["src/cli/"]\nexclude = ["keep.rs"]')
    found = scanned(tmp_path)
    assert where(found) == ["src/cli/main.rs"]
    told = {skip["path"]: skip["reason"] for skip in found["skipped"]}
    assert told["src/lib.rs"] == "not among the config's `paths`"
    assert told["src/cli/keep.rs"] == "excluded by the config"


def test_a_level_of_the_config_is_shown(tmp_path: Path) -> None:
    workspace(tmp_path, 'codemods = { "mutex-counter" = { level = "report" } }')
    sites = scanned(tmp_path)["sites"]
    assert {site["level"] for site in sites} == {"report"}
    assert all('level = "report"' in site["reason"] for site in sites)


@pytest.mark.parametrize(
    "config",
    ['disable = ["mutex-counter"]', 'codemods = { "mutex-counter" = { level = "off" } }'],
)
def test_what_is_off_is_off_and_says_so_when_asked_for(tmp_path: Path, config: str) -> None:
    workspace(tmp_path, config)
    assert where(scanned(tmp_path)) == []
    run = CliRunner().invoke(cli, ["scan", str(tmp_path), "--codemod", "mutex-counter"])
    assert run.exit_code == 2
    assert "turned off in the config" in run.stderr


def test_a_package_overrides_the_workspace_and_its_typos_are_told(tmp_path: Path) -> None:
    table = '[workspace]\nmembers = ["a", "b"]\n[workspace.metadata.spikeproof]\n'
    off = 'codemods = { "mutex-counter" = { level = "off" } }\n'
    on = '[package.metadata.spikeproof.codemods.mutex-counter]\nlevel = "review"\n'
    members = {"a/Cargo.toml": package("a", on), "b/Cargo.toml": package("b")}
    sources = {"a/src/lib.rs": COUNTERS, "b/src/lib.rs": COUNTERS}
    build(tmp_path, {"Cargo.toml": table + off, **members, **sources})
    found = scanned(tmp_path)
    assert where(found) == ["a/src/lib.rs"]
    assert found["left_alone"]["configured"] == 1
    build(tmp_path, {"b/Cargo.toml": package("b", on.replace("mutex-counter", "mutex-conter"))})
    run = CliRunner().invoke(cli, ["scan", str(tmp_path)])
    assert run.exit_code == 2
    assert "b/Cargo.toml" in run.stderr
    assert "did you mean `mutex-counter`?" in run.stderr


SITE = Site("mutex-counter", "src/lib.rs", Span(0, 3), id="mutex-counter-0")


@given(
    st.sampled_from(LEVELS[:3]),
    st.lists(st.sampled_from([Level.SAFE, Level.REVIEW]), max_size=3),
    st.sampled_from(list(Level)),
)
def test_a_level_sinks_and_never_rises(cap: str, levels: list[Level], level: Level) -> None:
    class Told:
        def rule(self, codemod: str, path: str) -> Any:
            assert (codemod, path) == (SITE.codemod, SITE.path)
            return type("Rule", (), {"level": cap})

    told: Any = Told()
    site = Site("mutex-counter", "src/lib.rs", Span(0, 3), level=level, id="mutex-counter-0")
    assert LEVELS.index(lowered(site, told).level) == max(LEVELS.index(level), LEVELS.index(cap))
    fixes = tuple(
        Fix(str(n), one, (Edit("src/lib.rs", n, n, b"x"),), f"note {n}")
        for n, one in enumerate(levels)
    )
    found = capped(Proposal((site,), fixes, "" if fixes else "why"), told)
    if cap == "report" and fixes:
        assert found.fixes == ()
        assert "note 0" in found.reason
    else:
        assert [fix.edits for fix in found.fixes] == [fix.edits for fix in fixes]
        assert [LEVELS.index(fix.level) for fix in found.fixes] == [
            max(LEVELS.index(one), LEVELS.index(cap)) for one in levels
        ]
    assert bool(found.reason) == (not found.fixes)
