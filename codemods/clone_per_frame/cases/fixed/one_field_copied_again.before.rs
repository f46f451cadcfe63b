// level: safe
//! Only a field of the copy is copied once more.

#[derive(Clone)]
pub struct Conf {
    name: String,
    list: Vec<String>,
}

pub async fn name_of(conf: &Conf) -> String {
    conf.clone().name.clone()
}

pub async fn first(conf: &Conf) -> usize {
    let kept = conf.list.clone();
    kept.len()
}
