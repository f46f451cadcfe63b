// level: safe
//! Options and enums copied so that a pattern can look into them.

#[derive(Clone)]
enum State {
    Idle,
    Open { peer: String, backlog: Vec<String> },
    Failed(String),
}

struct Session {
    token: Option<String>,
    state: State,
}

impl Session {
    async fn header(&self) -> String {
        let mut header = String::new();
        if let Some(token) = self.token.clone() {
            header.push_str("Bearer ");
            header.push_str(&token);
        }
        match self.state.clone() {
            State::Idle => header.push('-'),
            State::Open { peer, backlog } if !backlog.is_empty() => {
                header.push_str(peer.trim());
            }
            State::Open { .. } => {}
            State::Failed(why) => header += &format!(" ({why})"),
        }
        header
    }

    async fn backlog(&self) -> usize {
        let State::Open { backlog, .. } = self.state.clone() else {
            return 0;
        };
        tokio::task::yield_now().await;
        backlog.len()
    }
}
