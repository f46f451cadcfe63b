// level: safe
//! Options copied so that a closure can look at what is inside.

use std::collections::HashMap;

pub struct Settings {
    banner: Option<String>,
    hosts: Option<Vec<String>>,
    limits: HashMap<String, Option<String>>,
}

impl Settings {
    pub async fn width(&self, name: &str) -> usize {
        let banner = self.banner.clone().map_or(0, |banner| banner.len());
        let open = self.hosts.clone().is_some_and(|hosts| hosts.is_empty());
        let first = self.hosts.clone().and_then(|hosts| hosts.first().cloned());
        let limit = match self.limits.get(name) {
            Some(limit) => limit.clone().map(|text| parse(&text)).unwrap_or_default(),
            None => 0,
        };
        let title = self.banner.clone().map(|banner| banner + "!");
        banner + limit + usize::from(open) + first.or(title).map_or(0, |text| text.len())
    }
}

fn parse(text: &str) -> usize {
    text.trim().parse().unwrap_or_default()
}
