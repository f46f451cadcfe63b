// level: review
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

pub struct Meter(Arc<AtomicUsize>);

impl std::ops::AddAssign<usize> for Meter {
    fn add_assign(&mut self, more: usize) {
        self.0.fetch_add(more, SeqCst);
    }
}

pub async fn filled(out: &mut String, path: &Path) {
    out.push_str("<");
    out.push_str(&std::fs::read_to_string(path).unwrap_or_default());
    out.push_str(">");
}

pub async fn written(out: &mut String, path: &Path) -> std::fmt::Result {
    write!(out, "<")?;
    let text = std::fs::read_to_string(path).unwrap_or_default();
    write!(out, "{text}>")
}

pub async fn metered(mut meter: Meter, path: &Path) -> usize {
    meter += 1;
    let size = std::fs::read(path).map_or(0, |bytes| bytes.len());
    meter += size;
    size
}
