// level: safe
use std::cell::RefCell;
use std::fmt::Write as _;

pub fn shown(names: &[String], counts: &[u32], log: &RefCell<String>, out: &mut String) {
    for (name, count) in names.iter().zip(counts) {
        println!("{}", name);
        println!("{count} {:?} {}", count.to_string(), count);
        println!("{:>5}", count.to_string());
        write!(out, "{}-{}", name, count).unwrap();
        out.push_str(&count.to_string());
        out.push('x');
        write!(*log.borrow_mut(), "{}-{}", name, count).unwrap();
        let all = vec![count.to_string(), count.to_string(), (count + 1).to_string()];
        out.push_str(&all.join(","));
    }
}
