// level: safe
use std::fmt::Write as _;

pub struct Row {
    pub name: String,
}

pub async fn listed(rows: &[Row], out: &mut String) {
    for row in rows {
        write!(out, "{}-{}", row.name, rows.len()).unwrap();
        write!(out, "{}+{}", row.name, rows.len()).unwrap();
        out.push_str(&row.name);
    }
}
