use std::collections::HashMap;
use std::sync::{Arc, Mutex};

pub enum Request {
    Get(String),
    List,
    Ping,
}

pub struct Store {
    values: Arc<Mutex<HashMap<String, Arc<str>>>>,
    fallback: Mutex<Option<Arc<str>>>,
}

impl Store {
    pub async fn handle(&self, request: Request) -> anyhow::Result<usize> {
        let sent = match request {
            Request::Get(key) => {
                let found = self.values.lock().unwrap().get(&key).cloned();
                reply(found).await?
            }
            Request::List => {
                let len = self.values.lock().unwrap().len();
                reply_all(len).await
            }
            Request::Ping => 0,
        };
        Ok(sent)
    }

    pub async fn first(&self, key: &str) -> usize {
        if key.is_empty() {
            0
        } else if let Some(value) = {
            let fallback = self.fallback.lock().unwrap().clone();
            fallback
        } {
            reply_all(value.len()).await
        } else {
            1
        }
    }
}

async fn reply(value: Option<Arc<str>>) -> anyhow::Result<usize> {
    tokio::task::yield_now().await;
    Ok(value.map_or(0, |value| value.len()))
}

async fn reply_all(count: usize) -> usize {
    tokio::task::yield_now().await;
    count
}
