// level: safe
use std::cell::RefCell;

pub fn shown(names: &[String], counts: &[u32], log: &RefCell<String>, out: &mut String) {
    for (name, count) in names.iter().zip(counts) {
        println!("{}", format!("{}", name));
        println!("{count} {:?} {}", format!("{}", count), format!("{count}"));
        println!("{:>5}", format!("{}", count));
        out.push_str(&format!("{}", format!("{}-{}", name, count)));
        out.push_str(&format!("{}", format!("{}", &count)));
        out.push_str(&format!("x"));
        (*log.borrow_mut()).push_str(&format!("{}-{}", name, count));
        let all = vec![format!("{}", &count), format!("{}", &(&count)), format!("{}", &(count + 1))];
        out.push_str(&all.join(","));
    }
}
