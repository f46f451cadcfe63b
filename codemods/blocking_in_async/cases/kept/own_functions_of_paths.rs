use std::path::Path;

mod listed {
    use std::path::Path;

    pub fn exists(path: &Path) -> bool {
        path.starts_with("known")
    }

    pub fn metadata(path: &Path) -> usize {
        path.components().count()
    }
}

pub async fn known(path: &Path) -> usize {
    if listed::exists(path) {
        listed::metadata(path)
    } else {
        0
    }
}
