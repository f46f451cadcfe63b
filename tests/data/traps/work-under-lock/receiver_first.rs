// left: ["1"]
// naive: ["0"]
// swap: self.part(&mut at).lock().unwrap().push(at.to_string()); => let line = at.to_string(); self.part(&mut at).lock().unwrap().push(line);
// end: kept
// words: comes first, and may change what it is made of
use std::sync::Mutex;

pub struct Parts {
    parts: [Mutex<Vec<String>>; 2],
}

impl Parts {
    fn part(&self, at: &mut usize) -> &Mutex<Vec<String>> {
        *at += 1;
        &self.parts[*at]
    }

    pub async fn note(&self, mut at: usize) {
        self.part(&mut at).lock().unwrap().push(at.to_string());
    }
}

pub fn run() -> String {
    let parts = Parts { parts: Default::default() };
    futures::executor::block_on(parts.note(0));
    let told = format!("{:?}", parts.parts[1].lock().unwrap());
    told
}
