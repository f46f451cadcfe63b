// reason: its guard is an argument of `format!`
use tokio::sync::Mutex;

struct Names {
    all: Mutex<Vec<String>>,
}

impl Names {
    async fn show(&self) -> String {
        format!("{:?}", self.all.lock().await)
    }

    async fn add(&self, name: String) {
        self.all.lock().await.push(name);
    }
}
