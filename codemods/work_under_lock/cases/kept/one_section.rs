use std::collections::HashMap;
use std::sync::Mutex;

pub async fn count(words: &Mutex<HashMap<String, usize>>, word: &str) -> String {
    let mut words = words.lock().unwrap();
    let found = words.get(word).copied().unwrap_or(0);
    let shown = format!("{word}: {found}");
    words.insert(shown.clone(), found + 1);
    shown
}
