// level: safe
//! `..base` gives the fields that are not listed: those that are can be moved out of it.

use std::collections::HashMap;

use tokio::sync::mpsc::Receiver;

pub struct Job {
    pub name: String,
    pub parts: Vec<Vec<u8>>,
    pub retries: u32,
    pub note: Option<String>,
}

pub struct Queue {
    jobs: HashMap<String, Job>,
    last: Vec<String>,
}

impl Queue {
    pub async fn fill(&mut self, mut inbox: Receiver<Job>) {
        while let Some(job) = inbox.recv().await {
            let job = Job {
                parts: trimmed(job.parts),
                retries: job.retries + 1,
                ..job
            };
            let named = Job {
                name: job.name,
                note: job.note.or_else(|| Some(String::new())),
                ..job
            };
            self.jobs.insert(named.name.clone(), named);
        }
    }

    /// The name goes on in the base: the copy has to be made.
    pub async fn twice(&mut self, mut inbox: Receiver<Job>) {
        while let Some(job) = inbox.recv().await {
            let both = Job {
                note: Some(job.name.clone()),
                ..job
            };
            let name = both.name;
            self.last.push(name);
            let length = both.parts.len();
            self.last.push(format!("{length}"));
        }
    }
}

fn trimmed(mut parts: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    parts.retain(|part| !part.is_empty());
    parts
}
