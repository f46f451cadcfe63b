use std::fmt::Write as _;

pub struct Page {
    body: String,
    name: String,
}

impl Page {
    pub fn fill(&mut self, count: usize) {
        for _ in 0..count {
            write!(self.body, "{}: {}", self.body.len(), self.name).unwrap();
        }
    }
}

pub fn fill(count: usize) -> String {
    let mut text = String::new();
    for i in 0..count {
        write!(text, "{} {i}", text.len()).unwrap();
    }
    text
}
