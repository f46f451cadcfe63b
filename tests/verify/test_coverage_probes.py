"""Probes at the heads of changed functions: where they stand, and that they tell who ran."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from engine.base.model import Edit, Fix, Level
from engine.rust.syntax import Source
from engine.verify.coverage_probes import VARIABLE, Probes, probes

TEXT = b"""#![allow(dead_code)]
use std::cell::Cell;

struct Stats {
    hits: Cell<u64>,
}

impl Stats {
    /// Adds.
    fn add(&self) {
        #![allow(unused_variables)]
        self.hits.set(self.hits.get() + 1);
    }

    fn read<T: From<u64>>(&self) -> T {
        T::from(self.hits.get())
    }
}

const fn twice(n: u64) -> u64 {
    n * 2
}

fn later(run: bool) -> u64 {
    let work = |n: u64| {
        n + 40
    };
    if run { work(2) } else { 0 }
}

fn main() {
    let stats = Stats { hits: Cell::new(0) };
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.iter().any(|a| a == "add") {
        stats.add();
        stats.add();
    }
    let value: u64 = stats.read();
    println!("{}", value + twice(1) + later(arguments.iter().any(|a| a == "later")));
}
"""


def fix(*marks: bytes) -> Fix:
    edits = tuple(Edit("main.rs", TEXT.index(m), TEXT.index(m) + len(m), m) for m in marks)
    return Fix("same", Level.SAFE, edits, "")


FIXES = {
    "add": fix(b"self.hits.set"),
    "read": fix(b"T::from(self"),
    "field": fix(b"hits: Cell<u64>"),
    "const": fix(b"n * 2"),
    "closure": fix(b"n + 40"),
    "two": fix(b"self.hits.get() + 1", b"n + 40"),
}


def probed() -> Probes:
    source = Source("main.rs", TEXT)
    return probes(FIXES, lambda _: source)


def test_what_has_no_function_says_so() -> None:
    assert set(probed().without) == {"field", "const"}


@pytest.mark.slow
def test_runs_tell_what_they_reached(tmp_path: Path) -> None:
    made = probed()
    (tmp_path / "main.rs").write_bytes(made.files["main.rs"])
    command = ["rustc", "--edition", "2018", "-D", "warnings", "main.rs"]
    built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr

    def reached(*arguments: str) -> frozenset[str]:
        file = tmp_path / "reach"
        file.unlink(missing_ok=True)
        run = subprocess.run(
            [str(tmp_path / "main"), *arguments],
            env={VARIABLE: str(file)},
            check=True,
            capture_output=True,
        )
        assert run.stdout.strip().isdigit()
        return made.read(file.read_bytes() if file.exists() else b"")

    assert reached() == {"read"}
    assert reached("add") == {"add", "read", "two"}
    assert reached("later") == {"read", "closure", "two"}
    quiet = subprocess.run([str(tmp_path / "main")], check=True, capture_output=True, env={})
    assert quiet.stdout == b"2\n"
