//! The effective addresses that an SPU's DMA reaches.
//!
//! Besides main storage these are the windows that LV2 makes for the threads of a group:
//! thread n has its local store at `0xF0000000 + n * 0x100000` and its signal registers 1
//! and 2 at +0x5400C and +0x5C00C in there.

use crate::spu::local_store::LOCAL_STORE_SIZE;

/// Where the group's windows begin.
pub const GROUP_WINDOW: u32 = 0xf000_0000;
/// Bytes of a thread's window.
pub const GROUP_WINDOW_STRIDE: u32 = 0x10_0000;
/// Signal register 1 in a thread's window.
pub const SIGNAL_1_OFFSET: u32 = 0x5_400c;
/// Signal register 2 in a thread's window.
pub const SIGNAL_2_OFFSET: u32 = 0x5_c00c;

/// The members of an SPU's group: each one's number in the group, and which SPU it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window(Vec<(u8, usize)>);

impl Window {
    /// A group of some members.
    #[must_use]
    pub fn new(members: Vec<(u8, usize)>) -> Self {
        Self(members)
    }

    /// SPUs with their own numbers.
    pub(super) fn identity(spus: usize) -> Self {
        Self((0_u8..).zip(0..spus).collect())
    }

    fn find(&self, number: u64) -> Option<usize> {
        let mut members = self.0.iter();
        members.find_map(|&(member, spu)| (u64::from(member) == number).then_some(spu))
    }
}

/// What lies at an effective address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Main storage, or nothing.
    Memory,
    /// A local store of the group, at an offset.
    LocalStore { spu: usize, offset: u32 },
    /// A signal register of the group, 0 or 1.
    Signal { spu: usize, register: usize },
    /// A window's part where nothing is, or which is not reached in one piece.
    Nothing,
}

/// What lies at `size` bytes from `address` on, as an SPU with this window sees it.
pub(super) fn place(address: u64, size: u32, window: &Window) -> Place {
    let Some(offset) = address.checked_sub(GROUP_WINDOW.into()) else {
        return Place::Memory;
    };
    let Some(spu) = window.find(offset / u64::from(GROUP_WINDOW_STRIDE)) else {
        return Place::Nothing;
    };
    let offset = (offset % u64::from(GROUP_WINDOW_STRIDE)) as u32;
    match (offset, size) {
        (SIGNAL_1_OFFSET, 4) => Place::Signal { spu, register: 0 },
        (SIGNAL_2_OFFSET, 4) => Place::Signal { spu, register: 1 },
        _ if u64::from(offset) + u64::from(size) <= LOCAL_STORE_SIZE as u64 => {
            Place::LocalStore { spu, offset }
        }
        _ => Place::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows() {
        let place = |address, size, spus| place(address, size, &Window::identity(spus));
        assert_eq!(place(0x3000_0000, 16, 6), Place::Memory);
        assert_eq!(
            place(0xf000_0080, 16, 1),
            Place::LocalStore {
                spu: 0,
                offset: 0x80
            }
        );
        assert_eq!(
            place(0xf053_ff00, 0x100, 6),
            Place::LocalStore {
                spu: 5,
                offset: 0x3_ff00
            }
        );
        assert_eq!(place(0xf053_ff00, 0x110, 6), Place::Nothing);
        assert_eq!(place(0xf060_0000, 16, 6), Place::Nothing);
        assert_eq!(place(0xf010_0000, 16, 1), Place::Nothing);
        assert_eq!(
            place(0xf015_400c, 4, 2),
            Place::Signal {
                spu: 1,
                register: 0
            }
        );
        assert_eq!(
            place(0xf005_c00c, 4, 2),
            Place::Signal {
                spu: 0,
                register: 1
            }
        );
        assert_eq!(place(0xf005_c00c, 8, 2), Place::Nothing);
        assert_eq!(place(0xf005_4008, 4, 2), Place::Nothing);
        assert_eq!(place(u64::MAX, 16, 6), Place::Nothing);
        let window = Window::new(vec![(7, 2)]);
        let spu = 2;
        assert_eq!(
            super::place(0xf070_0000, 16, &window),
            Place::LocalStore { spu, offset: 0 }
        );
        assert_eq!(super::place(0xf020_0000, 16, &window), Place::Nothing);
    }
}
