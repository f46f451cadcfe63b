"""Ids: they stay when anything else changes, and go when the site does; and so does a baseline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.base.model import Site
from engine.detect.baseline import Baseline, BaselineEntry
from engine.detect.codemod import registry
from engine.detect.scan import scan_source
from engine.rust.syntax import Source
from tests.examples import examples

NAMES = tuple(registry())
HEAD = "use std::sync::Mutex;\nuse bytes::Bytes;\n"
ITEMS = (
    "pub struct Hits {\n    hits: Mutex<u64>,\n    errors: Mutex<u64>,\n}\n",
    "pub static TOTAL: Mutex<usize> = Mutex::new(0);\n",
    "pub async fn held(m: &Mutex<Vec<u8>>) {\n    {\n        let g = m.lock().unwrap();\n"
    "        work().await;\n        drop(g);\n    }\n    {\n        let g = m.lock().unwrap();\n"
    "        work().await;\n        drop(g);\n    }\n}\n",
    "impl Hits {\n    pub async fn flush(&self) {\n        let mut list = self\n            .list\n"
    "            .lock()\n            .await;\n        list.write().await;\n    }\n}\n",
    "pub async fn frames(mut s: S, out: &Out) {\n    while let Some(frame) = s.next().await {\n"
    "        out.send(frame.clone()).await;\n        out.note(frame.len());\n    }\n}\n",
    "pub fn page(rows: &[u8], out: &mut String) {\n    for row in rows {\n"
    '        out.push_str(&format!("{row}"));\n        *out += &format!("{row}");\n    }\n}\n',
    "pub struct Seen {\n    rows: tokio::sync::Mutex<Vec<u8>>,\n}\nimpl Seen {\n"
    "    pub async fn see(&self) {\n        self.rows.lock().await.push(1);\n    }\n}\n",
    "pub fn note(log: &Mutex<Vec<String>>, rows: &[u8]) {\n    for row in rows {\n"
    "        log.lock().unwrap().push(row.to_string());\n    }\n}\n",
    "pub async fn kept(path: &str) -> bool {\n    std::fs::read(path).is_ok()\n}\n",
    "pub struct Words {\n    list: Mutex<Vec<u8>>,\n}\nimpl Words {\n    pub fn sum(&self) -> usize {\n"
    "        self.list.lock().unwrap().iter().count()\n    }\n}\n",
    "pub struct Made {\n    text: Mutex<Option<String>>,\n}\nimpl Made {\n"
    "    pub fn text(&self) -> usize {\n"
    "        self.text.lock().unwrap().get_or_insert_with(String::new).len()\n    }\n}\n",
    "pub async fn many(paths: Vec<String>) {\n    for path in paths {\n"
    "        tokio::spawn(work(path));\n    }\n}\n",
    "mod inner {\n    use super::*;\n    pub struct Deep(Mutex<i32>, Mutex<i32>);\n}\n",
)
OTHERS = ("pub fn other() {}\n", "const X: u8 = 1;\n", "// spikeproof finds nothing here\n", "\n\n")
NOTHING = ("", "// a note", "/* a block */", "\t// deep", "   ")


def sites(text: str) -> list[Site]:
    found = scan_source(Source("src/lib.rs", text.encode()), NAMES).sites
    return [site for site in found if site.role == "site"]


def ids(text: str) -> list[str]:
    return [site.id for site in sites(text)]


@st.composite
def around(draw: st.DrawFn, items: Sequence[str]) -> str:
    """``items`` in their order with other things between them, and comments, blank lines and other
    indentation within them."""
    lines: list[str] = []
    for text in (HEAD, *items):
        for other in draw(st.lists(st.sampled_from(OTHERS), max_size=2)):
            lines += other.splitlines()
        for line in text.splitlines():
            lines += draw(st.lists(st.sampled_from(NOTHING), max_size=1))
            lines.append(draw(st.sampled_from(("", "  ", "\t"))) + line)
    return draw(st.sampled_from(("\n", "\r\n"))).join([*lines, ""])


CHOSEN = st.lists(st.sampled_from(ITEMS), min_size=1, max_size=4, unique=True)


def test_the_worlds_items_have_sites_of_all_codemods() -> None:
    found = sites(HEAD + "".join(ITEMS))
    assert {site.codemod for site in found} == set(NAMES)
    assert all(sites(HEAD + item) for item in ITEMS)
    assert len({site.id for site in found}) == len(found) >= 9


@examples(150)
@given(st.data(), CHOSEN)
def test_what_is_written_around_a_site_leaves_its_id(data: st.DataObject, items: list[str]) -> None:
    before = HEAD + "".join(items)
    after = data.draw(around(items))
    assert ids(after) == ids(before)
    held = Baseline(Path("b.json"), tuple(map(BaselineEntry.of, sites(before))))
    assert all(site in held for site in sites(after))
    assert held.stale(set(ids(after)), NAMES, lambda path: True) == ()


@examples(60)
@given(st.permutations(ITEMS))
def test_moved_items_keep_the_ids_of_their_sites(items: Sequence[str]) -> None:
    assert sorted(ids(HEAD + "".join(items))) == sorted(ids(HEAD + "".join(ITEMS)))


@examples(60)
@given(st.data(), CHOSEN)
def test_items_that_go_take_their_own_ids_with_them(data: st.DataObject, items: list[str]) -> None:
    gone = data.draw(st.sampled_from(items))
    rest = [item for item in items if item != gone]
    before = ids(HEAD + "".join(items))
    lost = set(before) - set(ids(HEAD + "".join(rest)))
    assert lost == set(ids(HEAD + gone)) if len(items) == 1 else len(lost) == len(ids(HEAD + gone))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hits: Mutex<u64>", "count: Mutex<u64>"),  # another name
        ("hits: Mutex<u64>", "hits: Mutex<u32>"),  # another type
        ("static TOTAL: Mutex<usize>", "static SUM: Mutex<usize>"),
    ],
)
def test_a_site_whose_own_text_changes_has_another_id(old: str, new: str) -> None:
    text = HEAD + "".join(ITEMS)
    assert text.count(old) == 1
    before, after = ids(text), ids(text.replace(old, new))
    assert len(before) == len(after)
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1
    assert len(set(before) & set(after)) == len(before) - 1


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_of_three_equal_sites_one_that_goes_takes_exactly_one_id(gone: int) -> None:
    block = "    {\n        let g = m.lock().unwrap();\n        work().await;\n        drop(g);\n    }\n"
    head, end = HEAD + "pub async fn f(m: &Mutex<Vec<u8>>) {\n", "}\n"
    blocks = [f"    // {n}\n{block}" for n in range(3)]
    before = ids(head + "".join(blocks) + end)
    after = ids(head + "".join(blocks[:gone] + blocks[gone + 1 :]) + end)
    assert len(set(before)) == 3
    assert len(after) == 2
    assert set(after) < set(before)


def test_a_comment_within_a_site_is_not_its_text() -> None:
    plain = HEAD + "".join(ITEMS)
    noted = plain.replace("hits: Mutex", "hits: /* all */ Mutex").replace(
        "            .lock()", "            // waits\n            .lock()"
    )
    assert noted.count("all") == noted.count("waits") == 1
    spans = [site.span for site in sites(noted)]
    assert any(b"all" in noted.encode()[span.start : span.end] for span in spans)
    assert any(b"waits" in noted.encode()[span.start : span.end] for span in spans)
    assert ids(plain) == ids(noted)
