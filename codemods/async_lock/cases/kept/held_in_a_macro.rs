use tokio::sync::Mutex;

macro_rules! step {
    ($e:expr) => {
        $e.await
    };
}

struct Steps {
    done: Mutex<Vec<usize>>,
}

impl Steps {
    async fn run(&self) -> usize {
        let mut done = self.done.lock().await;
        step!(other());
        done.push(1);
        done.len()
    }

    async fn last(&self) -> Option<usize> {
        self.done.lock().await.last().copied()
    }
}

async fn other() {
    tokio::task::yield_now().await;
}
