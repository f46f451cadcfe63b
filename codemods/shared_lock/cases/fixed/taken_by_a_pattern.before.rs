// level: review
use std::sync::RwLock;

struct Board {
    scores: RwLock<Vec<u32>>,
}

impl Board {
    fn sum(&self) -> u32 {
        if let Ok(scores) = self.scores.read() {
            scores.iter().sum()
        } else {
            0
        }
    }

    fn best(&self) -> Option<u32> {
        let Ok(scores) = self.scores.read() else {
            return None;
        };
        scores.iter().copied().max()
    }

    fn worst(&self) -> Option<u32> {
        match self.scores.read() {
            Ok(scores) => scores.iter().copied().min(),
            Err(_) => None,
        }
    }

    fn set(&self, scores: Vec<u32>) {
        match self.scores.write() {
            Ok(mut guard) => *guard = scores,
            Err(_) => {}
        }
    }
}

fn end(board: Board) -> Vec<u32> {
    board.scores.into_inner().unwrap()
}

fn board() -> Board {
    Board { scores: RwLock::from(vec![]) }
}
