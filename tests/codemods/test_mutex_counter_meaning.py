"""Random critical sections, run before and after their rewrite: both must compute the same.

Each section stands in a method of its own struct, so that one refusal costs one method. The
programs are single-threaded: what is compared is order, operands, early exits and results, where a
wrong rewrite shows. (That a section becomes *one* operation is what the shapes are built on.)
"""

from __future__ import annotations

import random
import re
import subprocess
from pathlib import Path

import pytest

from tests.codemods.test_mutex_counter import U64, Workspace

_HEAD = "#![allow(warnings)]\nuse std::sync::Mutex;\n"
_INPUTS = "for v in [0i64, 3, 4, -2] { for (x, y) in [(0i64, 1i64), (5, 2), (3, 3)] {"


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
                "*g *= 2;", "*g = *g * 2 + 1;", "*g = -*g;",
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


def _struct(index: int, body: str) -> str:
    return (
        f"pub struct S{index} {{\n    v: Mutex<i64>,\n}}\nimpl S{index} {{\n"
        f"    fn new(v: i64) -> Self {{ S{index} {{ v: Mutex::new(v) }} }}\n"
        "    fn end(self) -> i64 { self.v.into_inner().unwrap() }\n"
        f"    fn run(&self, x: i64, y: i64) -> i64 {{\n        {body}\n    }}\n}}\n"
    )


def _main(count: int) -> str:
    runs = "".join(
        f"{_INPUTS} let s = S{i}::new(v); let r = s.run(x, y);"
        f' println!("{i} {{v}} {{x}} {{y}}: {{r}} {{}}", s.end()); }} }}\n'
        for i in range(count)
    )
    return f"fn main() {{\n{runs}}}\n"


def _run(folder: Path, name: str, text: str) -> list[str]:
    source = folder / f"{name}.rs"
    source.write_text(text, "utf-8")
    command = ["rustc", "--edition=2021", "-Cdebug-assertions=off", "-o", name, source.name]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=600)
    done = subprocess.run([folder / name], check=True, capture_output=True, text=True, timeout=60)
    return done.stdout.splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_rewritten_section_computes_the_same(tmp_path: Path, seed: int) -> None:
    choice, count = random.Random(seed), 150
    bodies = [_Section(choice).body() for _ in range(count)]
    text = _HEAD + "".join(_struct(i, body) for i, body in enumerate(bodies))
    work = Workspace({"src/lib.rs": text}, {"self.v": "std::sync::Mutex<i64>", "self": "&krate::S"})
    fixes = [p.fixes[0] for p in work.plan() if p.fixes]
    after = work.applied(*fixes)["src/lib.rs"]
    assert len(re.findall(r"v: AtomicI64,", after)) == len(fixes)
    assert len(fixes) > count // 4
    main = _main(count)
    assert _run(tmp_path, "before", text + main) == _run(tmp_path, "after", after + main)


def test_statics_of_one_name_in_different_modules_are_different() -> None:
    kept = (
        "use std::sync::Mutex;\nstatic N: Mutex<u64> = Mutex::new(0);\n"
        "pub fn bump() { let mut g = N.lock().unwrap(); std::thread::yield_now(); *g += 1; }\n"
    )
    counter = (
        "use std::sync::Mutex;\nstatic N: Mutex<u64> = Mutex::new(0);\n"
        "pub fn bump() { *N.lock().unwrap() += 1; }\n"
    )
    files = {"src/lib.rs": "mod a; mod b;", "src/a.rs": counter, "src/b.rs": kept}
    types = {"N": U64, "Mutex::new(0)": U64}
    counted, left = sorted(Workspace(files, types).plan(), key=lambda p: p.sites[0].path)
    assert {edit.path for edit in counted.fixes[0].edits} == {"src/a.rs"}
    assert not left.fixes and "src/b.rs:3" in left.reason
