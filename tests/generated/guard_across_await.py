"""Programs whose async functions hold guards: over awaits, up to them, or by accident.

A worker runs them one after the other; beside it, whenever it yields, another task looks at what the
lock protects if nobody holds it. What belongs together (``a`` and ``b``, the items and their number)
is changed together under the lock, often with an await between, so that a lock which is given back
too early shows.
"""

from __future__ import annotations

import random

DEPENDENCIES = """dashmap = "6"
parking_lot = "0.12"
tokio = { version = "1", features = ["full"] }
"""
KEPT: tuple[int, ...] = ()
TOLD = ((r"(?:is|was) dropped (?:at|under|before)", r'()"drop=[^,]*, '),)

# A lock: its type, how it is locked, how the other task tries to.
_LOCKS = {
    "std": ("std::sync::Mutex", ".lock().unwrap()", ".try_lock().ok()"),
    "parking_lot": ("parking_lot::Mutex", ".lock()", ".try_lock()"),
    "tokio": ("tokio::sync::Mutex", ".lock().await", ".try_lock().ok()"),
    "write": ("std::sync::RwLock", ".write().unwrap()", ".try_write().ok()"),
    "tokio write": ("tokio::sync::RwLock", ".write().await", ".try_write().ok()"),
}
# References to what is guarded, and what they are needed for.
_LENT = {
    "text": [" = &{g}.name", ": &str = &{g}.name", " = {g}.name.as_str()", " = &{g}.shared"],
    "number": [" = &{g}.a", " = &{g}.said.0"],
    "found": [" = {g}.items.last()", " = {g}.items.iter().max()"],
    "items": [": &[u64] = &{g}.items", " = &{g}.items"],
}
_NEEDS = {
    "text": [
        "let _ = heard(self.say, {v}).await;",
        "acc += {v}.len() as u64;",
        'self.say.it("text", {v});',
        'if {v}.is_empty() || {v}.ends_with("e") {{ acc += 1; }}',
        'acc += if {v} == "name" {{ 3 }} else {{ 4 }};',
    ],
    "number": ["acc += *{v};", "acc += {v} + 1;", 'self.say.it("number", {v});'],
    "found": [
        "acc += {v}.copied().unwrap_or(0);",
        "if let Some(n) = {v} {{ acc += *n; }}",
        'self.say.it("found", &{v});',
        "acc += {v}.is_some() as u64;",
    ],
    "items": ["acc += {v}.len() as u64;", "acc += {v}.is_empty() as u64;", "acc += count({v});"],
}
_TEXT = """use dashmap::mapref::entry::Entry;
use dashmap::DashMap;
use runtime::Say;
use std::collections::hash_map;
use std::collections::HashMap;
use std::sync::atomic::{{AtomicBool, Ordering}};
use std::sync::Arc;

struct Shared {{
    a: u64,
    b: u64,
    c: u64,
    items: Vec<u64>,
    name: String,
    shared: Arc<String>,
    said: Loud,
    names: HashMap<u64, Arc<String>>,
}}

impl Shared {{
    fn loud(&self) -> Loud {{
        Loud(self.a, self.said.1)
    }}

    fn take(&mut self) -> Option<Loud> {{
        self.a += 1;
        self.b += 1;
        (self.a % 3 != 0).then(|| self.loud())
    }}

    async fn step(&mut self) -> u64 {{
        self.a += 1;
        pause().await;
        self.b += 1;
        self.a
    }}
}}

struct Pair {{
    a: u64,
    b: u64,
    name: Arc<String>,
}}

struct Loud(u64, Say);

impl Loud {{
    fn number(&self) -> u64 {{
        self.0
    }}
}}

impl Drop for Loud {{
    fn drop(&mut self) {{
        self.1.it("drop", &self.0);
    }}
}}

struct Hub {{
    m: {lock}<Shared>,
    n: std::sync::Mutex<u64>,
    shards: DashMap<u64, Pair>,
    texts: DashMap<u64, Arc<String>>,
    done: AtomicBool,
    broken: AtomicBool,
    say: Say,
}}

async fn pause() {{
    tokio::task::yield_now().await;
}}

async fn told(say: Say, value: u64) -> u64 {{
    pause().await;
    say.it("told", &value);
    value + 1
}}

async fn heard(say: Say, value: &str) -> usize {{
    pause().await;
    say.it("heard", value);
    value.len()
}}

async fn looked(say: Say, value: &Loud) -> u64 {{
    pause().await;
    say.it("looked", &value.0);
    value.0
}}

fn count(items: &[u64]) -> u64 {{
    items.iter().sum()
}}

impl Hub {{
    async fn beside(&self) {{
        while !self.done.load(Ordering::SeqCst) {{
            if let Some(mut g) = self.m{attempt} {{
                if g.a != g.b || g.items.len() as u64 != *self.n.lock().unwrap() {{
                    self.broken.store(true, Ordering::SeqCst);
                }}
                g.c += 1;
            }}
            if let Some(pair) = self.shards.try_get(&1).try_unwrap() {{
                if pair.a != pair.b {{
                    self.broken.store(true, Ordering::SeqCst);
                }}
            }}
            pause().await;
        }}
    }}

{functions}}}

pub fn run(say: Say) {{
    let shared = Shared {{
        a: 1,
        b: 1,
        c: 0,
        items: vec![5, 6, 7],
        name: String::from("name"),
        shared: Arc::new(String::from("shared")),
        said: Loud(1, say),
        names: HashMap::from([(1, Arc::new(String::from("one")))]),
    }};
    let hub = Hub {{
        m: {lock}::new(shared),
        n: std::sync::Mutex::new(3),
        shards: DashMap::from_iter([(1, Pair {{ a: 1, b: 1, name: Arc::new(String::from("pair")) }})]),
        texts: DashMap::from_iter([(1, Arc::new(String::from("text")))]),
        done: AtomicBool::new(false),
        broken: AtomicBool::new(false),
        say,
    }};
    let work = async {{
        for x in 0..3 {{
{calls}        }}
        hub.done.store(true, Ordering::SeqCst);
    }};
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {{ tokio::join!(work, hub.beside()) }});
    say.it("broken", &hub.broken.load(Ordering::SeqCst));
    let end = hub.m.into_inner(){unwrapped};
    say.it("end", &(end.a, end.b, &end.items, &end.name, end.names.len()));
    let pair = hub.shards.get(&1).map(|pair| (pair.a, pair.b));
    say.it("shards", &(hub.shards.len(), pair, hub.texts.len()));
}}
"""


class _Function:
    """The body of one async function: ``x`` is its argument, ``acc`` what it returns."""

    def __init__(self, choice: random.Random, lock: str) -> None:
        self.choice = choice
        self.lock = f"self.m{lock}"
        self.count = 0
        self.numbers = ["x", "acc"]
        self.texts: list[str] = []
        self.lent: list[tuple[str, str]] = []  # what refers to, or is read of, the guarded

    def fresh(self) -> str:
        self.count += 1
        return f"v{self.count}"

    def waits(self) -> str:
        number = self.choice.choice(self.numbers)
        text = f"heard(self.say, &{self.choice.choice(self.texts)})" if self.texts else "pause()"
        return self.choice.choice(
            [
                "pause().await;",
                "pause().await;",
                f"acc += told(self.say, {number}).await;",
                f"let _ = {text}.await;",
            ]
        )

    def reads(self, g: str) -> str:
        """A statement that binds what the guard ``g`` gives."""
        new = self.fresh()
        if self.choice.random() < 0.3:
            kind = self.choice.choice(list(_LENT))
            self.lent.append((new, kind))
            return f"let {new}{self.choice.choice(_LENT[kind]).format(g=g)};"
        number = [
            f"{g}.a", f"{g}.b + x", f"{g}.items.len() as u64", f"count(&{g}.items)",
            f"*{g}.items.last().unwrap_or(&9)", f"{g}.said.0", f"{g}.items[0]",
        ]  # fmt: skip
        text = [
            f"{g}.name.clone()", f"&{g}.name", f"{g}.name.as_str()", f"{g}.shared.clone()",
            f"Arc::clone(&{g}.shared)", f"{g}.name.to_uppercase()", f"format!(\"{{}}\", {g}.name)",
        ]  # fmt: skip
        if self.choice.random() < 0.6:
            self.numbers.append(new)
            return f"let {new} = {self.choice.choice(number)};"
        self.texts.append(new)
        return f"let {new} = {self.choice.choice(text)};"

    def writes(self, g: str) -> str:
        between = self.choice.choice(["", "", self.waits(), "let _ = 0;"])
        return self.choice.choice(
            [
                f"{g}.a += x; {between} {g}.b += x;",
                f"{g}.b = {g}.a + 1; {between} {g}.a += 1;",
                f"{g}.items.push(x); {between} *self.n.lock().unwrap() += 1;",
                f"*self.n.lock().unwrap() += 1; {between} {g}.items.push(x);",
                f"if {g}.items.pop().is_some() {{ *self.n.lock().unwrap() -= 1; }}",
                f"{g}.name.push('y');",
                f"{g}.said = Loud({g}.a, self.say);",
                f'let c = {g}.c; {between} self.say.it("steady", &(c == {g}.c));',
            ]
        )

    def needs(self) -> str:
        """A statement that needs what refers to the guarded."""
        if not self.lent:
            return "acc += 2;"
        name, kind = self.choice.choice(self.lent)
        return self.choice.choice(_NEEDS[kind]).format(v=name)

    def uses(self, g: str) -> str:
        shown = [*self.numbers, *self.texts, *self.texts]
        return self.choice.choice(
            [
                f'self.say.it("seen", &{self.choice.choice(shown)});',
                f'self.say.it("a", &{g}.a);',
                f"acc += {g}.a + {self.choice.choice(self.numbers)};",
                self.writes(g),
                self.reads(g),
                self.needs(),
                f"acc += {g}.name.len() as u64;",
                f"if {g}.a > 3 {{ {self.waits()} }}",
                f"if {g}.a > 40 {{ return acc; }}",
                f"for item in {g}.items.iter() {{ {self.waits()} acc += *item; }}",
                f"for item in &{g}.items {{ acc += *item; }} {self.waits()}",
                f"if let Some(last) = {g}.items.last() {{ acc += *last; {self.waits()} }}",
                f"match {g}.items.first() {{ Some(n) if *n > 5 => {{ {self.waits()} }} Some(n) => acc += *n, None => {{}} }}",
                f"let held = Loud({g}.a, self.say); {self.waits()}",
                f"let held = {g}.take(); {self.waits()}",
                f"let held = {g}.take(); acc += held.is_some() as u64;",
                f"let held = {g}.loud(); acc += held.0; {self.waits()} acc += held.number();",
                f"acc += looked(self.say, &{g}.loud()).await; {self.after()}",
                f"acc += told(self.say, {g}.loud().0).await; {self.after()}",
                f"acc += {g}.step().await;",
                f"acc += {g}.step().await; {self.waits()}",
                self.entry(f"{g}.names.entry(x)", "hash_map::Entry"),
            ]
        )  # fmt: skip

    def entry(self, entry: str, kind: str) -> str:
        """A map's entry, of which an arm awaits."""
        wait = self.waits()
        taken = self.choice.choice(
            [
                f"let _ = heard(self.say, e.get()).await; {self.after()}",
                f"let name = e.get().clone(); {wait} acc += name.len() as u64;",
                f"acc += e.get().len() as u64; {wait}",
                f"acc += e.remove().len() as u64; {wait}",
                f"let name = e.get().clone(); {wait} drop(e); {self.after()}",
            ]
        )
        free = self.choice.choice(
            [
                "",
                f'e.insert(Arc::new(String::from("new"))); {wait}',
                f'{wait} e.insert(Arc::new(String::from("late")));',
                f"acc += *e.key(); {wait}",
            ]
        )
        return self.choice.choice(
            [
                f"match {entry} {{ {kind}::Occupied(e) => {{ {taken} }} {kind}::Vacant(e) => {{ {free} }} }}",
                f"if let {kind}::Occupied(e) = {entry} {{ {taken} }}",
                f"if let {kind}::Vacant(e) = {entry} {{ {free} }}",
            ]
        )

    def of_a_map(self) -> str:
        """A reference of a map that is a lock by itself."""
        wait, after = self.waits(), self.after()
        return self.choice.choice(
            [
                self.entry("self.texts.entry(x)", "Entry"),
                self.entry("self.texts.entry(1)", "Entry"),
                f"if let Some(t) = self.texts.get(&1) {{ let _ = heard(self.say, t.as_str()).await; {after} }}",
                f"if let Some(t) = self.texts.get(&x) {{ let t = t.value().clone(); {wait} acc += t.len() as u64; }}",
                f"if let Some(mut p) = self.shards.get_mut(&1) {{ p.a += 1; {wait} p.b += 1; }}",
                f"if let Some(mut p) = self.shards.get_mut(&1) {{ p.a += 1; p.b += 1; {wait} drop(p); {after} }}",
                f"let p = self.shards.get(&1).unwrap(); acc += p.a; {wait} {after} drop(p); {wait}",
                f"let p = self.shards.get(&1).unwrap(); let name = p.name.clone(); {wait} acc += name.len() as u64;",
                f"let mut p = self.shards.get_mut(&1).unwrap(); p.a += x; {wait} p.b += x; {wait}",
                "acc += told(self.say, self.shards.get(&1).unwrap().a).await;",
                "acc += told(self.say, self.shards.get(&1).map(|p| p.b).unwrap_or(9)).await;",
                f"for p in self.shards.iter() {{ acc += p.a; {wait} }}",
                f'self.shards.entry(x).or_insert(Pair {{ a: 0, b: 0, name: Arc::default() }}).a += 0; {wait}',
            ]
        )  # fmt: skip

    def named(self) -> str:
        pick = self.choice
        inside = [self.uses("g") for _ in range(pick.choice([0, 1, 2, 3]))]
        first = pick.choice([self.reads, self.reads, self.writes])("g")
        late = [self.after() for _ in range(pick.choice([0, 1, 2]))]
        drop = pick.choice(["", "", "", "drop(g);", *self.drops()])
        return " ".join([f"let mut g = {self.lock};", first, *inside, self.waits(), drop, *late])

    def drops(self) -> list[str]:
        """The guard's own drop in branches."""
        after = self.after()
        return [
            f"if acc > 5 {{ drop(g); {after} }} else {{ drop(g); acc += 1; }}",
            f"if acc > 5 {{ drop(g); {after} return acc; }}",
            f"{after} drop(g);",
            "match acc % 3 { 0 => drop(g), _ => { acc += 1; } }",
        ]

    def after(self) -> str:
        """A statement that needs no guard."""
        shown = self.choice.choice([*self.numbers, *self.texts])
        return self.choice.choice(
            [
                f'self.say.it("after", &{shown});',
                self.waits(),
                self.needs(),
                self.needs(),
                "acc += 1;",
                "*self.n.lock().unwrap() += 0;",
            ]
        )

    def temporary(self) -> str:
        lock, waits = self.lock, self.waits()
        return self.choice.choice(
            [
                f"acc += told(self.say, {lock}.a).await;",
                f"heard(self.say, &{lock}.name).await;",
                f"heard(self.say, &{lock}.name.clone()).await;",
                f"if let Some(last) = {lock}.items.last() {{ {waits} acc += *last; }}",
                f"if let Some(last) = {lock}.items.last().copied() {{ {waits} acc += last; }}",
                f"match {lock}.a {{ 0 => {{}} n => {{ {waits} acc += n; }} }}",
                f"match {lock}.name.as_str() {{ \"name\" => {{ {waits} }} other => {{ acc += other.len() as u64; }} }}",
                f"for item in {lock}.items.iter() {{ {waits} acc += *item; }}",
                f"for item in {lock}.items.clone() {{ {waits} acc += item; }}",
                f"while {lock}.a < 4 {{ {lock}.a += 1; {lock}.b = 4; {waits} {lock}.b = {lock}.a; }}",
                f"if {lock}.a > 2 {{ {waits} }} else {{ acc += 1; }}",
                f"let held = {lock}.shared.clone(); {waits} self.say.it(\"held\", &held);",
                f"let (a, b) = {{ let g = {lock}; (g.a, g.b) }}; {waits} acc += a + b;",
                f"acc += looked(self.say, &{lock}.loud()).await; {self.after()}",
                f"acc += told(self.say, {lock}.loud().0).await; {self.after()}",
                f"acc += told(self.say, {lock}.loud().number()).await; {self.after()}",
                f"if let Some(l) = {lock}.take() {{ {waits} acc += l.0; }} {self.after()}",
                f"match {lock}.take() {{ Some(l) => {{ {waits} acc += l.0; }} None => {{}} }} {self.after()}",
                f"if let Some(_) = {lock}.take() {{ {waits} }} {self.after()}",
                f"acc += told(self.say, {lock}.items.iter().max().copied().unwrap_or(2)).await;",
                f"{lock}.items.push(told(self.say, x).await); *self.n.lock().unwrap() += 1;",
                f"{lock}.name.push_str(&told(self.say, x).await.to_string());",
                f"acc += {lock}.names.insert(x, Arc::new(told(self.say, x).await.to_string())).is_some() as u64;",
                f"acc += {lock}.a.max(told(self.say, x).await);",
                f"acc += {lock}.step().await + told(self.say, x).await;",
                self.entry(f"{lock}.names.entry(x)", "hash_map::Entry"),
                f"acc += told(self.say, match x {{ 0 => {lock}, _ => {lock} }}.a).await;",
            ]
        )  # fmt: skip

    def body(self) -> str:
        kinds = [self.named, self.named, self.temporary, self.of_a_map]
        parts: list[str] = []
        for _ in range(self.choice.choice([1, 1, 2])):
            parts.append(self.choice.choice(kinds)())
            self.numbers, self.texts, self.lent = ["x", "acc"], [], []  # each is a block
        parts = [f"{{ {part} }}" if len(parts) > 1 else part for part in parts]
        tail = self.choice.choice(["acc", "acc + x"])
        return "\n        ".join(["let mut acc = 0u64;", *parts, tail])


def program(choice: random.Random) -> str:
    """A program of one to three async functions over one lock."""
    kind = choice.choice(list(_LOCKS))
    lock, how, attempt = _LOCKS[kind]
    names = [f"f{n}" for n in range(choice.choice([1, 2, 3]))]
    functions = "".join(
        f"    async fn {name}(&self, x: u64) -> u64 {{\n        {_Function(choice, how).body()}\n    }}\n\n"
        for name in names
    )
    calls = "".join(
        f'            say.it("{name}", &hub.{name}(x).await);\n            pause().await;\n'
        for name in names
    )
    unwrapped = ".unwrap()" if kind in ("std", "write") else ""
    return _TEXT.format(
        lock=lock, attempt=attempt, functions=functions, calls=calls, unwrapped=unwrapped
    )
