// level: safe
//! Each branch uses the value once: there is no other use that the copy could be for.

use std::collections::VecDeque;

pub enum Route {
    Local,
    Remote(String),
    Drop,
}

pub async fn deliver(
    route: Route,
    body: Vec<u8>,
    queue: &mut VecDeque<Vec<u8>>,
) -> Option<Vec<u8>> {
    match route {
        Route::Local => queue.push_back(body.clone()),
        Route::Remote(host) if host.is_empty() => return Some(body.clone()),
        Route::Remote(host) => {
            send(host.clone(), body.clone()).await;
        }
        Route::Drop => tracing::debug!("{} bytes dropped", body.len()),
    }
    None
}

async fn send(mut host: String, body: Vec<u8>) {
    host.push_str(":80");
    tracing::info!("{host} gets {} bytes", body.len());
}

pub async fn choose(first: bool, body: String) -> Result<String, String> {
    if body.is_empty() {
        return Err(body.clone());
    }
    if first {
        Ok(body.clone())
    } else {
        Err(body)
    }
}
