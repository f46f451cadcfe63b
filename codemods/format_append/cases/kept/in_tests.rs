//! No traffic reaches a test.

#[cfg(test)]
mod tests {
    #[test]
    fn lists() {
        let mut out = String::new();
        for i in 0..3 {
            out.push_str(&format!("{i},{}", i + 1));
        }
        assert_eq!(out, "0,11,22,3");
    }
}
