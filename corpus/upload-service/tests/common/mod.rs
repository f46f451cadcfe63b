//! A service on a free port with a folder of its own, and a client for it.

#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use upload_service::{serve, Config, Service};

static SERVERS: AtomicU32 = AtomicU32::new(0);

pub struct Server {
    pub service: Arc<Service>,
    pub client: Client,
    pub dir: PathBuf,
    stop: oneshot::Sender<()>,
    running: JoinHandle<std::io::Result<()>>,
}

pub fn folder() -> PathBuf {
    let number = SERVERS.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("upload-test-{}-{number}", std::process::id()))
}

impl Server {
    pub async fn start() -> Self {
        Server::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Server::at(folder(), change).await
    }

    pub async fn at(dir: PathBuf, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::new(&dir);
        config.max_upload = 64 * 1024;
        config.grace = Duration::ZERO;
        change(&mut config);
        let service = Arc::new(Service::open(config).await.unwrap());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let client = Client {
            addr: listener.local_addr().unwrap().to_string(),
            token: Some("demo"),
        };
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(serve(listener, Arc::clone(&service), async {
            let _ = stopped.await;
        }));
        Server {
            service,
            client,
            dir,
            stop,
            running,
        }
    }

    /// Stops and keeps the folder.
    pub async fn stop(self) -> PathBuf {
        self.stop.send(()).unwrap();
        self.running.await.unwrap().unwrap();
        self.dir
    }

    pub async fn stop_and_remove(self) {
        let dir = self.stop().await;
        tokio::fs::remove_dir_all(dir).await.unwrap();
    }
}

#[derive(Clone)]
pub struct Client {
    addr: String,
    pub token: Option<&'static str>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: hyper::HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

impl Client {
    pub fn with_token(&self, token: Option<&'static str>) -> Self {
        Client {
            addr: self.addr.clone(),
            token,
        }
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let stream = TcpStream::connect(&self.addr).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        let connection = tokio::spawn(connection);
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", &self.addr);
        if let Some(token) = self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).unwrap();
        let (parts, body) = sender.send_request(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        drop(sender);
        connection.await.unwrap().unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "").await
    }

    pub async fn put(&self, name: &str, body: impl Into<Bytes>) -> Answer {
        self.send("PUT", &format!("/upload/{name}"), &[], body)
            .await
    }

    pub async fn metric(&self, name: &str) -> u64 {
        let answer = self.get("/metrics").await;
        let line = answer.text().lines().find_map(|line| {
            let (metric, value) = line.split_once(' ')?;
            (metric == name).then_some(value)
        });
        line.unwrap_or_else(|| panic!("no metric {name}"))
            .parse()
            .unwrap()
    }
}

pub fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

pub fn text_of(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap()
}

/// Bytes that look like nothing in particular and are the same for the same `seed`.
pub fn content(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        })
        .collect()
}
