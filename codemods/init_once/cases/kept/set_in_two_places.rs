use std::sync::RwLock;

pub struct Status {
    last: RwLock<Option<String>>,
}

impl Status {
    pub fn new() -> Status {
        Status { last: RwLock::new(None) }
    }

    pub fn done(&self) {
        *self.last.write().unwrap() = Some("done".to_string());
    }

    pub fn failed(&self, why: &str) {
        *self.last.write().unwrap() = Some(why.to_string());
    }

    pub fn last(&self) -> Option<String> {
        self.last.read().unwrap().clone()
    }
}
