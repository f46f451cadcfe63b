// reason: `state.lock().await` is held there, and would be while others wait
use tokio::sync::Mutex;

pub async fn refresh(state: &Mutex<String>) -> std::io::Result<()> {
    let mut text = state.lock().await;
    *text = std::fs::read_to_string("config")?;
    Ok(())
}
