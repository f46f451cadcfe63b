// level: review
use std::sync::RwLock;

pub struct Mark {
    pub at: u64,
    pub by: String,
}

pub struct Marks {
    first: RwLock<Option<Mark>>,
}

impl Marks {
    pub fn new() -> Marks {
        Marks { first: RwLock::new(None) }
    }

    pub fn mark(&self, at: u64, by: &str) -> u64 {
        let mut first = self.first.write().unwrap();
        // the first one stays
        first.get_or_insert_with(|| Mark { at, by: by.to_string() });
        first.as_ref().map_or(0, |mark| mark.at)
    }

    pub fn by(&self) -> String {
        match *self.first.read().unwrap() {
            Some(ref mark) => mark.by.clone(),
            None => String::new(),
        }
    }

    pub fn at(&self) -> u64 {
        if let Some(Mark { at, .. }) = &*self.first.read().unwrap() {
            *at
        } else {
            0
        }
    }
}
