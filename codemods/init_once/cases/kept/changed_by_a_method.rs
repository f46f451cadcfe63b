use std::sync::Mutex;

#[derive(Default)]
pub struct Tally {
    all: u32,
}

impl Tally {
    fn add_one(&mut self) -> u32 {
        self.all += 1;
        self.all
    }
}

pub struct Seen {
    tally: Mutex<Option<Tally>>,
}

impl Seen {
    pub fn new() -> Seen {
        Seen { tally: Mutex::new(None) }
    }

    pub fn see(&self) -> u32 {
        self.tally.lock().unwrap().get_or_insert_with(Tally::default).add_one()
    }
}
