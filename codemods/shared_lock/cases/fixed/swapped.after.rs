// prefer: arc-swap
// level: review
use std::sync::{Arc, Mutex};
use arc_swap::ArcSwap;

#[derive(Clone, PartialEq)]
struct Rules {
    deny: Vec<String>,
    name: String,
}

struct Gate {
    rules: ArcSwap<Rules>,
    old: Mutex<Vec<String>>,
}

impl Gate {
    fn new(rules: Rules) -> Self {
        Gate { rules: ArcSwap::from_pointee(rules), old: Mutex::new(Vec::new()) }
    }

    fn is_denied(&self, path: &str) -> bool {
        let rules = self.rules.load_full();
        rules.deny.iter().any(|prefix| path.starts_with(prefix))
    }

    fn count(&self) -> usize {
        let rules = self.rules.load_full();
        let mut count = 0;
        for rule in &rules.deny {
            count += rule.len();
        }
        count
    }

    fn copy(&self) -> Rules {
        let rules = self.rules.load_full();
        (*rules).clone()
    }

    fn is(&self, rules: &Rules) -> bool {
        let own = self.rules.load();
        **own == *rules && own.name == rules.name
    }

    fn set(&self, rules: Rules) {
        self.rules.store(Arc::new(rules));
    }
}
