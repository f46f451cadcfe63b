use std::sync::Mutex;

pub struct Straße {
    r#type: Mutex<String>,
    größe: Mutex<u32>,
}

impl Straße {
    pub async fn länge(&self) -> usize {
        let (länge, r#type) = {
            let größe = self.größe.lock().unwrap();
            // Größe in Metern – nicht in Fuß.
            let länge = *größe as usize;
            let r#type = self.r#type.lock().unwrap().clone();
            (länge, r#type)
        };
        let sql = r"select
  länge
from straßen";
        melde(
            &format!(
                "{type}: {länge}\
            m",
                r#type = r#type
            ),
            sql,
        )
        .await
            + länge
    }
}

async fn melde(text: &str, sql: &str) -> usize {
    tokio::task::yield_now().await;
    text.len() + sql.len()
}
