"""Programs with critical sections over a number: threads that add, and sections of every shape; one in
three has a struct of numbers behind its lock (``counter_structs``), and some of the others a float.

Sections run in one thread: what is compared is order, operands, early exits and results, where a
wrong rewrite shows. (That a section becomes *one* operation is what the shapes are built on.) What
threads do together is compared by its sums and by numbers that no two of them may have been given.
"""

from __future__ import annotations

import random
import re

from tests.generated import counter_structs

DEPENDENCIES = ""
KEPT: tuple[int, ...] = ()
TOLD: tuple[tuple[str, str], ...] = ()

# Where the number stands: its declaration, how it is made, and how a section reaches it.
_PLACES = {
    "field": ("v: Mutex<i64>,", "v: Mutex::new(v)", "self.v"),
    "shared": ("v: Arc<Mutex<i64>>,", "v: Arc::new(Mutex::new(v))", "self.v"),
    "inner": (
        "inner: Inner,",
        "inner: Inner { v: Mutex::new(v), name: String::new() }",
        "self.inner.v",
    ),
    "several": ("v: Mutex<i64>, w: Mutex<u64>,", "v: Mutex::new(v), w: Mutex::new(1)", "self.v"),
    "element": ("v: Vec<Mutex<i64>>,", "v: vec![Mutex::new(v)]", "self.v[0]"),
}
_TEXT = """use runtime::Say;
use std::sync::{{Arc, Mutex}};
use std::thread;

struct Inner {{
    v: Mutex<i64>,
    name: String,
}}

struct S {{
    {declared}
}}

impl S {{
    fn new(v: i64) -> Self {{
        S {{ {made} }}
    }}

    fn run(&self, x: i64, y: i64) -> i64 {{
        {body}
    }}

    fn end(&self) -> i64 {{
        *{lock}.lock().unwrap()
    }}
}}

struct Shared {{
    sum: Mutex<u64>,
    ids: Mutex<u64>,
    flag: Mutex<bool>,
    peak: Mutex<u64>,
    load: Mutex<f64>,
}}

impl Shared {{
    fn work(&self, by: u64) -> Vec<u64> {{
        let mut taken = Vec::new();
        for round in 0..50u64 {{
            {threads}
        }}
        taken
    }}
}}

pub fn run(say: Say) {{
    for v in [0i64, 3, 4, -2] {{
        for (x, y) in [(0i64, 1i64), (5, 2), (3, 3)] {{
            let s = S::new(v);
            say.it("run", &s.run(x, y));
            say.it("end", &s.end());
        }}
    }}
    let shared = Shared {{ sum: Mutex::new(0), ids: Mutex::new(0), flag: Mutex::new(false), peak: Mutex::new(0), load: Mutex::new(0.0) }};
    let mut ids: Vec<u64> = thread::scope(|scope| {{
        let threads: Vec<_> = (1..4).map(|by| {{ let shared = &shared; scope.spawn(move || shared.work(by)) }}).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    }});
    ids.sort_unstable();
    say.it("ids", &ids);
    say.it("sum", &*shared.sum.lock().unwrap());
    say.it("flag", &*shared.flag.lock().unwrap());
    say.it("peak", &*shared.peak.lock().unwrap());
    say.it("load", &*shared.load.lock().unwrap());
}}
"""
# What a thread does in each round: together their results do not depend on who comes first. Of one
# tuple a program takes one.
_THREADS = (
    ("*self.sum.lock().unwrap() += by;",),
    ("*self.load.lock().unwrap() += by as f64 * 0.25;",),  # exact in any order
    ("{ let mut g = self.load.lock().unwrap(); *g = *g - round as f64; }",),
    ("let mut g = self.sum.lock().unwrap(); *g += by; *g += 1; drop(g);",),
    ("{ let mut g = self.sum.lock().unwrap(); *g = *g + round; }",),
    ("{ let mut g = self.sum.lock().unwrap(); let old = *g; *g = old.wrapping_add(by * 3); }",),
    ("{ let mut g = self.sum.lock().unwrap(); if *g % 2 == 0 { *g += 2; } else { *g += 2; } }",),
    ("{ let mut g = self.peak.lock().unwrap(); if round * by > *g { *g = round * by; } }",),
    ("{ let mut g = self.peak.lock().unwrap(); *g = (*g).max(by + round); }",),
    ("{ let mut g = self.peak.lock().unwrap(); *g = std::cmp::max(*g, by); }",),
    (
        "let id = { let mut g = self.ids.lock().unwrap(); *g += 1; *g }; taken.push(id);",
        "let mut g = self.ids.lock().unwrap(); let id = *g; *g += 1; drop(g); taken.push(id);",
        "{ let mut g = self.ids.lock().unwrap(); *g += 1; taken.push(*g); }",
    ),
    (
        "let first = { let mut g = self.flag.lock().unwrap(); let old = *g; *g = true; !old };"
        " if first { taken.push(9_999); }",
        "{ let mut g = self.flag.lock().unwrap(); if !*g { *g = true; taken.push(9_999); } }",
        "if !*self.flag.lock().unwrap() { *self.flag.lock().unwrap() = true; }",
    ),
)


class _Section:
    """Statements under a guard ``g`` of an ``i64``, with ``x``, ``y`` and what they declare."""

    def __init__(self, choice: random.Random) -> None:
        self.choice = choice
        self.names: list[str] = []

    def value(self, reads: bool = True, depth: int = 0) -> str:
        pick = self.choice
        atoms = ["x", "y", str(pick.randint(0, 5)), *self.names]
        if reads and pick.random() < 0.35:
            atoms += ["*g"] * 2
        atom = pick.choice(atoms)
        if depth == 2 or pick.random() > 0.3:
            return atom
        other = self.value(reads, depth + 1)
        sign = pick.choice("+-*")
        return f"{atom} {sign} ({other})"

    def test(self) -> str:
        return self.choice.choice(
            ["x > y", "*g > x", "x < *g", "*g == 3", "*g % 2 == 0", "*g >= y && x > 0", "!(*g < 4)"]
        )

    def write(self) -> str:
        value = self.value(reads=self.choice.random() < 0.2)
        return self.choice.choice(
            [
                f"*g += {value};", f"*g -= {value};", f"*g = {value};", f"*g |= {value};",
                f"*g ^= {value};", f"*g = *g + {value};", f"*g = (*g).max({value});",
                f"*g = std::cmp::min(*g, {value});", f"*g = g.wrapping_add({value});",
                "*g *= 2;", "*g = *g * 2 + 1;", "*g = -*g;", "*g = (*g).clamp(-3, 9);",
                f"*g = if {self.test()} {{ 1 }} else {{ *g + 1 }};",
                f"*g = if *g == 3 {{ {value} }} else {{ *g + x }};",
            ]
        )  # fmt: skip

    def statement(self) -> str:
        pick, name = self.choice, f"n{len(self.names)}"
        match pick.choices(range(10), [7, 3, 2, 3, 2, 2, 1, 1, 1, 1])[0]:
            case 0:
                return self.write()
            case 1:
                text = f"let {name} = {pick.choice(['*g', '*g', self.value()])};"
                self.names.append(name)
                return text
            case 2:
                return f"acc = acc * 3 + {self.value()};"
            case 3:
                return f"if {self.test()} {{ {self.write()} }}"
            case 4:
                return f"if {self.test()} {{ return {self.value(False)}; }}"
            case 5:
                return f"if {self.test()} {{ {self.write()} }} else {{ {self.write()} }}"
            case 6:
                return f"if {self.test()} {{ {self.write()} acc += 5; }} else {{ acc += 7; }}"
            case 7:
                return f"match x % 3 {{ 0 => *g += 2, 1 => {{ {self.write()} }} _ => {{}} }}"
            case 8:
                return f"acc += std::mem::replace(&mut *g, {self.value(False)});"
            case _:
                return "acc += std::mem::take(&mut *g);"

    def moment(self) -> str:
        value, lock = self.value(False), "*self.v.lock().unwrap()"
        return self.choice.choice(
            [
                f"{lock} += {value};", f"{lock} = {value};", f"acc += {lock};", f"{lock} *= 3;",
                f"acc = acc + 2 * {lock} - {value};", f"if {lock} > x {{ acc += 3; }}",
                f"acc += std::mem::replace(&mut {lock}, {value});", f"acc += ({lock}).pow(2);",
            ]
        )  # fmt: skip

    def body(self) -> str:
        pick = self.choice
        inside = [self.statement() for _ in range(pick.choice([1, 1, 2, 2, 3, 4]))]
        text, let = " ".join(inside), "let mut g = self.v.lock().unwrap();"
        result = pick.choice(["*g", *self.names, "*g + acc"])
        section = pick.choice(
            [
                f"{let} {text} drop(g); acc += 1; acc",
                f"{let} {text} {result}",
                f"{{ {let} {text} }} acc",
                f"if let Ok(mut g) = self.v.lock() {{ {text} }} acc",
                f"match self.v.lock() {{ Ok(mut g) => {{ {text} }} Err(_) => {{}} }} acc",
                f"let b = {pick.choice(['', '2 * ', '1 + '])}{{ {let} {text} {result} }}; acc + b",
                f"{self.moment()} acc" if not self.names else "acc",
            ]
        )
        return f"let mut acc = 0i64; {section}"


class _FloatSection(_Section):
    """Statements under a guard of an ``f64``, among whose values are NaN and -0.0."""

    def write(self) -> str:
        value = self.value(reads=self.choice.random() < 0.2)
        return self.choice.choice(
            [
                f"*g += {value};", f"*g -= {value};", f"*g = {value};", f"*g /= {value};",
                f"*g = *g + {value};", f"*g = {value} - *g;", f"*g = (*g).max({value});",
                f"*g = g.min({value});", "*g *= 2;", "*g = *g * 2 + 1;", "*g = -*g;",
                "*g = (*g).clamp(-3, 9);", "*g = g.sqrt();",
                f"*g = if {self.test()} {{ 1 }} else {{ *g + 1 }};",
                f"*g = if g.is_nan() {{ {value} }} else {{ *g + x }};",
            ]
        )  # fmt: skip

    def moment(self) -> str:
        value, lock = self.value(False), "*self.v.lock().unwrap()"
        return self.choice.choice(
            [
                f"{lock} += {value};", f"{lock} -= ({value}).sqrt();", f"{lock} = {value};",
                f"acc = acc + 2 * {lock} - {value};", f"if {lock} > x {{ acc += 3; }}",
                f"acc += std::mem::replace(&mut {lock}, {value});", f"acc += ({lock}).abs();",
            ]
        )  # fmt: skip


_INTEGER = re.compile(r"(?<![\w.])(\d+)(?![\w.])")
_VALUES = (
    ("[0i64, 3, 4, -2]", "[0f64, 3.5, -0.0, f64::NAN]"),
    ("[(0i64, 1i64), (5, 2), (3, 3)]", "[(0f64, 1f64), (5.5, 0.1), (f64::NAN, 3.0)]"),
    ("i64", "f64"),
)


def _float_program(choice: random.Random, threads: str) -> str:
    """A program whose section is over an ``f64``."""
    declared, made, lock = choice.choice(list(_PLACES.values()))
    body = _INTEGER.sub(r"\1.0", _FloatSection(choice).body()).replace("self.v.", f"{lock}.")
    text = _TEXT.format(declared=declared, made=made, lock=lock, body=body, threads=threads)
    for number, float_ in _VALUES:
        text = text.replace(number, float_)
    return text


def program(choice: random.Random) -> str:
    """A program with one section of its own and threads that share some numbers, or one with a struct."""
    if choice.random() < 0.35:
        return counter_structs.program(choice, lambda: _statements(choice))
    declared, made, lock = choice.choice(list(_PLACES.values()))
    chosen = choice.sample(_THREADS, choice.choice([1, 2, 3, 4]))
    threads = [choice.choice(ways) for ways in chosen]
    if choice.random() < 0.3:
        return _float_program(choice, "\n            ".join(threads))
    return _TEXT.format(
        declared=declared,
        made=made,
        lock=lock,
        body=_Section(choice).body().replace("self.v.", f"{lock}."),
        threads="\n            ".join(threads),
    )


def _statements(choice: random.Random) -> tuple[str, str]:
    """Statements under a guard, which are one operation more often than not, and a value behind them."""
    section = _Section(choice)
    if choice.random() < 0.85:
        return section.write(), "acc"
    text = " ".join(section.statement() for _ in range(choice.choice([1, 1, 1, 2])))
    return text, choice.choice(["acc", "acc", "*g", *section.names])
