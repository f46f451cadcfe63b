use std::sync::Mutex;

pub async fn hidden(names: &Mutex<Vec<String>>, title: &str) -> String {
    let names = names.lock().unwrap();
    let names = names.len();
    format!("{title}: {names}, {}", title.to_uppercase())
}

pub async fn lent(names: &Mutex<Vec<String>>, title: &str) -> String {
    let names = names.lock().unwrap();
    let first = names.first();
    let text = format!("{title}: {}", title.to_uppercase());
    format!("{text} {first:?}")
}

pub async fn only_there(names: &Mutex<Vec<String>>, id: u64) {
    let mut names = names.lock().unwrap();
    #[cfg(test)]
    names.push(format!("{id}"));
    names.clear();
}
