// reason: is the only await of the loop in line 15
use tokio::sync::Mutex;
use tokio::sync::mpsc::Receiver;

struct Door {
    open: Mutex<bool>,
}

impl Door {
    async fn is_open(&self) -> bool {
        *self.open.lock().await
    }

    async fn wait(&self, stop: &mut Receiver<()>) {
        loop {
            tokio::select! {
                open = self.is_open() => if open { break },
                _ = stop.recv() => break,
            }
        }
    }
}
