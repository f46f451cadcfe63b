// left: 1
// naive: 10
// swap: std::fs::read_to_string(&path) => tokio::fs::read_to_string(&path).await
// end: told
// words: happened without a pause, and no longer do
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

#[derive(Default)]
pub struct Pages {
    known: RefCell<HashMap<String, String>>,
    loads: Cell<u32>,
}

pub async fn page(pages: Rc<Pages>, path: String) -> usize {
    if let Some(text) = pages.known.borrow().get(&path) {
        return text.len();
    }
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    pages.loads.set(pages.loads.get() + 1);
    let length = text.len();
    pages.known.borrow_mut().insert(path, text);
    length
}

pub fn run() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    let pages = Rc::new(Pages::default());
    runtime.block_on(tokio::task::LocalSet::new().run_until(async {
        let (open, gate) = std::sync::mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || gate.recv()); // keeps the pool's only thread
        let path = file!().to_string();
        let asked = (0..10).map(|_| tokio::task::spawn_local(page(pages.clone(), path.clone())));
        let asked = asked.collect::<Vec<_>>();
        tokio::time::sleep(std::time::Duration::from_millis(10)).await; // all of them have begun
        open.send(()).unwrap();
        for each in asked {
            each.await.unwrap();
        }
    }));
    pages.loads.get().to_string()
}
