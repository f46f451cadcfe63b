use tokio::sync::Mutex;

pub struct Groups {
    current: Mutex<usize>,
    members: Vec<Vec<String>>,
}

impl Groups {
    /// The group is picked by what the lock guards, and borrowed from `members`.
    pub async fn greet(&self) {
        let current = *self.current.lock().await;
        for member in self.members[current].iter() {
            greet(member).await;
        }
    }

    pub async fn first(&self) -> usize {
        let group = {
            let current = self.current.lock().await;
            let group = &self.members[*current];
            group
        };
        greet(&group[0]).await;
        group.len()
    }
}

async fn greet(name: &str) {
    tracing::debug!(name);
    tokio::task::yield_now().await;
}
