// reason: more is done behind filling it
use std::sync::mpsc::{channel, Sender};
use std::sync::Mutex;

static OPEN: Mutex<Option<Sender<u32>>> = Mutex::new(None);

pub fn open(id: u32) {
    let mut sender = OPEN.lock().unwrap_or_else(|e| e.into_inner());
    if sender.is_none() {
        let (to, from) = channel();
        *sender = Some(to);
        std::thread::spawn(move || from.iter().count());
    }
    if let Some(to) = sender.as_ref() {
        to.send(id).ok();
    }
}
