// level: review
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct State {
    sessions: HashMap<u64, String>,
    log: Vec<String>,
}

struct Server {
    state: Arc<Mutex<State>>,
}

impl Server {
    fn new() -> Self {
        Server {
            state: Arc::new(Mutex::new(State {
                sessions: HashMap::new(),
                log: Vec::new(),
            })),
        }
    }

    fn open(&self, id: u64, name: String) {
        self.state.lock().unwrap().sessions.insert(id, name);
    }

    fn name(&self, id: u64) -> Option<String> {
        let state = self.state.lock().unwrap();
        state.sessions.get(&id).cloned()
    }

    fn note(&self, line: String) {
        let mut state = self.state.lock().unwrap();
        state.log.push(line);
        if state.log.len() > 100 {
            state.log = Vec::new();
        }
    }

    fn lines(&self) -> Vec<String> {
        self.state.lock().unwrap().log.clone()
    }
}
