// level: safe
//! Vectors copied only to be emptied into another one, or to be gone through.

use bytes::Bytes;
use futures_util::{Stream, StreamExt};

pub async fn gather<S: Stream<Item = Bytes> + Unpin>(mut frames: S, head: &Vec<u8>) -> Vec<u8> {
    let mut all = Vec::new();
    while let Some(frame) = frames.next().await {
        all.extend_from_slice(head);
        all.extend_from_slice(&frame);
        all.push(b'\n');
    }
    all
}

pub async fn hosts(known: &[String], extra: Vec<String>) -> Vec<String> {
    let mut hosts = Vec::with_capacity(known.len() + extra.len());
    hosts.extend_from_slice(&extra);
    hosts.extend(known.iter().cloned().filter(|host| !host.is_empty()));
    let ports: Vec<u16> = extra.iter().map(|host| host.len() as u16).collect();
    tracing::debug!(?extra, ?ports, "hosts");
    hosts
}
