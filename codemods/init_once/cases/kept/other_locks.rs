use std::cell::RefCell;

mod own {
    pub struct Mutex<T>(std::cell::UnsafeCell<T>);

    impl<T> Mutex<T> {
        pub const fn new(value: T) -> Self {
            Mutex(std::cell::UnsafeCell::new(value))
        }

        pub fn lock(&mut self) -> &mut T {
            self.0.get_mut()
        }
    }
}

pub struct Two {
    one: own::Mutex<Option<u32>>,
    two: RefCell<Option<u32>>,
}

impl Two {
    pub fn new() -> Two {
        Two { one: own::Mutex::new(None), two: RefCell::new(None) }
    }

    pub fn sum(&mut self) -> u32 {
        let one = *self.one.lock().get_or_insert_with(|| 1);
        let mut two = self.two.borrow_mut();
        if two.is_none() {
            *two = Some(2);
        }
        one + two.unwrap()
    }
}
