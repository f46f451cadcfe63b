use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

pub(crate) enum Outcome {
    Won,
    Lost,
    Drawn,
}

pub(crate) struct Score {
    points: AtomicI64,
    games: AtomicU32,
}

impl Score {
    pub(crate) fn record(&self, outcome: Outcome) -> u32 {
        match outcome {
            Outcome::Won => {
                self.points.fetch_add(3, Ordering::SeqCst);
            }
            Outcome::Drawn => {
                self.points.fetch_add(1, Ordering::SeqCst);
            }
            Outcome::Lost => {}
        }
        let n = self.games.fetch_add(1, Ordering::SeqCst) + 1;
        log::debug!("game {n}");
        n
    }

    pub(crate) fn correct(&self, forfeited: bool) {
        if forfeited {
            self.points.fetch_sub(3, Ordering::SeqCst);
        } else {
            self.points.fetch_add(3, Ordering::SeqCst);
        }
    }

    pub(crate) fn leads(&self) -> bool {
        if self.points.load(Ordering::SeqCst) > 0 {
            return true;
        }
        matches!(self.games.load(Ordering::SeqCst), 0)
    }
}
