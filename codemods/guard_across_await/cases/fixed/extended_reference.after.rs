use std::sync::RwLock;

pub struct Profile {
    name: String,
    tags: Vec<String>,
}

pub async fn greet(profile: &RwLock<Profile>) -> usize {
    let joined = {
        let tags = &profile.read().unwrap().tags;
        tags.join(", ")
    };
    send(&joined).await
}

async fn send(text: &str) -> usize {
    tokio::task::yield_now().await;
    text.len()
}
