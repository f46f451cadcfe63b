// level: review
use std::sync::{Arc, RwLock};

struct Board {
    scores: RwLock<Arc<Vec<u32>>>,
}

impl Board {
    fn sum(&self) -> u32 {
        if let Ok(scores) = self.scores.read().map(|guard| Arc::clone(&guard)) {
            scores.iter().sum()
        } else {
            0
        }
    }

    fn best(&self) -> Option<u32> {
        let Ok(scores) = self.scores.read().map(|guard| Arc::clone(&guard)) else {
            return None;
        };
        scores.iter().copied().max()
    }

    fn worst(&self) -> Option<u32> {
        match self.scores.read().map(|guard| Arc::clone(&guard)) {
            Ok(scores) => scores.iter().copied().min(),
            Err(_) => None,
        }
    }

    fn set(&self, scores: Vec<u32>) {
        match self.scores.write() {
            Ok(mut guard) => *guard = Arc::new(scores),
            Err(_) => {}
        }
    }
}

fn end(board: Board) -> Vec<u32> {
    Arc::unwrap_or_clone(board.scores.into_inner().unwrap())
}

fn board() -> Board {
    Board { scores: RwLock::from(Arc::new(vec![])) }
}
