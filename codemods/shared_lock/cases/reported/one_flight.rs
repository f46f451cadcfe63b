// reason: several readers would get it at a time
use std::sync::Mutex;

struct Jobs {
    names: Mutex<Vec<String>>,
}

impl Jobs {
    fn run(&self) {
        let Ok(names) = self.names.try_lock() else {
            return;
        };
        for name in names.iter() {
            println!("{name}");
        }
    }

    fn longest(&self) -> Option<usize> {
        self.names.lock().unwrap().iter().map(String::len).max()
    }

    fn add(&self, name: String) {
        self.names.lock().unwrap().push(name);
    }
}
