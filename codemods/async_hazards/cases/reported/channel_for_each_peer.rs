// reason: run in the loop of line 32
use std::collections::HashMap;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, Mutex};

pub struct Chat {
    peers: Mutex<HashMap<u32, mpsc::UnboundedSender<Said>>>,
}

#[derive(Clone)]
pub struct Said(String);

impl Chat {
    pub async fn join(self: Arc<Self>, id: u32, socket: TcpStream) {
        let (tx, mut rx) = mpsc::unbounded_channel();
        self.peers.lock().await.insert(id, tx);
        let (read, mut write) = socket.into_split();
        tokio::spawn(async move {
            while let Some(Said(line)) = rx.recv().await {
                if write.write_all(line.as_bytes()).await.is_err() {
                    break;
                }
            }
        });
        self.listen(BufReader::new(read)).await;
    }

    async fn listen(&self, read: BufReader<tokio::net::tcp::OwnedReadHalf>) {
        let mut lines = read.lines();
        while let Ok(Some(line)) = lines.next_line().await {
            self.tell(Said(line)).await;
        }
    }

    async fn tell(&self, said: Said) {
        for peer in self.peers.lock().await.values() {
            let _ = peer.send(said.clone());
        }
    }
}
