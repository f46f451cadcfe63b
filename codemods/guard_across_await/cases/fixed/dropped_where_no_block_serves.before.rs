use std::sync::Arc;

use tokio::sync::{Mutex, Notify};

pub struct State {
    open: bool,
    gate: Arc<Notify>,
}

pub struct Door {
    state: Mutex<State>,
}

impl Door {
    /// `wait` borrows from `gate`, so that neither can leave a block.
    pub async fn pass(&self) {
        let state = self.state.lock().await;
        let gate = state.gate.clone();
        let wait = gate.notified();
        if state.open {
            return;
        }
        wait.await;
    }
}
