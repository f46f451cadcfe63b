// reason: `return` leaves the code that would have to become a closure
pub async fn newest(paths: &[String]) -> Option<u64> {
    for path in paths {
        let found = std::fs::metadata(path).ok()?;
        if found.len() > 10 {
            return Some(found.len());
        }
    }
    None
}
