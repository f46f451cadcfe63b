// reason: is not known to be cheap
use std::collections::HashMap;

use tokio::sync::RwLock;

pub struct Schema {
    columns: Vec<String>,
    checks: HashMap<String, String>,
}

impl Schema {
    async fn validate(&self, row: &str) -> bool {
        tokio::task::yield_now().await;
        self.columns.iter().any(|column| row.contains(column)) && !self.checks.contains_key(row)
    }
}

pub struct Catalog {
    schemas: RwLock<HashMap<String, Schema>>,
}

impl Catalog {
    pub async fn accepts(&self, table: &str, row: &str) -> bool {
        if let Some(schema) = self.schemas.read().await.get(table) {
            return schema.validate(row).await;
        }
        false
    }
}
