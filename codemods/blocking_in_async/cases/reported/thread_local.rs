// reason: `SEEN` is another one on each thread
use std::cell::Cell;

thread_local! {
    static SEEN: Cell<u64> = const { Cell::new(0) };
}

fn count(path: String) -> u64 {
    SEEN.with(|seen| seen.set(seen.get() + 1));
    std::fs::read(path).map_or(0, |found| found.len() as u64)
}

pub async fn counted(path: String) -> u64 {
    count(path)
}
