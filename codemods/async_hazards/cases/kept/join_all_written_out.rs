use futures::future::join_all;

pub async fn both(one: String, two: String) -> usize {
    let all = join_all(vec![load(one), load(two)]).await;
    let mut more = Vec::new();
    more.push(load("a".into()));
    more.push(load("b".into()));
    all.len() + join_all(more).await.len()
}

async fn load(name: String) -> Option<Vec<u8>> {
    tokio::fs::read(name).await.ok()
}
