pub struct Page {
    body: String,
    name: String,
}

impl Page {
    pub fn fill(&mut self, count: usize) {
        for _ in 0..count {
            self.body.push_str(&format!("{}: {}", self.body.len(), self.name));
        }
    }
}

pub fn fill(count: usize) -> String {
    let mut text = String::new();
    for i in 0..count {
        text.push_str(&format!("{} {i}", text.len()));
    }
    text
}
