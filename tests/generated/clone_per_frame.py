"""Programs that copy values in loops, and look at, change, keep, lend or give away both."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from tests.generated.clone_shapes import FUNCTIONS, Shapes, setup

DEPENDENCIES = ""
KEPT: tuple[int, ...] = ()
TOLD = ((r"`Drop` of its own", r'()"drop=[^,]*, '),)

# A type, three values of it, and a change of one in place.
_TYPES = {
    "String": ('String::from("{}")', "{}.push('z');"),
    "Vec<u8>": ('b"{}".to_vec()', "{}.push(9);"),
    "Named": ('Named {{ name: String::from("{}"), n: 1, say }}', "{}.n += 10;"),
    "Loud": ('Loud(String::from("{}"), say)', "{}.0.push('z');"),
    "Arc<String>": ('Arc::new(String::from("{}"))', "Arc::make_mut(&mut {}).push('z');"),
    "Rc<String>": ('Rc::new(String::from("{}"))', "Rc::make_mut(&mut {}).push('z');"),
    "Box<str>": ('Box::<str>::from("{}")', "{}.make_ascii_uppercase();"),
    "PathBuf": ('PathBuf::from("{}")', '{}.push("z");'),
    "Option<String>": ('Some(String::from("{}"))', "{} = None;"),
}
_HEAD = """use runtime::Say;
use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

#[derive(Clone)]
struct Named {
    name: String,
    n: u32,
    say: Say,
}

impl std::fmt::Debug for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.name, self.n)
    }
}

#[derive(Clone)]
struct Loud(String, Say);

impl Drop for Loud {
    fn drop(&mut self) {
        self.1.it("drop", &self.0);
    }
}

impl std::fmt::Debug for Loud {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

trait Code {
    fn code(&self) -> u32;
}

impl Code for String {
    fn code(&self) -> u32 {
        1
    }
}

impl Code for str {
    fn code(&self) -> u32 {
        2
    }
}

impl<T: Code + ?Sized> Code for &T {
    fn code(&self) -> u32 {
        10 + (**self).code()
    }
}

impl Code for Vec<u8> {
    fn code(&self) -> u32 {
        3
    }
}

impl Code for [u8] {
    fn code(&self) -> u32 {
        4
    }
}

fn code<T: Code>(value: T) -> u32 {
    value.code()
}

fn code_of<T: Code + ?Sized>(value: &T) -> u32 {
    value.code()
}

fn any<T: std::fmt::Debug>(value: T) -> String {
    format!("{:?}", value)
}
"""
# Functions over the program's type `T`.
_FUNCTIONS = """
type T = {type};

fn eat(value: T, say: Say) {{
    say.it("eat", &value);
}}

fn look(value: &T, say: Say) -> usize {{
    say.it("look", value);
    std::mem::size_of_val(value)
}}

fn change(mut value: T, say: Say) -> T {{
    {change}
    say.it("change", &value);
    value
}}

fn alter(value: &mut T) {{
    {alter}
}}

fn say_len(value: &{type}, say: Say) {{
    say.it("len", &format!("{{:?}}", value).len());
}}

struct State {{
    current: T,
    all: Vec<T>,
    say: Say,
}}

impl State {{
    fn keep(&mut self, value: T) {{
        self.all.push(value);
    }}

    fn show(&self, value: &T) {{
        self.say.it("show", value);
    }}

    fn renew(&mut self) {{
        let value = &mut self.current;
        {alter}
    }}
}}
"""


@dataclass(frozen=True)
class _Name:
    """A binding in scope: ``text`` is a place of type ``T``, or of type ``&T`` or ``&mut T``."""

    text: str
    reference: str = ""  # "", "&", "&mut"
    mutable: bool = False
    outer: bool = False  # declared outside of the loop: giving it away does not compile


class _Program:
    def __init__(self, choice: random.Random) -> None:
        self.choice = choice
        self.type = choice.choice([*_TYPES, "String", "Vec<u8>", "String"])
        self.count = 0

    def fresh(self) -> str:
        self.count += 1
        return f"v{self.count}"

    def made(self, word: str) -> str:
        return _TYPES[self.type][0].format(word)

    def changed(self, place: str) -> str:
        return _TYPES[self.type][1].format(place)

    def copy(self, name: _Name) -> str:
        """An expression that copies the value of ``name``."""
        ways = [f"{name.text}.clone()"] * 4
        if self.type == "String":
            ways += [f"{name.text}.to_string()", f"{name.text}.to_owned()"]
            ways += [f"String::from({name.text}.as_str())", f"{name.text}.as_str().to_string()"]
            ways.append(f"std::borrow::Cow::from({name.text}.as_str()).into_owned()")
            ways.append(f"String::from_utf8_lossy({name.text}.as_bytes()).into_owned()")
            ways.append(f'format!("{{}}", {name.text}).to_string()')
        if self.type == "Vec<u8>":
            ways += [f"{name.text}.to_vec()", f"{name.text}.as_slice().to_vec()"]
            ways.append(f"std::borrow::Cow::from({name.text}.as_slice()).into_owned()")
            ways.append(f"[&{name.text}[..], &[]].concat().to_vec()")
        if self.type == "PathBuf":
            ways.append(f"{name.text}.to_path_buf()")
        return self.choice.choice(ways)

    def lent(self, name: _Name) -> str:
        return name.text if name.reference == "&" else f"&{name.text}"

    def statement(self, names: list[_Name], depth: int = 0) -> str:
        """A statement over ``names``, which it may add to or take from."""
        pick = self.choice
        name = pick.choice(names)
        copy = self.copy(name)
        if pick.random() < 0.4:
            copies = Shapes(pick, self.type, lambda: self.copy(pick.choice(names)))
            return copies.statement()
        match pick.randrange(28):
            case 0 | 1:
                new = self.fresh()
                names.append(_Name(new))
                return f"let {new} = {copy};"
            case 2:
                new = self.fresh()
                names.append(_Name(new, mutable=True))
                return f"let mut {new} = {copy};"
            case 3:
                return f"eat({copy}, say);"
            case 4:
                return f'say.it("size", &look(&{copy}, say));'
            case 5:
                return pick.choice([f"kept.push({copy});", f"state.keep({copy});"])
            case 6:
                return f'say.it("seen", {self.lent(name)});'
            case 7 | 8:
                wanted = [n for n in names if n.mutable or n.reference == "&mut"]
                if not wanted:
                    return f"state.show({self.lent(name)});"
                chosen = pick.choice(wanted)
                alter = chosen.text if chosen.reference else f"&mut {chosen.text}"
                return pick.choice([f"alter({alter});", self.changed(chosen.text)])
            case 9:
                wanted = [n for n in names if not n.reference and not n.outer]
                if not wanted or depth:
                    return f"let _ = {copy};"
                chosen = pick.choice(wanted)
                names.remove(chosen)
                if not names:
                    names.append(_Name("state.current", outer=True, mutable=True))
                return pick.choice(
                    [
                        f"drop({chosen.text});",
                        f"eat({chosen.text}, say);",
                        f"kept.push({chosen.text});",
                    ]
                )
            case 10:
                new = self.fresh()
                move = pick.choice(["", "move "])
                inside = pick.choice([f"let {new} = {copy};", f"let {new} = {self.lent(name)};"])
                return f'{inside} let f = {move}|| say.it("closure", &{new}); f(); {pick.choice(["f();", ""])}'
            case 11:
                return f"last = Some({copy});"
            case 12:
                new = self.fresh()
                return f'let {new} = {copy}; late.push(Box::new(move || say.it("late", &{new})));'
            case 13 if depth < 2:
                inner = " ".join(self.statement(list(names), depth + 1) for _ in range(2))
                return f"if round % 2 == {pick.randrange(2)} {{ {inner} }}"
            case 14:
                return pick.choice(["state.renew();", f"state.current = {copy};"])
            case 15:
                names.append(_Name(new := self.fresh()))
                return f"let {new} = change({copy}, say);"
            case 16:
                call = pick.choice(["code(&{})", "code({})", "code_of(&{})"])
                new = self.fresh()
                say_it = f'say.it("code", &{call.format(new)});'
                return f"let {new} = {copy}; {say_it}"
            case 17:
                return f'say.it("code", &{pick.choice(["code", "any"])}({copy}));'
            case 18:
                new = self.fresh()
                return f'let {new} = cell.borrow().clone(); alter(&mut cell.borrow_mut()); say.it("cell", &{new});'
            case 19:
                new = self.fresh()
                return f'let {new} = lock.lock().unwrap().clone(); alter(&mut lock.lock().unwrap()); say.it("lock", &{new});'
            case 20 if self.type in ("Arc<String>", "Rc<String>"):
                kind = self.type.partition("<")[0]
                return f'say.it("shared", &{kind}::strong_count({self.lent(name)}));'
            case 20 if self.type in ("String", "Vec<u8>"):
                new = self.fresh()
                return (
                    f"let {new} = {name.text}.as_ptr(); eat({copy}, say); "
                    f'say.it("raw", &unsafe {{ *{new} }});'
                )
            case 21 if depth < 2:
                new = self.fresh()
                self.count += 1
                return f"let {new} = {{ {self.statement(list(names), depth + 1)} {copy} }}; look(&{new}, say);"
            case 22:
                return (
                    f"match round {{ 0 => eat({copy}, say), 1 => state.keep({copy}), _ => {{}} }}"
                )
            case 24 | 25:
                return f'say.it("maybe", &maybe({copy}, round, &mut kept, say));'
            case 26:
                return f"apart({copy}, round, &mut kept, say);"
            case 27 if depth:
                return f"apart(change({copy}, say), round, &mut kept, say);"
            case 23 if depth:
                return "continue;"
            case _:
                new = self.fresh()
                names.append(_Name(new))
                return f"let {new} = {copy}; state.show(&{new});"

    def taker(self, name: str) -> str:
        """A function that looks at its parameter, takes it apart, and keeps it somewhere, or calls itself."""
        pick = self.choice
        look = pick.choice(
            ['say.it("look", &value);', "look(&value, say);", "say_len(&value, say);", ""]
        )
        keep = pick.choice(
            ["all.push(value);", "let held = value; all.push(held);", "all.insert(0, value);"]
        )
        again = f"{name}(value.clone(), round + 1, all, say);"
        ways = [
            f"if round % 2 == 0 {{ {look} return 0; }} {look} {keep} 1",
            f"match round {{ 0 => {{ {look} 0 }} 1 => {{ {keep} 1 }} _ => 2 }}",
            f"{look} if round == 1 {{ {keep} }} else {{ {look} }} 3",
            f"for _ in 0..1 {{ {look} }} let seen = value; {look.replace('value', 'seen')} 4",
            f"if round < 3 {{ {again} }} {look} 5",
            f"if round < 3 {{ return {again[:-1]}; }} {keep} 6",
            f"{look} {keep} 7",
        ]
        if self.type == "Option<String>":
            ways += [
                'match value { Some(text) => say.it("some", &text), None => {} } 8',
                "if let Some(text) = value { if round == 1 { all.push(Some(text)); } } 9",
                "match value { Some(text) if text.len() > 1 => { all.push(Some(text)); 1 } _ => 0 }",
            ]
        if self.type == "Named":
            ways += [
                'let Named { name, n, say } = value; say.it("n", &(n + 1)); say.it("name", &name); 8',
                'if round == 1 { let name = value.name; say.it("part", &name); } 9',
            ]
        if self.type == "Vec<u8>":
            ways += [
                'for byte in value { say.it("byte", &byte); } 8',
                "value.into_iter().map(|byte| code(vec![byte]) as usize + byte as usize).sum()",
            ]
        body = pick.choice(ways)
        return f"fn {name}(value: {self.type}, round: usize, all: &mut Vec<T>, say: Say) -> usize {{ {body} }}\n"

    def loop(self) -> tuple[str, list[_Name], str]:
        """The head of a loop, what it binds, and the first statements of its body."""
        item = _Name("item")
        every = _Name("state.current", outer=True, mutable=True)
        ways = [
            ("for item in &items", [replace(item, reference="&")], ""),
            ("for item in items.iter()", [replace(item, reference="&")], ""),
            ("for item in items.iter_mut()", [replace(item, reference="&mut")], ""),
            ("for item in items", [item], ""),
            ("for mut item in items", [replace(item, mutable=True)], ""),
            ("while let Some(item) = items.pop()", [item], ""),
            ("for at in 0..items.len()", [replace(item, text="items[at]", outer=True, mutable=True)], ""),
            ("for at in 0..3", [every], ""),
            ("for item in std::mem::take(&mut items)", [item], ""),
            ("for (at, item) in items.iter().enumerate()", [replace(item, reference="&")], ""),
        ]  # fmt: skip
        head, names, first = self.choice.choice(ways)
        return (
            head,
            names + ([every] if every not in names and self.choice.random() < 0.4 else []),
            first,
        )

    def text(self) -> str:
        head, names, first = self.loop()
        body = [first] if first else []
        for _ in range(self.choice.choice([2, 3, 3, 4, 5])):
            body.append(self.statement(names))
        inside = "\n        ".join(body)
        change = self.changed("value")
        alter = change.replace("&mut value", "value")
        if self.type == "Option<String>":
            alter = "*value = None;"
        words = ", ".join(self.made(word) for word in ("a", "b", "c"))
        return (
            _HEAD
            + _FUNCTIONS.format(type=self.type, change=change, alter=alter)
            + FUNCTIONS
            + self.taker("maybe")
            + self.taker("apart")
            + f"""
pub fn run(say: Say) {{
    let mut items: Vec<T> = vec![{words}];
    let mut kept: Vec<T> = Vec::new();
    let mut late: Vec<Box<dyn Fn()>> = Vec::new();
    let mut last: Option<T> = None;
    let cell = RefCell::new({self.made("d")});
    let lock = Mutex::new({self.made("e")});
    let mut state = State {{ current: {self.made("f")}, all: Vec::new(), say }};
    let mut round = 0;
    {setup([self.made(word) for word in ("g", "h", "i")])}
    {head} {{
        round += 1;
        {inside}
    }}
    say.it("kept", &kept);
    say.it("last", &last);
    say.it("current", &state.current);
    say.it("all", &state.all);
    say.it("pool", &(&pool, &map, &maybe_one, &options, &pairs, &bytes, total));
    for each in &late {{
        each();
    }}
}}
"""
        )


def program(choice: random.Random) -> str:
    """A program with a loop over values of one type."""
    return _Program(choice).text()
