// level: review

pub async fn version(tool: &str) -> std::io::Result<Vec<u8>> {
    let out = tokio::process::Command::new(tool)
        .arg("--version")
        .stdin(std::process::Stdio::null())
        .output()
        .await?;
    Ok(out.stdout)
}

pub async fn run(tool: &str) -> std::io::Result<bool> {
    Ok(tokio::process::Command::new(tool).status().await?.success())
}
