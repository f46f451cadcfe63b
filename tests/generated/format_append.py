"""Programs that append formatted text to strings and formatters, with arguments that say when they run."""

from __future__ import annotations

import random

DEPENDENCIES = ""
KEPT: tuple[int, ...] = ()
TOLD = (
    (r"half of the text stands", r'("how=false".*?)"out=.*'),
    (r"what fails is the result", r'(.*?)"(?:how|row)=.*'),
    (r"got the text as one piece", r'()"pieces=[^)]*\)"'),
)

_TEXT = """use runtime::Say;
use std::borrow::Cow;
use std::fmt::{{self, Display}};
use std::sync::Mutex;

/// Says when it is shown, and when it goes.
struct Loud(u32, Say);

impl Display for Loud {{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{
        self.1.it("shown", &self.0);
        write!(f, "<{{}}>", self.0)
    }}
}}

impl Drop for Loud {{
    fn drop(&mut self) {{
        self.1.it("drop", &self.0);
    }}
}}

/// Fails to be shown when its number is odd, after a part of it.
struct Failing(u32);

impl Display for Failing {{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{
        f.write_str("part")?;
        if self.0 % 2 == 1 {{ Err(fmt::Error) }} else {{ Ok(()) }}
    }}
}}

/// Keeps to the width that it is given.
struct Padded(&'static str);

impl Display for Padded {{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{
        f.pad(self.0)
    }}
}}

/// Text of its own that derefs to a `String`.
struct Page(String, u32);

impl std::ops::Deref for Page {{
    type Target = String;
    fn deref(&self) -> &String {{
        &self.0
    }}
}}

impl std::ops::DerefMut for Page {{
    fn deref_mut(&mut self) -> &mut String {{
        self.1 += 1;
        &mut self.0
    }}
}}

/// Keeps the pieces that it gets.
struct Sink(Vec<String>);

impl fmt::Write for Sink {{
    fn write_str(&mut self, text: &str) -> fmt::Result {{
        self.0.push(String::from(text));
        Ok(())
    }}
}}

struct Row(u32, String, Say);

impl Display for Row {{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{
        let Row(n, name, say) = self;
        let (n, say) = (*n, *say);
        {shown}
        Ok(())
    }}
}}

struct State {{
    out: String,
    parts: Vec<String>,
    count: u32,
    last: Mutex<u32>,
    say: Say,
}}

fn next(say: Say, number: u32) -> u32 {{
    say.it("next", &number);
    number + 1
}}

impl State {{
    fn bump(&mut self) -> u32 {{
        self.count += 1;
        self.say.it("bump", &self.count);
        self.count
    }}

    fn locked(&self) -> u32 {{
        let free = self.last.try_lock().is_ok();
        self.say.it("free", &free);
        1
    }}

    fn step(&mut self, n: u32, out: &mut String, page: &mut Page) -> Option<u32> {{
        let say = self.say;
        let name = String::from("name");
        let mut own = String::from("own");
        for round in 0..2 {{
            {body}
        }}
        say.it("own", &own);
        own.clear();
        own.push_str(&format!("{{}}", Row(n, own.clone(), say)));
        let mut sink = Sink(Vec::new());
        let done = {{ use fmt::Write; write!(sink, "{{}}", Row(n, name, say)).is_ok() }};
        say.it("row", &(own, done, sink.0.concat()));
        say.it("pieces", &(sink.0,));
        Some(n)
    }}
}}

pub fn run(say: Say) {{
    let mut state = State {{ out: String::new(), parts: vec![String::new()], count: 0, last: Mutex::new(7), say }};
    let mut out = String::from("out");
    let mut page = Page(String::from("page"), 0);
    for n in 0..3 {{
        let how = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| state.step(n, &mut out, &mut page)));
        say.it("how", &how.is_ok());
    }}
    say.it("out", &out);
    say.it("page", &(&page.0, page.1));
    say.it("state", &(&state.out, &state.parts, state.count));
}}
"""


class _Body:
    def __init__(self, choice: random.Random) -> None:
        self.choice = choice

    def value(self) -> str:
        return self.choice.choice(
            [
                "n", "n + 1", "name", "name.len()", "&name", "name.as_str()", "'c'", "true", "1.5",
                "next(say, n)", "self.bump()", "self.count", "Loud(n, say)", "&Loud(n, say)",
                "Failing(n)", 'Padded("p")', "self.last.lock().unwrap()", "self.locked()",
                "*self.last.lock().unwrap()", 'Cow::from("cow")', "own.len()", "out.len()", "&own",
                "self.out.len()", 'format!("{}", n)', "Box::new(n)", '"text"', "n.checked_sub(1)?",
                'if n == 1 { return None } else { "x" }', "[1, 2].len()", "&&n", "self.parts.len()",
                '{ say.it("block", &n); n }',
            ]
        )  # fmt: skip

    def spec(self) -> str:
        return self.choice.choice(["{}"] * 8 + ["{:>5}", "{:.1}", "{:?}", "{:<3}|", "{:05}"])

    def template(self) -> tuple[str, list[str]]:
        """A format string and its arguments."""
        pick = self.choice
        text, values = pick.choice(["", "", "a ", "{{", "é"]), []
        for _ in range(pick.choice([0, 1, 1, 2, 2, 3])):
            if pick.random() < 0.2:
                text += pick.choice(["{n}", "{name}", "{own}", "{n:?}", "{name:>6}"])
            else:
                text += self.spec()
                values.append(self.value())
            text += pick.choice(["", " ", "-", "\\n", "}}"])
        return text + pick.choice(["", ".", "\\n"]), values

    def formatted(self) -> str:
        text, values = self.template()
        return f'format!("{text}"{"".join(f", {value}" for value in values)})'

    def place(self) -> str:
        return self.choice.choice(["out", "own", "self.out", "self.parts[0]", "page", "out", "own"])

    def statement(self, depth: int = 0) -> str:
        pick, place = self.choice, self.place()
        target = {"out": "*out", "page": "**page"}.get(place, place)
        match pick.randrange(14):
            case 0 | 1 | 2 | 3:
                return f"{place}.push_str(&{self.formatted()});"
            case 4 | 5:
                return f"{target} += &{self.formatted()};"
            case 6:
                return f"{place}.push_str(&{self.value()}.to_string());"
            case 7:
                views = ("{}.as_str()", "&*{}", "&{}[..]")
                return f"{place}.push_str({pick.choice(views).format(self.formatted())});"
            case 8:
                return f'{target} += format!("{{}}", {self.value()}).as_str();'
            case 9 if depth < 2:
                return f"if n {pick.choice(['>', '=='])} 1 {{ {self.statement(depth + 1)} }}"
            case 10 if depth < 2:
                return f"for n in 0..2 {{ {self.statement(depth + 1)} }}"
            case 11:
                return (
                    f"match n {{ 0 => {place}.push_str(&{self.formatted()}), _ => own.push('m') }}"
                )
            case 12 if pick.random() < 0.5:
                return f"{{ use fmt::Write; let _ = {place}.write_str(&{self.formatted()}); }}"
            case 12:
                return f"let text = {self.formatted()}; {place}.push_str(&text);"
            case _:
                sums = (
                    f"own = own + &{self.formatted()};",
                    f'{place}.push_str(&format!("{{}}", {{ let own = "inner"; own }}));',
                    'own = [n, 2].iter().fold(own, |all, n| all + &format!("{n}.{}", name.len()));',
                )
                return pick.choice(sums)

    def shown(self) -> str:
        """What a ``Display`` of the program's own writes, by ``write_str``."""
        pick, lines = self.choice, []
        for _ in range(pick.choice([0, 1, 2, 3])):
            plain = ["n", "name", "name.len()", "&name[..1]", "'c'", "n * 2", "f.alternate()"]
            other = [
                "Loud(n, say)",
                "Failing(n)",
                'Padded("p")',
                "next(say, n)",
                "f.width().unwrap_or(3)",
            ]
            text, values = self.template()
            values = [pick.choice([*plain, *plain, *other]) for _ in values]
            text = text.replace("{own}", "{name}")
            made = f'format!("{text}"{"".join(f", {value}" for value in values)})'
            lines.append(
                pick.choice(
                    [
                        f"f.write_str(&{made})?;",
                        f"f.write_str({made}.as_str())?;",
                        f"if n > 0 {{ f.write_str(&{made})?; }}",
                        f"for n in 0..2 {{ f.write_str(&{made})?; }}",
                        f"let _ = f.write_str(&{made});",
                        f"let line = {made}; f.write_str(&line)?;",
                        f"f.write_str(&{pick.choice(plain)}.to_string())?;",
                        f"if n == 7 {{ return f.write_str(&{made}); }}",
                    ]
                )
            )
        return "\n        ".join(lines)

    def text(self) -> str:
        statements = [self.statement() for _ in range(self.choice.choice([1, 2, 3, 4]))]
        return "\n            ".join(statements)


def program(choice: random.Random) -> str:
    """A program that appends to a local, a parameter, a field, an element and a type of its own."""
    body = _Body(choice)
    return _TEXT.format(body=body.text(), shown=body.shown())
