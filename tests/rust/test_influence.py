"""What hangs on a value: mere accounting, or something that is done because of it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from engine.base.model import Span
from engine.rust.calls import Calls
from engine.rust.influence import Influence
from tests.rust.workspace import Workspace


def fate_of(body: str, more: str = "", files: Mapping[str, str] | None = None) -> str:
    """What hangs on the value ``VV``, which stands in the ``main`` of a binary or in ``more``."""
    text = f"fn run() {{ {body} }}\nfn main() {{ run(); }}\n{more}\n"
    return _fate(Workspace({"src/main.rs": text, **(files or {})}), "src/main.rs")


def in_library(text: str) -> str:
    return _fate(Workspace({"src/lib.rs": text}), "src/lib.rs")


def _fate(workspace: Workspace, path: str) -> str:
    source = workspace.sources.get(path)
    calls = Calls(workspace.sources, workspace.items, lambda _path, _span: None)
    influence = Influence(
        workspace.sources, workspace.items, calls, workspace.package_of, calls.mentions
    )
    start = source.data.index(b"VV")
    return " ".join(sorted(influence.of(source, source.innermost(Span(start, start + 2)))))


@pytest.mark.parametrize(
    "body",
    [
        "VV;",
        "let a = VV; a + 1;",
        "let mut a = 0; a += VV; println!(\"{a}\");",
        'println!("{}", VV);',
        'println!("{:?}", (VV, 1));',
        'let a = VV; info!(a, "seen {}", a);',
        'warn!("{}", VV * 100 / total);',
        'info!(seen = VV, "so many");',
        "info!(seen = VV);",
        "let a = VV as f64 / 2.0; debug!(\"{:.1}\", a.round());",
        'let a = format!("{}", VV); println!("{a}");',
        'let mut out = String::new(); write!(out, "{}", VV); print!("{}", out);',
        'let a = VV; let mut out = String::new(); out.push_str(&a.to_string()); eprintln!("{out}");',
        'panic!("{}", VV);',
        'return Err(anyhow!("{}", VV));',
        'let a = VV.max(3); error!("{}", a.wrapping_add(1));',
        'let a = VV.checked_sub(1).unwrap_or(0); trace!("{a}");',
        "let a = u64::from(VV);",
        'println!("{}", 1.0 - VV as f64 / total as f64);',
        'let a = VV as f64; let b: f64 = f(); println!("{}", b / a);',
        'println!("{}", total.saturating_sub(VV));',
        'println!("{}", VV / 1024);',
        "let a: u64 = VV.into();",
        'let a = vec![VV]; println!("{:?}", a);',
        'println!("{}", xs.iter().map(|x| VV + x).sum::<u64>());',
        'let a = xs.iter().map(|x| VV).max(); debug!("{a:?}");',
        'gauge!("busy", VV as f64);',
        'gauge!("busy").set(VV as f64);',
        "let a = Some(VV);",
        "for x in y { VV }",
        'let a = async { VV }.await; info!("{a}");',
    ],
)  # fmt: skip
def test_mere_accounting(body: str) -> None:
    assert fate_of(body) == ""


# Whatever a person may do because of a number.
ACTS = [
    "if VV > 3 { }",
    "if VV { }",
    "if 0 < VV && x { }",
    "let a = VV == 0 || x;",
    "match VV { _ => () }",
    "while let 3 = VV { }",
    "while VV != 0 { }",
    "let a = VV else { return };",
    "let a = VV?;",
    "let a = VV + 1; let b = (a, 2); if b.0 == 2 { }",
    "let a = { VV }; if a > 1 { }",
    "let mut a = 0; a = VV; if a > 1 { }",
    "let a = loop { break VV; }; if a > 1 { }",
    "let a = || VV; if a() == 1 { }",
    "let a = VV.max(3); a.cmp(&4);",
    "VV - 1;",
    "total - VV;",
    "let a = VV; let b = a - seen; println!(\"{b}\");",
    "let mut a = 9; a -= VV;",
    "let mut a = VV; a -= 1;",
    "total / VV;",
    "total % VV;",
    "total / (VV + seen);",
    "1 << VV;",
    "total.div_ceil(VV);",
    "VV.ilog2();",
    "v[VV - 1];",
    "VV.eq(&3);",
    "x.eq(&VV);",
    "VV.checked_sub(1).is_none();",
    "VV.checked_sub(1).unwrap();",
    "VV.is_power_of_two().then(|| go());",
    "Some(VV).filter(|n| *n > 3);",
    "VV.map(|x| if x > 3 { });",
    "Some(VV).is_some_and(|n| n > 3);",
    "assert!(VV == 3);",
    "assert!(VV);",
    "assert_eq!(VV, 3);",
    "debug_assert_ne!(VV, 3);",
    "ensure!(VV < 3);",
    "matches!(VV, 3);",
    "let a = vec![VV]; if a == b { }",
    "let a = vec![0; VV];",
    "let a = [x; VV];",
    "xs[VV];",
    "xs[VV] = 1;",
    "&xs[..VV];",
    "xs.get(VV);",
    "xs.take(VV);",
    "xs.iter().take(VV).sum();",
    "xs.skip(VV);",
    "xs.nth(VV);",
    "xs.truncate(VV);",
    "xs.split_at(VV);",
    "xs.chunks(VV);",
    "map.get(&VV);",
    "map.insert(VV, 1).is_some();",
    "map.contains_key(&VV);",
    "Vec::with_capacity(VV);",
    "for _ in 0..VV { go(); }",
    "(0..VV).for_each(go);",
    "repeat(x).take(VV);",
    "xs.iter().map(|x| VV).any(|n| n > 1);",
    "for a in xs.iter().map(|x| VV) { }",
    "sleep(Duration::from_millis(VV));",
    "extern_one(VV);",
    "to.send(VV);",
    "LIST.push(VV);",
    "self.list.push(VV);",
    "let a = &mut self.list; a.push(VV);",
    "strange!(VV);",
    "strange!(n = VV);",
    'if format!("{n}", n = VV) == "0" { }',
    "process::exit(VV as i32);",
    "spawn(move || VV);",
    "let a = b else { shown!(VV) };",
    'if format!("{}", VV) == "0" { }',
    'let a = VV; if format!("{a}") == "0" { }',
    'let a = format!("{}", VV); if a.is_empty() { }',
    'let a = VV.to_string(); if a.len() > 3 { }',
    'let mut out = String::new(); write!(out, "{}", VV); if out == "0" { }',
    'let mut out = String::new(); out.push_str(&format!("{}", VV)); if out.contains("0") { }',
    "let a = &VV as *const u64;",
    "*x = VV;",
    "TABLE[0] = VV;",
    "json!({ \"n\": VV });",
]  # fmt: skip


@pytest.mark.parametrize("body", ACTS)
def test_acting_on_it(body: str) -> None:
    assert fate_of(body) in ("decides", "escapes", "decides escapes")


@pytest.mark.parametrize(
    ("more", "fate"),
    [
        ('fn get() -> u64 { VV } fn user() { println!("{}", get()); }', ""),
        ("fn get() -> u64 { return VV; } fn user() { get(); }", ""),
        ("fn get() -> u64 { VV } fn user() { if get() > 3 { } }", "decides"),
        ("fn get() -> u64 { VV } fn user() { each(get); }", "escapes"),
        ("fn get() -> u64 { VV } fn user() { let a = get; if a() == 1 { } }", "escapes"),
        ("impl S { fn get(&self) -> u64 { VV } } fn user(all: &[S]) { all.iter().map(S::get); }",
         "escapes"),
        ('fn get() -> u64 { VV } fn user() { let get = 1; println!("{}", get); }', ""),
        ('fn get() -> u64 { VV } fn user() { println!("{get}", get = get()); }', ""),
        ("fn get() -> u64 { VV } const ALL: [fn() -> u64; 1] = [get];", "escapes"),
        ('fn f() { show(VV); } fn show(x: u64) { println!("{x}"); }', ""),
        ("fn f() { check(VV); } fn check(x: u64) { if x > 3 { } }", "decides"),
        ("fn f() { S { n: VV }; } struct S { n: u64 } fn g(s: S) { if s.n > 3 { } }", "decides"),
        ("fn f() { S { n: VV }; } struct S { n: u64 } fn g(s: S) { s.n; }", ""),
        ("fn f() { S { n: VV }; } #[derive(PartialEq)] struct S { n: u64 }", "decides"),
        ("fn f() { S { n: VV }; } #[derive(Serialize)] struct S { n: u64 }", ""),
        ("fn f() { Foreign { n: VV }; }", "escapes"),
        ("fn f() { s.n = VV; } struct S { n: u64 } fn user(S { n, .. }: S) { }", ""),
        (
            "fn f() { s.n = VV; } struct S { n: u64 } "
            "fn user(s: S) { let S { n: m } = s; if m > 3 { } }",
            "decides",
        ),
        (
            "impl S { fn take(&self, x: u64) { if x > 1 { } } fn go(&self) { self.take(VV); } }",
            "decides",
        ),
        ("fn f() { let a: L = VV.into(); } impl From<u64> for L { fn from(n: u64) -> L { L(n > 3) } }",
         "decides"),
        ("fn f() { L::from(VV); } impl From<u64> for L { fn from(n: u64) -> L { L(n > 3) } }",
         "decides"),
        ("fn f(out: &mut Vec<u64>) { out.push(VV); }", "escapes"),
        ("impl Iterator for S { fn next(&mut self) -> Option<u64> { Some(VV) } }", "escapes"),
        ("impl Own for S { fn now(&self) -> u64 { VV } } trait Own { fn now(&self) -> u64; }", ""),
        ("impl fmt::Display for S { fn fmt(&self, f: &mut F) -> R { write!(f, \"{}\", VV) } }", ""),
    ],
)  # fmt: skip
def test_across_functions_and_fields(more: str, fate: str) -> None:
    assert fate_of("", more) == fate


@pytest.mark.parametrize(
    ("text", "fate"),
    [
        ("pub fn get() -> u64 { VV }", "escapes"),
        ("pub(crate) fn get() -> u64 { VV }", ""),
        ('pub fn log() { println!("{}", VV); }', ""),
        ('pub fn text() { let _ = format!("{}", VV); }', ""),
        ('pub fn text() -> String { format!("{}", VV) }', "escapes"),
        ('pub fn write(out: &mut String) { write!(out, "{}", VV); }', "escapes"),
        ("pub struct S { pub n: u64 } fn f() { S { n: VV }; }", "escapes"),
        ("pub struct S { n: u64 } fn f() { S { n: VV }; }", ""),
        ("pub enum E { A { n: u64 } } fn f() { E::A { n: VV }; }", "escapes"),
        ("#[derive(Serialize)] struct S { n: u64 } fn f() { S { n: VV }; }", "escapes"),
        ('fn f() { anyhow!("{}", VV); }', "escapes"),
    ],
)
def test_what_leaves_a_library_is_not_seen(text: str, fate: str) -> None:
    assert in_library(text) == fate
