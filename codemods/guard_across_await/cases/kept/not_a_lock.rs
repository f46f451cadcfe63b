use std::borrow::Borrow;
use std::cell::RefCell;
use std::io::Write;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

/// Speaks of locks, but has none.
pub struct Channel {
    stream: DuplexStream,
    open: bool,
}

impl Channel {
    async fn read(&mut self) -> Option<u8> {
        self.stream.read_u8().await.ok()
    }

    fn write(&self) -> Result<Frame, std::fmt::Error> {
        Ok(Frame { open: self.open })
    }

    fn lock(&mut self) -> bool {
        std::mem::replace(&mut self.open, false)
    }
}

pub struct Frame {
    open: bool,
}

pub async fn echo(mut channel: Channel, name: String) -> bool {
    let first = channel.read().await;
    let frame = channel.write().unwrap();
    let was_open = channel.lock();
    let text: &str = name.borrow();
    writeln!(std::io::stdout().lock(), "{text}").unwrap();
    channel
        .stream
        .write_u8(first.unwrap_or_default())
        .await
        .unwrap();
    while let Some(byte) = channel.read().await {
        channel.stream.write_u8(byte).await.unwrap();
    }
    let counted = RefCell::new(0);
    *counted.borrow_mut() += 1;
    channel.stream.flush().await.unwrap();
    was_open && frame.open && counted.into_inner() == 1
}
