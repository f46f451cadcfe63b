// reason: the clone is a snapshot of what may change
//! Copies whose types do not tell that they change behind a shared reference, and are looked at after that.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

pub struct Deep(Rc<RefCell<Vec<u32>>>);

impl Clone for Deep {
    fn clone(&self) -> Self {
        Deep(Rc::new(RefCell::new(self.0.borrow().clone())))
    }
}

impl Deep {
    pub fn push(&self, n: u32) {
        self.0.borrow_mut().push(n);
    }

    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

pub struct Stats {
    pub count: AtomicU32,
}

impl Clone for Stats {
    fn clone(&self) -> Self {
        Stats {
            count: AtomicU32::new(self.count.load(Ordering::SeqCst)),
        }
    }
}

macro_rules! holder {
    ($name:ident, $type:ty) => {
        #[derive(Clone)]
        pub struct $name {
            pub value: $type,
        }
    };
}

holder!(Held, Cell<u32>);

pub trait Bump {
    fn bump(&self);
    fn value(&self) -> u32;
}

pub trait Shape {
    fn grow(&self);
    fn area(&self) -> u32;
    fn boxed(&self) -> Box<dyn Shape>;
}

impl Clone for Box<dyn Shape> {
    fn clone(&self) -> Self {
        (**self).boxed()
    }
}

pub fn deep(x: &Deep, rounds: usize) -> usize {
    let mut sum = 0;
    for _ in 0..rounds {
        let before = x.clone();
        x.push(1);
        sum += before.len();
    }
    sum
}

pub fn in_a_list(x: &[Deep], rounds: usize) -> usize {
    let mut sum = 0;
    for before in x.iter().cloned().take(rounds) {
        x[0].push(1);
        sum += before.len();
    }
    sum
}

pub fn counted(x: &Stats, rounds: usize) -> u32 {
    let mut sum = 0;
    for _ in 0..rounds {
        let before = x.clone();
        x.count.fetch_add(1, Ordering::SeqCst);
        sum += before.count.load(Ordering::SeqCst);
    }
    sum
}

pub fn made_by_a_macro(x: &Held, rounds: usize) -> u32 {
    let mut sum = 0;
    for _ in 0..rounds {
        let before = x.clone();
        x.value.set(x.value.get() + 1);
        sum += before.value.get();
    }
    sum
}

pub fn any<T: Clone + Bump>(x: &T, rounds: usize) -> u32 {
    let mut sum = 0;
    for _ in 0..rounds {
        let before = x.clone();
        x.bump();
        sum += before.value();
    }
    sum
}

pub fn boxed(x: &Box<dyn Shape>, rounds: usize) -> u32 {
    let mut sum = 0;
    for _ in 0..rounds {
        let before = x.clone();
        x.grow();
        sum += before.area();
    }
    sum
}

fn length(x: Deep, _: u32) -> usize {
    x.len()
}

pub fn in_the_next_argument(x: &Deep, rounds: usize) -> usize {
    let mut sum = 0;
    for _ in 0..rounds {
        sum += length(x.clone(), {
            x.push(1);
            1
        });
    }
    sum
}

fn keeps(x: Deep, kept: &mut Vec<Deep>, other: &Deep) -> usize {
    other.push(4);
    if other.len() > 2 {
        kept.push(x);
        return 0;
    }
    x.len()
}

pub fn kept_after_the_change(x: &Deep, rounds: usize) -> usize {
    let mut kept = Vec::new();
    let mut sum = 0;
    for _ in 0..rounds {
        sum += keeps(x.clone(), &mut kept, x);
    }
    sum + kept.len()
}
