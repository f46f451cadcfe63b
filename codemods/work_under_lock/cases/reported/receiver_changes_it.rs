// reason: comes first, and may change what it is made of
use std::sync::Mutex;

fn pick<'a>(n: &mut usize, all: &'a [Mutex<Vec<String>>]) -> &'a Mutex<Vec<String>> {
    *n += 1;
    &all[*n % 4]
}

pub async fn put(all: &[Mutex<Vec<String>>]) {
    let mut n = all.len();
    pick(&mut n, all).lock().unwrap().push(n.to_string());
}
