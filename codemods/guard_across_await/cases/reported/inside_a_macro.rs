// reason: lives in a macro's arguments
use std::collections::VecDeque;

use tokio::io::{AsyncReadExt, DuplexStream};
use tokio::sync::Mutex;

pub struct Console {
    input: Mutex<DuplexStream>,
    lines: Mutex<VecDeque<String>>,
}

impl Console {
    pub async fn next(&self) {
        println!(
            "{}",
            self.input.lock().await.read_u8().await.unwrap_or_default()
        );
        println!("{}", self.lines.lock().await.len());
    }
}
