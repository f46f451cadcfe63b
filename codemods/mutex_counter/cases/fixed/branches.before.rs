use std::sync::RwLock;

pub(crate) enum Outcome {
    Won,
    Lost,
    Drawn,
}

pub(crate) struct Score {
    points: RwLock<i64>,
    games: RwLock<u32>,
}

impl Score {
    pub(crate) fn record(&self, outcome: Outcome) -> u32 {
        let mut points = self.points.write().unwrap();
        match outcome {
            Outcome::Won => *points += 3,
            Outcome::Drawn => *points += 1,
            Outcome::Lost => {}
        }
        drop(points);
        let mut games = self.games.write().unwrap();
        *games += 1;
        let n = *games;
        log::debug!("game {n}");
        n
    }

    pub(crate) fn correct(&self, forfeited: bool) {
        let mut points = self.points.write().unwrap();
        if forfeited {
            *points -= 3;
        } else {
            *points += 3;
        }
    }

    pub(crate) fn leads(&self) -> bool {
        if *self.points.read().unwrap() > 0 {
            return true;
        }
        matches!(*self.games.read().unwrap(), 0)
    }
}
