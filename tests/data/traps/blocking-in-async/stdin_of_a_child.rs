// left: ""
// naive: "typed"
// swap: std::process::Command::new("cat").output() => tokio::process::Command::new("cat").output().await
// end: same, review
// words: leaves the process running
pub async fn copied() -> Vec<u8> {
    std::process::Command::new("cat").output().unwrap().stdout
}

pub fn run() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    format!("{:?}", String::from_utf8(runtime.block_on(copied())).unwrap())
}
