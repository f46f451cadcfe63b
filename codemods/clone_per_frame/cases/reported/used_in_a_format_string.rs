// reason: `line` is used again in a format string at line 9
//! The log needs the line after it has been sent.

use tokio::sync::mpsc::{Receiver, Sender};

pub async fn relay(mut lines: Receiver<String>, out: Sender<String>) {
    while let Some(line) = lines.recv().await {
        let sent = out.send(line.clone()).await.is_ok();
        tracing::debug!("{sent}: {line}");
    }
}
