// reason: Each item of `hosts.iter().cloned()` gets a task at once
use tokio::task::JoinSet;

pub async fn ask(hosts: &[String]) -> usize {
    let mut tasks = JoinSet::new();
    for host in hosts.iter().cloned() {
        tasks.spawn(async move { tokio::net::lookup_host((host, 80)).await.is_ok() });
    }
    let mut good = 0;
    while let Some(done) = tasks.join_next().await {
        good += usize::from(done.unwrap_or(false));
    }
    good
}
