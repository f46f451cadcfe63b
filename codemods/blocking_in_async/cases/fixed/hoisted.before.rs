// level: review
use std::path::PathBuf;

fn slow_digest(dir: PathBuf, salt: &str) -> u64 {
    let found = std::fs::read(dir.join(salt)).unwrap_or_default();
    found.iter().map(|byte| u64::from(*byte)).sum()
}

pub async fn check(dir: PathBuf, salt: String, wanted: u64) -> Result<(), String> {
    if slow_digest(dir, &salt) != wanted {
        return Err(salt);
    }
    Ok(())
}
