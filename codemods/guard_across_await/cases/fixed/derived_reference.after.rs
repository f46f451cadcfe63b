use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{mpsc, Mutex};

pub struct Router {
    routes: Arc<Mutex<HashMap<u16, mpsc::UnboundedSender<String>>>>,
    fallback: Mutex<(String, mpsc::Sender<String>)>,
}

impl Router {
    pub async fn route(&self, port: u16, line: String) -> anyhow::Result<()> {
        let route = {
            let routes = self.routes.lock().await;
            routes
                .get(&port)
                .ok_or_else(|| anyhow::anyhow!("no route"))?
                .clone()
        };
        audit(&line).await;
        route.send(line)?;
        Ok(())
    }

    pub async fn fall_back(&self, line: String) -> anyhow::Result<()> {
        let outbox = {
            let fallback = self.fallback.lock().await;
            let (name, outbox) = &*fallback;
            tracing::warn!("falling back to {name}");
            outbox.clone()
        };
        outbox.send(line).await?;
        Ok(())
    }
}

async fn audit(line: &str) {
    tracing::debug!(line);
    tokio::task::yield_now().await;
}
