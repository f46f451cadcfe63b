// level: review

use std::sync::Mutex;

pub(crate) struct Asked {
    count: u64,
}

pub(crate) struct Answered {
    count: u64,
}

macro_rules! count {
    ($it:expr) => {
        $it.lock().unwrap().count += 1
    };
}

pub(crate) fn ask(asked: &Mutex<Asked>) {
    asked.lock().unwrap().count += 1;
}

pub(crate) fn answer(answered: &Mutex<Answered>) {
    count!(answered);
}
