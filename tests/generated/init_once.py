"""Programs with locks around options: filled where they are empty in every way, looked at, and now and then taken,
reset, set anew or changed.

How often a value is made is counted and said, and so is which one everybody sees, in one thread and by several.
At the end one of them panics while its value is made: std's lock is poisoned then, which a note tells.
"""

from __future__ import annotations

import random

DEPENDENCIES = """parking_lot = "0.12"
"""
KEPT: tuple[int, ...] = ()
TOLD = (
    (r"may panic while the value is made", r'(.*?)"risky=.*'),
    (r"prints other text now", r'()"debug="[^,]*"(?:, )?'),
)

_TEXT = """use runtime::Say;
use std::sync::atomic::{{AtomicU32, Ordering}};
use std::sync::Arc;
{uses}
static MADE: AtomicU32 = AtomicU32::new(0);

#[derive(Debug, Clone, PartialEq)]
struct Loud(u64);

impl Drop for Loud {{
    fn drop(&mut self) {{
        MADE.fetch_add(100, Ordering::SeqCst);
    }}
}}

{statics}
struct Hub {{
{fields}    say: Say,
}}

fn number() -> u64 {{
    u64::from(MADE.fetch_add(1, Ordering::SeqCst)) + 7
}}

fn try_number(x: u64) -> Option<u64> {{
    (x != 2).then(number)
}}

{makers}
impl Hub {{
{functions}}}

pub fn run(say: Say) {{
    let hub = Arc::new(Hub {{
{made}        say,
    }});
    for x in 0..4u64 {{
{calls}        say.it("made", &MADE.load(Ordering::SeqCst));
    }}
    let threads: Vec<_> = (0..3)
        .map(|x| {{
            let hub = Arc::clone(&hub);
            std::thread::spawn(move || hub.{threaded}(x))
        }})
        .collect();
    let seen: Vec<_> = threads.into_iter().map(|each| each.join().unwrap_or(0)).collect();
    say.it("seen", &seen);
{ended}{risky}}}
"""
# (type, how one is made, what is asked of it, is it Copy)
_TYPES = {
    "u64": ("number()", "{v}.count_ones() as u64", True),
    "String": ('format!("n{}", number())', "{v}.len() as u64", False),
    "Arc<Vec<u64>>": ("Arc::new(vec![number(), 5])", "{v}[0]", False),
    "Vec<u64>": ("vec![number(), 3]", "{v}.iter().sum::<u64>()", False),
    "Loud": ("Loud(number())", "{v}.0", False),
    "&'static str": ('["a", "bc"][number() as usize % 2]', "{v}.len() as u64", True),
}
# {w} and {r} take the lock, {e} makes the value, {n} is a function that makes it, {a} asks of {v}.
_FILLS = [
    "let mut g = {w};\nif g.is_none() {{\n    *g = Some({e});\n}}\nlet v = g.as_ref().unwrap();\n{a}",
    "let mut g = {w};\nif !g.is_some() {{\n    acc += 1;\n    let made = {e};\n    *g = Some(made);\n}}\nacc + g.as_ref().map_or(0, |v| {a})",
    "let v = &*{w}.get_or_insert_with(|| {e}).clone();\n{a}",
    "let mut g = {w};\nlet v = g.get_or_insert_with({n});\n{a}",
    "let mut g = {w};\ng.get_or_insert_with({n});\nlet v = g.as_ref().unwrap();\n{a}",
    "let mut g = {w};\nif let Some(v) = &*g {{\n    return {a};\n}}\n*g = Some({e});\nlet v = g.as_ref().unwrap();\n{a}",
    "let mut g = {w};\nif let Some(v) = g.as_ref() {{\n    return acc + v.clone().{i};\n}}\nlet made = {e};\n*g = Some(made.clone());\nacc + made.{i}",
    "let v = {{\n    let mut g = {w};\n    match &*g {{\n        Some(v) => v.clone(),\n        None => {{\n            let made = {e};\n"
    "            *g = Some(made.clone());\n            made\n        }}\n    }}\n}};\n{a}",
    "let mut g = {w};\nlet v = if let Some(v) = g.as_ref() {{\n    v.clone()\n}} else {{\n    let made = {e};\n"
    '    self.say.it("made now", &made);\n    *g = Some(made.clone());\n    made\n}};\ndrop(g);\n{a}',
    "if let Some(v) = {r}.as_ref() {{\n    return {a};\n}}\nlet mut g = {w};\nif g.is_none() {{\n    *g = Some({e});\n}}\n"
    "g.clone().map_or(0, |v| {a})",
    "let mut g = {w};\nif g.is_none() {{\n    *g = Some({e});\n}}\nlet known = g.clone();\nlet more = g.is_some();\n"
    'self.say.it("known", &(known, more));\nacc',
    "let mut g = {w};\nif g.is_some() {{\n    return acc;\n}}\nacc += 5;\n*g = Some({e});\nacc",
    "let mut g = {w};\nlet x = x + 1;\nif g.is_none() {{\n    acc += x;\n    *g = Some({e});\n}}\nacc",
]
_COPIED = [
    "let mut g = {w};\nlet v = match *g {{\n    Some(v) => v,\n    None => {{\n        let made = {e};\n"
    "        *g = Some(made);\n        made\n    }}\n}};\n{a}",
    "let mut g = {w};\nif let Some(v) = *g {{\n    return {a};\n}}\nlet made = {e};\n*g = Some(made);\nlet v = made;\n{a}",
    "let g = *{r};\ng.map_or(acc, |v| {a})",
    "let v = {w}.get_or_insert({c}).clone();\n{a}",
]
_LOOKS = [
    'self.say.it("is", &({r}.is_some(), {r}.is_none()));\nacc',
    'self.say.it("value", &{r}.clone());\nacc',
    "let g = {r};\nmatch &*g {{\n    Some(v) => {a},\n    None => acc,\n}}",
    "let g = {r};\nlet known = g.as_ref().map(|v| {a});\nif let Some(known) = known {{\n    acc += known;\n}}\ndrop(g);\nacc",
    "match *{r} {{\n    Some(ref v) => {a},\n    None => 9,\n}}",
    "if let Some(v) = {r}.as_ref() {{\n    {a}\n}} else {{\n    acc\n}}",
    'let g = {r};\nself.say.it("shown", &format!("{{g:?}} {{:?}}", *g));\nacc',
    "let Some(v) = &*{r} else {{\n    return 3;\n}};\n{a}",
    "{r}.as_ref().map_or(acc, |v| {a} + acc)",
    "let g = {r};\nfor v in g.iter() {{\n    acc += {a};\n}}\nacc",
    'self.say.it("same", &({r}.as_ref() == {r}.clone().as_ref()));\nacc',
]
_ROUGH = [
    "*{w} = Some({e});\nacc",
    "let mut g = {w};\nif g.is_none() {{\n    *g = Some(try_value(x)?);\n}}\nacc",
    'self.say.it("taken", &{w}.take());\nacc',
    "*{w} = None;\nacc",
    "let old = {w}.replace({e});\nacc + old.map_or(0, |v| {a})",
    "let mut g = {w};\nif let Some(v) = g.as_mut() {{\n    *v = {e};\n}}\nacc",
    "let mut g = {w};\nif g.is_none() && x > 1 {{\n    *g = Some({e});\n}}\nacc",
    "let mut g = {w};\nif g.is_none() {{\n    if x == 1 {{\n        return 4;\n    }}\n    *g = Some({e});\n}}\nacc",
    "let mut g = {w};\nif let Some(v) = &*g {{\n    return {a} + 1;\n}}\n*g = Some({e});\nlet v = g.as_ref().unwrap();\n{a}",
]


class _Lock:
    """One lock around an option, and how it is named, made and taken."""

    def __init__(self, choice: random.Random, index: int) -> None:
        self.family = choice.choice(("std::sync", "std::sync", "parking_lot"))
        self.kind = choice.choice(("Mutex", "RwLock"))
        self.type = choice.choice(list(_TYPES))
        self.where = choice.choice(("field", "field", "shared", "static"))
        self.rough = choice.random() < 0.25
        self.name = f"L{index}" if self.where == "static" else f"l{index}"
        self.place = self.name if self.where == "static" else f"self.{self.name}"
        path = f"{self.family}::{self.kind}"
        made = choice.choice(("new(None)", "new(None)", "default()"))
        self.made = f"{path}::{'new(None)' if self.where == 'static' else made}"
        self.declared = f"{path}<Option<{self.type}>>"
        if self.where == "shared":
            self.made, self.declared = f"Arc::new({self.made})", f"Arc<{self.declared}>"
        self.open = (
            choice.choice((".unwrap()", '.expect("free")')) if self.family == "std::sync" else ""
        )

    @property
    def make(self) -> str:
        return _TYPES[self.type][0]

    def filled(self, choice: random.Random, text: str) -> str:
        write = "lock" if self.kind == "Mutex" else "write"
        read = "lock" if self.kind == "Mutex" else choice.choice(("read", "write"))
        asked = _TYPES[self.type][1].format(v="v")
        inner = {
            "u64": "count_ones() as u64",
            "Loud": "0",
            "Arc<Vec<u64>>": "len() as u64",
            "Vec<u64>": "len() as u64",
        }
        return text.format(
            w=f"{self.place}.{write}(){self.open}", r=f"{self.place}.{read}(){self.open}", a=asked,
            e=self.make, n=f"make_{self.name.lower()}", i=inner.get(self.type, "len() as u64"),
            c='"const"' if self.type.startswith("&") else "40 + x",
        )  # fmt: skip


def program(choice: random.Random) -> str:
    """A module's text."""
    locks = [_Lock(choice, index) for index in range(choice.randint(1, 3))]
    functions, names = [], []
    for index in range(choice.randint(3, 6)):
        lock = choice.choice(locks)
        copied = _COPIED if _TYPES[lock.type][2] else []
        pool = [_FILLS, _FILLS, copied or _FILLS, _LOOKS, *([_ROUGH] if lock.rough else [])]
        text = lock.filled(choice, choice.choice(choice.choice(pool)))
        body = "".join(f"        {line}\n" for line in text.split("\n"))
        functions.append(
            f"    fn f{index}(&self, x: u64) -> u64 {{\n        let mut acc = x;\n{body}    }}\n\n"
        )
        names.append(f"f{index}")
    risky = choice.choice(locks)
    functions.append(
        "    fn calm(&self, x: u64) -> u64 {\n        x\n    }\n\n"
        "    fn risky(&self, x: u64) -> u64 {\n"
        + "".join(
            f"        {line}\n"
            for line in risky.filled(
                choice,
                "let mut g = {w};\nif g.is_none() {{\n    assert!(x != 0);\n    *g = Some({e});\n}}\n"
                "g.as_ref().map_or(0, |v| {a})",
            ).split("\n")
        )
        + "    }\n"
    )
    fresh = choice.random() < 0.4  # then `risky` alone fills its lock
    if fresh:
        told = zip(names, functions, strict=False)
        names = [name for name, text in told if risky.place not in text] or names
    rough = [lock.place for lock in locks if lock.rough]  # what threads see of these is chance
    told = zip([f"f{n}" for n in range(len(functions))], functions, strict=False)
    calm = [n for n, text in told if n in names and not any(place in text for place in rough)]
    ended = "".join(
        f'    say.it("end", &hub.{lock.name}.{"lock" if lock.kind == "Mutex" else "read"}(){lock.open}.clone());\n'
        for lock in locks
        if lock.where != "static" and choice.random() < 0.5
    )
    calls = "".join(f'        say.it("{n}", &hub.{n}(x));\n' for n in names)
    made = "".join(f"        {k.name}: {k.made},\n" for k in locks if k.where != "static")
    return _TEXT.format(
        uses="",
        statics="".join(
            f"static {k.name}: {k.declared} = {k.made};\n" for k in locks if k.where == "static"
        ),
        fields="".join(f"    {k.name}: {k.declared},\n" for k in locks if k.where != "static"),
        makers="".join(
            f"fn make_{k.name.lower()}() -> {k.type} {{\n    {k.make}\n}}\n\n" for k in locks
        ),
        functions="".join(functions),
        made=made,
        calls=calls,
        threaded=choice.choice(calm) if calm else "calm",
        ended=ended,
        risky=(
            "    for x in 0..3 {\n        let hub = Arc::clone(&hub);\n"
            "        let told = std::thread::spawn(move || hub.risky(x)).join().ok();\n"
            '        say.it("risky", &told);\n    }\n'
            if choice.random() < 0.7
            else ""
        ),
    )
