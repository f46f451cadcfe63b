// reason: what lives there cannot be sent between threads
use std::rc::Rc;

pub async fn count(path: &str) -> usize {
    let shared = Rc::new(path.len());
    let found = std::fs::read(path).unwrap_or_default();
    found.len() + *shared
}
