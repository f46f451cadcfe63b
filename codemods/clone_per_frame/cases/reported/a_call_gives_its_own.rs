// reason: gives `remember` a value that it keeps
//! One call has a value to give away: lent, it would be copied where it is kept.

use tokio::sync::mpsc::Receiver;

pub async fn run(mut names: Receiver<String>, seen: &mut Vec<String>, out: &mut Vec<String>) {
    remember(seen, format!("{} names", out.len()));
    while let Some(name) = names.recv().await {
        remember(seen, name.clone());
        out.push(name);
    }
}

fn remember(seen: &mut Vec<String>, name: String) {
    if !name.is_empty() {
        seen.push(name);
    }
}
