use tokio::sync::Mutex;

struct Unused {
    later: Mutex<Vec<u8>>,
}

impl Unused {
    fn new() -> Self {
        Unused { later: Mutex::new(Vec::new()) }
    }

    fn all(self) -> Vec<u8> {
        Vec::new()
    }
}
