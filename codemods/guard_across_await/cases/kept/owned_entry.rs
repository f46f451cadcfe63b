use dashmap::DashMap;

pub struct Quotas {
    used: DashMap<String, u64>,
}

impl Quotas {
    /// The shard is free again before each await.
    pub async fn charge(&self, tenant: &str, amount: u64) -> u64 {
        let used = self.used.get(tenant).map(|used| *used).unwrap_or_default();
        report(tenant, used).await;
        *self.used.entry(tenant.to_owned()).or_default() += amount;
        report(tenant, amount).await;
        let removed = self.used.remove("stale");
        report(tenant, removed.map_or(0, |(_, used)| used)).await;
        if let Some(mut used) = self.used.get_mut(tenant) {
            *used += 1;
        }
        report(tenant, self.used.len() as u64).await;
        used
    }
}

async fn report(tenant: &str, amount: u64) {
    tracing::info!(tenant, amount);
    tokio::task::yield_now().await;
}
