// level: safe

pub fn shown(names: &[String], counts: &[u32], out: &mut String) {
    for (name, count) in names.iter().zip(counts) {
        println!("{} {}", format!("{}", count), name);
        println!("{0} {1} {0}", format!("{}", count), name.len());
        out.push_str(&format!("{n}{}", name.len(), n = format!("{count}")));
    }
}
