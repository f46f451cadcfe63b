"""Programs with a struct of counters behind one lock, for ``mutex_counter``: its methods, and sections over
one field, over several, and over all of it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Statements = Callable[[], tuple[str, str]]  # under a guard `g` of a number, and a value behind them

_TEXT = """use runtime::Say;
use std::sync::{{Arc, {lock}}};
use std::thread;

{derive}
struct Stats {{
    {fields}
}}

impl Stats {{
    {methods}
}}
{display}
struct S {{
    stats: {type},
    other: u64,
}}

fn helper(stats: &{lock}<Stats>, x: i64, y: i64) -> i64 {{
    let mut acc = 0i64;
    {helper}
    acc
}}

{whole}
impl S {{
    fn new(v: i64) -> Self {{
        S {{ stats: {made}, other: 0 }}
    }}

    fn run(&self, x: i64, y: i64) -> i64 {{
        let mut acc = 0i64;
        {body}
        acc
    }}

    fn end(&self) -> i64 {{
        {end}
    }}
}}

pub fn run(say: Say) {{
    for v in [0i64, 3, -2] {{
        for (x, y) in [(0i64, 1i64), (5, 2), (3, 3)] {{
            let s = S::new(v);
            say.it("run", &s.run(x, y));
            say.it("again", &s.run(y, x));
            say.it("end", &s.end());
        }}
    }}
}}
"""
_OTHERS = "name: String,\n    tags: Vec<i64>,"
_WHOLE = """
fn whole(stats: &mut Stats, x: i64) -> i64 {
    stats.%s += x;
    x
}
"""
_END = "let stats = self.stats.{read}().unwrap(); stats.a + 1000 * stats.b + 1_000_000 * stats.c"
# What stays behind the lock is not looked at together with what leaves it.
_END_OF_SPLIT = """let tags = self.stats.{read}().unwrap().tags.iter().sum::<i64>();
        let length = self.stats.{read}().unwrap().name.len() as i64;
        let stats = self.stats.{read}().unwrap();
        stats.a + 1000 * stats.b + 1_000_000 * stats.c + 7 * length + 11 * tags"""
_HASH = """
fn hash(text: &str) -> i64 {
    text.bytes().fold(7i64, |h, b| (h * 31 + b as i64) % 9973)
}
"""
_THREADED = """
        let stats = Arc::clone(&self.stats);
        acc += thread::spawn(move || {
            let mut acc = 0i64;
            %s
            acc
        }).join().unwrap();"""
_DISPLAY = """
impl std::fmt::Display for Stats {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.a, self.b + self.c)
    }
}
"""


class _Struct:
    """The parts of a program; ``section`` makes statements over a number."""

    def __init__(self, choice: random.Random, section: Statements) -> None:
        self.choice, self.section = choice, section
        self.split = choice.random() < 0.3  # other things stand beside the counters
        self.rw = choice.random() < 0.25
        self.display = not self.split and choice.random() < 0.3
        self.methods: list[tuple[str, str]] = []  # (how it is called, its text)

    def on(self, text: str, guard: str) -> str:
        """Statements over the number ``*g``, over a field of ``guard`` in its place."""
        field = self.choice.choice("abc")
        mixed = self.choice.random() < 0.05

        def place(_: re.Match[str]) -> str:
            return f"{guard}.{self.choice.choice('abc') if mixed else field}"

        return re.sub(r"\*g\b|\bg(?=\.)", place, text)

    def method(self, name: str) -> tuple[str, str]:
        """A method, mostly of one field; some only look."""
        pick = self.choice
        calls = [call for call, _ in self.methods]
        kind = pick.randrange(8)
        if kind <= 1:
            one, other = pick.sample("abc", 2)
            value = pick.choice(
                [f"self.{one} + self.{other} * x", f"self.{one}.max(self.{other}) + y"]
            )
            return f"{name}(x, y)", f"fn {name}(&self, x: i64, y: i64) -> i64 {{ {value} }}"
        if kind == 2 and calls:
            inner = pick.choice(calls)
            step = pick.choice(["", f"self.{pick.choice('abc')} += x; "])
            return f"{name}(x, y)", (
                f"fn {name}(&mut self, x: i64, y: i64) -> i64 {{ {step}self.{inner} + 1 }}"
            )
        text, value = self.section()
        body = self.on(f"let mut acc = 0i64; {text} {value}", "self")
        return f"{name}(x, y)", f"fn {name}(&mut self, x: i64, y: i64) -> i64 {{ {body} }}"

    def use(self, lock: str, reads: str) -> str:
        """What is done under one lock; ``lock`` and ``reads`` take it."""
        pick = self.choice
        field, other = pick.sample("abc", 2)
        text, value = self.section()
        call, second = (pick.choice(self.methods)[0] for _ in range(2))
        shown = ["{:?}", "{:#?}"] if not self.split else []
        shown += ["{}"] if self.display else []
        ways = [
            f"{lock}.{field} += x;",
            f"{lock}.{field} = y + {pick.randint(0, 4)};",
            f"acc += {reads}.{field};",
            f"acc += {reads}.{field} * 2 + x;",
            f"{{ let g = {reads}; acc += g.{field} + g.{other} * x; }}",
            f"{{ let g = {reads}; if g.{field} > g.{other} {{ acc += 3; }} acc += g.{field}; }}",
            f"let (p, q) = {{ let g = {reads}; (g.{field}, g.{other}) }}; acc += p - q;",
            f"acc += {lock}.{call};",
            f"{{ let mut g = {lock}; acc += g.{call}; }}",
            f"let mut g = {lock}; acc += x * g.{call}; drop(g);",
            f"{{ let mut g = {lock}; {self.on(text, 'g')} acc += {self.on(value, 'g')}; }}",
            f"{{ let mut g = {lock}; {self.on(text, 'g')} }}",
            f"if let Ok(mut g) = {lock.removesuffix('.unwrap()')} {{ {self.on(text, 'g')} }}",
            f"acc += std::mem::take(&mut {lock}.{field});",
            f"if {reads}.{field} > y {{ {lock}.{other} += 1; }}",
            f"{{ let mut g = {lock}; if g.{field} > y {{ g.{field} = y; }} }}",
            f"acc += {lock}.{call}; acc -= {lock}.{second};",
        ]
        if pick.random() < 0.06:
            ways = [
                f"{{ let mut g = {lock}; acc += g.{call}; acc += g.{second}; }}",
                f"{{ let mut g = {lock}; g.{field} += 1; acc += g.{call}; }}",
                f"{{ let g = {reads}; acc += g.{field}; acc += g.{call}; }}",
                f"acc += whole(&mut {lock}, x);",
                f"{{ let mut g = {lock}; acc += whole(&mut g, y); }}",
            ]
        elif shown and pick.random() < 0.2:
            ways = [f"acc += hash(&format!({pick.choice(shown)!r}, {reads}));".replace("'", '"')]
        elif self.split and pick.random() < 0.3:
            ways = [
                f"{{ let mut g = {lock}; let n = g.tags.len() as i64; g.tags.push(x + n); }}",
                f"acc += {reads}.tags.iter().sum::<i64>();",
                f"{{ let mut g = {lock}; g.name.push('a'); acc += g.name.len() as i64; }}",
                f"{{ let mut g = {lock}; g.tags.push(x); g.{field} += 1; }}",
            ]
        return pick.choice(ways)

    def uses(self, place: str) -> str:
        lock = f"{place}.{'write' if self.rw else 'lock'}().unwrap()"
        reads = f"{place}.{'read' if self.rw else 'lock'}().unwrap()"
        many = self.choice.choice([1, 1, 1, 2])
        return "\n        ".join(self.use(lock, reads) for _ in range(many))


def program(choice: random.Random, section: Statements) -> str:
    """A program with a struct; ``section`` makes statements over a number ``*g`` and a value."""
    made = _Struct(choice, section)
    for name in ("first", "second", "third")[: choice.choice([1, 1, 2, 3])]:
        made.methods.append(made.method(name))
    numbers = ["a: i64,", "b: i64,", "c: i64,"]
    fields = [*numbers, *([_OTHERS] if made.split else [])]
    choice.shuffle(fields)
    lock = "RwLock" if made.rw else "Mutex"
    value = choice.choice(["a: v, b: 1, c: 2", "a: 1, b: v, c: v + 1", "c: 0, b: 2, a: v"])
    value += ', name: String::from("n"), tags: vec![v]' if made.split else ""
    shared = choice.random() < 0.7
    new = f"{lock}::new(Stats {{ {value} }})"
    body = [made.uses("self.stats"), "acc += helper(&self.stats, x, y);"]
    if shared and choice.random() < 0.3:
        body.append(_THREADED % made.uses("stats"))
    choice.shuffle(body)
    helper = made.uses("stats")
    whole = _WHOLE % choice.choice("abc") if "whole(" in helper + "".join(body) else ""
    return _TEXT.format(
        lock=lock,
        derive="#[derive(Debug, Default)]" if choice.random() < 0.8 else "#[derive(Debug)]",
        fields="\n    ".join(fields),
        methods="\n    ".join(text for _, text in made.methods),
        display=_DISPLAY if made.display else "",
        type=f"Arc<{lock}<Stats>>" if shared else f"{lock}<Stats>",
        helper=helper,
        whole=whole + _HASH,
        made=f"Arc::new({new})" if shared else new,
        body="\n        ".join(body),
        end=(_END_OF_SPLIT if made.split else _END).format(read="read" if made.rw else "lock"),
    )
