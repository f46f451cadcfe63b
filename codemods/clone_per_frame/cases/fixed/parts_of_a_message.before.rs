// level: safe
//! An owned message taken apart field by field, each field copied.

use bytes::Bytes;
use tokio::sync::mpsc::{Receiver, Sender};

pub struct Message {
    topic: String,
    payload: Bytes,
    headers: Vec<(String, String)>,
    reply: Option<String>,
}

pub struct Stored {
    topic: String,
    body: Bytes,
    headers: Vec<(String, String)>,
}

pub async fn store(mut inbox: Receiver<Message>, disk: Sender<Stored>, replies: Sender<String>) {
    while let Some(message) = inbox.recv().await {
        let topic = message.topic.clone();
        if topic.starts_with('$') {
            continue;
        }
        if let Some(reply) = message.reply.clone() {
            let _ = replies.send(reply).await;
        }
        let stored = Stored {
            topic: topic.clone(),
            body: message.payload.clone(),
            headers: message.headers.clone(),
        };
        if disk.send(stored).await.is_err() {
            break;
        }
    }
}
