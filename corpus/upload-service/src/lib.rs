//! File uploads over HTTP/1.1: authenticated, limited, checksummed, stored on disk.
//!
//! A request's body runs through the layers of [`layers`] into a sink of [`storage`]; what is
//! known about files lives in the [`registry`]; [`service`] ties them together and [`routes`]
//! puts HTTP in front. Housekeeping ([`maintenance`]) runs beside the server, on its own.

pub mod audit;
pub mod auth;
pub mod config;
pub mod error;
pub mod layers;
pub mod maintenance;
pub mod registry;
pub mod routes;
pub mod rules;
pub mod service;
pub mod stats;
pub mod storage;

use std::future::Future;
use std::io;
use std::sync::Arc;

use tokio::net::TcpListener;

pub use config::Config;
pub use error::UploadError;
pub use service::Service;

/// Serves until `stop` resolves, then lets the requests under way end.
pub async fn serve<F>(listener: TcpListener, service: Arc<Service>, stop: F) -> io::Result<()>
where
    F: Future<Output = ()> + Send + 'static,
{
    let router = routes::router(Arc::clone(&service));
    let stop = async move {
        stop.await;
        service.stats().drain();
    };
    axum::serve(listener, router)
        .with_graceful_shutdown(stop)
        .await
}
