// level: safe

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::thread;

pub(crate) fn count_words(pages: &[String]) -> (usize, u64) {
    let words = AtomicUsize::new(0usize);
    let lengths = AtomicU64::new(0u64);
    let per_page: Vec<AtomicU32> = pages.iter().map(|_| AtomicU32::new(0)).collect();
    thread::scope(|scope| {
        for (page, count) in pages.iter().zip(&per_page) {
            let (words, lengths) = (&words, &lengths);
            scope.spawn(move || {
                for word in page.split_whitespace() {
                    words.fetch_add(1, Ordering::Relaxed);
                    lengths.fetch_add(word.len() as u64, Ordering::Relaxed);
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    let longest = per_page.iter().map(|n| n.load(Ordering::Relaxed)).max();
    log::debug!("longest page: {longest:?}");
    let words = words.into_inner();
    let lengths = lengths.load(Ordering::Relaxed);
    (words, lengths)
}
