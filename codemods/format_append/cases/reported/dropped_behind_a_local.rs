// reason: would be dropped later
//! What a tail makes in passing is dropped behind the locals of its block.
use std::cell::RefCell;

pub struct Noted<'a>(&'a RefCell<String>, u8);

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().push((b'0' + self.1) as char);
    }
}

macro_rules! one {
    ($to:expr) => {
        Noted($to, 1).1
    };
}

pub fn tails(to: &RefCell<String>) -> Vec<String> {
    (0..3)
        .map(|_| {
            let _local = Noted(to, 2);
            format!("{}", one!(to))
        })
        .collect()
}
