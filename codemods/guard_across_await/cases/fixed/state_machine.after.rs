use std::sync::Mutex;

#[derive(Clone, Copy, PartialEq)]
pub enum Phase {
    Idle,
    Syncing { from: u64 },
    Done,
}

pub struct Node {
    phase: Mutex<Phase>,
    head: Mutex<u64>,
}

impl Node {
    pub async fn step(&self) -> u64 {
        let phase = *self.phase.lock().unwrap();
        match phase {
            Phase::Idle => self.wait().await,
            Phase::Syncing { from } => self.sync(from).await,
            Phase::Done => 0,
        }
    }

    pub async fn catch_up(&self, target: u64) {
        let head = *self.head.lock().unwrap();
        if head < target {
            self.sync(target).await;
        }
    }

    async fn wait(&self) -> u64 {
        tokio::task::yield_now().await;
        1
    }

    async fn sync(&self, from: u64) -> u64 {
        tokio::task::yield_now().await;
        from
    }
}
