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
        if session.clone() == *current || token.clone() == session.token.clone() {
            continue;
        }
        let id = session.clone().user.id;
        let width = session.user.clone().name.len();
        let owner = session.user.clone().name;
        let first = session.user.roles.clone()[0].len();
        lines.push(format!(
            "{id:>width$} {owner} {first} {}",
            session.clone().token
        ));
    }
    lines
}
