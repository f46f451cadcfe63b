// level: review
use std::sync::{Arc, RwLock};

pub(crate) struct Rule {
    prefix: String,
    weight: u32,
}

struct Filter {
    rules: Arc<RwLock<Arc<Vec<Rule>>>>,
}

impl Filter {
    fn weight(&self, path: &str) -> u32 {
        let mut sum = 0;
        let rules = Arc::clone(&self.rules.read().unwrap());
        for rule in rules.iter() {
            if path.starts_with(&rule.prefix) {
                sum += rule.weight;
            }
        }
        sum
    }

    fn weights(&self, paths: &[String]) -> Vec<bool> {
        paths
            .iter()
            .map(|path| { let rules = Arc::clone(&self.rules.read().unwrap()); rules.iter().any(|rule| path.starts_with(&rule.prefix)) })
            .collect()
    }

    fn heavy(&self, path: Option<&str>) -> bool {
        match path {
            Some(path) => { let rules = Arc::clone(&self.rules.read().unwrap()); rules.iter().any(|r| r.prefix == path) },
            None => (**self.rules.read().unwrap()).is_empty(),
        }
    }

    fn count(&self) -> usize {
        self.rules.read().unwrap().len()
    }
}

fn filter() -> (Filter, Arc<RwLock<Arc<Vec<Rule>>>>) {
    let rules = Arc::new(RwLock::new(Arc::new(Vec::new())));
    let filter = Filter { rules: Arc::clone(&rules) };
    (filter, rules)
}

fn reload(rules: &RwLock<Arc<Vec<Rule>>>, new: Vec<Rule>) {
    *rules.write().unwrap() = Arc::new(new);
}
