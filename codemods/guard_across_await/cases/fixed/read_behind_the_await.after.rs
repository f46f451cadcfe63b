use tokio::sync::{Mutex, RwLock};

pub struct Job {
    name: String,
    steps: Vec<u32>,
    done: u32,
}

pub struct Jobs {
    job: Mutex<Job>,
    names: RwLock<Vec<String>>,
}

impl Jobs {
    /// What is guarded is asked for its length alone.
    pub async fn many(&self) -> bool {
        let len = self.names.read().await.len();
        tick().await;
        len > 3
    }

    /// The same through a reference.
    pub async fn any(&self) -> bool {
        let (is_empty, len) = {
            let names = self.names.read().await;
            let all: &[String] = &names;
            (all.is_empty(), all.len())
        };
        tick().await;
        !is_empty && len < 10
    }

    /// A length, a flag and a number.
    pub async fn left(&self) -> usize {
        let (is_empty, len, done) = {
            let job = self.job.lock().await;
            (job.steps.is_empty(), job.steps.len(), job.done)
        };
        tick().await;
        if is_empty {
            return 0;
        }
        len - done as usize
    }

    /// The name that fits best means something else there.
    pub async fn hidden(&self) -> usize {
        let len_2 = self.names.read().await.len();
        tick().await;
        let len = 3;
        len_2 + len
    }

    /// A text is copied where more than that is needed.
    pub async fn named(&self) -> usize {
        let name = {
            let job = self.job.lock().await;
            job.name.clone()
        };
        tick().await;
        log(&name);
        name.len()
    }
}

fn log(name: &str) {
    tracing::debug!(name);
}

async fn tick() {
    tokio::task::yield_now().await;
}
