use std::sync::OnceLock;

static WORDS: OnceLock<String> = OnceLock::new();

pub async fn words() -> &'static str {
    WORDS.get_or_init(|| std::fs::read_to_string("words").unwrap_or_default())
}
