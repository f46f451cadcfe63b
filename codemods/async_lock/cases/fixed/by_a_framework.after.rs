// prefer: std
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::{Path, State};
use axum::routing::get;
use axum::Router;

#[derive(Clone)]
struct Shared {
    names: Arc<RwLock<HashMap<u64, String>>>,
}

async fn name_of(State(shared): State<Shared>, Path(id): Path<u64>) -> String {
    shared.names.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned().unwrap_or_default()
}

async fn count(State(names): State<Arc<RwLock<HashMap<u32, u32>>>>) -> String {
    names.read().unwrap_or_else(PoisonError::into_inner).len().to_string()
}

fn routes() -> Router {
    let shared = Shared { names: Arc::new(RwLock::new(HashMap::new())) };
    Router::new().route("/{id}", get(name_of)).with_state(shared)
}

fn counting() -> Router {
    let counts = Arc::new(RwLock::new(HashMap::new()));
    Router::new().route("/count", get(count)).with_state(counts)
}
