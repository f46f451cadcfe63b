use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{Mutex, RwLock};

pub struct Inner {
    list: Arc<Vec<u8>>,
    name: String,
    n: u64,
    label: &'static str,
}

pub struct Store {
    names: RwLock<Vec<String>>,
    counts: RwLock<Vec<u64>>,
    map: RwLock<HashMap<u32, String>>,
    inner: Mutex<Inner>,
    shared: Mutex<Option<Arc<Inner>>>,
}

pub struct Named<'a> {
    name: &'a String,
}

/// Chosen by the type of the reference.
pub trait Tagged {
    fn tag(&self) -> u8;
}

impl Tagged for &str {
    fn tag(&self) -> u8 {
        1
    }
}

impl Tagged for &String {
    fn tag(&self) -> u8 {
        2
    }
}

fn tag(of: impl Tagged) -> u8 {
    of.tag()
}

impl Store {
    pub async fn text(&self) -> u8 {
        let names = self.names.read().await;
        let first: &str = &names[0];
        audit(first).await;
        tag(first)
    }

    pub async fn string(&self) -> u8 {
        let names = self.names.read().await;
        let first = &names[0];
        audit(first).await;
        tag(first)
    }

    pub async fn counted(&self) {
        let inner = self.inner.lock().await;
        let list = &inner.list;
        keep(list).await;
        log(list.len());
    }

    pub async fn number(&self) -> u64 {
        let inner = self.inner.lock().await;
        let n = &inner.n;
        audit("n").await;
        *n + 1
    }

    pub async fn found(&self, key: u32) -> bool {
        let map = self.map.read().await;
        let found = map.get(&key);
        audit("found").await;
        if let Some(text) = found {
            audit(text).await;
        }
        found.is_none()
    }

    pub async fn most(&self) -> u64 {
        let counts = self.counts.read().await;
        let most = counts.iter().max();
        audit("most").await;
        most.copied().unwrap_or(0)
    }

    pub async fn shared(&self) -> u64 {
        let shared = self.shared.lock().await;
        let Some(inner) = &*shared else { return 0 };
        audit(&inner.name).await;
        inner.n
    }

    pub async fn field(&self) -> bool {
        let inner = self.inner.lock().await;
        let name = &inner.name;
        audit("field").await;
        let named = Named { name };
        named.name == "x" || name.ends_with(named.name.as_str())
    }

    /// What lies there as a reference outlives the guard.
    pub async fn label(&self) -> &'static str {
        let inner = self.inner.lock().await;
        let label = inner.label;
        audit(label).await;
        label
    }

    pub async fn argument(&self) {
        let inner = self.inner.lock().await;
        audit(inner.name.trim()).await;
    }
}

async fn audit(text: &str) {
    tracing::debug!(text);
    tokio::task::yield_now().await;
}

async fn keep(list: &Vec<u8>) {
    tracing::debug!(len = list.len());
    tokio::task::yield_now().await;
}

fn log(len: usize) {
    tracing::debug!(len);
}
