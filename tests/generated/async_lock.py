"""Programs with tokio's locks: held over awaits or never, panicked under, polled, tried, handed on.

Two tasks work beside each other on one thread, each step by step, and a third spawns what may panic. As
nobody who holds a lock of the gentle kind awaits, such locks are always free when they are polled: with plain
locks everything is said in the same order. A loop that would never let others run again hangs, a
poisoned lock panics, and a future that lost its ``Send`` does not compile.
"""

from __future__ import annotations

import random

DEPENDENCIES = """tokio = { version = "1", features = ["full"] }
"""
KEPT: tuple[int, ...] = ()
TOLD: tuple[tuple[str, str], ...] = ()

_TEXT = """use runtime::Say;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
{uses}
#[derive(Default)]
struct State {{
    items: Vec<u64>,
    names: HashMap<u64, String>,
    n: u64,
}}

impl State {{
    fn bump(&mut self) -> u64 {{
        self.n += 1;
        self.items.push(self.n);
        self.n
    }}

    fn longest(&self) -> usize {{
        self.names.values().map(|name| name.len()).max().unwrap_or(0)
    }}
}}

async fn pause() {{
    tokio::task::yield_now().await;
}}

async fn told(say: Say, value: u64) -> u64 {{
    pause().await;
    say.it("told", &value);
    value + 1
}}

{helpers}
struct Hub {{
{fields}    say: Say,
}}

impl Hub {{
{functions}}}

pub fn run(say: Say) {{
    let hub = Arc::new(Hub {{
{made}        say,
    }});
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {{
        let (one, two) = (hub.clone(), hub.clone());
        let first = async {{
            for x in 0..3u64 {{
{first}            }}
        }};
        let second = async {{
            for x in 1..3u64 {{
{second}            }}
        }};
        tokio::join!(first, second);
        for x in 0..4u64 {{
            let hub = hub.clone();
            let risky = tokio::spawn(async move {{ hub.risky(x).await }});
            say.it("risky", &risky.await.is_ok());
        }}
{after}    }});
    let Ok(hub) = Arc::try_unwrap(hub) else {{
        panic!("still held");
    }};
{ended}}}
"""
# Each is one or more statements; {m} is the lock, {w} and {r} take it to write and to read.
_GENTLE = [
    "{w}.n += x;",
    "acc += {w}.bump();",
    "acc += {r}.longest() as u64;",
    '{w}.names.insert(x, format!("name {{x}}"));',
    "let {v} = {r};\nacc += {v}.items.len() as u64 + {v}.n;",
    "{{\n    let mut {v} = {w};\n    {v}.items.push(acc);\n    {v}.n += 1;\n}}\npause().await;",
    "let mut {v} = {w};\n{v}.items.push(x);\n{v}.n += 2;\ndrop({v});\npause().await;",
    "let mut {v} = {w};\n{v}.n += 1;\nlet {v}_n = {v}.n;\ndrop({v});\nacc += told(self.say, {v}_n).await;",
    "let {v} = {r};\nlet mut {v}_n = {v}.n;\nlet {v}_l = {v}.items.len();\nif {v}_l > 2 {{\n"
    "    {v}_n += 1;\n}}\ndrop({v});\n{v}_n += told(self.say, {v}_n).await;\nacc += {v}_n;",
    'let {v} = {r}.names.get(&x).cloned();\nself.say.it("name", &{v});\npause().await;',
    "if {r}.items.is_empty() {{\n    pause().await;\n    acc += 1;\n}}",
    "match {r}.items.last() {{\n    Some({v}) => acc += *{v},\n    None => acc += 1,\n}}",
    "for {v} in {r}.items.iter() {{\n    acc += {v};\n}}",
    "if let Some({v}) = {w}.items.pop() {{\n    acc += {v};\n}}",
    'self.say.it("n", &{r}.n);',
    "acc += {m}.try_{how}().is_ok() as u64;",
    "if let Ok({v}) = {m}.try_{how}() {{\n    acc += {v}.n;\n}}",
    "acc += match {m}.try_{how}() {{\n    Ok({v}) => {v}.n,\n    Err(_) => 1,\n}};",
    "let {v}_f = async {{ {r}.n }};\npause().await;\nacc += {v}_f.await;",
    "let {v}_m = &{m};\nacc += {v}_m.{how}().await.items.len() as u64;",
]
_ROUGH = [
    "let mut {v} = {w};\n{v}.n += 1;\npause().await;\n{v}.n += 1;",
    "acc += told(self.say, {r}.n).await;",
    "match {r}.items.last() {{\n    Some({v}) => acc += told(self.say, *{v}).await,\n    None => acc += 1,\n}}",
    "if let Some({v}) = {w}.items.pop() {{\n    acc += {v};\n}} else {{\n    pause().await;\n}}",
    "let {v} = tokio::time::timeout(Duration::from_millis(20), {m}.{how}()).await.is_ok();\n"
    'self.say.it("in time", &{v});',
    "while {r}.n < 2 {{\n    {w}.n += 1;\n}}",
    "let {v} = {r};\nif {v}.n > 1 {{\n    let {v}_n = {v}.n;\n    drop({v});\n    acc += told(self.say, {v}_n).await;\n}}",
    "let {v} = Some({r});\npause().await;\nacc += {v}.map_or(0, |g| g.n);",
]
_RISKY = [
    'if x == 1 {{\n    let mut {v} = {w};\n    {v}.n += 1;\n    panic!("{{}}", {v}.n);\n}}',
    "{w}.n += 4 / (x + 1 - acc.min(1));",
    "let {v} = {r};\nacc += {v}.items[x as usize];",
]


class _Lock:
    """One of tokio's locks, and how it is named and made."""

    def __init__(self, choice: random.Random, index: int) -> None:
        self.name = f"m{index}"
        self.kind = choice.choice(("Mutex", "RwLock"))
        self.shared = choice.random() < 0.4
        self.rough = choice.random() < 0.35
        self.path = choice.choice((self.kind, f"tokio::sync::{self.kind}"))
        inner = f"{self.path}<State>"
        made = f"{self.path}::{choice.choice(('new(State::default())', 'default()'))}"
        self.type = f"Arc<{inner}>" if self.shared else inner
        self.made = f"Arc::new({made})" if self.shared else made

    def filled(self, choice: random.Random, text: str, fresh: str) -> str:
        place = f"self.{self.name}"
        how = "lock" if self.kind == "Mutex" else choice.choice(("read", "write"))
        write = "lock" if self.kind == "Mutex" else "write"
        return text.format(
            m=place, v=fresh, how=how,
            w=f"{place}.{write}().await",
            r=f"{place}.{'lock' if self.kind == 'Mutex' else choice.choice(('read', 'write'))}().await",
        )  # fmt: skip


def _body(choice: random.Random, locks: list[_Lock], risky: bool) -> str:
    lines = ["let mut acc = x;"]
    for at in range(choice.randint(2, 5)):
        lock = choice.choice(locks)
        pool = _GENTLE + (_ROUGH * 2 if lock.rough else []) + (_RISKY * 3 if risky else [])
        text = lock.filled(choice, choice.choice(pool), f"v{at}")
        if choice.random() < 0.7:  # a scope of its own
            text = "{\n" + "\n".join("    " + line for line in text.split("\n")) + "\n}"
        lines += text.split("\n")
    return "".join(f"        {line}\n" for line in [*lines, 'self.say.it("acc", &acc);', "acc"])


def program(choice: random.Random) -> str:
    """A module's text."""
    locks = [_Lock(choice, index) for index in range(choice.randint(1, 3))]
    functions, names = [], []
    for index in range(choice.randint(2, 4)):
        names.append(f"f{index}")
        body = _body(choice, locks, False)
        functions.append(f"    async fn f{index}(&self, x: u64) -> u64 {{\n{body}    }}\n\n")
    body = _body(choice, locks, True)
    functions.append(f"    async fn risky(&self, x: u64) -> u64 {{\n{body}    }}\n")
    helpers, calls = [], {"one": "", "two": ""}
    for lock in locks:
        if choice.random() < 0.5:
            how = "lock" if lock.kind == "Mutex" else "write"
            given = f"Arc<{lock.path}<State>>" if lock.shared else f"&{lock.path}<State>"
            helpers.append(
                f"async fn add_{lock.name}(m: {given}, x: u64) -> u64 {{\n"
                f"    m.{how}().await.n += x;\n    let g = m.{how}().await;\n    g.n\n}}\n\n"
            )
            passed = f"one.{lock.name}.clone()" if lock.shared else f"&one.{lock.name}"
            calls["one"] += (
                f'                say.it("added", &add_{lock.name}({passed}, x).await);\n'
            )
    for who in calls:
        for name in names:
            if choice.random() < 0.8:
                calls[who] += f"                {who}.{name}(x).await;\n"
    uses = "".join(
        f"use tokio::sync::{kind};\n"
        for kind in sorted({k.kind for k in locks if k.path == k.kind})
    )
    ended = ""
    for lock in locks:
        place = f"hub.{lock.name}"
        opened = f"Arc::try_unwrap({place}).ok().unwrap()" if lock.shared else place
        ended += f"    let end = {opened}.into_inner();\n"
        ended += '    say.it("end", &(end.n, &end.items, end.longest()));\n'
    return _TEXT.format(
        uses=uses,
        helpers="".join(helpers),
        fields="".join(f"    {lock.name}: {lock.type},\n" for lock in locks),
        made="".join(f"        {lock.name}: {lock.made},\n" for lock in locks),
        functions="".join(functions),
        first=calls["one"],
        second=calls["two"],
        after="".join(f"        hub.{name}(7).await;\n" for name in names),
        ended=ended,
    )
