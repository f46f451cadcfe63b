// reason: two readers at a time would change it beside each other
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

struct Page {
    lines: Vec<String>,
    turn: AtomicU32,
}

struct Shared {
    page: Mutex<Page>,
}

impl Shared {
    fn read(&self) -> usize {
        let page = self.page.lock().unwrap();
        page.turn.store(page.turn.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        page.lines.iter().map(String::len).sum()
    }

    fn set(&self, page: Page) {
        *self.page.lock().unwrap() = page;
    }
}
