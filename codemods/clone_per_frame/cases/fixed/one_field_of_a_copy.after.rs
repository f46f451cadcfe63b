// level: safe
//! A whole session copied for one of its fields; values compared as copies.

#[derive(Clone, Debug, PartialEq)]
struct User {
    id: u64,
    name: String,
    roles: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
struct Session {
    user: User,
    token: String,
}

async fn describe(sessions: &[Session], current: &Session, token: &String) -> Vec<String> {
    let mut lines = Vec::new();
    for session in sessions {
        if *session == *current || *token == session.token {
            continue;
        }
        let id = session.user.id;
        let width = session.user.name.len();
        let owner = session.user.name.clone();
        let first = session.user.roles[0].len();
        lines.push(format!("{id:>width$} {owner} {first} {}", session.token));
    }
    lines
}
