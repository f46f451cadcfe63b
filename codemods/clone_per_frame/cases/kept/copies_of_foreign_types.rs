//! Types of other crates that no table knows: rustc says that they are `Copy`.

use tokio::time::Instant;
use tracing::level_filters::LevelFilter;

pub struct Probe {
    since: Instant,
    most: LevelFilter,
}

pub async fn ages(probes: &[Probe]) -> Vec<(Instant, LevelFilter)> {
    let mut found = Vec::new();
    for probe in probes {
        let since = probe.since.clone();
        let most = probe.most.clone();
        tokio::task::yield_now().await;
        found.push((since.clone(), most.clone()));
    }
    found
}
