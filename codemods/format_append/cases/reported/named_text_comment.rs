// reason: a comment stands inside what would be replaced

pub fn shown(names: &[String], out: &mut String) {
    for name in names {
        let line = format!("{}-{}", name, names.len());
        // a line for each
        out.push_str(&line);
    }
}
