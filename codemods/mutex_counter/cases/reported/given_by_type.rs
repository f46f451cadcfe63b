// edition: 2018
// reason: locks one of unknown making: it may be this one

use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::http::Extensions;

/// A layer puts the counter into each request, a handler takes it out by its type alone.
pub(crate) fn layer(requests: &mut [Request]) -> i32 {
    let handled = Arc::new(Mutex::new(0i32));
    for request in requests {
        request.extensions_mut().insert(handled.clone());
        handle(request.extensions());
    }
    let n = *handled.lock().unwrap();
    n
}

fn handle(extensions: &Extensions) {
    let handled: Option<&Arc<Mutex<i32>>> = extensions.get();
    if let Some(handled) = handled {
        *handled.lock().unwrap() += 1;
    }
}
