// level: review
use std::sync::OnceLock;

pub struct Limits {
    most: OnceLock<usize>,
    rows: Vec<usize>,
}

impl Limits {
    pub fn new(rows: Vec<usize>) -> Limits {
        Limits { most: OnceLock::new(), rows }
    }

    pub fn most(&self) -> usize {
        *self.most.get_or_init(|| self.rows.iter().copied().max().unwrap_or(0))
    }

    pub fn known(&self) -> Option<usize> {
        self.most.get().copied()
    }

    pub fn twice(&self) -> usize {
        self.most.get().copied().map_or(0, |most| most * 2)
    }

    pub fn note(&self, most: usize) {
        self.most.get_or_init(|| most);
    }
}
