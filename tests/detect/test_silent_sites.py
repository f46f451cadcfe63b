"""Sites that were shown, and what is said of those that are none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from engine.app.session import open_session
from engine.base.model import Level, Proposal, Site, Span
from engine.base.ui import Ui
from engine.cargo.workspace import Selection, discover
from engine.detect import codemod as codemods
from engine.detect.codemod import registry
from engine.detect.facts import Facts, sources_of
from engine.detect.scan import scan_workspace
from engine.detect.silent_sites import NO_SITE, dismissals, dismissed_sites
from engine.rust.questions import NOTHING
from tests.smallcrate import manifest
from tests.trees import build

SITE = Site("one", "src/a.rs", Span(4, 8), id="one-1")


def test_a_site_that_no_plan_speaks_of_is_dismissed_with_a_reason() -> None:
    other = replace(SITE, span=Span(1, 2), id="one-2")
    use = replace(SITE, role="use", id="one-3")
    found = list(dismissals([SITE, other, use], [Proposal((other,), reason="why")]))
    assert [(p.sites, p.reason, p.dismissed) for p in found] == [((SITE,), NO_SITE, True)]


def test_dismissed_sites_are_told_with_their_reason_in_the_order_of_the_text() -> None:
    first = replace(SITE, span=Span(1, 2), id="one-2")
    proposals = [
        Proposal((SITE,), reason="no copy", dismissed=True),
        Proposal((first,), reason="shared", dismissed=True),
        Proposal((replace(SITE, id="one-4"),), reason="told"),
    ]
    found = dismissed_sites(proposals)
    assert [(s.id, s.reason, s.level) for s in found] == [
        ("one-2", "shared", Level.REPORT),
        ("one-1", "no copy", Level.REPORT),
    ]


TEXT = """\
pub struct Hits { hits: std::sync::Mutex<u64>, names: std::sync::Mutex<String> }
impl Hits {
    pub async fn add(&self, name: &str, list: Vec<String>) -> usize {
        *self.hits.lock().unwrap() += 1;
        let mut out = String::new();
        for each in &list {
            out.push_str(&format!("{each}{name}"));
            let copy = each.clone();
            out += &copy;
        }
        let names = self.names.lock().unwrap();
        wait().await;
        out.len() + names.len()
    }
    pub async fn note(&self, id: u8) {
        self.names.lock().unwrap().push_str(&id.to_string());
    }
}
async fn wait() {}
pub struct Words { list: std::sync::Mutex<Vec<u8>> }
impl Words {
    pub fn count(&self) -> usize {
        self.list.lock().unwrap().iter().count()
    }
}
pub struct Made { text: std::sync::Mutex<Option<String>> }
impl Made {
    pub fn text(&self) -> usize {
        self.text.lock().unwrap().get_or_insert_with(String::new).len()
    }
}
pub async fn all(names: Vec<String>) {
    for name in names {
        tokio::spawn(async move { name.len() });
    }
}
pub struct Seen { all: tokio::sync::Mutex<Vec<String>> }
impl Seen {
    pub async fn kept(&self) -> bool {
        std::fs::read("kept").is_ok()
    }
    pub async fn add(&self, name: String) {
        self.all.lock().await.push(name);
    }
}
"""


@pytest.mark.parametrize("name", list(registry()))
def test_whatever_a_codemod_leaves_out_of_its_plan_is_told(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = build(tmp_path / "app", {"Cargo.toml": manifest("app"), "src/lib.rs": TEXT})
    workspace = discover(root, Selection())
    found = scan_workspace(workspace, (name,))
    shown = {site.id for site in found.sites if site.role == "site"}
    assert shown

    class Silent(type(registry()[name].codemod)):  # type: ignore[misc]
        def plan(self, sites: Sequence[Site], facts: Facts) -> Iterable[Proposal]:
            return ()

    loaded = replace(registry()[name], codemod=Silent())
    monkeypatch.setattr(codemods, "registry", lambda: {name: loaded})
    monkeypatch.setattr("engine.app.session.registry", lambda: {name: loaded})
    with open_session(workspace, Ui(quiet=True)) as session:
        planned = session.plan(found.sites, NOTHING, sources_of(workspace))
    assert not planned.proposals
    assert {site.id for site in planned.dismissed} == shown
    assert all(site.reason for site in planned.dismissed)
