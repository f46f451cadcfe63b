//! The copy is what gets changed, stored or returned; the original is used again.

use std::collections::HashMap;

pub struct Registry {
    names: HashMap<String, u64>,
    order: Vec<String>,
    title: String,
}

impl Registry {
    pub async fn insert(&mut self, name: String, id: u64) -> String {
        self.names.insert(name.clone(), id);
        self.order.push(name.clone());
        tracing::info!("{name} is {id}");
        self.title.clone()
    }

    pub async fn next(&self, order: Vec<String>) -> (Vec<String>, Vec<String>) {
        let mut next = order.clone();
        next.push(self.title.clone());
        next.sort();
        (order, next)
    }

    pub async fn key(&self, id: u64, name: &str) -> (String, String) {
        (id.to_string(), name.to_owned())
    }
}
