// reason: it sleeps 1 ms, and tokio's timer has steps of one
pub async fn spin() {
    std::thread::sleep(std::time::Duration::from_millis(1));
}
