// as many as somebody chose, or as a config names
use tokio::sync::broadcast;

pub struct Config {
    pub listeners: Vec<String>,
}

pub async fn run(config: Config, workers: usize, news: broadcast::Sender<u8>) {
    for _ in 0..workers {
        let mut news = news.subscribe();
        tokio::spawn(async move { news.recv().await });
    }
    for name in config.listeners {
        tokio::spawn(async move { tokio::fs::read(name).await });
    }
    for name in ["a", "b"] {
        tokio::spawn(tokio::fs::read(name));
    }
}
