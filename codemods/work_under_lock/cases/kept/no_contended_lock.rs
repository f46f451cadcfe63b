use dashmap::DashMap;
use std::cell::RefCell;
use std::io::Read;
use std::rc::Rc;

pub fn each(seen: Rc<RefCell<Vec<String>>>, map: &DashMap<String, String>, ids: &[u64]) {
    for id in ids {
        seen.borrow_mut().push(format!("{id}"));
        map.insert(id.to_string(), format!("{id}"));
    }
}

pub struct Wire(Vec<u8>);

impl Wire {
    fn lock(&self) -> Result<Vec<String>, ()> {
        Ok(Vec::new())
    }
}

pub async fn own(wire: &Wire, id: u64) {
    wire.lock().unwrap().push(format!("{id}"));
    let _ = wire.0.as_slice().read(&mut vec![0; id as usize]);
}
