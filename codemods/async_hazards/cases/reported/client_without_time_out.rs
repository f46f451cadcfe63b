// reason: reqwest's client has no time-out by itself
pub struct Api {
    client: reqwest::Client,
}

impl Api {
    pub fn new() -> Self {
        Self { client: reqwest::Client::new() }
    }

    pub async fn ask(&self, url: &str) -> Option<u16> {
        Some(self.client.get(url).send().await.ok()?.status().as_u16())
    }
}
