// left: false
// naive: panicked
// swap: at < names.len() && self.seen.lock().unwrap().insert(names[at].to_string()) => let name = names[at].to_string(); at < names.len() && self.seen.lock().unwrap().insert(name)
// end: kept
// words: on a condition only
use std::collections::HashSet;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Mutex;

pub struct Names {
    seen: Mutex<HashSet<String>>,
}

impl Names {
    pub async fn is_new(&self, names: &[&str], at: usize) -> bool {
        at < names.len() && self.seen.lock().unwrap().insert(names[at].to_string())
    }
}

pub fn run() -> String {
    let names = Names { seen: Mutex::default() };
    let asked = || futures::executor::block_on(names.is_new(&["one"], 1));
    match catch_unwind(AssertUnwindSafe(asked)) {
        Ok(told) => told.to_string(),
        Err(_) => "panicked".to_string(),
    }
}
