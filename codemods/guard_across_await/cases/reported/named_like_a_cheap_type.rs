// reason: is not known to be cheap
//! An `Arc` that is none of std's: a clone of it copies all of its points.
use std::collections::HashMap;

use tokio::sync::RwLock;

#[derive(Clone)]
pub struct Arc {
    points: Vec<(f64, f64)>,
}

impl Arc {
    async fn crosses(&self, x: f64) -> bool {
        tokio::task::yield_now().await;
        self.points.windows(2).any(|pair| pair[0].0 <= x && x < pair[1].0)
    }
}

pub struct Drawing {
    arcs: RwLock<HashMap<String, Arc>>,
}

impl Drawing {
    pub async fn hits(&self, name: &str, x: f64) -> bool {
        if let Some(arc) = self.arcs.read().await.get(name) {
            return arc.crosses(x).await;
        }
        false
    }
}
