use tokio::sync::Mutex;

pub struct Batch<T> {
    items: Mutex<Vec<T>>,
    high_water: usize,
}

impl<T: Into<String> + Clone> Batch<T> {
    pub async fn flush(&self) -> usize {
        let taken: Vec<String> = {
            let mut items = self.items.lock().await;
            if items.len() < self.high_water {
                return 0;
            }
            items.drain(..).map(Into::into).collect()
        };
        write_all(taken).await
    }

    pub async fn each(&self) {
        let drained = self.items.lock().await.drain(..).collect::<Vec<_>>();
        for item in drained {
            write_all(vec![item.into()]).await;
        }
    }
}

async fn write_all(lines: Vec<String>) -> usize {
    tokio::task::yield_now().await;
    lines.len()
}
