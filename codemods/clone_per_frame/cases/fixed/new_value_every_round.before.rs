// level: safe
//! A line that is sent and then begun anew; an item that is returned out of its loop.

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::sync::mpsc::Sender;

pub async fn split<R: AsyncRead + Unpin>(source: R, lines: Sender<String>) -> std::io::Result<()> {
    let mut source = BufReader::new(source);
    let mut line = String::new();
    while source.read_line(&mut line).await? > 0 {
        let _ = lines.send(line.clone()).await;
        line = String::new();
    }
    Ok(())
}

pub fn widest(rows: &[Vec<u8>], limit: usize) -> Vec<u8> {
    let mut widest = Vec::new();
    for row in rows {
        if row.len() > widest.len() {
            widest = row.to_vec();
        }
        if widest.len() >= limit {
            return widest.clone();
        }
    }
    widest.clone()
}

pub fn squeezed(rounds: usize, mut text: String) -> String {
    for _ in 0..rounds {
        text = shorter(text.clone());
    }
    text
}

fn shorter(mut text: String) -> String {
    text.truncate(text.len() / 2);
    text
}
