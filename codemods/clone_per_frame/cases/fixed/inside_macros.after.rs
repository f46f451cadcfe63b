// level: safe
//! Clones inside the arguments of macros: arms of a select, elements of a vec.

use std::time::Duration;

use tokio::sync::mpsc::{Receiver, Sender};

pub async fn relay(mut inbox: Receiver<String>, outbox: Sender<Vec<String>>) -> usize {
    let mut relayed = 0;
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            received = inbox.recv() => {
                let Some(line) = received else { break };
                let seen = &line;
                relayed += seen.len();
                let pair = vec![line.to_uppercase(), line];
                if outbox.send(pair).await.is_err() {
                    break;
                }
            }
            _ = tick.tick() => relayed += 1,
        }
    }
    relayed
}
