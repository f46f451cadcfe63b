// level: review
use std::collections::HashMap;
use std::sync::RwLock;

#[derive(Default)]
struct Usage {
    by_user: RwLock<HashMap<String, Vec<u32>>>,
}

impl Usage {
    fn told(&self) -> String {
        let uses = format!("{}", self.by_user.read().unwrap().values().flatten().sum::<u32>());
        let by_user = self.by_user.read().unwrap();
        format!("{uses} of {by_user:?}")
    }

    fn check(&self) {
        assert!(self.by_user.read().unwrap().values().all(|uses| !uses.is_empty()), "empty");
        debug_assert_eq!(vec![self.by_user.read().unwrap().len()].len(), 1);
    }

    fn add(&self, user: &str, n: u32) {
        self.by_user.write().unwrap().entry(user.to_string()).or_default().push(n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds() {
        let usage = Usage::default();
        usage.by_user.write().unwrap().insert("a".into(), vec![1]);
        usage.by_user.write().unwrap().remove("b");
        usage.by_user.write().unwrap().clear();
        assert_eq!(usage.told(), "0 of {}");
    }
}
