use std::collections::HashMap;
use std::sync::{Arc, Mutex};

pub struct Tokens {
    current: Arc<Mutex<HashMap<String, String>>>,
}

impl Tokens {
    pub async fn call(&self, tenant: &str, body: &[u8]) -> anyhow::Result<usize> {
        let current = self.current.lock().unwrap()[tenant].clone();
        let sent = post(tenant, current, body).await?;
        Ok(sent)
    }
}

async fn post(tenant: &str, token: String, body: &[u8]) -> anyhow::Result<usize> {
    tokio::task::yield_now().await;
    Ok(tenant.len() + token.len() + body.len())
}
