"""The scan's short cuts lose nothing: literals, anchors, macro arguments read only where needed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tree_sitter import Node

from engine.base.model import Site, Span
from engine.detect import scan as scan_module
from engine.detect import suppress
from engine.detect.codemod import Codemod, LoadedCodemod, Match, registry
from engine.detect.scan import scan, scan_source, wanted
from engine.rust.queries import captures, compile_query, run_query, walk
from engine.rust.syntax import Source, span_of
from tests.examples import examples, some

HOME = Path(__file__).resolve().parents[2]
FILES = sorted((*HOME.glob("codemods/*/cases/*/*.rs"), *HOME.glob("corpus/*/src/**/*.rs")))


def exhaustive(source: Source, name: str, uses: bool) -> tuple[int, list[tuple[Span, str]]]:
    """How many matches the query has in all trees, and the sites that come of them."""
    loaded = registry()[name]
    query = compile_query(loaded.query + ("\n" + loaded.uses if uses else ""))
    found = [Match(*hit) for root in source.roots() for hit in run_query(query, root)]
    sites = loaded.codemod.locate(source, found) if found else ()
    return len(found), sorted((site.span, site.role) for site in sites)


@pytest.mark.parametrize("uses", [False, True], ids=["sites", "uses"])
@pytest.mark.parametrize("name", sorted(registry()))
def test_short_cuts_find_what_the_whole_search_finds(name: str, uses: bool) -> None:
    codemod = registry()[name].codemod
    hits, files = 0, some(FILES, at_least=60)
    for path in files:
        data = re.sub(rb"// spikeproof: *allow.*", b"", path.read_bytes())
        count, sites = exhaustive(Source("src/lib.rs", data), name, uses)
        short = scan_source(Source("src/lib.rs", data), (name,), uses)
        assert sorted((site.span, site.role) for site in short.sites) == sites, path
        if sites:
            assert wanted(data, codemod, uses), path
            hits += count
    assert hits >= len(files) // 20, "the files hold too few matches to show anything"


class Joined(Codemod):
    """A ``format!`` of what a lock holds, which may stand in another macro's arguments."""

    name = "joined"
    summary = "for this test"
    literals = ((b"lock",), (b"Vec", b"HashMap"))

    def locate(
        self, source: Source, matches: Sequence[Match], cold: bool = False
    ) -> Iterator[Site]:
        for match in matches:
            node = match.one("call")
            yield Site(self.name, source.path, span_of(node), {})


JOINED = '(call_expression function: (field_expression field: (_) @m) (#eq? @m "lock")) @call'


def permuted(loaded: LoadedCodemod) -> LoadedCodemod:
    """The same codemod with every list of its hints turned round."""
    codemod = loaded.codemod
    turned = {
        name: tuple(
            each[::-1] if isinstance(each, tuple) else each for each in getattr(codemod, name)[::-1]
        )
        for name in ("literals", "anchors", "macro_literals", "use_literals", "use_macro_literals")
    }
    other = type("Permuted", (type(codemod),), turned)()
    return replace(loaded, codemod=other)


@pytest.mark.parametrize("uses", [False, True], ids=["sites", "uses"])
@pytest.mark.parametrize("name", [*sorted(registry()), "joined"])
def test_the_order_of_literals_and_anchors_is_of_no_account(
    name: str, uses: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {**registry(), "joined": LoadedCodemod(Joined(), JOINED, "", "", "")}
    turned = {f"turned {name}": permuted(known[name])}
    monkeypatch.setattr(scan_module, "registry", lambda: {**known, **turned})
    found = 0
    macros = b'fn f(v: &Mutex<Vec<u8>>) { let s = format!("{:?}", v.lock()); let m: Vec<u8>; }'
    files = some(FILES, at_least=60)
    for data in (macros, *(path.read_bytes() for path in files)):
        source = Source("src/lib.rs", data)
        here, there = (scan_source(source, (each,), uses) for each in (name, f"turned {name}"))
        assert [(s.span, s.role) for s in here.sites] == [(s.span, s.role) for s in there.sites]
        found += len(here.sites)
        if data is macros and name == "joined":
            assert len(here.sites) == 1
    assert found > (0 if name == "joined" else len(files) // 30)


def _nodes(source: Source) -> Iterator[Node]:
    for root in source.roots():
        yield from walk(root)


def test_lazily_read_macro_arguments_are_those_read_at_once() -> None:
    """Asked about one place, a file answers the same whatever it was asked before."""
    for path in some(FILES[::3], at_least=20):
        data = path.read_bytes()
        warm = Source("a.rs", data)
        spans = sorted({span_of(node) for node in _nodes(warm)})[::7]
        for span in spans:
            cold = Source("a.rs", data)
            here, there = cold.innermost(span), warm.innermost(span)
            assert (here.type, span_of(here)) == (there.type, span_of(there)), path
            assert [(n.type, span_of(n)) for n in cold.ancestors(here)] == [
                (n.type, span_of(n)) for n in warm.ancestors(there)
            ]
        everything = Span(0, len(data))
        assert [span_of(r) for r in Source("a.rs", data).embedded_in(everything)] == [
            span_of(r) for r in warm.embedded_in(everything)
        ]


def test_macro_arguments_inside_a_macro_are_found_from_there() -> None:
    data = b"proptest! { fn f(x in any()) { let e = g(); p!(e.clone()); q!(r!(e)); } }"
    source = Source("a.rs", data)
    start = data.index(b"{ let e")
    roots = source.embedded_in(Span(start, len(data)))
    assert b"(e.clone())" in [source.text(root) for root in roots]
    assert sum(source.text(root) == b"(e)" for root in roots) == 1


@given(st.lists(st.sampled_from(["m!(x);", "{ m!(y); }", "let a = m!(n!(z), q);"]), max_size=30))
@examples(60)
def test_captures_come_in_document_order(parts: list[str]) -> None:
    data = f"fn f() {{ {' '.join(parts)} }}".encode()
    source = Source("a.rs", data)
    query = compile_query("(macro_invocation) @call (identifier) @word")
    for name in ("call", "word"):
        starts = [node.start_byte for node in captures(query, source.root, name)]
        assert starts == sorted(starts)


@pytest.mark.parametrize(
    ("path", "before", "cold"),
    [
        ("src/lib.rs", "#[test]", True),
        ("src/lib.rs", '#[tokio::test(flavor = "multi_thread")]', True),
        ("src/lib.rs", "#[rstest]", True),
        ("src/lib.rs", "#[test_case(1)]", True),
        ("src/lib.rs", "#[bench]", True),
        ("src/lib.rs", "#[cfg(test)]", True),
        ("src/lib.rs", "#[cfg(all(unix, test))]", True),
        ("src/lib.rs", "#[inline]\n/// Docs.\n#[cfg( test )]", True),
        ("src/lib.rs", "", False),
        ("src/lib.rs", "#[cfg(not(test))]", False),
        ("src/lib.rs", '#[cfg(any(test, feature = "x"))]', False),
        ("src/lib.rs", '#[cfg(feature = "test")]', False),
        ("src/lib.rs", '#[doc = "a test"]', False),
        ("src/lib.rs", "#[cfg_attr(test, allow(dead_code))]", False),
        ("tests/a.rs", "", True),
        ("member/benches/deep/a.rs", "", True),
        ("examples/a.rs", "", True),
        ("src/server/server_test.rs", "", True),
        ("src/server/tests.rs", "", True),
        ("src/latest.rs", "", False),
        ("src/attest.rs", "", False),
    ],
)
def test_what_only_tests_run_is_told_from_what_serves(path: str, before: str, cold: bool) -> None:
    text = f"{before}\nasync fn f(names: Vec<String>) {{ for n in &names {{ n.clone().len(); }} }}"
    sites = scan_source(Source(path, text.encode()), ("clone-per-frame",), uses=False).sites
    assert [site.in_tests for site in sites] == [cold]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("n.clone().len();", True),
        ("// n.clone().len();", False),
        ("/// n.clone().len();", False),
        ('let s = "a\n// {}"; n.clone().len();', True),
        ("/*\n// */ n.clone().len();", True),
        ('let s = "http://a"; n.clone().len();', True),
    ],
)
def test_code_in_comments_is_no_reason_to_parse_a_file(lines: str, found: bool) -> None:
    text = f"async fn f(n: &String) {{\n    {lines}\n}}\n".encode()
    assert wanted(text, registry()["clone-per-frame"].codemod) == found
    sites = scan_source(Source("src/a.rs", text), ("clone-per-frame",), uses=False).sites
    assert bool(sites) == found


# -- comments that silence nothing -------------------------------------------------------------------


def test_comments_that_silence_nothing_are_told(tmp_path: Path) -> None:
    text = """\
//! spikeproof: allow(clone-per-frame)
use std::sync::Mutex;
pub struct S {
    // spikeproof: allow(mutex-counter)
    hits: Mutex<u64>,
    names: Mutex<Vec<u8>>, // spikeproof: allow(mutex_counter)
    // spikeproof: allow(mutex-counters, guard-across-await)
    errors: u64,
    // spikeproof: allow(Mutex)
    bytes: u64,
}
pub async fn f(s: &S) {
    let _ = "// spikeproof: allow(mutex-counter)";
    // spikeproof: allow(guard-across-await)
    let g = held(s);
    f(s).await;
}
"""
    (tmp_path / "a.rs").write_text(text)
    (tmp_path / "none.rs").write_text("// spikeproof: allow(guard-across-await)\nfn f() {}\n")
    names = ("mutex-counter", "guard-across-await")
    found = scan(tmp_path, ["a.rs", "none.rs"], names, lambda _: 2021)
    assert found.suppressed == 1
    told = suppress.unused(found.idle, names, registry())
    assert [(u.path, u.line, u.codemod, u.reason) for u in told] == [
        ("a.rs", 6, "mutex-counter", "silences nothing: no mutex-counter site is there"),
        ("a.rs", 7, "guard-across-await", "silences nothing: no guard-across-await site is there"),
        ("a.rs", 7, "mutex-counters", "names no codemod: `mutex-counters`: did you mean `mutex-counter`?"),
        ("a.rs", 9, "", "is not understood: write `spikeproof: allow(NAME)`"),
        ("none.rs", 1, "guard-across-await", "silences nothing: no guard-across-await site is there"),
    ]  # fmt: skip
    # Only the type tells whether `held` takes a guard.
    assert [(a.line, a.codemod) for a in found.maybe] == [(14, "guard-across-await")]


def test_nothing_is_said_of_comments_in_a_file_that_was_not_understood(tmp_path: Path) -> None:
    text = "use std::sync::Mutex;\nstruct S { x: Mutex<u64>, @@@ }\n// spikeproof: allow(mutex-counter)\nfn f() {}\n"
    (tmp_path / "a.rs").write_text(text)
    found = scan(tmp_path, ["a.rs"], ("mutex-counter",), lambda _: 2021)
    assert found.sites
    assert found.idle == ()
