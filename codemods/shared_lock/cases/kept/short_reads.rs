use std::collections::HashMap;
use std::sync::RwLock;

struct Router {
    routes: RwLock<HashMap<String, u16>>,
}

impl Router {
    fn port(&self, path: &str) -> Option<u16> {
        self.routes.read().unwrap().get(path).copied()
    }

    fn known(&self, path: &str) -> bool {
        let routes = self.routes.read().unwrap();
        routes.contains_key(path) && !routes.is_empty()
    }

    fn reload(&self, routes: HashMap<String, u16>) {
        *self.routes.write().unwrap() = routes;
    }
}
