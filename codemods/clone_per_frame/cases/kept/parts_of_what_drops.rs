//! Out of a value with a `Drop` of its own nothing can be moved.

use axum::extract::Query;

#[derive(Clone)]
pub struct Upload {
    name: String,
    parts: Vec<u64>,
}

impl Drop for Upload {
    fn drop(&mut self) {
        tracing::info!("{} is gone", self.name);
    }
}

pub async fn finish(upload: Upload) -> (String, Vec<u64>) {
    (upload.name.clone(), upload.parts.clone())
}

pub async fn handler(Query(_): Query<String>, upload: Upload) -> String {
    let name = upload.name.clone();
    name
}
