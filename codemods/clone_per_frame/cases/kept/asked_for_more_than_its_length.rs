//! Lists of which more than the length is asked behind the copy, or at a place where nobody took it.

pub fn keep(lists: Vec<Vec<u8>>, kept: &mut Vec<Vec<u8>>) -> usize {
    let mut total = 0;
    for list in lists {
        kept.push(list.clone());
        total += list.len() + usize::from(list[0]);
    }
    total
}

pub fn some(lists: Vec<Vec<u8>>, kept: &mut Vec<Vec<u8>>) -> usize {
    let mut total = 0;
    for list in lists {
        if total > 3 {
            kept.push(list.clone());
        }
        total += list.len();
    }
    total
}

pub struct Counted {
    asked: std::cell::Cell<usize>,
}

impl Clone for Counted {
    fn clone(&self) -> Self {
        Counted {
            asked: std::cell::Cell::new(0),
        }
    }
}

impl Counted {
    fn len(&self) -> usize {
        self.asked.set(self.asked.get() + 1);
        self.asked.get()
    }
}

pub fn own(lists: Vec<Counted>, kept: &mut Vec<Counted>) -> usize {
    let mut total = 0;
    for list in lists {
        kept.push(list.clone());
        total += list.len();
    }
    total
}
