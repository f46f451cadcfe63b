// level: safe
//! Copies with a name, that a pattern or a loop takes apart and only reads.

#[derive(Clone)]
pub enum Message {
    Text(String),
    Many(Vec<String>),
    Nothing,
}

pub struct Job {
    title: Option<String>,
    steps: Vec<String>,
    sizes: Vec<u64>,
}

pub async fn weigh(messages: &[Message], jobs: &[Job]) -> u64 {
    let mut total = 0;
    for message in messages {
        let copy = message.clone();
        match copy {
            Message::Text(text) => total += text.len() as u64,
            Message::Many(texts) => {
                for text in texts {
                    total += text.len() as u64;
                }
            }
            Message::Nothing => {}
        }
    }
    for job in jobs {
        let title = job.title.clone();
        if let Some(title) = title {
            total += title.len() as u64;
        }
        let steps = job.steps.clone();
        for step in steps {
            total += step.len() as u64;
        }
        for size in job.sizes.clone() {
            total += size;
        }
    }
    total
}
