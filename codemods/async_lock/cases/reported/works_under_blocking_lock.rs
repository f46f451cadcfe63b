// reason: tasks would block their thread as long as that takes
use tokio::sync::Mutex;

struct Index {
    words: Mutex<Vec<String>>,
}

impl Index {
    async fn count(&self) -> usize {
        self.words.lock().await.len()
    }

    fn rebuild(&self, text: &str) {
        let mut words = self.words.blocking_lock();
        words.clear();
        for word in text.split(' ') {
            words.push(word.to_string());
        }
        words.sort();
    }
}
