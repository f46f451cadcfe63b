use std::sync::{Mutex, MutexGuard, PoisonError};

pub struct Inner {
    epoch: u64,
    members: Vec<String>,
}

pub struct Cluster {
    inner: Mutex<Inner>,
}

impl Cluster {
    fn locked(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub async fn join(&self, name: &str) -> u64 {
        let (epoch, members) = {
            let mut inner = self.locked();
            inner.members.push(name.to_owned());
            inner.epoch += 1;
            (inner.epoch, inner.members.clone())
        };
        gossip(epoch, &members).await;
        epoch
    }

    pub async fn leave(&self, name: &str) {
        {
            let Ok(mut inner) = self.inner.lock() else {
                return;
            };
            inner.members.retain(|member| member != name);
        }
        gossip(0, &[]).await;
    }

    pub async fn rejoin(&self) -> u64 {
        let epoch = {
            let inner = match self.inner.lock() {
                Ok(inner) => inner,
                Err(poisoned) => poisoned.into_inner(),
            };
            inner.epoch
        };
        gossip(epoch, &[]).await;
        epoch
    }
}

async fn gossip(epoch: u64, members: &[String]) {
    tracing::debug!(epoch, ?members);
    tokio::task::yield_now().await;
}
