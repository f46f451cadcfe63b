"""Programs with locks that are read long: replaced whole, mostly read, or around fields that are used apart.

What is said tells the values, not who came first: threads meet only where they have all been joined. A section that
takes another moment's value, loses a change, holds a lock too long (the next one hangs) or copies the wrong
thing says something else.
"""

from __future__ import annotations

import random

DEPENDENCIES = """parking_lot = "0.12"
tokio = { version = "1", features = ["full"] }
"""
KEPT: tuple[int, ...] = ()
TOLD: tuple[tuple[str, str], ...] = ()

_TEXT = """use runtime::Say;
use std::collections::BTreeMap;
use std::sync::Arc;
{uses}
#[derive(Clone, Debug, Default, PartialEq)]
struct Config {{
    names: Vec<String>,
    by: BTreeMap<u64, u64>,
    version: u64,
}}

impl Config {{
    fn sum(&self) -> u64 {{
        self.by.values().sum()
    }}

    fn made(version: u64) -> Self {{
        Config {{
            names: vec![format!("n{{version}}"); version as usize],
            by: (0..version).map(|n| (n, n * version)).collect(),
            version,
        }}
    }}

    fn bump(&mut self) -> u64 {{
        self.version += 1;
        self.by.insert(self.version, self.version);
        self.version
    }}
}}

#[derive(Default)]
struct Parts {{
    left: Vec<u64>,
    right: BTreeMap<u64, String>,
    last: Option<String>,
}}

struct Hub {{
{fields}    say: Say,
}}

impl Hub {{
{functions}}}

pub fn run(say: Say) {{
    let hub = Arc::new(Hub {{
{made}        say,
    }});
    for x in 0..4u64 {{
{calls}    }}
    let handles: Vec<_> = (1..3u64)
        .map(|x| {{
            let hub = hub.clone();
            std::thread::spawn(move || {{
{threads}            }})
        }})
        .collect();
    for handle in handles {{
        handle.join().unwrap();
    }}
{after}}}
"""
# {r} and {w} are guards to read and to write of a lock around Config; {g} is a free name.
_LONG = [
    "acc += {r}.by.values().sum::<u64>();",
    "let {g} = {r};\nfor n in {g}.by.values() {{\n    acc += n;\n}}",
    "let {g} = {r}.clone();\nacc += {g}.sum() + {g}.names.len() as u64;",
    "for name in {r}.names.iter() {{\n    acc += name.len() as u64;\n}}",
    "let {g} = {r};\nacc += {g}.sum();\nif {g}.names.iter().any(|n| n.is_empty()) {{\n    acc += 1;\n}}\ndrop({g});",
    "if {r}.names.iter().any(|name| name.len() > 1) {{\n    acc += 2;\n}}",
    "acc += [1u64, 2].iter().map(|n| {r}.by.values().filter(|b| *b > n).count() as u64).sum::<u64>();",
    'let {g} = &{r}.names;\nfor name in {g} {{\n    self.say.it("name", name);\n}}',
    "match x {{\n    1 => acc += {r}.by.values().count() as u64,\n    _ => acc += 1,\n}}",
    'let {g} = {r};\nlet all: Vec<_> = {g}.by.iter().collect();\nself.say.it("all", &all);',
]
_SHORT = [
    "acc += {r}.version;",
    "let {g} = {r};\nacc += {g}.version + {g}.names.len() as u64;",
    "acc += (*{r}).version;",
    "acc += (*{r} == Config::default()) as u64;",
    "let {g} = &*{r};\nacc += {g}.version;",
    'self.say.it("shown", &*{r});',
    'let {g} = {r};\nlet text = format!("{{:?}} {{}}", *{g}, {g}.version);\nself.say.it("text", &text);',
    "if let Some(n) = {r}.by.get(&x) {{\n    acc += n;\n}}",
]
_WHOLE = [
    "*{w} = Config::made(x);",
    "let mut {g} = {w};\n*{g} = Config::made(x + 1);",
    "let mut {g} = {w};\nif {g}.version < x {{\n    *{g} = Config::made(x);\n}}",
    "let {g} = std::mem::replace(&mut *{w}, Config::made(x));\nacc += {g}.version;",
]
_PARTS = [
    "{w}.version += x;",
    "acc += {w}.bump();",
    "let mut {g} = {w};\n{g}.by.insert(x, acc);\n{g}.version = x;",
    '{w}.names.push(format!("x{{x}}"));',
]
# Of a lock around Parts.
_APART = [
    "{w}.left.push(x);",
    "acc += {r}.left.iter().sum::<u64>();",
    "let mut {g} = {w};\n{g}.left.push(acc);\nacc += {g}.left.len() as u64;",
    "let mut {g} = {w};\n{g}.left = vec![x];",
    '{w}.right.insert(x, format!("r{{x}}"));',
    'let {g} = {r};\nself.say.it("right", &{g}.right);',
    'let {g} = {r}.right.get(&x).cloned();\nself.say.it("got", &{g});',
    "{w}.last = Some(x.to_string());",
    'let {g} = {w}.last.take();\nself.say.it("last", &{g});',
    'let {g} = {r};\nmatch &{g}.last {{\n    Some(text) => self.say.it("text", text),\n    None => acc += 1,\n}}',
    "acc += {r}.left.get(0).copied().unwrap_or(9);",
    "let {g} = {r};\nif !{g}.left.is_empty() {{\n    acc += {g}.left[0];\n}}",
    'let {g} = {r}.left.clone();\nself.say.it("left", &{g});',
]
_TOGETHER = [
    "let mut {g} = {w};\nlet n = {g}.left.len() as u64;\n{g}.right.insert(n, String::new());"
]


class _Lock:
    """One lock: whose, around what, and how it is used."""

    def __init__(self, choice: random.Random, index: int) -> None:
        self.name = f"m{index}"
        self.kind = choice.choice(("Mutex", "RwLock"))
        self.home = choice.choice(("std::sync", "parking_lot"))
        self.shape = choice.choice(("whole", "whole", "read", "apart", "apart"))
        self.inner = "Parts" if self.shape == "apart" else "Config"
        self.shared = choice.random() < 0.3
        self.mixed = choice.random() < 0.15  # with what keeps it as it is
        path = f"{self.home}::{self.kind}"
        value = choice.choice((f"new({self.inner}::default())", "default()"))
        self.type = f"{path}<{self.inner}>"
        self.made = f"{path}::{value}"
        if self.shared:
            self.type, self.made = f"Arc<{self.type}>", f"Arc::new({self.made})"

    def pool(self, choice: random.Random) -> list[str]:
        if self.shape == "apart":
            return _APART + (_TOGETHER * 3 if self.mixed else [])
        other = _PARTS if self.shape == "read" else _WHOLE
        if self.mixed:
            other = _PARTS + _WHOLE
        return choice.choice((_LONG, _LONG, _SHORT, other))

    def filled(self, text: str, fresh: str) -> str:
        place, end = f"self.{self.name}", ".unwrap()" if self.home == "std::sync" else ""
        read, write = ("lock", "lock") if self.kind == "Mutex" else ("read", "write")
        return text.format(g=fresh, r=f"{place}.{read}(){end}", w=f"{place}.{write}(){end}")


def _body(choice: random.Random, locks: list[_Lock]) -> str:
    lines = ["let mut acc = x;"]
    for at in range(choice.randint(1, 4)):
        lock = choice.choice(locks)
        text = lock.filled(choice.choice(lock.pool(choice)), f"v{at}")
        text = "{\n" + "\n".join("    " + line for line in text.split("\n")) + "\n}"
        lines += text.split("\n")
    return "".join(f"        {line}\n" for line in [*lines, 'self.say.it("acc", &acc);', "acc"])


def program(choice: random.Random) -> str:
    """A module's text."""
    locks = [_Lock(choice, index) for index in range(choice.randint(1, 2))]
    names = [f"f{index}" for index in range(choice.randint(3, 6))]
    functions = "".join(
        f"    fn {name}(&self, x: u64) -> u64 {{\n{_body(choice, locks)}    }}\n\n"
        for name in names
    )
    quiet = "".join(
        f"    fn q{at}(&self, x: u64) {{\n        {lock.filled(choice.choice(_QUIET[lock.inner]), 'v')}\n    }}\n\n"
        for at, lock in enumerate(locks)
    )
    return _TEXT.format(
        uses="",
        fields="".join(f"    {lock.name}: {lock.type},\n" for lock in locks),
        functions=functions + quiet,
        made="".join(f"        {lock.name}: {lock.made},\n" for lock in locks),
        calls="".join(f"        hub.{name}(x);\n" for name in names),
        threads="".join(f"                hub.q{at}(x);\n" for at in range(len(locks))),
        after="".join(f"    hub.{name}(9);\n" for name in names),
    )


# What threads do beside each other: in any order it comes to the same.
_QUIET = {
    "Config": ["let _ = {r}.by.values().sum::<u64>() + x;"],
    "Parts": ["let _ = {r}.left.iter().sum::<u64>() + x;"],
}
