//! A counter that only tests have: nobody waits for it.

pub fn notify(times: u32, mut sink: impl FnMut()) {
    for _ in 0..times {
        sink();
    }
}

#[cfg(all(test, not(miri)))]
mod checks {
    use std::sync::Mutex;

    struct Calls {
        count: Mutex<u32>,
    }

    #[test]
    fn each_is_told() {
        let calls = Calls {
            count: Mutex::new(0),
        };
        super::notify(3, || *calls.count.lock().unwrap() += 1);
        assert_eq!(*calls.count.lock().unwrap(), 3);
    }
}
