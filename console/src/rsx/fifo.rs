//! The FIFO: which words are fetched, and what a word means.
//!
//! Words: envytools, "FIFO: DMA pusher", the commands of NV4-style mode.

use std::collections::HashSet;

use rsx_gcm::methods::Method;

use super::report::Problem;

/// What a word that is no argument says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Arguments follow.
    Methods {
        /// Method of the first argument.
        method: Method,
        /// Number of arguments, up to 2047.
        count: u32,
        /// Each argument goes to the method after the last one's, not all to one.
        increment: bool,
    },
    /// Fetching goes on there.
    Jump(u32),
    /// Fetching goes on there until a return.
    Call(u32),
    /// Fetching goes on after the call.
    Return,
}

impl Command {
    /// The command in `word`.
    #[must_use]
    pub fn decode(word: u32) -> Option<Self> {
        if word == 0x0002_0000 {
            return Some(Self::Return);
        }
        match word & 3 {
            1 => return Some(Self::Jump(word & !3)),
            2 => return Some(Self::Call(word & !3)),
            3 => return None,
            _ => {}
        }
        if word & 0xe000_0000 == 0x2000_0000 {
            return Some(Self::Jump(word & 0x1fff_fffc));
        }
        if word & 0xa003_0000 != 0 {
            return None;
        }
        Some(Self::Methods {
            method: Method::from_header(word),
            count: word >> 18 & 0x7ff,
            increment: word & 0x4000_0000 == 0,
        })
    }
}

/// Where fetching is.
#[derive(Clone, Debug, Default)]
pub struct Fifo {
    /// Fetching stops here.
    pub put: u32,
    /// The next word.
    pub get: u32,
    /// The reference word.
    pub reference: u32,
    /// Where a return goes.
    back: Option<u32>,
    /// Jumps since `put` was set, each with where a return goes: none can come twice unless the FIFO runs in circles.
    jumps: HashSet<(u32, Option<u32>)>,
    /// Something was wrong; nothing is fetched any more.
    pub faulted: bool,
}

impl Fifo {
    /// Allows fetching up to `put`.
    pub fn set_put(&mut self, put: u32) {
        self.put = put;
        self.jumps.clear();
    }

    /// From now on no jump counts as one that came before.
    pub fn forget_jumps(&mut self) {
        self.jumps.clear();
    }

    /// Carries out a change of flow that was fetched at [`Self::get`].
    ///
    /// # Errors
    /// The change is not possible, or leads in circles.
    pub fn go(&mut self, command: Command) -> Result<(), Problem> {
        if !matches!(command, Command::Methods { .. }) && !self.jumps.insert((self.get, self.back))
        {
            return Err(Problem::EndlessLoop);
        }
        match command {
            Command::Jump(to) => self.get = to,
            Command::Call(to) => {
                if self.back.is_some() {
                    return Err(Problem::NestedCall);
                }
                self.back = Some(self.get.wrapping_add(4));
                self.get = to;
            }
            Command::Return => self.get = self.back.take().ok_or(Problem::ReturnWithoutCall)?,
            Command::Methods { .. } => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rsx_gcm::methods::d3;

    #[test]
    fn words_decode() {
        assert_eq!(
            Command::decode(2 << 18 | 0x310),
            Some(Command::Methods {
                method: d3::SET_BLEND_ENABLE,
                count: 2,
                increment: true
            })
        );
        assert!(matches!(
            Command::decode(0x4000_0000 | 0x7ff << 18 | 5 << 13 | 0x400),
            Some(Command::Methods {
                count: 0x7ff,
                increment: false,
                ..
            })
        ));
        assert_eq!(Command::decode(0x2000_1000), Some(Command::Jump(0x1000)));
        assert_eq!(
            Command::decode(0x8000_1001),
            Some(Command::Jump(0x8000_1000))
        );
        assert_eq!(Command::decode(0x1002), Some(Command::Call(0x1000)));
        assert_eq!(Command::decode(0x0002_0000), Some(Command::Return));
        for word in [3, 0x0001_0000, 0x8000_0000, 0x6000_0000 | 3] {
            assert_eq!(Command::decode(word), None, "{word:#x}");
        }
    }

    #[test]
    fn calls_return_and_loops_are_noticed() {
        let mut fifo = Fifo {
            get: 0x10,
            ..Fifo::default()
        };
        assert_eq!(fifo.go(Command::Call(0x100)), Ok(()));
        assert_eq!(
            fifo.clone().go(Command::Call(0x200)),
            Err(Problem::NestedCall)
        );
        assert_eq!(fifo.go(Command::Return), Ok(()));
        assert_eq!(fifo.get, 0x14);
        assert_eq!(
            fifo.clone().go(Command::Return),
            Err(Problem::ReturnWithoutCall)
        );
        assert_eq!(fifo.go(Command::Jump(0x10)), Ok(()));
        assert_eq!(fifo.go(Command::Call(0x100)), Err(Problem::EndlessLoop));
    }
}
