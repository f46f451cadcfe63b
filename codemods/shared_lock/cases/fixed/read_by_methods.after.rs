// level: review
use std::sync::RwLock;

struct Graph {
    edges: Vec<(u32, u32)>,
}

impl Graph {
    fn reaches(&self, from: u32, to: u32) -> bool {
        for edge in &self.edges {
            if *edge == (from, to) {
                return true;
            }
        }
        false
    }

    fn add(&mut self, from: u32, to: u32) {
        self.edges.push((from, to));
    }

    fn get(&mut self, at: usize) -> Option<&mut (u32, u32)> {
        self.edges.get_mut(at)
    }
}

struct Network {
    graph: RwLock<Graph>,
}

impl Network {
    fn linked(&self, a: u32, b: u32) -> bool {
        self.graph.read().unwrap().reaches(a, b)
    }

    fn both(&self, a: u32, b: u32) -> bool {
        let graph = self.graph.read().unwrap();
        graph.reaches(a, b) && graph.reaches(b, a)
    }

    fn degree(&self, a: u32) -> usize {
        self.graph.read().unwrap().edges.iter().filter(|edge| edge.0 == a).count()
    }

    fn link(&self, a: u32, b: u32) {
        self.graph.write().unwrap().add(a, b);
    }

    fn turn(&self, at: usize) {
        let mut graph = self.graph.write().unwrap();
        if let Some(edge) = graph.get(at) {
            std::mem::swap(&mut edge.0, &mut edge.1);
        }
    }
}

fn network() -> Network {
    Network { graph: RwLock::new(Graph { edges: Vec::new() }) }
}
