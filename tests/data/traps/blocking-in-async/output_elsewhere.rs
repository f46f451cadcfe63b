// left: []
// naive: [104, 105]
// swap: Command::new("sh") => tokio::process::Command::new("sh")
// swap: .output() => .output().await
// end: same, review
// words: on a thread that may block
use std::process::{Command, Stdio};

pub async fn quietly() -> Vec<u8> {
    let said = Command::new("sh").args(["-c", "printf hi"]).stdout(Stdio::null()).output();
    said.unwrap().stdout
}

pub fn run() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    format!("{:?}", runtime.block_on(quietly()))
}
