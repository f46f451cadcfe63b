// reason: `page.rows` borrows from what it is appended to
use std::sync::Mutex;

pub struct Page {
    text: String,
    rows: u32,
}

pub fn rows(page: &Mutex<Page>, times: u32) {
    let mut page = page.lock().unwrap();
    for _ in 0..times {
        let row = format!("{}: {}", page.rows, times);
        page.text.push_str(&row);
    }
}
