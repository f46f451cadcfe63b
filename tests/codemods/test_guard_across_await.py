"""The parts of guard-across-await that the cases do not show one by one: lifetimes of temporaries,
names, indentation, and planning on odd input."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest
from tree_sitter import Node

from codemods.guard_across_await import CODEMOD
from codemods.guard_across_await.value_names import suggest
from engine.base.model import Level, Outcome, Proposal, Span
from engine.detect.codemod import registry
from engine.detect.facts import Facts, Sources
from engine.detect.scan import scan_source, wanted
from engine.rewrite import edits
from engine.rust.locks import outermost
from engine.rust.queries import walk
from engine.rust.syntax import Source, span_of
from engine.rust.type_parser import parse
from engine.rust.types import Type

NAME = "guard-across-await"
STD = "std::sync::MutexGuard<'_, std::vec::Vec<u64>>"
TOKIO = "tokio::sync::MutexGuard<'_, std::vec::Vec<u64>>"


def source_of(body: str, head: str = "async fn f()") -> Source:
    return Source("src/lib.rs", f"{head} {{\n{body}\n}}\n".encode())


def node_of(source: Source, text: str, last: bool = False) -> Node:
    """The outermost node with exactly this text (macro arguments included)."""
    find = source.data.rfind if last else source.data.find
    start = find(text.encode())
    node = source.node_at(Span(start, start + len(text.encode())))
    assert node is not None, text
    return node


def function(source: Source) -> Node:
    return next(n for n in walk(source.root) if n.type == "function_item")


# -- names and text ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("self.m.lock().await.peers.len()", "len"),
        ("self.m.lock().await.get(k).cloned()", "found"),
        ("self.m.lock().await.get_endpoint().to_owned()", "endpoint"),
        ("self.queue.lock().unwrap().pop_front()", "next"),
        ("*self.count.lock().unwrap()", "count"),
        ("self.parent.read().await.upgrade()", "parent"),
        ("STATE.lock().unwrap().clone()", "state"),
        ("self.pair.lock().unwrap().0", "pair"),
        ("self.m.lock().unwrap().r#type", "value"),
        ("a + b", "value"),
    ],
)
def test_names_are_read_off_the_expression(expression: str, name: str) -> None:
    source = source_of(f"let _x = {expression};")
    assert suggest(source, node_of(source, expression)).decode() == name


# -- planning ----------------------------------------------------------------------------------


def plan(source: Source, type_of: Callable[[bytes], str | None]) -> list[Proposal]:
    """Proposals when rustc answers with ``type_of`` the expression's text."""
    sites = scan_source(source, (NAME,)).sites
    sources = Sources((source.path,), lambda _: source.data)
    asked = {question.span for question in CODEMOD.questions(sites, sources, None)}

    def answer(_: str, span: Span) -> Type | None:
        text = type_of(source.slice(span)) if span in asked else None
        return parse(text) if text is not None else None

    facts = Facts(sources, answer, lambda *_: "why", lambda _: None)
    return list(CODEMOD.plan(sites, facts))


def answers(types: Mapping[str, str]) -> Callable[[bytes], str | None]:
    return lambda text: types.get(text.decode())


def applied(source: Source, proposals: Sequence[Proposal]) -> str:
    fixes = [proposal.fixes[0] for proposal in proposals if proposal.fixes]
    return edits.apply({source.path: source.data}, fixes).files[source.path].decode()


def test_a_lock_by_name_alone_is_no_site_when_its_type_is_none() -> None:
    source = source_of("    let g = self.m.lock().await;\n    work(g).await;")
    assert plan(source, lambda _: "app::Handle") == []


def test_what_was_not_compiled_is_said_to_be_so() -> None:
    source = source_of("    let g = m.lock().unwrap();\n    g.push(1);\n    work().await;")
    (proposal,) = plan(source, lambda _: None)
    assert (proposal.outcome, proposal.reason) == (Outcome.NOT_COMPILED, "why")


def test_a_let_becomes_a_site_by_its_type() -> None:
    source = source_of("    let mut g = state();\n    g.push(1);\n    work().await;")
    (site,) = scan_source(source, (NAME,)).sites
    assert site.role == "maybe"
    assert plan(source, lambda _: "u64") == []
    (proposal,) = plan(source, lambda _: TOKIO)
    assert (proposal.sites[0].role, proposal.sites[0].level) == ("site", Level.REVIEW)
    assert applied(source, [proposal]) == (
        "async fn f() {\n    state().push(1);\n    work().await;\n}\n"
    )


def test_every_fix_is_for_review_and_says_what_to_look_at() -> None:
    source = source_of("    let mut g = m.lock().await;\n    g.push(1);\n    work().await;")
    (proposal,) = plan(source, lambda _: TOKIO)
    assert {fix.level for fix in proposal.fixes} == {Level.REVIEW}
    note = proposal.fixes[0].note
    assert "`g` was held while `work()` is awaited (line 4)" in note
    assert "other tasks can get in between" in note
    assert "is seen by others before `work()` has finished" in note


@pytest.mark.parametrize(
    ("awaited", "said"),
    [
        ("work(1)", "work(..)"),
        ("work(/* nothing */)", "work()"),
        ("work::<u8>(1)", "work::<u8>(..)"),
        ("peer.work::<u8>(1)", "peer.work(..)"),
        ("io::work()", "io::work()"),
    ],
)
def test_what_is_awaited_is_named_without_its_arguments(awaited: str, said: str) -> None:
    source = source_of(f"    let g = m.lock().await;\n    {awaited}.await;\n    g.len();")
    (site,) = scan_source(source, (NAME,)).sites
    assert site.message.endswith(f"is held while `{said}` is awaited on line 3")


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("g.push(job.id());", "never"),
        ('println!("{}", job); g.push(job.id());', "never"),
        ("if job == other { g.clear(); }", "never"),
        ("match job { Job::A => g.clear(), _ => {} }", "never"),
        ("*g = job;", "always"),
        ("g.extend(job);", "always"),
        ("for id in job { g.push(id); }", "always"),
        ("g.push(job.into_id());", "always"),
        ("g.push(job?);", "always"),
        ("g.push(job + 1);", "always"),
        ("g.extend(vec![job]);", "always"),
        ("g.push(Job { id: 3, ..job });", "always"),
        ("if let Some(id) = job { g.push(id); }", "always"),
        ("match job { Some(id) if ok() => g.push(id), _ => {} }", "always"),
        ("g.retain(move |id| job.has(id));", "always"),
        ("if g.is_empty() { g.extend(job); }", "sometimes"),
        ("g.is_empty() || keep(job);", "sometimes"),
        ("match g.len() { 0 => g.extend(job), _ => {} }", "sometimes"),
        ("while g.pop().is_some() { keep(job); }", "sometimes"),
    ],
)
def test_only_what_is_not_moved_is_dropped_with_the_block(inside: str, said: str) -> None:
    body = f"    let mut g = m.lock().unwrap();\n    let job = take();\n    {inside}\n    work().await;"
    source = source_of(body, "async fn f() -> Option<()>")
    types = answers({"m.lock().unwrap()": STD, "take()": "app::Job"})
    (proposal,) = plan(source, types)
    note = proposal.fixes[0].note
    dropped = "`job` (`Job`) is dropped at the end of the new block, before the await"
    assert (dropped in note) == (said != "always")
    assert (f"{dropped}, unless it was moved by then." in note) == (said == "sometimes")


@pytest.mark.parametrize(
    ("let", "type_", "said"),
    [
        ("let o = take();", "std::option::Option<std::sync::Arc<app::Conn>>", "Option<Arc<Conn>>"),
        ("let o = take();", "std::vec::Vec<std::rc::Rc<app::Conn>>", "Vec<Rc<Conn>>"),
        ("let o = take();", "std::sync::Arc<dyn app::Port>", "Arc<dyn Port>"),
        ("let o = take();", "std::sync::Arc<std::string::String>", ""),
        ("let o = take();", "&std::sync::Arc<app::Conn>", ""),
        (
            "let Some(o) = take() else { return };",
            "std::option::Option<std::sync::Arc<app::Conn>>",
            "Arc<Conn>",
        ),
        ("let Some(o) = take() else { return };", "std::option::Option<u8>", ""),
        (
            "let Ok((_, o)) = take() else { return };",
            "std::result::Result<(u8, app::Conn), ()>",
            "Conn",
        ),
    ],
)
def test_what_is_dropped_inside_a_container_is_told(let: str, type_: str, said: str) -> None:
    body = f"    let g = m.lock().unwrap();\n    {let}\n    let n = g.len();\n    work(n).await;"
    source = source_of(body)
    (proposal,) = plan(
        source, answers({"m.lock().unwrap()": STD, "take()": type_, "g.len()": "usize"})
    )
    note = proposal.fixes[0].note
    told = f"`o` (`{said}`) is dropped at the end of the new block, before the await"
    assert told in note if said else "is dropped" not in note


def test_the_part_of_a_tuple_is_told_by_its_own_type() -> None:
    body = (
        "    let mut g = m.lock().unwrap();\n    let (a, (mut b, c)) = take();\n"
        "    g.push(a.id() + b.id());\n    work(c).await;"
    )
    types = {"m.lock().unwrap()": STD, "take()": "(app::Job, (std::vec::Vec<u8>, app::Rest))"}
    note = plan(source_of(body), answers(types))[0].fixes[0].note
    assert "`a` (`Job`) is dropped at the end" in note
    assert "`b`" not in note and "`c`" not in note


def test_guards_that_end_together_are_one_proposal() -> None:
    body = (
        "    let a = x.lock().unwrap();\n    let b = y.lock().unwrap();\n"
        "    let sum = a.len() + b.len();\n    work(sum).await;"
    )
    source = source_of(body)
    proposals = plan(
        source, answers(dict.fromkeys(("x.lock().unwrap()", "y.lock().unwrap()"), STD))
    )
    assert [len(p.sites) for p in proposals] == [2]
    assert "let sum = {\n        let a = x.lock().unwrap();" in applied(source, proposals)


def test_carried_names_keep_mut_where_it_is_needed() -> None:
    body = (
        "    let g = m.lock().unwrap();\n    let mut a = g.len();\n    let mut b = g.len();\n"
        "    b += 1;\n    let c = g.len();\n    work(c).await;\n    a += b;\n    work(a).await;"
    )
    source = source_of(body)
    text = applied(source, plan(source, answers({"m.lock().unwrap()": STD})))
    assert "let (mut a, b, c) = {" in text
    assert "        let a = g.len();\n        let mut b = g.len();" in text
    assert "        (a, b, c)\n    };\n    work(c).await;" in text


@pytest.mark.parametrize(
    "change",
    [
        "a.extend(g.iter());",
        "a.extend::<Vec<u64>>(g.iter());",
        "(*a).extend(g.iter());",
        "a[0] += g.len();",
        "fill(&mut a, g.len());",
    ],
)
def test_a_name_that_is_changed_in_the_block_keeps_its_mut(change: str) -> None:
    body = (
        f"    let g = m.lock().unwrap();\n    let mut a = make(g.len());\n    {change}\n"
        "    work().await;\n    work(a).await;"
    )
    source = source_of(body)
    text = applied(source, plan(source, answers({"m.lock().unwrap()": STD})))
    assert f"        let mut a = make(g.len());\n        {change}\n        a\n    }};" in text


def test_tabs_and_trailing_comments_stay() -> None:
    body = "\tlet g = m.lock().unwrap();\n\tlet n = g.len(); // all of them\n\tg.log();\n\twork(n).await;"
    source = source_of(body)
    text = applied(source, plan(source, answers({"m.lock().unwrap()": STD})))
    assert text == (
        "async fn f() {\n\tlet n = {\n\t\tlet g = m.lock().unwrap();\n"
        "\t\tlet n = g.len(); // all of them\n\t\tg.log();\n\t\tn\n\t};\n\twork(n).await;\n}\n"
    )


def test_a_comment_between_guard_and_use_makes_it_a_block() -> None:
    body = "    let g = m.lock().unwrap();\n    // Why.\n    let n = g.len();\n    work(n).await;"
    source = source_of(body)
    text = applied(source, plan(source, answers({"m.lock().unwrap()": STD})))
    assert "        let g = m.lock().unwrap();\n        // Why.\n        g.len()\n    };" in text


def test_the_edition_decides_about_else() -> None:
    text = "if let Some(a) = m.lock().unwrap().pop() { a } else { work().await };"
    source = source_of(f"    {text}")
    sites = scan_source(source, (NAME,)).sites
    assert [site.kind for site in sites if site.role == "site"] == ["temporary"]


def test_a_site_keeps_its_id_over_unrelated_edits() -> None:
    body = "    let g = m.lock().unwrap();\n    g.push(1);\n    work().await;"
    before = scan_source(source_of(body), (NAME,)).sites
    after = scan_source(source_of(f"    other();\n{body}"), (NAME,)).sites
    assert [site.id for site in before] == [site.id for site in after] != []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "let",
        "let g = m.lock().unwrap(",
        "let g = m.lock(); g.x(); }}} a().await;",
        "match m.lock() { _ => a.await }",
        "match m.lock() { }; a.await",
        "let (g, ) = (m.lock().unwrap(),); a.await;",
        "let _ = m.lock(); a.await;",
        "let ref g = m.lock().unwrap(); a.await; g.x();",
        "select! { g = m.lock() => { a.await } }",
        "if let Some(_) | None = m.lock().x && a.await {}",
        "for _ in m.lock().iter() { a.await; continue 'x; }",
        "let r#g = m.lock().unwrap(); r#g.push(1); a.await;",
        "'\u00e9' ; let g\u00e9 = m.lock().unwrap(); g\u00e9.x(); a.await;",
        "m!(let g = m.lock().unwrap(); g.x(); a.await);",
        "let g = m.lock().unwrap(); #[cfg(x)] let b = g.x(); a.await;",
        "let g = m.lock().unwrap(); let b; b = g.x(); a.await; use_(b);",
        "let g = m.lock().unwrap(); tokio::pin!(b); g.x(); a.await;",
        "return m.lock().await.x(a.await).await;",
        "break m.lock().await.x.await;",
    ],
)
@pytest.mark.parametrize("answer", [STD, TOKIO, "u64", None])
def test_odd_input_raises_nothing_and_makes_no_broken_edit(body: str, answer: str | None) -> None:
    source = source_of(body)
    for proposal in plan(source, lambda _: answer):
        for fix in proposal.fixes:
            text = edits.apply({source.path: source.data}, [fix]).files[source.path]
            assert source.root.has_error or not Source(source.path, text).root.has_error


def test_deep_nesting_is_a_reason_not_a_crash() -> None:
    deep = "(" * 3000 + "1" + ")" * 3000
    source = source_of(f"let g = m.lock().unwrap(); let a = {deep}; g.x(); work(a).await;")
    try:
        sites = scan_source(source, (NAME,)).sites
    except RecursionError:
        return  # the scan turns this into a skipped file
    assert all(site.reason for site in sites if site.role == "site")


def test_the_prefilter_loses_nothing_that_suspends() -> None:
    for suspension in ("a().await;", "select! { _ = a => b }", "tokio::try_join!(a, b)?;"):
        source = source_of(f"    let g = m.lock().unwrap();\n    g.push(1);\n    {suspension}")
        assert wanted(source.data, CODEMOD)
        assert any(site.role == "site" for site in scan_source(source, (NAME,)).sites)
    assert not wanted(b"fn f() { let g = m.lock().unwrap(); }", CODEMOD)


def test_the_query_knows_every_lock_call() -> None:
    from engine.rust.locks import BORROWS, LOCKS

    for method in sorted(LOCKS | BORROWS):
        text = f"struct A(RefCell<u8>, RwLock<u8>); async fn f() {{ work(m.{method.decode()}().x).await }}"
        source = Source("a.rs", text.encode())
        call = node_of(source, f"m.{method.decode()}()")
        assert outermost(source, call) is not None
        found = scan_source(source, (NAME,)).sites
        assert any(span_of(call) == site.captures["value"][0] for site in found), method


def test_the_codemod_is_in_the_registry_with_its_query() -> None:
    loaded = registry()[NAME]
    assert loaded.codemod is CODEMOD
    assert replace(scan_source(source_of("let a = b.await;"), (NAME,)), suppressed=0).skips == ()


# -- what is told ------------------------------------------------------------------------------


def test_who_asks_for_other_holders_is_named_where_a_count_is_taken() -> None:
    arc = "std::sync::Arc<std::vec::Vec<u64>>"
    asks = "}\nfn other() {\n    let alone = Arc::get_mut(&mut shared);\n"
    source = source_of(f"    let g = m.lock().await;\n    send(&g.list).await;\n{asks}")
    guard = "tokio::sync::MutexGuard<'_, app::State>"
    types = {"m.lock().await": guard, "g": guard, "g.list": arc, "&g.list": f"&{arc}"}
    (proposal,) = plan(source, answers({**types, "shared": arc}))
    said = "Line 6 of src/lib.rs asks by `get_mut` who else holds such a value"
    assert said in proposal.fixes[0].note
    (proposal,) = plan(source, answers({**types, "shared": "std::sync::Arc<u8>"}))
    assert "get_mut" not in proposal.fixes[0].note


@pytest.mark.parametrize("taken", ["g.as_ptr() as usize", "unsafe { look(&g) }"])
def test_a_pointer_that_is_kept_keeps_the_lock(taken: str) -> None:
    source = source_of(
        f"    let g = m.lock().await;\n    let p = {taken};\n    io().await;\n    back(p);"
    )
    (proposal,) = plan(source, answers({"m.lock().await": TOKIO, taken: "usize"}))
    assert not proposal.fixes
    assert "what it points to may change once `g` is gone" in proposal.reason


def test_a_drop_in_a_branch_is_no_matter_of_types() -> None:
    body = "    let g = m.lock().await;\n    let n = g.len();\n    if n > 3 {\n        drop(g);\n"
    source = source_of(f"{body}    }} else {{\n        io(n).await;\n    }}")
    (proposal,) = plan(source, answers({"m.lock().await": TOKIO, "g.len()": "usize"}))
    assert [fix.label for fix in proposal.fixes] == ["drop"]
    said = "`drop(g)` on line 5 ends `g` on one way through the statement that awaits"
    assert said in proposal.fixes[0].note


@pytest.mark.parametrize(
    ("behind", "left"),
    [
        ("drop(g);\n    other();", "    other();"),
        ("if a {\n        drop(g);\n        b();\n    }", "    if a {\n        b();\n    }"),
        ("other();\n    drop(g)", "    other();"),
    ],
)
def test_a_drop_behind_the_await_moves_up(behind: str, left: str) -> None:
    source = source_of(
        f"    let mut g = m.lock().await;\n    g.push(1);\n    io().await;\n    {behind}"
    )
    (proposal,) = plan(source, answers({"m.lock().await": TOKIO}))
    assert "The lock's end moves up from `drop(g)` (line " in proposal.fixes[0].note
    text = applied(source, [proposal])
    assert text == f"async fn f() {{\n    m.lock().await.push(1);\n    io().await;\n{left}\n}}\n"


@pytest.mark.parametrize(
    "behind",
    [
        "if a {\n        drop(g);\n    }",  # nothing would be left in the branch
        "if a { b() }\n    drop(g)",  # the `if` would be the block's end
        "drop(g); // now",
        "// Now.\n    drop(g);",
        "match a { _ => drop(g) }",
    ],
)
def test_a_drop_that_is_more_than_a_statement_stays(behind: str) -> None:
    source = source_of(
        f"    let mut g = m.lock().await;\n    g.push(1);\n    io().await;\n    {behind}"
    )
    (proposal,) = plan(source, answers({"m.lock().await": TOKIO}))
    assert not proposal.fixes
    assert "or the drop belongs further up" in proposal.reason


def test_a_drop_moves_up_where_each_old_one_stands_behind_the_new_one() -> None:
    head = "    if let Ok(mut g) = m.lock() {\n        g.push(1);\n        "
    for body, moves in (
        ("io().await;\n        drop(g);\n", True),
        (
            "if a {\n            io().await;\n            drop(g);\n            return;\n        }\n",
            True,
        ),
        ("if a {\n            io().await;\n        }\n        drop(g);\n        b();\n", False),
    ):
        source = source_of(f"{head}{body}    }}")
        whole = f"std::result::Result<{STD}, std::sync::PoisonError<{STD}>>"
        (proposal,) = plan(source, answers({"m.lock()": whole}))
        assert bool(proposal.fixes) is moves, body
        if moves:
            assert applied(source, [proposal]).count("drop(g)") == 1


def test_no_guard_is_dropped_twice() -> None:
    head = "    if let Ok(mut g) = m.lock() {\n        g.push(1);\n        if a {\n            io().await;\n"
    whole = f"std::result::Result<{STD}, std::sync::PoisonError<{STD}>>"
    for left, twice in (("", True), ("            return;\n", False)):
        source = source_of(f"{head}{left}        }}\n        io().await;\n    }}")
        (proposal,) = plan(source, answers({"m.lock()": whole}))
        assert bool(proposal.fixes) is not twice
        if not twice:
            assert applied(source, [proposal]).count("drop(g)") == 2


def test_a_number_on_another_path_is_not_said_to_be_dear() -> None:
    body = (
        "    let g = m.lock().await;\n    match g.map.get(k) {\n        Some(a) => io(a).await,\n"
    )
    source = source_of(f"{body}        None => g.n,\n    }}")
    types = {"m.lock().await": "tokio::sync::MutexGuard<'_, app::State>", "g.n": "u64"}
    types |= {"g.map": "app::Map", "g.map.get(k)": "std::option::Option<&std::sync::Arc<u8>>"}
    (proposal,) = plan(source, answers(types))
    assert not proposal.fixes
    said = "`g.n` (`u64`) is needed inside of the statement in which `io(..)` is awaited on line 4"
    assert said in proposal.reason


def test_a_reference_is_not_what_is_cheap_to_copy() -> None:
    source = source_of("    if let Some(a) = m.lock().await.get(k) {\n        a.io().await;\n    }")
    types = {"m.lock().await": TOKIO, "m.lock().await.get(k)": "std::option::Option<&app::Big>"}
    (proposal,) = plan(source, answers(types))
    assert "a clone of `Big`, taken out in front" in proposal.reason
    assert "is not known to be cheap" in proposal.reason


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("wait(self.held().len()).await;", ["self.held()"]),
        ("wait(x.peek(3).unwrap().len()).await;", ["x.peek(3).unwrap()"]),
        ("wait(match c { _ => m.lock().unwrap() }.len()).await;",
         ["match c { _ => m.lock().unwrap() }"]),
        ("wait({ m.lock().unwrap() }.len()).await;", ["{ m.lock().unwrap() }"]),
        ("let n = self.held().len(); wait(n).await;", []),  # gone by then
        ("wait(n).await; self.held().len();", []),
        ("wait(n.x.len()).await;", []),  # a place is no value in passing
    ],
)  # fmt: skip
def test_values_in_passing_whose_type_is_asked(body: str, found: list[str]) -> None:
    source = source_of(f"    {body}")
    sites = scan_source(source, (NAME,)).sites
    taken = [source.data[s.start : s.end] for site in sites for s in site.captures["value"]]
    looked_into = [text.decode() for text in taken if source.data.count(text + b".len()")]
    assert looked_into == found


# -- what is dropped at another time --------------------------------------------------------------

_GIVEN = {
    "m.lock().await": TOKIO,
    "g.make()": "app::Loud",
    "&g.make()": "&app::Loud",
    "g.make().0": "u64",
    "m.lock().await.make()": "app::Loud",
    "&m.lock().await.make()": "&app::Loud",
    "m.lock().await.make().0": "u64",
    "g.text()": "std::string::String",
    "g.pop()": "std::option::Option<app::Loud>",
    "g.permit()": "app::Permit",
    "&g.permit()": "&app::Permit",
    "m.lock().await.permit()": "app::Permit",
    "(g.pop(), g.len())": "(std::option::Option<app::Loud>, usize)",
}
_LONGER = "was dropped at the end of the statement that it was made in"
_BEHIND = "was dropped under the lock, and now is behind it"
_EARLY = "is dropped at the end of the new block"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("let g = m.lock().await; look(&g.make()).await; other();", f"`make` (`Loud`) {_LONGER}"),
        ("look(&m.lock().await.make()).await; other();", f"`make` (`Loud`) {_LONGER}"),
        ("look(&m.lock().await.make()).await;", ""),  # nothing is behind it
        ("let g = m.lock().await; take(g.make()).await; other();", ""),
        ("let g = m.lock().await; look(&g.text()).await; other();", ""),
        ("work(m.lock().await.make().0).await; other();", "What `m.lock().await.make()` gives (`Loud`)"),
        ("let g = m.lock().await; work(g.make().0).await;", "What `g.make()` gives (`Loud`) is dropped before"),
        ("let g = m.lock().await; let o = g.pop(); work().await; o.len();", f"`o` (`Option<Loud>`) {_BEHIND}"),
        ("let g = m.lock().await; let o = g.pop(); work().await; take(o);", ""),
        ("let g = m.lock().await; let o = g.pop(); work().await; drop(g); o.len();", ""),
        ("let g = m.lock().await; let o = g.pop(); g.set(1); work().await;", f"`o` (`Option<Loud>`) {_EARLY}"),
        ("let g = m.lock().await; let o = g.pop(); work().await;", f"`o` (`Option<Loud>`) {_BEHIND}"),
        ("let g = m.lock().await; let (o, n) = (g.pop(), g.len()); work(n).await;", f"`o` (`Option<Loud>`) {_BEHIND}"),
        ("let g = m.lock().await; let l = &g.make(); let n = g.len(); work(n).await;", f"`l` (`Loud`) {_EARLY}"),
    ],
)  # fmt: skip
def test_what_is_dropped_at_another_time_is_told(body: str, said: str) -> None:
    (proposal,) = plan(source_of(f"    {body}"), answers(_GIVEN))
    note = proposal.fixes[0].note
    assert said in note
    told = [words for words in (_LONGER, _BEHIND, _EARLY, " gives (") if words in note]
    assert len(told) == bool(said)


def test_what_ends_when_it_is_dropped_keeps_its_life() -> None:
    source = source_of("    look(&m.lock().await.permit()).await;\n    other();")
    (proposal,) = plan(source, answers(_GIVEN))
    assert applied(source, [proposal]) == (
        "async fn f() {\n    look(&{\n        let permit = m.lock().await.permit();\n        permit\n"
        "    }).await;\n    other();\n}\n"
    )
    source = source_of("    let g = m.lock().await;\n    look(&g.permit()).await;\n    other();")
    (proposal,) = plan(source, answers(_GIVEN))
    assert not proposal.fixes
    assert "what `g.permit()` gives ends with its statement" in proposal.reason


@pytest.mark.parametrize(
    ("statement", "hoisted"),
    [
        ("m.lock().await.push(next(1).await);", True),
        ("let o = m.lock().await.items.insert(k, next(k).await?);", True),
        ("if m.lock().await.set(next().await) { z(); }", True),
        (
            "m.lock().await.entry(1).or_default().push(next().await);",
            False,
        ),  # it is made before that
        ("m.lock().await.push(&next().await);", False),
        ("m.lock().await.push(next().await, other());", False),
        ("m.lock().await.push(next(&a.b()).await);", False),  # what `b` gives would go earlier
        ("y() + m.lock().await.push(next().await);", False),
        ("while m.lock().await.set(next().await) { z(); }", False),
        ("m.try_lock().unwrap().push(next().await);", False),
    ],
)
def test_an_argument_is_awaited_before_the_lock_is_taken(statement: str, hoisted: bool) -> None:
    source = source_of(f"    {statement}")
    guards = {"m.lock().await": TOKIO, "m.try_lock().unwrap()": STD}
    (proposal,) = plan(source, answers(guards))
    assert [fix.label for fix in proposal.fixes] == ["argument"] * hoisted
    if hoisted:
        assert "It is now taken behind that" in proposal.fixes[0].note
        lines = applied(source, [proposal]).splitlines()
        assert "= next(" in lines[1] and "lock()" in lines[2] and ".await" not in lines[2][30:]
    else:
        assert "first, and then waits for `next(" in proposal.reason
