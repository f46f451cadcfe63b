use std::collections::HashMap;
use std::sync::Mutex;

struct State {
    by_id: HashMap<u64, String>,
    order: Vec<u64>,
}

struct Server {
    state: Mutex<State>,
}

impl Server {
    fn add(&self, id: u64, name: String) {
        let mut state = self.state.lock().unwrap();
        state.by_id.insert(id, name);
        state.order.push(id);
    }

    fn name(&self, id: u64) -> Option<String> {
        self.state.lock().unwrap().by_id.get(&id).cloned()
    }

    fn last(&self) -> Option<u64> {
        self.state.lock().unwrap().order.last().copied()
    }
}
