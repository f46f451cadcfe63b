use std::sync::Mutex;

pub enum Mode {
    Count,
    Last,
    Wait,
}

pub struct Log {
    lines: Mutex<Vec<u64>>,
}

impl Log {
    /// An arm's temporaries end with the arm, a branch's with the branch.
    pub async fn query(&self, mode: Mode) -> u64 {
        let found = match mode {
            Mode::Count => self.lines.lock().unwrap().len() as u64,
            Mode::Last => self
                .lines
                .lock()
                .unwrap()
                .last()
                .copied()
                .unwrap_or_default(),
            Mode::Wait => pause().await,
        };
        let twice = if found > 0 {
            self.lines.lock().unwrap().len() as u64
        } else {
            pause().await
        };
        pause().await + found + twice
    }
}

async fn pause() -> u64 {
    tokio::task::yield_now().await;
    0
}
