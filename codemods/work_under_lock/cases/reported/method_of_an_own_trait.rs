// reason: a trait of the workspace has such a method
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Mutex;

static COUNT: AtomicUsize = AtomicUsize::new(0);

trait Numbered {
    fn concat(&self) -> String;
}

impl Numbered for Vec<String> {
    fn concat(&self) -> String {
        COUNT.fetch_add(1, Ordering::SeqCst).to_string()
    }
}

pub async fn number(log: &Mutex<Vec<String>>, list: &Vec<String>) {
    log.lock().unwrap().push(format!("{}", list.concat()));
}
