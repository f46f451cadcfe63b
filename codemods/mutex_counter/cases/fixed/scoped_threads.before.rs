// level: safe

use std::sync::{Mutex, RwLock};
use std::thread;

pub(crate) fn count_words(pages: &[String]) -> (usize, u64) {
    let words = Mutex::new(0usize);
    let lengths = RwLock::new(0u64);
    let per_page: Vec<Mutex<u32>> = pages.iter().map(|_| Mutex::new(0)).collect();
    thread::scope(|scope| {
        for (page, count) in pages.iter().zip(&per_page) {
            let (words, lengths) = (&words, &lengths);
            scope.spawn(move || {
                for word in page.split_whitespace() {
                    *words.lock().unwrap() += 1;
                    *lengths.write().unwrap() += word.len() as u64;
                    let mut count = count.lock().unwrap();
                    *count += 1;
                }
            });
        }
    });
    let longest = per_page.iter().map(|n| *n.lock().unwrap()).max();
    log::debug!("longest page: {longest:?}");
    let words = words.into_inner().unwrap();
    let lengths = *lengths.read().unwrap();
    (words, lengths)
}
