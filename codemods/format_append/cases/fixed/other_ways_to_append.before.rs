// level: safe

pub struct Page {
    body: String,
}

pub fn listed(names: &[&str], mut page: Page) -> String {
    let mut out = String::new();
    for name in names {
        out = out + &format!("{name}.{}", names.len());
        String::push_str(&mut out, &format!("{name}-{}", names.len()));
        std::string::String::push_str(&mut page.body, &format!("{name}"));
        page.body = page.body + &format!("{name:?}");
        page.body = page.body + format!("{}", names.len()).as_str();
    }
    add(&mut out, names);
    out + &page.body
}

pub fn add(out: &mut String, names: &[&str]) {
    for name in names {
        String::push_str(out, &format!("{name}{}", names.len()));
    }
}
