use std::sync::Mutex;

struct Meta {
    hits: u64,
    names: Vec<String>,
    tags: Vec<String>,
}

struct Shared {
    meta: Mutex<Meta>,
}

impl Shared {
    fn name(&self, text: String) {
        self.meta.lock().unwrap().names.push(text);
    }

    fn tag(&self, text: String) {
        self.meta.lock().unwrap().tags.push(text);
    }

    fn hit(&self) {
        self.meta.lock().unwrap().hits += 1;
    }
}
