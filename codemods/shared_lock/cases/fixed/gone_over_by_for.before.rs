// level: review
use std::sync::{Arc, RwLock};

pub(crate) struct Rule {
    prefix: String,
    weight: u32,
}

struct Filter {
    rules: Arc<RwLock<Vec<Rule>>>,
}

impl Filter {
    fn weight(&self, path: &str) -> u32 {
        let mut sum = 0;
        for rule in self.rules.read().unwrap().iter() {
            if path.starts_with(&rule.prefix) {
                sum += rule.weight;
            }
        }
        sum
    }

    fn weights(&self, paths: &[String]) -> Vec<bool> {
        paths
            .iter()
            .map(|path| self.rules.read().unwrap().iter().any(|rule| path.starts_with(&rule.prefix)))
            .collect()
    }

    fn heavy(&self, path: Option<&str>) -> bool {
        match path {
            Some(path) => self.rules.read().unwrap().iter().any(|r| r.prefix == path),
            None => (*self.rules.read().unwrap()).is_empty(),
        }
    }

    fn count(&self) -> usize {
        self.rules.read().unwrap().len()
    }
}

fn filter() -> (Filter, Arc<RwLock<Vec<Rule>>>) {
    let rules = Arc::new(RwLock::new(Vec::new()));
    let filter = Filter { rules: Arc::clone(&rules) };
    (filter, rules)
}

fn reload(rules: &RwLock<Vec<Rule>>, new: Vec<Rule>) {
    *rules.write().unwrap() = new;
}
