// level: safe
use std::sync::Mutex;

pub fn first(words: &[&str]) -> Option<String> {
    let found = Mutex::new(None);
    std::thread::scope(|scope| {
        for word in words {
            let found = &found;
            scope.spawn(move || {
                let mut found = found.lock().unwrap();
                if !found.is_some() {
                    *found = Some(word.to_string());
                }
            });
        }
    });
    found.into_inner().unwrap()
}
