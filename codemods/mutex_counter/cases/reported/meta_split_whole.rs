// reason: the struct behind the lock is used as a whole

use std::sync::Mutex;

pub(crate) struct Mail {
    sent: u64,
    to: Vec<String>,
}

pub(crate) fn again(mail: &Mutex<Mail>) {
    mail.lock().unwrap().sent += 1;
}

pub(crate) fn send(mail: &Mutex<Mail>, to: &str) {
    let mail = &mut *mail.lock().unwrap();
    mail.to.push(to.to_string());
}
