// reason: writes to the disk under this lock, so that the two agree
use std::sync::Mutex;

pub struct Saved {
    text: Mutex<Vec<String>>,
}

impl Saved {
    pub async fn save(&self, path: &str, new: String) {
        let mut text = self.text.lock().unwrap();
        std::fs::write(path, &new).unwrap();
        *text = vec![new];
    }

    pub async fn reload(&self, path: &str) {
        let mut text = self.text.lock().unwrap();
        let found = std::fs::read_to_string(path).unwrap_or_default();
        text.clear();
        text.push(found);
    }
}
