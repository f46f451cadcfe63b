// reason: may lock it wherever it is expanded
use tokio::sync::Mutex;

macro_rules! with_parts {
    ($shared:expr, $parts:ident => $body:expr) => {{
        let $parts = $shared.parts.lock().await;
        $body
    }};
}

struct Shared {
    parts: Mutex<Vec<u32>>,
}

impl Shared {
    async fn count(&self) -> usize {
        with_parts!(self, parts => parts.len())
    }

    async fn add(&self, part: u32) {
        self.parts.lock().await.push(part);
    }
}
