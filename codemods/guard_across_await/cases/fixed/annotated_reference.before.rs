use tokio::sync::RwLock;

pub struct Words {
    words: RwLock<Vec<String>>,
}

impl Words {
    pub async fn typed(&self) -> bool {
        let g = self.words.read().await;
        let first: &str = &g[0];
        let n = first.len();
        send(n).await && n > 3
    }

    pub async fn untyped(&self) -> bool {
        let g = self.words.read().await;
        let first = &g[0];
        let n = first.len();
        send(n).await && n > 3
    }

    pub async fn asked_for(&self) -> bool {
        let g = self.words.read().await;
        let first: &str = &g[0];
        send(first.len()).await
    }

    pub async fn needed(&self) -> bool {
        let g = self.words.read().await;
        let first: &str = &g[0];
        send(first.len()).await && first.is_empty()
    }

    pub async fn needed_untyped(&self) -> bool {
        let g = self.words.read().await;
        let first = &g[0];
        send(first.len()).await;
        first.is_empty()
    }
}

async fn send(v: usize) -> bool {
    tokio::task::yield_now().await;
    v > 3
}
