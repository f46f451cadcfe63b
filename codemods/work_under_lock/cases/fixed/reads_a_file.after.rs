// level: review
use std::collections::HashMap;
use std::io;
use std::sync::Mutex;

pub struct Files {
    texts: Mutex<HashMap<String, String>>,
}

impl Files {
    pub async fn load(&self, path: &str) -> io::Result<()> {
        let text = std::fs::read_to_string(path)?;
        let key = path.to_string();
        let mut texts = self.texts.lock().unwrap();
        texts.insert(key, text);
        Ok(())
    }

    pub async fn load_again(&self, path: &str) -> io::Result<Option<String>> {
        let key = path.to_string();
        let value = std::fs::read_to_string(path)?;
        Ok(self.texts.lock().unwrap().insert(key, value))
    }
}
