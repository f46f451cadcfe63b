"""Programs with files in async code: read, written, listed and asked for, alone and several in a row, with
errors, panics, early returns, values that are used behind, and awaits between or not.

One task works in a folder of its own, step by step, and says what it found: with async twins and with
closures on other threads it finds the same. What is not ``Send`` or not owned does not compile or is left.
"""

from __future__ import annotations

import random

DEPENDENCIES = """tokio = { version = "1", features = ["full"] }
"""
KEPT: tuple[int, ...] = ()
TOLD: tuple[tuple[str, str], ...] = ()

_TEXT = """use runtime::Say;
use std::collections::BTreeMap;
use std::io::{{BufRead, BufReader, Read, Write}};
use std::path::{{Path, PathBuf}};
use std::sync::{{Arc, Mutex}};
{uses}
struct Inner {{
    base: PathBuf,
    suffix: String,
}}

struct Store {{
    root: PathBuf,
    inner: Arc<Inner>,
    known: Mutex<BTreeMap<String, usize>>,
    limit: u64,
    say: Say,
}}

async fn pause() {{
    tokio::task::yield_now().await;
}}

fn load(root: &Path, name: &str) -> std::io::Result<String> {{
    std::fs::read_to_string(root.join(name))
}}

fn total(paths: &[PathBuf]) -> u64 {{
    paths.iter().map(|path| path.metadata().map_or(0, |found| found.len())).sum()
}}

impl Store {{
{functions}}}

pub fn run(say: Say) {{
    let name = module_path!().replace("::", "-");
    let root = std::env::temp_dir().join(format!("spikeproof-{{}}-{{name}}", std::process::id()));
    let _ = std::fs::remove_dir_all(&root);
    std::fs::create_dir_all(root.join("sub")).unwrap();
    for (name, text) in [("a", "one\\ntwo\\n"), ("b", "three"), ("sub/c", "4\\n5\\n6\\n")] {{
        std::fs::write(root.join(name), text).unwrap();
    }}
    let inner = Arc::new(Inner {{ base: root.join("sub"), suffix: "c".to_string() }});
    let store = Arc::new(Store {{
        root: root.clone(), inner, known: Mutex::default(), limit: 3, say,
    }});
    let runtime = tokio::runtime::Builder::{runtime}().enable_all().build().unwrap();
    runtime.block_on(async {{
{calls}    }});
    let mut left: Vec<_> = std::fs::read_dir(&root).unwrap().map(|e| e.unwrap().file_name()).collect();
    left.sort();
    say.it("left", &left);
    let _ = std::fs::remove_dir_all(&root);
}}
"""
# One or more statements each; {p} is a path, {q} another one, {v} a fresh name, {fs} a way to name std::fs.
_STEPS = [
    "let {v} = {fs}read_to_string({p})?;\nacc += {v}.len() as u64;",
    'let {v} = {fs}read({p}).unwrap_or_default();\nself.say.it("bytes", &{v});',
    "if {p}.exists() {{\n    acc += 1;\n}}",
    "acc += {p}.is_dir() as u64 * 2 + {q}.is_file() as u64;",
    "let {v} = {fs}metadata({p})?.len();\nacc += {v};",
    "{fs}write({p}, name)?;",
    "{fs}write({p}, name)?;\n{fs}rename({p}, {q})?;",
    'let _ = {fs}remove_file({q});\nself.say.it("gone", &{q}.exists());',
    "let {v} = match {fs}read_to_string({p}) {{\n    Ok(text) => text.lines().count() as u64,\n    Err(_) => 9,\n}};\n"
    "acc += {v};",
    "let mut {v} = Vec::new();\nfor entry in {fs}read_dir(&self.root)? {{\n    let entry = entry?;\n"
    "    if entry.path().is_file() {{\n        {v}.push(entry.file_name());\n    }}\n}}\n{v}.sort();\n"
    'self.say.it("names", &{v});',
    "let {v} = std::fs::File::open({p})?;\nlet mut {v}_n = 0u64;\nfor line in BufReader::new({v}).lines() {{\n"
    "    {v}_n += line?.len() as u64;\n}}\nacc += {v}_n;",
    "let mut {v} = std::fs::File::create({q})?;\n{v}.write_all(name.as_bytes())?;\n{v}.flush()?;",
    "let {v} = load(&self.root, name)?;\nacc += {v}.len() as u64;",
    "let {v} = vec![self.root.join(name), {p}.to_path_buf()];\nacc += total(&{v});\nacc += {v}.len() as u64;",
    "let {v}: Vec<PathBuf> = vec![{p}.to_path_buf(), {q}.to_path_buf()];\n"
    "let {v}_n = {v}.iter().filter(|path| path.exists()).count();\nacc += {v}_n as u64;",
    "let {v} = self.known.lock().unwrap().len();\nlet {v}_t = {fs}read_to_string({p})?;\n"
    "self.known.lock().unwrap().insert({v}_t, {v});",
    "let {v} = {{\n    let known = self.known.lock().unwrap();\n    {fs}read({p}).map_or(known.len(), |t| t.len())\n}};\n"
    "acc += {v} as u64;",
    "acc += add(self.known.lock().unwrap().len(), {fs}read({p}).map_or(0, |t| t.len()));",
    'let mut {v} = 0;\nfor n in 0..self.limit {{\n    {v} += {fs}read(self.root.join(if n == 1 {{ "a" }} else {{ name }}))'
    ".map_or(n, |t| t.len() as u64);\n}}\nacc += {v};",
    "for n in 0..self.limit {{\n    pause().await;\n    acc += {p}.metadata().map_or(n, |found| found.len());\n}}",
    'let {v} = {fs}read_to_string({p})?;\nassert!({v}.len() != 5, "five");\n{fs}write({q}, &{v})?;\nacc += {v}.len() as u64;',
    "if acc > 40 {{\n    return Ok(acc);\n}}\nacc += {fs}read({p})?.len() as u64;",
    "let {v} = self.inner.base.join(&self.inner.suffix);\nacc += {fs}read(&{v})?.len() as u64;\nacc += {v}.exists() as u64;",
    "std::thread::sleep(std::time::Duration::from_millis(10));\nacc += 1;",
    "let {v} = std::rc::Rc::new(acc);\nlet {v}_n = {fs}read({p}).map_or(1, |t| t.len() as u64);\nacc = *{v} + {v}_n;",
]
_PAUSES = ("pause().await;", "acc += 1;", 'self.say.it("acc", &acc);')
_PATHS = (
    "self.root.join(name)",
    "given",
    "&own",
    "&self.inner.base",
    "self.root.join(name).as_path()",
    '&self.root.join("b")',
)


def _path(choice: random.Random) -> str:
    return choice.choice(_PATHS)


def _body(choice: random.Random, fs: str) -> str:
    lines = ["let mut acc = x;", 'let own = self.root.join("a");']
    for at in range(choice.randint(1, 4)):
        step = choice.choice(_STEPS)
        p, q = _path(choice), _path(choice)
        if "{p}." in step or "{q}." in step:
            p, q = (f"({each})" if each.startswith("&") else each for each in (p, q))
        lines += step.format(p=p, q=q, v=f"v{at}", fs=fs).split("\n")
        if choice.random() < 0.6:
            lines.append(choice.choice(_PAUSES))
    return "".join(f"        {line}\n" for line in [*lines, "Ok(acc)"])


def program(choice: random.Random) -> str:
    """A module's text."""
    short = choice.random() < 0.4
    fs = "fs::" if short else "std::fs::"
    functions, calls = [], ""
    for index in range(choice.randint(1, 3)):
        functions.append(
            f"    async fn f{index}(&self, given: &Path, name: &str, x: u64) -> std::io::Result<u64> {{\n"
            f"{_body(choice, fs)}    }}\n"
        )
        for name in choice.sample(("a", "b", "sub", "new"), 2):
            spawned = choice.random() < 0.4
            call = f'store.f{index}(&root.join("b"), "{name}", {index}).await.map_err(|e| e.kind())'
            if spawned:
                calls += (
                    "        let (own, root) = (store.clone(), root.clone());\n"
                    f"        let done = tokio::spawn(async move {{ {call.replace('store.', 'own.')} }}).await;\n"
                    f'        say.it("spawned", &done.map_err(|e| e.is_panic()));\n'
                    "        let root = store.root.clone();\n"
                )
            else:
                calls += f'        say.it("f{index}", &{call});\n'
    functions.append("")
    text = _TEXT.format(
        uses="use std::fs;\n" if short else "",
        functions="\n".join(functions),
        runtime=choice.choice(("new_current_thread", "new_multi_thread")),
        calls=calls,
    )
    return text + "\nfn add(a: usize, b: usize) -> u64 {\n    (a + b) as u64\n}\n"
