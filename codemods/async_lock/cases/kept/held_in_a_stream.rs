use async_stream::stream;
use futures::Stream;
use tokio::sync::Mutex;

struct Feed {
    lines: Mutex<Vec<String>>,
}

impl Feed {
    fn all(&self) -> impl Stream<Item = String> + '_ {
        stream! {
            let lines = self.lines.lock().await;
            for line in lines.iter() {
                yield line.clone();
            }
        }
    }

    async fn add(&self, line: String) {
        self.lines.lock().await.push(line);
    }
}
