// level: safe
//! Clones handed to macros that take their arguments by reference.

use std::fmt::Write;
use std::path::PathBuf;

use tracing::{debug, info, warn};

pub struct Peer {
    name: String,
    home: PathBuf,
}

pub async fn greet(peer: &Peer, topic: String, out: &mut String) -> anyhow::Result<()> {
    info!(peer = %peer.name.clone(), "hello");
    debug!(topic = topic.clone(), "subscribed to {}", topic.clone());
    writeln!(out, "{} {:?}", peer.name.clone(), peer.home.clone())?;
    if topic.is_empty() {
        warn!("no topic for {}", peer.home.clone().display());
        anyhow::bail!("no topic: {}", peer.name.to_string());
    }
    let line = format!(
        "{name} -> {0:>10}",
        topic.to_string(),
        name = peer.name.clone()
    );
    out.push_str(&line.clone());
    println!("{line}: {}", topic.len());
    Ok(())
}
