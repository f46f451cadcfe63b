// level: safe
//! Closures that run at most once and are the last to need the value.

use std::path::PathBuf;

#[derive(Debug)]
pub enum LoadError {
    Read(PathBuf, std::io::Error),
    Empty(String),
}

pub async fn load(
    path: PathBuf,
    name: String,
    fallback: Option<String>,
) -> Result<String, LoadError> {
    let text = tokio::fs::read_to_string(&path)
        .await
        .map_err(|error| LoadError::Read(path, error))?;
    let first = text.lines().next().map(str::to_owned);
    let line = first.or(fallback).ok_or_else(|| LoadError::Empty(name))?;
    let job = tokio::task::spawn_blocking(move || digest(text));
    Ok(format!("{line} {}", job.await.unwrap_or_default()))
}

fn digest(mut text: String) -> usize {
    text.retain(|letter| letter.is_alphanumeric());
    text.len()
}
