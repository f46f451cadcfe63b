// reason: borrows from `plans` and is used on line
use std::collections::HashMap;

use tokio::sync::RwLock;

pub struct Plan {
    pub steps: Vec<String>,
    pub budget: u64,
}

pub struct Plans {
    plans: RwLock<HashMap<String, Plan>>,
}

impl Plans {
    pub async fn run(&self, name: &str) -> Option<usize> {
        let plans = self.plans.read().await;
        let plan = plans.get(name)?;
        start(plan.budget).await;
        Some(plan.steps.len())
    }
}

async fn start(budget: u64) {
    tracing::debug!(budget);
    tokio::task::yield_now().await;
}
