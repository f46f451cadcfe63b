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
    info!(peer = %peer.name, "hello");
    debug!(topic = topic, "subscribed to {}", topic);
    writeln!(out, "{} {:?}", peer.name, peer.home)?;
    if topic.is_empty() {
        warn!("no topic for {}", peer.home.display());
        anyhow::bail!("no topic: {}", peer.name);
    }
    let line = format!("{name} -> {0:>10}", topic, name = peer.name);
    out.push_str(&line);
    println!("{line}: {}", topic.len());
    Ok(())
}
