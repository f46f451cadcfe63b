// level: review
use std::sync::Mutex;

pub async fn summary(totals: &Mutex<Vec<u64>>, title: &str) -> String {
    let totals = totals.lock().unwrap();
    let sum: u64 = totals.iter().sum();
    let count = totals.len();
    let mut text = title.to_uppercase();
    text.push_str(&format!(": {sum} of {count}"));
    text
}

pub async fn ends_itself(totals: &Mutex<Vec<u64>>, title: &str) -> String {
    let totals = totals.lock().unwrap();
    let count = totals.len();
    let text = format!("{title}: {count}");
    drop(totals);
    text
}
