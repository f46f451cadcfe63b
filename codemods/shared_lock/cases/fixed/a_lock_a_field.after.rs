// level: review
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct State {
    sessions: Mutex<HashMap<u64, String>>,
    log: Mutex<Vec<String>>,
}

struct Server {
    state: Arc<State>,
}

impl Server {
    fn new() -> Self {
        Server {
            state: Arc::new(State {
                sessions: Mutex::new(HashMap::new()),
                log: Mutex::new(Vec::new()),
            }),
        }
    }

    fn open(&self, id: u64, name: String) {
        self.state.sessions.lock().unwrap().insert(id, name);
    }

    fn name(&self, id: u64) -> Option<String> {
        let state = self.state.sessions.lock().unwrap();
        state.get(&id).cloned()
    }

    fn note(&self, line: String) {
        let mut state = self.state.log.lock().unwrap();
        state.push(line);
        if state.len() > 100 {
            *state = Vec::new();
        }
    }

    fn lines(&self) -> Vec<String> {
        self.state.log.lock().unwrap().clone()
    }
}
