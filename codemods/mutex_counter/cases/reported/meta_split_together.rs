// reason: `sent` and `to` are needed in one critical section; where it need not be one, split it by hand

use std::sync::{Arc, Mutex};

pub(crate) struct Mail {
    sent: u64,
    to: Vec<String>,
}

pub(crate) fn again(mail: &Arc<Mutex<Mail>>) {
    mail.lock().unwrap().sent += 1;
}

pub(crate) fn send(mail: Arc<Mutex<Mail>>, to: &str) {
    let mut mail = mail.lock().unwrap();
    mail.to.push(to.to_string());
    mail.sent += 1;
}
