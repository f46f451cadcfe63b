// reason: only a test empties or changes it
use std::sync::Mutex;

static NAME: Mutex<Option<String>> = Mutex::new(None);

pub fn length() -> usize {
    let mut name = NAME.lock().unwrap();
    name.get_or_insert_with(|| "name".to_string()).len()
}

#[test]
fn made_again() {
    let old = NAME.lock().unwrap().take();
    assert!(old.is_none());
    assert_eq!(length(), 4);
}
