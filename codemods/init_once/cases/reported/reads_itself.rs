// reason: making the value locks it again
use std::sync::RwLock;

static NAMES: RwLock<Option<Vec<String>>> = RwLock::new(None);

fn known() -> usize {
    NAMES.read().unwrap().as_ref().map_or(0, |names| names.len())
}

fn make() -> Vec<String> {
    vec![String::new(); known() + 1]
}

pub fn count() -> usize {
    let mut names = NAMES.write().unwrap();
    if names.is_none() {
        *names = Some(make());
    }
    names.as_ref().unwrap().len()
}
