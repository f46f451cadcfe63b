// level: safe

use std::sync::Mutex;

/// Values that are named and shown, copies that are made meanwhile: nothing hangs on the number, and
/// nothing minds that it has no lock.
pub(crate) struct Frames {
    seen: Mutex<u64>,
    bytes: Mutex<u64>,
}

impl Frames {
    pub(crate) fn add(&self, frame: &[u8]) -> Vec<u8> {
        *self.seen.lock().unwrap() += 1;
        let mut bytes = self.bytes.lock().unwrap();
        let copy = frame.to_vec();
        *bytes += copy.len() as u64;
        drop(bytes);
        copy
    }

    pub(crate) fn skip(&self) -> Vec<u8> {
        let mut seen = self.seen.lock().unwrap();
        let nothing = Vec::<u8>::new();
        *seen += 1;
        nothing
    }

    pub(crate) fn report(&self) {
        let seen = *self.seen.lock().unwrap();
        println!("{}", seen);
    }
}
