// level: safe
//! Options that are copied in order to look at what is inside.

pub struct Peer {
    name: Option<String>,
    routes: Option<Vec<String>>,
    last: Result<String, std::num::ParseIntError>,
}

#[derive(Debug)]
pub enum Failed {
    Nameless,
}

pub async fn widths(peers: &[Peer]) -> Result<usize, Failed> {
    let mut total = 0;
    for peer in peers {
        total += peer.name.as_ref().unwrap().len();
        let name = peer.name.as_ref().ok_or(Failed::Nameless)?;
        total += width(name) + name.len();
        if *peer.name.as_ref().expect("a name") == "localhost" {
            total += width(peer.name.as_deref().unwrap_or_default());
        }
        let shown = peer.name.as_deref().unwrap_or("nobody");
        println!("{shown}: {}", peer.last.as_ref().unwrap());
        for route in peer.routes.as_ref().unwrap() {
            total += route.len();
        }
        total += peer
            .routes
            .as_deref()
            .unwrap_or_default()
            .len();
    }
    Ok(total)
}

pub async fn first(peers: &[&Peer]) -> Option<usize> {
    let mut most = 0;
    for peer in peers {
        most = most.max(peer.name.as_ref()?.len());
    }
    Some(most)
}

fn width(name: &str) -> usize {
    name.chars().count()
}
