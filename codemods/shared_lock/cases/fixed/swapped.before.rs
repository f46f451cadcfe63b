// prefer: arc-swap
// level: review
use std::sync::{Mutex, RwLock};

#[derive(Clone, PartialEq)]
struct Rules {
    deny: Vec<String>,
    name: String,
}

struct Gate {
    rules: RwLock<Rules>,
    old: Mutex<Vec<String>>,
}

impl Gate {
    fn new(rules: Rules) -> Self {
        Gate { rules: RwLock::new(rules), old: Mutex::new(Vec::new()) }
    }

    fn is_denied(&self, path: &str) -> bool {
        self.rules.read().unwrap().deny.iter().any(|prefix| path.starts_with(prefix))
    }

    fn count(&self) -> usize {
        let rules = self.rules.read().unwrap();
        let mut count = 0;
        for rule in &rules.deny {
            count += rule.len();
        }
        count
    }

    fn copy(&self) -> Rules {
        self.rules.read().unwrap().clone()
    }

    fn is(&self, rules: &Rules) -> bool {
        let own = self.rules.read().unwrap();
        *own == *rules && own.name == rules.name
    }

    fn set(&self, rules: Rules) {
        *self.rules.write().unwrap() = rules;
    }
}
