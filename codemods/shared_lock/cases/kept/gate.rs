use std::sync::Mutex;

struct Printer {
    turn: Mutex<()>,
}

impl Printer {
    fn print(&self, lines: &[String]) {
        let _turn = self.turn.lock().unwrap();
        for line in lines {
            println!("{line}");
        }
    }

    fn print_twice(&self, lines: &[String]) {
        let _turn = self.turn.lock().unwrap();
        for line in lines {
            println!("{line}{line}");
        }
    }
}
