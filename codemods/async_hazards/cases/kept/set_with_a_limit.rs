use tokio::task::JoinSet;

pub async fn read_all(paths: Vec<String>, most: usize) {
    let mut tasks = JoinSet::new();
    for path in paths {
        if tasks.len() >= most {
            tasks.join_next().await;
        }
        tasks.spawn(tokio::fs::read(path));
    }
    while tasks.join_next().await.is_some() {}
}
