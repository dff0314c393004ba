//! The place of a window over text that is longer than it.

use core::time::Duration;

use super::Glide;

/// Where a window over a long text is. It follows the end of a growing text
/// until the player scrolls up, and again once the end is reached.
#[derive(Clone, Copy, Debug)]
pub struct Scroll {
    offset: Glide,
    /// How far the text can be moved up.
    range: f32,
    following: bool,
}

impl Scroll {
    /// At the beginning; `following` says whether it goes along with the end.
    pub const fn new(following: bool) -> Scroll {
        Scroll {
            offset: Glide::at(0.0),
            range: 0.0,
            following,
        }
    }

    /// Takes note of the height of the text and of the window.
    pub fn fit(&mut self, text: f32, window: f32, now: Duration) {
        self.range = (text - window).max(0.0);
        let target = if self.following {
            self.range
        } else {
            self.offset.target()
        };
        self.offset.go(target.min(self.range), now);
    }

    /// Moves the window by `distance`, down if it is positive.
    pub fn by(&mut self, distance: f32, now: Duration) {
        let target = (self.offset.target() + distance).clamp(0.0, self.range);
        self.following = distance > 0.0 && target >= self.range;
        self.offset.go(target, now);
    }

    /// Goes along with the end again.
    pub fn follow(&mut self) {
        self.following = true;
    }

    /// How far the text is moved up.
    pub fn offset(&self, now: Duration) -> f32 {
        self.offset.value(now)
    }

    /// Whether there is more text above and below the window.
    pub fn more(&self, now: Duration) -> (bool, bool) {
        let offset = self.offset(now);
        (offset > 0.5, offset < self.range - 0.5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATER: Duration = Duration::from_secs(9);

    #[test]
    fn the_end_is_followed_until_the_player_looks_back() {
        let mut scroll = Scroll::new(true);
        scroll.fit(100.0, 200.0, Duration::ZERO);
        assert_eq!(scroll.offset(LATER), 0.0);
        scroll.fit(500.0, 200.0, LATER);
        assert_eq!(scroll.offset(LATER * 2), 300.0);
        scroll.by(-50.0, LATER * 2);
        scroll.fit(600.0, 200.0, LATER * 3);
        assert_eq!(scroll.offset(LATER * 4), 250.0);
        assert_eq!(scroll.more(LATER * 4), (true, true));
        scroll.by(1000.0, LATER * 4);
        scroll.fit(700.0, 200.0, LATER * 5);
        assert_eq!(scroll.offset(LATER * 6), 500.0);
        assert_eq!(scroll.more(LATER * 6), (true, false));
    }

    #[test]
    fn a_text_that_shrinks_stays_in_the_window() {
        let mut scroll = Scroll::new(false);
        scroll.fit(500.0, 200.0, Duration::ZERO);
        scroll.by(300.0, LATER);
        scroll.fit(250.0, 200.0, LATER * 2);
        assert_eq!(scroll.offset(LATER * 3), 50.0);
        scroll.fit(100.0, 200.0, LATER * 3);
        assert_eq!(scroll.offset(LATER * 4), 0.0);
    }
}
