// level: safe
pub struct Row {
    pub name: String,
}

pub async fn listed(rows: &[Row], out: &mut String) {
    for row in rows {
        out.push_str(&format! {"{}-{}", row.name, rows.len()});
        out.push_str(&format!["{}+{}", row.name, rows.len()]);
        out.push_str(&format! {"{}", row.name});
    }
}
