use futures::future::join_all;

pub async fn both(one: String, two: String) -> usize {
    let all = join_all(vec![tokio::fs::read(one), tokio::fs::read(two)]).await;
    let mut more = Vec::new();
    more.push(tokio::fs::read("a"));
    more.push(tokio::fs::read("b"));
    all.len() + join_all(more).await.len()
}
