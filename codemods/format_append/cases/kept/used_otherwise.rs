//! The text is kept, sent or compared: it has to be made.

use std::collections::HashMap;

pub async fn stored(map: &mut HashMap<String, String>, names: &[&str], out: &mut String) -> bool {
    for name in names {
        let text = format!("{name}{}", names.len());
        out.push_str(&text);
        map.insert(text, format!("{}!", name));
        out.push_str(&names.len().to_string());
        out.insert_str(0, &format!("{name}{}", names.len()));
        out.push_str(&format!("{name} ").to_uppercase());
    }
    format!("{}{}", names[0], names.len()) == *out
}
