"""A generated package of 50 sites of which 5 must fail: two by rustc, three by their own tests.

The good ones are counters, clones and guards as services have them. The bad ones cannot be told
from good ones by rule: a move out of a struct whose ``Drop`` stands in a macro, and a counter whose
test relies on the overflow panic of debug builds.
"""

from __future__ import annotations

from pathlib import Path

GOOD_COUNTERS, GOOD_CLONES, GOOD_GUARDS = 15, 20, 10
BAD_CHECKS, BAD_TESTS = 2, 3

_MANIFEST = """[package]
name = "seeded"
version = "0.0.0"
edition = "2021"
publish = false

[dependencies]
tokio = { version = "1", features = ["macros", "rt", "sync", "time"] }

[workspace]
"""

_COUNTER = """use std::sync::Mutex;

struct Hits {
    hits: Mutex<u64>,
}

impl Hits {
    fn add(&self, n: u64) {
        let mut hits = self.hits.lock().unwrap();
        *hits += n;
    }

    fn read(&self) -> u64 {
        *self.hits.lock().unwrap()
    }
}

#[test]
fn adds() {
    let hits = Hits {
        hits: Mutex::new(0),
    };
    hits.add(__N__);
    assert_eq!(hits.read(), __N__);
}
"""

_CLONE = """struct Frame {
    name: String,
    body: Vec<u8>,
}

async fn store(into: &mut Vec<Frame>, frames: Vec<(String, Vec<u8>)>) {
    for (name, body) in frames {
        tokio::task::yield_now().await;
        into.push(Frame {
            name,
            body: body.clone(),
        });
    }
}

#[tokio::test]
async fn stores() {
    let mut all = Vec::new();
    store(&mut all, vec![("a".to_owned(), vec![1; __N__])]).await;
    assert_eq!(all[0].body.len(), __N__);
    assert_eq!(all[0].name, "a");
}
"""

_GUARD = """use tokio::sync::Mutex;

struct Queue {
    items: Mutex<Vec<u32>>,
}

impl Queue {
    async fn take(&self) -> u32 {
        let mut items = self.items.lock().await;
        let item = items.pop().unwrap_or_default();
        tokio::task::yield_now().await;
        item
    }
}

#[tokio::test]
async fn takes() {
    let queue = Queue {
        items: Mutex::new(vec![__N__]),
    };
    assert_eq!(queue.take().await, __N__);
}
"""

_BAD_CHECK = """struct Message {
    payload: Vec<u8>,
    sent: bool,
}

macro_rules! log_on_drop {
    ($name:ident) => {
        impl Drop for $name {
            fn drop(&mut self) {
                assert!(self.sent);
            }
        }
    };
}

log_on_drop!(Message);

async fn send(mut message: Message) -> Vec<u8> {
    tokio::task::yield_now().await;
    message.sent = true;
    message.payload.clone()
}

#[tokio::test]
async fn sends() {
    let message = Message {
        payload: vec![1; __N__],
        sent: false,
    };
    assert_eq!(send(message).await.len(), __N__);
}
"""

_BAD_TEST = """use std::sync::Mutex;

struct Slots {
    used: Mutex<u8>,
}

impl Slots {
    fn take(&self) {
        *self.used.lock().unwrap() += 1;
    }
}

#[test]
#[should_panic]
fn more_than_a_byte_is_a_bug() {
    let slots = Slots {
        used: Mutex::new(u8::MAX - (__N__ % 3)),
    };
    for _ in 0..__N__ {
        slots.take();
    }
}
"""


def write_seeded(root: Path) -> int:
    """Write the package; the number of fixes that must fail."""
    plan = (
        [("counter", _COUNTER)] * GOOD_COUNTERS
        + [("clone", _CLONE)] * GOOD_CLONES
        + [("guard", _GUARD)] * GOOD_GUARDS
        + [("bad_check", _BAD_CHECK)] * BAD_CHECKS
        + [("bad_test", _BAD_TEST)] * BAD_TESTS
    )
    (root / "src").mkdir(parents=True, exist_ok=True)
    modules = []
    for number, (kind, text) in enumerate(plan):
        name = f"{kind}_{number}"
        modules.append(f"mod {name};\n")
        _write(root / "src" / f"{name}.rs", text.replace("__N__", str(number + 10)))
    _write(root / "src" / "lib.rs", "#![allow(dead_code)]\n" + "".join(modules))
    _write(root / "Cargo.toml", _MANIFEST)
    return BAD_CHECKS + BAD_TESTS


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
