use std::sync::Mutex;

struct Shelf<T> {
    items: Mutex<Vec<T>>,
    first: Mutex<T>,
}

impl<T: Clone + IntoIterator<Item = u32>> Shelf<T> {
    fn sum(&self) -> u32 {
        let first = self.first.lock().unwrap();
        let mut sum = 0;
        for n in first.clone() {
            sum += n;
        }
        sum
    }

    fn count(&self) -> usize {
        let first = self.first.lock().unwrap();
        first.clone().into_iter().count()
    }

    fn push(&self, item: T) {
        self.items.lock().unwrap().push(item);
    }
}
