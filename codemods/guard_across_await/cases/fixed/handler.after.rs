use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::Json;
use tokio::sync::{Mutex, RwLock};

#[derive(Clone)]
pub struct App {
    routes: Arc<RwLock<HashMap<String, Arc<Backend>>>>,
    hits: Arc<Mutex<u64>>,
}

pub struct Backend {
    pub url: String,
}

pub async fn proxy(
    State(app): State<App>,
    Path(route): Path<String>,
) -> Result<Json<usize>, StatusCode> {
    *app.hits.lock().await += 1;
    let backend = {
        let routes = app.routes.read().await;
        let Some(backend) = routes.get(&route) else {
            return Err(StatusCode::NOT_FOUND);
        };
        backend.clone()
    };
    let answer = forward(&backend.url)
        .await
        .map_err(|_| StatusCode::BAD_GATEWAY)?;
    Ok(Json(answer))
}

async fn forward(url: &str) -> anyhow::Result<usize> {
    tokio::task::yield_now().await;
    Ok(url.len())
}
