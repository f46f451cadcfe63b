// level: safe
//! Collections copied so that a loop can go over them.

use std::collections::{BTreeMap, HashMap};

pub struct Manifest {
    tags: Vec<String>,
    owners: HashMap<String, Vec<String>>,
    sizes: BTreeMap<String, u64>,
}

impl Manifest {
    pub fn render(&self, limits: &Vec<String>) -> String {
        let mut text = String::new();
        for tag in self.tags.clone() {
            text.push_str(&tag);
            text.push(',');
        }
        for (owner, files) in self.owners.clone() {
            text += &format!("{owner}: {}\n", files.join(" "));
        }
        for (name, _) in self.sizes.clone().into_iter() {
            if !name.starts_with('.') {
                text.push_str(name.trim());
            }
        }
        for limit in limits.clone() {
            if limit == text || limit.is_empty() {
                text.clear();
            }
        }
        text
    }
}

pub async fn longest(names: Vec<String>) -> usize {
    let mut longest = 0;
    for name in names.clone() {
        longest = longest.max(name.len());
        tokio::task::yield_now().await;
    }
    longest + names.len()
}
