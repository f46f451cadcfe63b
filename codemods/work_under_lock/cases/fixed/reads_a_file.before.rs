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
}
