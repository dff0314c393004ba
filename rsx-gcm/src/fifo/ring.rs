//! The ring of segments that commands are written to.

use core::fmt;

/// Words of the longest packet, header included.
const LONGEST_PACKET: u32 = super::packet::MAX_ARGUMENTS as u32 + 1;

/// Mapped main memory for commands: segments one after the other, all of one size.
///
/// The last word of each segment is kept for the jump to the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ring {
    base: u32,
    segment_bytes: u32,
    segments: u32,
}

/// Why there can be no such ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RingError {
    /// The ring does not start at a multiple of 4.
    Unaligned {
        /// The offset asked for.
        base: u32,
    },
    /// A segment must be a multiple of 4 bytes and hold the longest packet and a jump.
    SegmentSize {
        /// The size asked for.
        bytes: u32,
        /// The least that will do.
        least: u32,
    },
    /// There must be two segments at least: one is written while another is read.
    SegmentCount {
        /// The number asked for.
        segments: u32,
    },
    /// The ring ends past what a jump can reach, 512 MB.
    TooFar,
}

impl fmt::Display for RingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unaligned { base } => {
                write!(f, "command ring at {base:#x}, which is no multiple of 4")
            }
            Self::SegmentSize { bytes, least } => {
                write!(
                    f,
                    "segments of {bytes} bytes, expected a multiple of 4 of at least {least}"
                )
            }
            Self::SegmentCount { segments } => {
                write!(f, "{segments} segments, expected two at least")
            }
            Self::TooFar => f.write_str("command ring ends past 512 MB"),
        }
    }
}

impl core::error::Error for RingError {}

/// A segment: the words that commands may use, and the jump after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// Offset of the first word.
    pub begin: u32,
    /// Offset of the jump's word.
    pub end: u32,
}

impl Ring {
    /// Bytes of the smallest segment.
    pub const SMALLEST_SEGMENT: u32 = 4 * (LONGEST_PACKET + 1);

    /// A ring of `segments` times `segment_bytes` from offset `base` of main memory on.
    ///
    /// # Errors
    /// [`RingError`] says which of the three will not do.
    pub const fn new(base: u32, segment_bytes: u32, segments: u32) -> Result<Self, RingError> {
        if !base.is_multiple_of(4) {
            return Err(RingError::Unaligned { base });
        }
        if segment_bytes < Self::SMALLEST_SEGMENT || !segment_bytes.is_multiple_of(4) {
            return Err(RingError::SegmentSize {
                bytes: segment_bytes,
                least: Self::SMALLEST_SEGMENT,
            });
        }
        if segments < 2 {
            return Err(RingError::SegmentCount { segments });
        }
        match segment_bytes.checked_mul(segments) {
            Some(bytes) if bytes <= 1 << 29 && base <= (1 << 29) - bytes => Ok(Self {
                base,
                segment_bytes,
                segments,
            }),
            _ => Err(RingError::TooFar),
        }
    }

    /// Offset of the first command.
    #[must_use]
    pub const fn base(self) -> u32 {
        self.base
    }

    /// Bytes of the whole ring.
    #[must_use]
    pub const fn bytes(self) -> u32 {
        self.segment_bytes * self.segments
    }

    /// Whether `offset` lies in the ring.
    #[must_use]
    pub const fn contains(self, offset: u32) -> bool {
        offset >= self.base && offset - self.base < self.bytes()
    }

    pub(super) const fn segment(self, index: u32) -> Segment {
        let begin = self.base + index % self.segments * self.segment_bytes;
        Segment {
            begin,
            end: begin + self.segment_bytes - 4,
        }
    }

    /// The segment after the one that begins at `begin`.
    pub(super) const fn after(self, segment: Segment) -> Segment {
        self.segment((segment.begin - self.base) / self.segment_bytes + 1)
    }

    /// Whether the segment may be written while the RSX is about to fetch `get`.
    ///
    /// A `get` outside of the ring means that the RSX has not come here yet
    /// and still needs all of it.
    pub(super) const fn is_free(self, segment: Segment, get: u32) -> bool {
        self.contains(get) && (get < segment.begin || get > segment.end)
    }
}
