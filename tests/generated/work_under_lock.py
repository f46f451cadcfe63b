"""Programs that do more under their locks than they need: arguments that say when they are made, old values
that say when they go, sections with something before their first use and behind their last."""

from __future__ import annotations

import random

DEPENDENCIES = """parking_lot = "0.12"
"""
KEPT: tuple[int, ...] = ()
# What a person is told to look at: impls of the user's run at another time, a panic comes before the lock.
TOLD = (
    (r"is not (?:only )?std's|is called outside", r'()"(?:shown|cloned|made)=[^"]*"(?:, )?'),
    (r"A panic, or a way out", r'(.*?)"how=false".*'),
)

_TEXT = """use runtime::Say;
use std::collections::BTreeMap;
use std::fmt::{{self, Display}};

/// Says when it is shown, copied, and when it goes.
struct Loud(u32, Say);

impl Display for Loud {{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{
        self.1.it("shown", &self.0);
        write!(f, "<{{}}>", self.0)
    }}
}}

impl Clone for Loud {{
    fn clone(&self) -> Loud {{
        self.1.it("cloned", &self.0);
        Loud(self.0 + 10, self.1)
    }}
}}

impl Drop for Loud {{
    fn drop(&mut self) {{
        self.1.it("drop", &self.0);
    }}
}}

#[derive(Clone)]
struct Part {{
    name: String,
    tags: Vec<String>,
}}

struct State {{
    log: {lock}<Vec<String>>,
    map: {lock}<BTreeMap<String, Vec<String>>>,
    page: {lock}<String>,
    parts: {lock}<Vec<Part>>,
    louds: {lock}<Vec<Loud>>,
    logs: Vec<{lock}<Vec<String>>>,
    count: std::sync::atomic::AtomicU32,
    names: Vec<String>,
    say: Say,
}}

fn next(say: Say, number: u32) -> u32 {{
    say.it("next", &number);
    number + 1
}}

fn render(part: &Part) -> String {{
    format!("{{}}/{{}}", part.name, part.tags.len())
}}

fn pick<'a>(n: &mut u32, logs: &'a [{lock}<Vec<String>>]) -> &'a {lock}<Vec<String>> {{
    *n += 1;
    &logs[*n as usize % 2]
}}

impl State {{
    fn id(&self) -> u32 {{
        self.count.fetch_add(1, std::sync::atomic::Ordering::SeqCst)
    }}

    fn free(&self) -> bool {{
        let free = self.log.try_lock().is_{ok}();
        self.say.it("free", &free);
        free
    }}

    fn step(&self, n: u32) -> Option<u32> {{
        let say = self.say;
        let name = String::from("name");
        let part = Part {{ name: format!("p{{n}}"), tags: vec![name.clone()] }};
        let mut own = vec![String::from("own")];
        let mut n = n;
        for round in 0..2u32 {{
            {body}
        }}
        say.it("own", &(own, n));
        Some(n)
    }}
}}

pub fn run(say: Say) {{
    let state = State {{
        log: Default::default(), map: Default::default(), page: Default::default(),
        parts: Default::default(), louds: Default::default(),
        logs: (0..2).map(|_| Default::default()).collect(), count: Default::default(),
        names: vec![String::from("a"), String::from("b")], say,
    }};
    for n in 0..3 {{
        let how = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| state.step(n)));
        say.it("how", &how.is_ok());
    }}
    say.it("log", &state.log.lock(){unwrap}.clone());
    say.it("map", &state.map.lock(){unwrap}.clone());
    say.it("page", &state.page.lock(){unwrap}.clone());
    let parts: Vec<String> = state.parts.lock(){unwrap}.iter().map(render).collect();
    say.it("parts", &parts);
    for log in &state.logs {{
        say.it("logs", &log.lock(){unwrap}.clone());
    }}
    state.louds.lock(){unwrap}.clear();
}}
"""


class _Body:
    def __init__(self, choice: random.Random, taken: str) -> None:
        self.choice, self.taken = choice, taken

    def locked(self, name: str) -> str:
        return f"self.{name}.lock(){self.taken}"

    def text(self) -> str:
        """An expression of a `String`."""
        return self.choice.choice(
            [
                'format!("{n}")', 'format!("{name}-{}", round)', "name.clone()", "name.to_string()",
                "n.to_string()", "self.names[n as usize].clone()", "self.names[0].clone()",
                "String::from(\"x\")", "render(&part)", "part.name.clone()", "next(say, n).to_string()",
                'format!("{}", next(say, n))', "self.id().to_string()", 'format!("{}", Loud(n, say))',
                "own.pop().unwrap_or_default()", "own[0].clone()", "{ n += 1; n.to_string() }",
                'if n > 1 { name.clone() } else { format!("{n}") }', "own.join(\",\")",
                "self.names.get(n as usize)?.clone()", "String::new()", 'name.replace("n", "m")',
                'format!("{}", self.free())', f"{self.locked('page')}.clone()",
                "self.names.iter().map(|x| x.to_uppercase()).collect()", "part.tags.concat()",
                'format!("{}", self.count.load(std::sync::atomic::Ordering::SeqCst))',
                "match n { 0 => name.clone(), 1 => return None, _ => String::from(\"m\") }",
            ]
        )  # fmt: skip

    def list(self) -> str:
        return self.choice.choice(
            [
                "self.names.clone()", "self.names.to_vec()", "vec![name.clone()]", "Vec::new()", "own.clone()",
                f"vec![{self.text()}]", "part.tags.clone()", "std::mem::take(&mut own)",
                "self.names.iter().cloned().collect()", "Default::default()", f"vec![{self.text()}, {self.text()}]",
            ]
        )  # fmt: skip

    def part(self) -> str:
        return self.choice.choice(
            [
                "part.clone()", f"Part {{ name: {self.text()}, tags: {self.list()} }}",
                f"Part {{ tags: {self.list()}, name: {self.text()} }}",
                f"Part {{ name: {self.text()}, ..part.clone() }}",
            ]
        )  # fmt: skip

    def statement(self, depth: int = 0) -> str:
        pick = self.choice
        log, map_, page = self.locked("log"), self.locked("map"), self.locked("page")
        simple = [
            f"{log}.push({self.text()});", f"{log}.insert(0, {self.text()});", f"{log}.extend({self.list()});",
            f"{map_}.insert({self.text()}, {self.list()});", f"{map_}.remove(&{self.text()});",
            f"let _ = {map_}.remove({self.text()}.as_str());", f"*{map_} = Default::default();",
            f"{map_}.entry({self.text()}).or_default().push({self.text()});",
            f"{map_}.entry({self.text()}).or_insert_with(|| {self.list()});",
            f"*{log} = {self.list()};", f"*{page} += &{self.text()};", f"{page}.push_str(&{self.text()});",
            f"drop(std::mem::replace(&mut *{log}, {self.list()}));", f"{log}.pop();",
            f"drop(std::mem::take(&mut *{map_}));", f"{self.locked('parts')}.push({self.part()});",
            f"{self.locked('louds')}.push(Loud(n, say));", f"*{self.locked('louds')} = vec![Loud(n, say)];",
            f"{self.locked('louds')}.pop();", f"{self.locked('parts')}.pop();",
            f"pick(&mut n, &self.logs).lock(){self.taken}.push({self.text()});",
            f"self.logs[n as usize % 2].lock(){self.taken}.push({self.text()});",
            f"let known = {map_}.contains_key(&{self.text()}); say.it(\"known\", &known);",
            f"let len = {log}.len() + {self.text()}.len(); say.it(\"len\", &len);",
            f"say.it(\"both\", &({log}.len(), {self.text()}));",
            f"if {map_}.insert({self.text()}, {self.list()}).is_none() {{ n += 1; }}",
            f"match {map_}.get(&{self.text()}) {{ Some(x) => own.extend(x.clone()), None => n += 1 }}",
            f"if n > 1 && {log}.contains(&{self.text()}) {{ n += 1; }}",
            f"let add = |n: u32| {log}.push(n.to_string()); add(n);",
            f"for each in {log}.iter().take({self.text()}.len()) {{ say.it(\"each\", each); }}",
            f"match n {{ 0 => {log}.push({self.text()}), _ => own.push({self.text()}) }}",
            f"let name = {map_}.remove(&name).unwrap_or_default().len().to_string() + &{self.text()}; own.push(name);",
        ]  # fmt: skip
        if pick.random() < 0.35:
            return self.section()
        if depth < 2 and pick.random() < 0.1:
            return f"if n > 0 {{ {self.statement(depth + 1)} }}"
        return pick.choice(simple)

    def beside(self) -> str:
        """A statement in a section that does not need its guard."""
        return self.choice.choice(
            [
                f"let text = {self.text()};", f"own.push({self.text()});", "n += 1;", "self.free();",
                f"let loud = Loud(n, say); let text = {self.text()};", "let text = own.join(\"-\");",
                f"if n > 2 {{ return Some(n); }} let text = {self.text()};", "say.it(\"beside\", &n);",
                "for each in &self.names { own.push(each.to_uppercase()); }", f"let all = {self.list()};",
                f"{self.locked('page')}.push_str(\"+\");", "let text = self.names[n as usize].repeat(2);",
            ]
        )  # fmt: skip

    def section(self) -> str:
        pick = self.choice
        head = " ".join(self.beside() for _ in range(pick.choice([0, 1, 1, 2])))
        tail = " ".join(self.beside() for _ in range(pick.choice([0, 0, 1, 2])))
        use = pick.choice(
            [
                f"g.push({self.text()});", "g.push(text);", "let first = g.first().cloned();",
                f"g.push({self.text()}); g.push({self.text()});", "let g = g.len();",
                f"if n > 0 {{ g.push({self.text()}); }}", "let first = g.first();", "g.extend(own.clone());",
                f"*g = {self.list()};", "let n = g.len();",
            ]
        )  # fmt: skip
        end = pick.choice(["", "", "drop(g);", 'say.it("end", &n);', 'say.it("first", &first);'])
        text = (
            'let text = String::from("t"); let first = 1;'
            if "text" in use or "first" in end
            else ""
        )
        return f"{{ {text} let mut g = {self.locked('log')}; {head} {use} {tail} {end} }}"

    def body(self) -> str:
        statements = [self.statement() for _ in range(self.choice.choice([1, 2, 3, 4]))]
        return "\n            ".join(statements)


def program(choice: random.Random) -> str:
    """A program whose values and old values say when they are made, shown and dropped."""
    lock, taken, ok, unwrap = choice.choice(
        [
            ("std::sync::Mutex", ".unwrap()", "ok", ".unwrap_or_else(|e| e.into_inner())"),
            ("parking_lot::Mutex", "", "some", ""),
        ]
    )
    body = _Body(choice, taken)
    return _TEXT.format(lock=lock, ok=ok, unwrap=unwrap, body=body.body())
