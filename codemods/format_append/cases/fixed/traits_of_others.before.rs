// level: safe

use anyhow::Context;
use futures_util::StreamExt as _;
use tokio::io::AsyncWriteExt;

pub async fn lines(names: &[&str], counts: &[&mut u32], first: u64) -> anyhow::Result<String> {
    let mut out = format!("{}", first);
    for (name, count) in names.iter().zip(counts) {
        let known = name.parse::<u32>().context("a number")?;
        out.push_str(&format!("{name}={known};"));
        out.push_str(&format!("{}", known));
        out.push_str(&format!("{}", count));
    }
    let mut all = futures::stream::iter(names);
    while let Some(name) = all.next().await {
        out += &format!("{}", name);
    }
    let mut to = tokio::io::stdout();
    to.write_all(out.as_bytes()).await?;
    Ok(out)
}
