use std::sync::Mutex;

struct Holder {
    table: Mutex<Option<Vec<u32>>>,
}

impl Holder {
    fn sum(&self) -> u32 {
        let table = self.table.lock().unwrap();
        table.iter().flatten().sum()
    }

    fn len(&self) -> usize {
        self.table.lock().unwrap().iter().flatten().count()
    }

    fn set(&self, table: Vec<u32>) {
        *self.table.lock().unwrap() = Some(table);
    }
}
