// level: review
use std::path::PathBuf;

fn slow_digest(dir: PathBuf, salt: &str) -> u64 {
    let found = std::fs::read(dir.join(salt)).unwrap_or_default();
    found.iter().map(|byte| u64::from(*byte)).sum()
}

pub async fn check(dir: PathBuf, salt: String, wanted: u64) -> Result<(), String> {
    let found = {
        let salt = salt.clone();
        match tokio::task::spawn_blocking(move || slow_digest(dir, &salt)).await {
            Ok(done) => done,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    };
    if found != wanted {
        return Err(salt);
    }
    Ok(())
}
