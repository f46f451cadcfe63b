// reason: would be dropped later
use std::sync::Mutex;

pub struct Session {
    pub id: u64,
    pub name: String,
}

/// `format!` lets the lock go before the second argument takes it.
pub fn pairs(sessions: &[Mutex<Session>]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for session in sessions {
        found.push((
            format!("{}", session.lock().unwrap().id),
            session.lock().unwrap().name.len(),
        ));
    }
    found
}
