// reason: `deliver(..)` (line 24) runs while the lock is held

use std::sync::Mutex;

pub(crate) struct Sender {
    sequence: Mutex<u64>,
    sent: Mutex<Vec<(u64, String)>>,
}

fn deliver(sequence: u64, line: &str) -> usize {
    println!("{sequence}: {line}");
    line.len()
}

impl Sender {
    pub(crate) fn sent(&self) -> usize {
        self.sent.lock().unwrap().len()
    }

    /// Lines leave in the order of their numbers.
    pub(crate) fn send(&self, line: &str) -> usize {
        let mut sequence = self.sequence.lock().unwrap();
        *sequence += 1;
        deliver(*sequence, line)
    }
}
