// level: safe
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::{Json, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Html;

pub struct Inner {
    dir: PathBuf,
    served: AtomicU64,
    titles: Mutex<HashMap<String, String>>,
}

#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
    name: Arc<str>,
}

impl App {
    fn path_of(&self, id: &str) -> PathBuf {
        self.inner.dir.join(id).with_extension("html")
    }
}

fn render(text: &str, title: &str) -> String {
    let mut page = String::new();
    page.push_str(title);
    page.push_str(text);
    page
}

pub async fn show(State(app): State<App>, Path(id): Path<String>) -> Result<String, String> {
    let text = tokio::fs::read_to_string(app.inner.dir.join(&id)).await.map_err(|e| e.to_string())?;
    Ok(render(&text, &id))
}

pub async fn by_method(State(app): State<App>, Path(id): Path<String>) -> Html<String> {
    let path = app.path_of(&id);
    let text = tokio::fs::read_to_string(&path).await.unwrap_or_default();
    Html(render(&text, &app.name))
}

pub async fn by_query(
    State(app): State<Arc<App>>,
    Query(asked): Query<HashMap<String, String>>,
) -> Result<Json<Vec<String>>, String> {
    let name = asked.get("name").cloned().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or("index");
    let text = tokio::fs::read_to_string(app.path_of(stem)).await.map_err(|e| e.to_string())?;
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    Ok(Json(lines))
}

pub async fn by_header(State(app): State<App>, headers: HeaderMap) -> String {
    let language = headers.get("accept-language").and_then(|value| value.to_str().ok());
    let path = app.path_of(language.unwrap_or("en"));
    match tokio::fs::read_to_string(&path).await {
        Ok(text) => render(&text, "found"),
        Err(error) => format!("{}: {error}", path.display()),
    }
}

pub async fn counted(State(app): State<App>, Path(id): Path<String>) -> String {
    let text = tokio::fs::read_to_string(app.path_of(&id)).await.unwrap_or_default();
    app.inner.served.fetch_add(1, Ordering::Relaxed);
    text
}

pub async fn titled(State(app): State<App>, Path(id): Path<String>) -> String {
    let title = app.inner.titles.lock().unwrap().get(&id).cloned().unwrap_or_default();
    let text = tokio::fs::read_to_string(app.path_of(&id)).await.unwrap_or_default();
    render(&text, &title)
}
