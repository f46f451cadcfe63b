// level: review
use std::collections::HashMap;
use std::io;
use std::sync::Mutex;

pub struct Files {
    texts: Mutex<HashMap<String, String>>,
}

impl Files {
    pub async fn load(&self, path: &str) -> io::Result<()> {
        let mut texts = self.texts.lock().unwrap();
        let text = std::fs::read_to_string(path)?;
        texts.insert(path.to_string(), text);
        Ok(())
    }

    pub async fn load_again(&self, path: &str) -> io::Result<Option<String>> {
        Ok(self.texts.lock().unwrap().insert(path.to_string(), std::fs::read_to_string(path)?))
    }

    pub async fn pause(&self) -> usize {
        let texts = self.texts.lock().unwrap();
        let count = texts.len();
        std::thread::sleep(std::time::Duration::from_millis(20));
        count
    }
}
