//! SPU programs as the kernel keeps them: an entry and segments.

use crate::lv2::errno::Errno;
use crate::lv2::memory::UserMemory;
use crate::spu::LOCAL_STORE_SIZE;

/// Bytes of a segment's structure.
pub(in crate::lv2) const SEGMENT_SIZE: u64 = 0x18;
/// Segments that an image has at most.
pub(in crate::lv2) const MOST_SEGMENTS: u32 = 32;
/// The last address of an instruction.
const LAST_ENTRY: u32 = LOCAL_STORE_SIZE as u32 - 4;
/// Bytes of information at most.
const MOST_INFORMATION: u32 = 0x100;

/// What a segment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lv2) enum SegmentKind {
    /// Bytes of main memory go to local store.
    Copy = 1,
    /// A word fills a part of local store.
    Fill = 2,
    /// Bytes that say something about the program, and go nowhere.
    Information = 4,
}

/// `sys_spu_segment_t`: words for the kind, the address in local store and the size, and
/// the source at 0x10.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lv2) struct Segment {
    pub kind: SegmentKind,
    /// Address in local store.
    pub local: u32,
    /// Bytes.
    pub size: u32,
    /// Address in main memory, or the word to fill with.
    pub source: u32,
}

impl Segment {
    /// # Errors
    ///
    /// `EFAULT` for memory that is not there, `EINVAL` for another kind.
    fn read(memory: &UserMemory, address: u64) -> Result<Self, Errno> {
        let word = |offset| memory.word(address.wrapping_add(offset));
        Ok(Self {
            kind: match word(0)? {
                1 => SegmentKind::Copy,
                2 => SegmentKind::Fill,
                4 => SegmentKind::Information,
                _ => return Err(Errno::EINVAL),
            },
            local: word(4)?,
            size: word(8)?,
            source: word(0x10)?,
        })
    }

    /// The structure in memory.
    pub fn bytes(&self) -> [u8; SEGMENT_SIZE as usize] {
        let mut bytes = [0; SEGMENT_SIZE as usize];
        let words = [self.kind as u32, self.local, self.size, 0, self.source];
        for (place, word) in bytes.chunks_exact_mut(4).zip(words) {
            place.copy_from_slice(&word.to_be_bytes());
        }
        bytes
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.local < other.local + other.size && other.local < self.local + self.size
    }
}

/// An SPU program. What it copies is read when it is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::lv2) struct SpuProgram {
    pub entry: u32,
    pub segments: Vec<Segment>,
}

impl SpuProgram {
    /// Reads `count` segments from the program's memory and checks them by the kernel's
    /// rules.
    ///
    /// # Errors
    ///
    /// `EINVAL` where a rule is broken, `EFAULT` for memory that is not there.
    pub fn read(memory: &UserMemory, entry: u32, table: u32, count: u32) -> Result<Self, Errno> {
        if entry > LAST_ENTRY || !(1..=MOST_SEGMENTS).contains(&count) {
            return Err(Errno::EINVAL);
        }
        let segments: Result<Vec<_>, _> = (0..u64::from(count))
            .map(|at| Segment::read(memory, u64::from(table) + at * SEGMENT_SIZE))
            .collect();
        let program = Self {
            entry,
            segments: segments?,
        };
        program.check()?;
        Ok(program)
    }

    fn check(&self) -> Result<(), Errno> {
        let of = |kind| self.segments.iter().filter(move |one| one.kind == kind);
        let mut information = of(SegmentKind::Information);
        let too_much = information
            .next()
            .is_some_and(|one| one.size > MOST_INFORMATION);
        if too_much || information.next().is_some() {
            return Err(Errno::EINVAL);
        }
        let copies = of(SegmentKind::Copy);
        if copies.clone().count() == 0 || copies.clone().any(|one| one.source % 4 != 0) {
            return Err(Errno::EINVAL);
        }
        let placed: Vec<_> = copies.chain(of(SegmentKind::Fill)).collect();
        for (at, one) in placed.iter().enumerate() {
            let end = u64::from(one.local) + u64::from(one.size);
            if one.size == 0
                || (one.local | one.size) % 16 != 0
                || end > LOCAL_STORE_SIZE as u64
                || placed[..at].iter().any(|other| one.overlaps(other))
            {
                return Err(Errno::EINVAL);
            }
        }
        Ok(())
    }

    /// Whether all segments lie in local store.
    pub fn fits(&self) -> bool {
        let mut placed = self.segments.iter();
        placed.all(|one| {
            let end = u64::from(one.local) + u64::from(one.size);
            one.kind == SegmentKind::Information || end <= LOCAL_STORE_SIZE as u64
        })
    }

    /// Puts the segments into a local store.
    ///
    /// # Errors
    ///
    /// `EFAULT` where a source is not there (any more).
    pub fn load(
        &self,
        memory: &UserMemory,
        store: &mut [u8; LOCAL_STORE_SIZE],
    ) -> Result<(), Errno> {
        for segment in &self.segments {
            let start = segment.local as usize;
            let place = store.get_mut(start..start.saturating_add(segment.size as usize));
            match segment.kind {
                SegmentKind::Copy => memory
                    .space
                    .read(segment.source.into(), place.ok_or(Errno::EINVAL)?)
                    .map_err(|_| Errno::EFAULT)?,
                SegmentKind::Fill => {
                    let word = segment.source.to_be_bytes();
                    for place in place.ok_or(Errno::EINVAL)?.chunks_mut(4) {
                        place.copy_from_slice(&word[..place.len()]);
                    }
                }
                SegmentKind::Information => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ppu::{Access, GRANULE};

    const BASE: u64 = 0x1_0000;

    fn memory(segments: &[[u32; 4]]) -> UserMemory {
        let mut memory = UserMemory::default();
        let access = Access::READ_WRITE;
        memory.space.map(BASE, GRANULE, access).unwrap();
        for (at, [kind, local, size, source]) in (0..).zip(segments) {
            for (offset, word) in [(0, kind), (4, local), (8, size), (0x10, source)] {
                let place = BASE + at * SEGMENT_SIZE + offset;
                memory.space.write(place, &word.to_be_bytes()).unwrap();
            }
        }
        memory
    }

    fn read(segments: &[[u32; 4]]) -> Result<SpuProgram, Errno> {
        SpuProgram::read(&memory(segments), 0x80, BASE as u32, segments.len() as u32)
    }

    #[test]
    fn the_kernels_rules() {
        const GOOD: [u32; 4] = [1, 0x80, 0x100, BASE as u32];
        assert_eq!(
            read(&[GOOD, [2, 0x180, 0x10, 7]]).unwrap().segments.len(),
            2
        );
        assert!(read(&[GOOD, [4, 0, 0x20, 0x1234]]).is_ok());
        for bad in [
            [1, 0x80, 0x100, BASE as u32 + 2], // source
            [1, 0x88, 0x100, BASE as u32],     // address
            [1, 0x80, 0x108, BASE as u32],     // size
            [1, 0x80, 0, BASE as u32],
            [1, 0x3_fff0, 0x20, BASE as u32], // end of local store
            [1, 0xffff_fff0, 0x20, BASE as u32],
            [2, 0x80, 0x100, 0], // nothing to copy
            [3, 0x80, 0x100, 0], // no kind
        ] {
            assert_eq!(read(&[bad]), Err(Errno::EINVAL), "{bad:x?}");
        }
        assert_eq!(read(&[]), Err(Errno::EINVAL));
        assert_eq!(read(&[GOOD, [2, 0x170, 0x20, 0]]), Err(Errno::EINVAL));
        assert_eq!(read(&[GOOD, [4, 0, 0x101, 0]]), Err(Errno::EINVAL));
        let twice = [GOOD, [4, 0, 8, 0], [4, 0, 8, 0]];
        assert_eq!(read(&twice), Err(Errno::EINVAL));
        let memory = memory(&[GOOD]);
        let entry = SpuProgram::read(&memory, 0x4_0000, BASE as u32, 1);
        assert_eq!(entry, Err(Errno::EINVAL));
        let nowhere = SpuProgram::read(&memory, 0, 0x10, 1);
        assert_eq!(nowhere, Err(Errno::EFAULT));
    }

    #[test]
    fn segments_are_copied_and_filled() {
        let segments = [[1, 0x80, 0x10, BASE as u32], [2, 0x90, 0x10, 0x0102_0304]];
        let memory = memory(&segments);
        let program = SpuProgram::read(&memory, 0x80, BASE as u32, 2).unwrap();
        let mut store = Box::new([0xff; LOCAL_STORE_SIZE]);
        program.load(&memory, &mut store).unwrap();
        assert_eq!(store[0x80..0x84], [0, 0, 0, 1]);
        assert_eq!(store[0x9c..0xa1], [1, 2, 3, 4, 0xff]);
        assert_eq!(program.segments[1].bytes()[0x10..0x14], [1, 2, 3, 4]);
        let nowhere = SpuProgram {
            segments: vec![Segment {
                source: 0x9000_0000,
                ..program.segments[0]
            }],
            ..program
        };
        assert_eq!(nowhere.load(&memory, &mut store), Err(Errno::EFAULT));
    }
}
