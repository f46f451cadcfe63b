// level: safe

use anyhow::Context;
use futures_util::StreamExt as _;
use std::fmt::Write as _;
use tokio::io::AsyncWriteExt;

pub async fn lines(names: &[&str], counts: &[&mut u32], first: u64) -> anyhow::Result<String> {
    let mut out = first.to_string();
    for (name, count) in names.iter().zip(counts) {
        let known = name.parse::<u32>().context("a number")?;
        write!(out, "{name}={known};").unwrap();
        out.push_str(&known.to_string());
        out.push_str(&(**count).to_string());
    }
    let mut all = futures::stream::iter(names);
    while let Some(name) = all.next().await {
        out.push_str(name);
    }
    let mut to = tokio::io::stdout();
    to.write_all(out.as_bytes()).await?;
    Ok(out)
}
