use std::sync::Mutex;

pub(crate) struct Kinds {
    r#type: Mutex<u64>,
    größe: Mutex<u64>,
    count: Mutex<u32>,
}

impl Kinds {
    pub(crate) fn record(&self, count: u32) {
        *self.r#type.lock().unwrap() += 1;
        *self.größe.lock().unwrap() += 2;
        let more = count + 1;
        let mut count = self.count.lock().unwrap();
        *count += more;
    }

    pub(crate) fn sum(&self) -> u64 {
        let count = self.count.lock().unwrap();
        let doubled = u64::from(*count) * 2;
        let sizes = self.größe.lock().map(|größe| *größe).unwrap();
        doubled + sizes
    }
}

pub(crate) fn shadowed(values: &[u32]) -> u32 {
    let count = Mutex::new(0);
    for value in values {
        let mut count = count.lock().unwrap();
        *count += value;
    }
    let count = count.lock().unwrap();
    *count
}
