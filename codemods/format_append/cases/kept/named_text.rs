//! The text has a name that something else uses, or goes where it may not be made later.

use std::cell::RefCell;

pub fn rows(log: &RefCell<String>, names: &[String], out: &mut String, all: &mut Vec<String>) {
    for name in names {
        let line = format!("{}-{}", name, names.len());
        out.push_str(&line);
        all.push(line);
        let twice = format!("{}-{}", name, names.len());
        out.push_str(&twice);
        log.borrow_mut().push_str(&twice);
        let seen = format!("{}-{}", log.borrow(), names.len());
        log.borrow_mut().push_str(&seen);
        let last = format!("{}-{}", name, names.len());
        all[0].push_str(&last);
        let long = format!("{}-{}", name, names.len());
        if out.len() < 80 {
            out.push_str(&long);
        }
        let mut itself = format!("{}{}", out, names.len());
        itself.push('x');
        out.push_str(&itself);
        let of_it = format!("{}{}", out, names.len());
        out.push_str(&of_it);
    }
}
