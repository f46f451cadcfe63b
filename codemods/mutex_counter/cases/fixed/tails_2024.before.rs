// edition: 2024
// level: safe

use std::sync::Mutex;
use std::thread;

fn unread(lines: &[String]) -> usize {
    lines.iter().filter(|line| line.is_empty()).count()
}

fn longer(text: String, than: usize) -> usize {
    text.len().max(than)
}

/// In this edition the lock of a block's last expression is let go at the block's end, and that of
/// an `if let` in front of its `else`.
pub(crate) fn read(lines: &[String]) -> (usize, usize) {
    let seen = Mutex::new(0usize);
    thread::scope(|scope| {
        for line in lines {
            let seen = &seen;
            scope.spawn(move || *seen.lock().unwrap() += line.len());
        }
    });
    let sum = {
        match *seen.lock().unwrap() {
            0 => 1,
            bytes => bytes,
        }
    } + unread(lines);
    let either = if let bytes @ 1.. = *seen.lock().unwrap() {
        bytes
    } else {
        unread(lines)
    };
    // `format!` lets go of what it shows before anything else runs.
    let shown = longer(format!("{}", *seen.lock().unwrap()), unread(lines));
    (sum, either + shown)
}
