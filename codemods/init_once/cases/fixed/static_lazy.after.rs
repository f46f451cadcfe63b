// level: safe
use std::collections::HashMap;
use std::sync::LazyLock;

type Kinds = HashMap<&'static str, u8>;

/// By their names.
static KINDS: LazyLock<Kinds> = LazyLock::new(kinds);

fn kinds() -> Kinds {
    HashMap::from([("a", 1), ("b", 2)])
}

pub fn kind(name: &str) -> Option<u8> {
    KINDS.get(name).copied()
}

pub fn count() -> usize {
    let all = &*KINDS;
    all.len()
}

pub fn largest() -> u8 {
    KINDS.values().max().copied().unwrap_or(0)
}
