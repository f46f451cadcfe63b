// each goes on for as long as its queue does
use tokio::sync::mpsc::Receiver;

pub async fn run(queues: Vec<Receiver<String>>) {
    for queue in queues {
        tokio::spawn(work(queue));
    }
}

async fn work(mut queue: Receiver<String>) {
    while let Some(job) = queue.recv().await {
        let _ = tokio::fs::read(job).await;
    }
}
