pub async fn wait(out: &mut String, names: &[&str]) {
    tokio::select! {
        _ = std::future::ready(()) => {
            for name in names {
                out.push_str(&format!("{name}:{}", names.len()));
            }
        }
    }
    let sizes = vec![format!("{}", names.len())];
    out.push_str(&sizes[0]);
}
