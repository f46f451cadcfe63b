// left: Some("no such page")
// naive: None
// swap: let text = => tokio::task::spawn_blocking(move || { let text =
// swap: .unwrap().len()) => .unwrap().len()) }).await.unwrap()
// end: same, review
// words: on a thread that may block
pub async fn page(path: String) -> (String, u64) {
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(!text.is_empty(), "no such page");
    (text, std::fs::metadata(&path).unwrap().len())
}

pub fn run() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let failed = tokio::spawn(page("no such path".to_string())).await.unwrap_err();
        format!("{:?}", failed.into_panic().downcast_ref::<&str>())
    })
}
