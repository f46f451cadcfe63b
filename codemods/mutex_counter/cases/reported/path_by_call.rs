// reason: the lock's path is computed by a call, which would run at another time
use std::cell::Cell;
use std::sync::Mutex;

struct Shards {
    totals: [Mutex<u64>; 2],
    turn: Cell<usize>,
}

impl Shards {
    fn in_turn(&self) -> &Mutex<u64> {
        self.turn.set(self.turn.get() + 1);
        &self.totals[self.turn.get() % 2]
    }

    fn add(&self, wanted: bool) {
        let mut total = self.in_turn().lock().unwrap();
        if wanted {
            *total += 1;
        }
    }
}

fn main() {
    let shards = Shards { totals: [Mutex::new(0), Mutex::new(0)], turn: Cell::new(0) };
    shards.add(false);
    shards.add(true);
    println!("{} {}", *shards.totals[0].lock().unwrap(), *shards.totals[1].lock().unwrap());
}
