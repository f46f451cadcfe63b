//! Closures that may run again hand out a copy each time.

use std::sync::Arc;

use futures_util::{Stream, StreamExt};

pub fn label<S>(
    frames: S,
    name: String,
    tags: Arc<Vec<String>>,
) -> impl Stream<Item = (String, usize)>
where
    S: Stream<Item = Vec<u8>>,
{
    frames.map(move |frame| (name.clone(), frame.len() + tags.len()))
}

pub fn all(names: &[String], suffix: String) -> Vec<String> {
    names
        .iter()
        .map(|name| {
            let mut full = suffix.clone();
            full.insert_str(0, name);
            full
        })
        .collect()
}

pub async fn retry<F: FnMut() -> Vec<u8>>(mut make: F) -> usize {
    make().len() + make().len()
}

pub async fn twice(body: Vec<u8>) -> usize {
    retry(|| body.clone()).await
}
