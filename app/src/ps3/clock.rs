//! The time of day, and the time that frames take.

use core::time::Duration;

use app::WallClock;
use jiff::Timestamp;
use jiff::tz::Offset;
use psl1ght_rs::time;

/// The time of day where the user lives.
pub fn wall_clock() -> Option<WallClock> {
    local(time::since_epoch().ok()?, time::local_offset().ok()?)
}

/// What the clock shows so long after 1970 began in Greenwich, `offset` minutes east of there.
fn local(since_epoch: Duration, offset: i32) -> Option<WallClock> {
    let seconds = i64::try_from(since_epoch.as_secs()).ok()?;
    let moment = Timestamp::from_second(seconds).ok()?;
    let offset = Offset::from_seconds(offset.checked_mul(60)?).ok()?;
    let here = offset.to_datetime(moment);
    let small = |number: i8| u8::try_from(number).ok();
    Some(WallClock {
        hour: small(here.hour())?,
        minute: small(here.minute())?,
        day: small(here.day())?,
        month: small(here.month())?,
    })
}

/// The time of frames, counted in vertical blanks: it goes on by as many of them as a picture was
/// shown for, so that a slow frame does not slow time, and a picture is made for the moment at which
/// it is shown.
#[derive(Clone, Copy, Debug)]
pub struct FrameClock {
    /// The display's vertical blanks a second.
    rate: u32,
    /// When the display was set to that rate.
    since: Duration,
    /// Vertical blanks since then.
    passed: u64,
    /// The machine's count of vertical blanks when the last frame was shown.
    count: Option<u64>,
}

impl FrameClock {
    /// A clock that shows zero until the first frame is shown.
    pub const fn new(rate: u32) -> FrameClock {
        FrameClock {
            rate,
            since: Duration::ZERO,
            passed: 0,
            count: None,
        }
    }

    /// The time at which the frame that is being made counts as shown.
    pub fn now(&self) -> Duration {
        let nanoseconds = u128::from(self.passed) * 1_000_000_000 / u128::from(self.rate.max(1));
        self.since + Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
    }

    /// A frame was shown, when the machine had counted so many vertical blanks.
    pub fn shown(&mut self, count: u64) {
        let before = self.count.replace(count);
        // Each frame is shown for one at least, whenever it was that the count was read.
        self.passed += before.map_or(1, |before| count.saturating_sub(before).max(1));
    }

    /// From here on there are so many vertical blanks a second.
    pub fn set_rate(&mut self, rate: u32) {
        self.since = self.now();
        self.passed = 0;
        self.rate = rate;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_local() {
        // 2006-11-11 11:30:59 in Greenwich, half past eight in the evening in Tokyo.
        let since_epoch = Duration::from_secs(1_163_244_659);
        let clock = |hour, minute, day, month| {
            Some(WallClock {
                hour,
                minute,
                day,
                month,
            })
        };
        assert_eq!(local(since_epoch, 0), clock(11, 30, 11, 11));
        assert_eq!(local(since_epoch, 540), clock(20, 30, 11, 11));
        assert_eq!(local(since_epoch, -720), clock(23, 30, 10, 11));
        assert_eq!(local(since_epoch, i32::MAX), None);
        assert_eq!(local(Duration::MAX, 0), None);
    }

    #[test]
    fn time_goes_on_by_the_pictures_that_were_shown() {
        let mut clock = FrameClock::new(60);
        assert_eq!(clock.now(), Duration::ZERO);
        clock.shown(1000);
        assert_eq!(clock.now(), Duration::from_nanos(16_666_666));
        clock.shown(1001);
        // One picture was shown for three blanks.
        clock.shown(1004);
        assert_eq!(clock.now(), Duration::from_nanos(83_333_333));
        // A count that was read a little early.
        clock.shown(1004);
        assert_eq!(clock.now(), Duration::from_millis(100));
        clock.set_rate(50);
        clock.shown(1005);
        assert_eq!(clock.now(), Duration::from_millis(120));
    }
}
