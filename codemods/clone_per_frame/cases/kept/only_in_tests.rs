//! What only tests run: no traffic comes there, and a test may be about the copy itself.

#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub name: String,
    pub limits: Vec<u32>,
}

pub async fn apply(settings: &Settings) -> usize {
    settings.limits.len() + settings.name.len()
}

#[cfg(test)]
mod checks {
    use super::{apply, Settings};

    async fn all(settings: Vec<Settings>) -> usize {
        let mut total = 0;
        for one in settings {
            let copy = one.clone();
            total += apply(&copy).await;
        }
        total
    }

    #[test]
    fn a_copy_is_equal() {
        for n in 0..3 {
            let settings = Settings {
                name: n.to_string(),
                limits: vec![n],
            };
            let copy = settings.clone();
            assert_eq!(copy.name, settings.name);
        }
        drop(all(Vec::new()));
    }
}
