use tokio::sync::Mutex;

pub struct Link {
    name: Mutex<Option<String>>,
}

impl Link {
    pub fn new() -> Link {
        Link { name: Mutex::new(None) }
    }

    pub async fn open(&self) -> usize {
        let mut name = self.name.lock().await;
        if name.is_none() {
            *name = Some("link".to_string());
        }
        name.as_ref().unwrap().len()
    }

    pub async fn close(&self) {
        *self.name.lock().await = None;
    }
}
