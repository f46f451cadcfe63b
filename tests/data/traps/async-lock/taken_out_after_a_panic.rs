// left: Some([1])
// naive: None
// swap: use tokio::sync::Mutex; => use std::sync::Mutex;
// swap: .lock().await => .lock().unwrap()
// swap: .into_inner() => .into_inner().unwrap()
// end: same, safe
// words: taking it no longer goes through the runtime
use tokio::sync::Mutex;

pub struct Numbers {
    all: Mutex<Vec<u32>>,
}

impl Numbers {
    pub async fn replace(&self, at: usize, number: u32) {
        self.all.lock().await[at] = number;
    }

    pub fn taken(self) -> Vec<u32> {
        self.all.into_inner()
    }
}

pub fn run() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let numbers = Numbers { all: Mutex::new(vec![1]) };
    let failed = std::panic::AssertUnwindSafe(|| runtime.block_on(numbers.replace(9, 2)));
    assert!(std::panic::catch_unwind(failed).is_err());
    let taken = std::thread::spawn(move || numbers.taken()).join();
    format!("{:?}", taken.ok())
}
