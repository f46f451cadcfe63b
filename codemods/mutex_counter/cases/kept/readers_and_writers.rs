use std::io::{self, Read, Write};
use std::sync::Mutex;

/// `read` and `write` of streams, and atomics that are atomics already.
pub(crate) struct Pipe<R, W> {
    input: Mutex<R>,
    output: Mutex<W>,
    copied: std::sync::atomic::AtomicU64,
}

impl<R: Read, W: Write> Pipe<R, W> {
    pub(crate) fn pump(&self) -> io::Result<u64> {
        let mut buffer = [0; 4096];
        let n = self.input.lock().unwrap().read(&mut buffer)?;
        self.output.lock().unwrap().write_all(&buffer[..n])?;
        let n = n as u64;
        let before = self
            .copied
            .fetch_add(n, std::sync::atomic::Ordering::Relaxed);
        Ok(before + n)
    }
}
