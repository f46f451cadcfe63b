// level: review
use std::collections::HashMap;
use std::sync::RwLock;

#[derive(Clone, Default)]
struct Routes {
    by_path: HashMap<String, Vec<String>>,
    fallback: String,
}

struct Router {
    routes: RwLock<Routes>,
}

impl Router {
    fn new(routes: Routes) -> Self {
        Router {
            routes: RwLock::new(routes),
        }
    }

    fn reload(&self, routes: Routes) {
        *self.routes.write().unwrap() = routes;
    }

    fn all(&self) -> Routes {
        self.routes.read().unwrap().clone()
    }

    fn longest(&self) -> usize {
        let routes = self.routes.read().unwrap();
        let mut most = routes.fallback.len();
        for backends in routes.by_path.values() {
            most = most.max(backends.len());
        }
        most
    }

    fn fallback(&self) -> String {
        self.routes.read().unwrap().fallback.clone()
    }
}
