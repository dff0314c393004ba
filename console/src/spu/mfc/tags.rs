//! Tag groups and their status: channels 12, 22, 23 and 24.

use crate::spu::channels::Ready;

/// What the program asked for.
#[derive(Clone, Copy, Debug)]
enum Request {
    /// This status.
    Status(u32),
    Any,
    All,
}

/// The tag groups of one MFC.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tags {
    /// Commands of each tag that are not carried out.
    pending: [u32; 32],
    /// The cycle at which the last of those that are is complete.
    done_at: [u64; 32],
    mask: u32,
    request: Option<Request>,
}

impl Tags {
    /// A command begins.
    pub(crate) fn begin(&mut self, tag: u32) {
        self.pending[tag as usize & 31] += 1;
    }

    /// A command is carried out and complete at `done`. The cycle from which on the
    /// status asked for is there, if this command brought it.
    pub(crate) fn complete(&mut self, tag: u32, done: u64) -> Option<u64> {
        let before = self.satisfied();
        let tag = tag as usize & 31;
        self.pending[tag] -= 1;
        self.done_at[tag] = self.done_at[tag].max(done);
        match before {
            None => self.satisfied(),
            Some(_) => None,
        }
    }

    /// When the commands of a tag that are carried out are complete.
    pub(crate) fn done_at(&self, tag: u32) -> u64 {
        self.done_at[tag as usize & 31]
    }

    /// When all commands that are carried out are complete.
    pub(crate) fn last_done(&self) -> u64 {
        self.done_at.iter().copied().fold(0, u64::max)
    }

    pub(crate) fn mask(&self) -> u32 {
        self.mask
    }

    pub(crate) fn set_mask(&mut self, mask: u32) {
        self.mask = mask;
    }

    /// The tags that have no command under way.
    fn status(&self, now: u64) -> u32 {
        let done = self
            .masked()
            .filter(|&(_, cycle)| cycle.is_some_and(|c| c <= now));
        done.fold(0, |status, (tag, _)| status | 1 << tag)
    }

    /// The tags in the mask, and when they are done, if that is known.
    fn masked(&self) -> impl Iterator<Item = (u32, Option<u64>)> {
        (0..32).filter(|tag| self.mask >> tag & 1 == 1).map(|tag| {
            let known = self.pending[tag as usize] == 0;
            (tag, known.then_some(self.done_at[tag as usize]))
        })
    }

    /// Asks for a status: 0 at once, 1 when any is done, 2 when all are. The cycle from
    /// which on it is there, where that is known.
    pub(crate) fn request(&mut self, condition: u32, now: u64) -> Result<Option<u64>, String> {
        self.request = Some(match condition {
            0 => Request::Status(self.status(now)),
            1 => Request::Any,
            2 => Request::All,
            _ => {
                return Err(format!(
                    "{condition:#x} is no tag update: 0 immediate, 1 any, 2 all"
                ));
            }
        });
        Ok(self.satisfied().map(|cycle| cycle.max(now)))
    }

    /// The cycle from which on the status asked for is there.
    fn satisfied(&self) -> Option<u64> {
        match self.request? {
            Request::Status(_) => Some(0),
            Request::Any if self.mask == 0 => Some(0),
            Request::Any => self.masked().filter_map(|(_, cycle)| cycle).min(),
            Request::All => self
                .masked()
                .try_fold(0, |latest: u64, (_, cycle)| Some(latest.max(cycle?))),
        }
    }

    pub(crate) fn ready(&self, now: u64) -> Ready {
        self.satisfied()
            .map_or(Ready::Unknown, |cycle| Ready::from(cycle, now))
    }

    /// The status asked for.
    pub(crate) fn take(&mut self, now: u64) -> u32 {
        match self.request.take() {
            Some(Request::Status(status)) => status,
            _ => self.status(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_all_and_immediate() {
        let mut tags = Tags::default();
        tags.set_mask(0b110);
        tags.begin(1);
        tags.begin(1);
        tags.begin(2);
        assert_eq!(tags.request(0, 0), Ok(Some(0)));
        assert_eq!(tags.take(0), 0);
        assert_eq!(tags.request(1, 0), Ok(None));
        assert_eq!(tags.complete(1, 100), None);
        assert_eq!(tags.ready(0), Ready::Unknown);
        assert_eq!(tags.complete(2, 300), Some(300));
        assert_eq!(tags.ready(0), Ready::At(300));
        assert_eq!(tags.take(300), 0b100);
        assert_eq!(tags.ready(300), Ready::Unknown); // nothing asked
        assert_eq!(tags.request(2, 300), Ok(None));
        assert_eq!(tags.complete(1, 400), Some(400));
        assert_eq!(tags.take(400), 0b110);
        tags.set_mask(0);
        assert_eq!(tags.request(1, 500), Ok(Some(500)));
        assert!(tags.request(3, 0).is_err());
    }
}
