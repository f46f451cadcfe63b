// level: review
use std::process::Command;

pub async fn version(tool: &str) -> std::io::Result<Vec<u8>> {
    let out = Command::new(tool).arg("--version").output()?;
    Ok(out.stdout)
}

pub async fn run(tool: &str) -> std::io::Result<bool> {
    Ok(Command::new(tool).status()?.success())
}
