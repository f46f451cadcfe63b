// reason: it is locked again meanwhile
use std::sync::Mutex;

struct Account {
    entries: Mutex<Vec<i64>>,
}

impl Account {
    fn balance(&self) -> i64 {
        self.entries.lock().unwrap().iter().sum()
    }

    fn is_richer(&self, other: &Account) -> bool {
        let mine = self.entries.lock().unwrap();
        let mut sum = 0;
        for entry in mine.iter() {
            sum += entry;
        }
        sum > other.balance()
    }

    fn add(&self, entry: i64) {
        self.entries.lock().unwrap().push(entry);
    }
}
