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
        let first = {
            let names = self.names.read().await;
            let first: &str = &names[0];
            first.to_owned()
        };
        audit(first.as_str()).await;
        tag(first.as_str())
    }

    pub async fn string(&self) -> u8 {
        let first = {
            let names = self.names.read().await;
            let first = &names[0];
            first.clone()
        };
        audit(&first).await;
        tag(&first)
    }

    pub async fn counted(&self) {
        let list = {
            let inner = self.inner.lock().await;
            let list = &inner.list;
            list.clone()
        };
        keep(&list).await;
        log(list.len());
    }

    pub async fn number(&self) -> u64 {
        let n = {
            let inner = self.inner.lock().await;
            let n = &inner.n;
            *n
        };
        audit("n").await;
        n + 1
    }

    pub async fn found(&self, key: u32) -> bool {
        let found = self.map.read().await.get(&key).cloned();
        audit("found").await;
        if let Some(text) = found.as_ref() {
            audit(text).await;
        }
        found.is_none()
    }

    pub async fn most(&self) -> u64 {
        let most = self.counts.read().await.iter().max().copied();
        audit("most").await;
        most.unwrap_or(0)
    }

    pub async fn shared(&self) -> u64 {
        let inner = {
            let shared = self.shared.lock().await;
            let Some(inner) = &*shared else { return 0 };
            inner.clone()
        };
        audit(&inner.name).await;
        inner.n
    }

    pub async fn field(&self) -> bool {
        let name = {
            let inner = self.inner.lock().await;
            let name = &inner.name;
            name.clone()
        };
        audit("field").await;
        let named = Named { name: &name };
        named.name == "x" || name.ends_with(named.name.as_str())
    }

    /// What lies there as a reference outlives the guard.
    pub async fn label(&self) -> &'static str {
        let label = self.inner.lock().await.label;
        audit(label).await;
        label
    }

    pub async fn argument(&self) {
        let trim = self.inner.lock().await.name.trim().to_owned();
        audit(trim.as_str()).await;
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
