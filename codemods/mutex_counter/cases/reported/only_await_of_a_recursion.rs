// reason: is the only await of the function that runs itself in line
use tokio::sync::Mutex;

pub(crate) struct Turns {
    turn: Mutex<u64>,
}

impl Turns {
    pub(crate) async fn wait(&self, mine: u64) {
        if *self.turn.lock().await == mine {
            return;
        }
        Box::pin(self.wait(mine)).await;
    }

    pub(crate) async fn next(&self) {
        *self.turn.lock().await += 1;
    }
}
