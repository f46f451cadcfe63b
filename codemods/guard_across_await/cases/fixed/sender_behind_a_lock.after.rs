use tokio::sync::{mpsc, Mutex};

pub enum Command {
    Flush,
    Put(String),
}

pub struct Handle {
    commands: Mutex<mpsc::Sender<Command>>,
    name: String,
}

impl Handle {
    pub async fn put(&self, line: &str) -> bool {
        let commands = self.commands.lock().await.clone();
        commands.send(Command::Put(line.to_owned())).await.is_ok()
    }

    pub async fn flush(&self) -> bool {
        let commands = self.commands.lock().await.clone();
        let sent = commands.send(Command::Flush).await;
        sent.is_ok() && !self.name.is_empty()
    }
}
