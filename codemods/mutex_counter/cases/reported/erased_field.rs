// edition: 2018
// reason: it becomes `dyn std::any::Any`

use std::sync::{Arc, Mutex};

struct Task {
    user: Arc<dyn std::any::Any + Send + Sync>,
}

pub(crate) fn queue() -> u16 {
    let runs = Arc::new(Mutex::new(0u16));
    let task = Task { user: runs.clone() };
    run(&task);
    let n = *runs.lock().unwrap();
    n
}

fn run(task: &Task) {
    if let Some(runs) = task.user.downcast_ref::<Mutex<u16>>() {
        *runs.lock().unwrap() += 1;
    }
}
