// left: 2
// naive: gave up
// swap: while !self.taken.lock().unwrap().insert(format!("name {n}")) => let name = format!("name {n}"); while !self.taken.lock().unwrap().insert(name.clone())
// end: kept
// words: each round of a `while`
use std::collections::HashSet;
use std::sync::Mutex;

pub struct Names {
    taken: Mutex<HashSet<String>>,
}

impl Names {
    pub async fn free(&self) -> u64 {
        let mut n = 0;
        while !self.taken.lock().unwrap().insert(format!("name {n}")) {
            n += 1;
            assert!(n < 100);
        }
        n
    }
}

pub fn run() -> String {
    let taken = ["name 0", "name 1"].map(str::to_string);
    let names = Names { taken: Mutex::new(HashSet::from(taken)) };
    let found = std::thread::spawn(move || futures::executor::block_on(names.free())).join();
    found.map_or("gave up".to_string(), |n| n.to_string())
}
