pub mod a {
    use std::sync::atomic::{AtomicU32, Ordering};

    static N: AtomicU32 = AtomicU32::new(0);

    pub fn bump() {
        N.fetch_add(1, Ordering::SeqCst);
    }

    pub fn get() -> u32 {
        N.load(Ordering::SeqCst)
    }
}

pub mod b {
    use std::sync::atomic::{AtomicU32, Ordering};

    static N: AtomicU32 = AtomicU32::new(0);

    pub fn bump() {
        N.fetch_add(1, Ordering::SeqCst);
    }

    pub fn both() -> u32 {
        super::a::get() + N.load(Ordering::SeqCst) + super::c::get()
    }
}

pub mod c {
    use std::sync::Mutex;

    pub static N: Mutex<u32> = Mutex::new(0);

    pub fn bump() {
        let mut g = N.lock().unwrap();
        std::thread::yield_now();
        *g += 1;
    }

    pub fn get() -> u32 {
        *N.lock().unwrap()
    }
}

pub mod d {
    use super::c::N;

    pub fn reset() {
        *N.lock().unwrap() = 0;
    }
}
