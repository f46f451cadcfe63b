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
        let names = self.names.read().await;
        tick().await;
        names.len() > 3
    }

    /// The same through a reference.
    pub async fn any(&self) -> bool {
        let names = self.names.read().await;
        let all: &[String] = &names;
        tick().await;
        !all.is_empty() && all.len() < 10
    }

    /// A length, a flag and a number.
    pub async fn left(&self) -> usize {
        let job = self.job.lock().await;
        tick().await;
        if job.steps.is_empty() {
            return 0;
        }
        job.steps.len() - job.done as usize
    }

    /// The name that fits best means something else there.
    pub async fn hidden(&self) -> usize {
        let names = self.names.read().await;
        tick().await;
        let len = 3;
        names.len() + len
    }

    /// A text is copied where more than that is needed.
    pub async fn named(&self) -> usize {
        let job = self.job.lock().await;
        tick().await;
        log(&job.name);
        job.name.len()
    }
}

fn log(name: &str) {
    tracing::debug!(name);
}

async fn tick() {
    tokio::task::yield_now().await;
}
