// level: review
use std::sync::OnceLock;

pub struct Mark {
    pub at: u64,
    pub by: String,
}

pub struct Marks {
    first: OnceLock<Mark>,
}

impl Marks {
    pub fn new() -> Marks {
        Marks { first: OnceLock::new() }
    }

    pub fn mark(&self, at: u64, by: &str) -> u64 {
        // the first one stays
        self.first.get_or_init(|| Mark { at, by: by.to_string() });
        let first = self.first.get();
        first.map_or(0, |mark| mark.at)
    }

    pub fn by(&self) -> String {
        match self.first.get() {
            Some(mark) => mark.by.clone(),
            None => String::new(),
        }
    }

    pub fn at(&self) -> u64 {
        if let Some(Mark { at, .. }) = self.first.get() {
            *at
        } else {
            0
        }
    }
}
