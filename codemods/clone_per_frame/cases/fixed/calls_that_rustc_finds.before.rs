// level: safe
//! Two types have a method of one name: which calls belong to which is for rustc to say.

use tokio::sync::mpsc::Receiver;

#[derive(Default)]
struct Journal {
    bytes: usize,
}

impl Journal {
    fn record(&mut self, line: String) {
        self.bytes += line.len() + 1;
    }
}

#[derive(Default)]
struct Totals {
    lines: Vec<String>,
}

impl Totals {
    fn record(&mut self, line: String) {
        self.lines.push(line);
    }
}

async fn follow(mut lines: Receiver<String>) -> usize {
    let mut journal = Journal::default();
    let mut totals = Totals::default();
    while let Some(line) = lines.recv().await {
        journal.record(line.clone());
        totals.record(line);
    }
    journal.record(format!("{} lines", totals.lines.len()));
    totals.record("end".to_owned());
    journal.bytes
}
