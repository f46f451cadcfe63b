// level: safe
use std::sync::OnceLock;

pub fn first(words: &[&str]) -> Option<String> {
    let found = OnceLock::new();
    std::thread::scope(|scope| {
        for word in words {
            let found = &found;
            scope.spawn(move || {
                found.get_or_init(|| word.to_string());
            });
        }
    });
    found.into_inner()
}
