// level: safe
// prefer: once-lock
use std::collections::HashMap;
use std::sync::OnceLock;

static KINDS: OnceLock<HashMap<&'static str, u8>> = OnceLock::new();

fn kinds() -> HashMap<&'static str, u8> {
    HashMap::from([("a", 1), ("b", 2)])
}

pub fn kind(name: &str) -> Option<u8> {
    let kinds = KINDS.get_or_init(kinds);
    kinds.get(name).copied()
}
