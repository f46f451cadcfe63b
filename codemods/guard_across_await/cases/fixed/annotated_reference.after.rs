use tokio::sync::RwLock;

pub struct Words {
    words: RwLock<Vec<String>>,
}

impl Words {
    pub async fn typed(&self) -> bool {
        let n = {
            let g = self.words.read().await;
            let first: &str = &g[0];
            first.len()
        };
        send(n).await && n > 3
    }

    pub async fn untyped(&self) -> bool {
        let n = {
            let g = self.words.read().await;
            let first = &g[0];
            first.len()
        };
        send(n).await && n > 3
    }

    pub async fn asked_for(&self) -> bool {
        let len = {
            let g = self.words.read().await;
            let first: &str = &g[0];
            first.len()
        };
        send(len).await
    }

    pub async fn needed(&self) -> bool {
        let (len, is_empty) = {
            let g = self.words.read().await;
            let first: &str = &g[0];
            (first.len(), first.is_empty())
        };
        send(len).await && is_empty
    }

    pub async fn needed_untyped(&self) -> bool {
        let (len, is_empty) = {
            let g = self.words.read().await;
            let first = &g[0];
            (first.len(), first.is_empty())
        };
        send(len).await;
        is_empty
    }
}

async fn send(v: usize) -> bool {
    tokio::task::yield_now().await;
    v > 3
}
