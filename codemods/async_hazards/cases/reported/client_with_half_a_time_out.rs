// reason: `connect_timeout` the connection alone
use std::time::Duration;

pub fn make() -> Option<reqwest::Client> {
    let builder = reqwest::Client::builder().connect_timeout(Duration::from_secs(3));
    builder.build().ok()
}

pub async fn ask(client: &reqwest::Client, url: &str) -> bool {
    client.get(url).send().await.is_ok()
}
