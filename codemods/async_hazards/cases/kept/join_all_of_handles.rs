// they run already, and are few
use futures::future::join_all;

pub async fn run(workers: usize) {
    let mut tasks = Vec::new();
    for n in 0..workers {
        tasks.push(tokio::spawn(async move { n + 1 }));
    }
    join_all(tasks).await;
}

pub async fn shut_down(tasks: Vec<tokio::task::JoinHandle<()>>) {
    join_all(tasks).await;
}
