//! Bytes from memory to memory, in rows (class NV0039) on subchannel 1.
//!
//! Methods: envytools, "NV3 memory to memory format"; what starts it: RPCS3 `nv0039.cpp`.

use rsx_gcm::methods::Method;

use super::memory::{Location, Memory, OutsideMemory, location_of_handle};
use super::report::Problem;

/// Offsets of methods.
mod at {
    pub const SOURCE: u16 = 0x184;
    pub const TARGET: u16 = 0x188;
    pub const OFFSET_IN: u16 = 0x30c;
    pub const OFFSET_OUT: u16 = 0x310;
    pub const PITCH_IN: u16 = 0x314;
    pub const PITCH_OUT: u16 = 0x318;
    pub const LINE_LENGTH: u16 = 0x31c;
    pub const LINE_COUNT: u16 = 0x320;
    pub const FORMAT: u16 = 0x324;
    pub const NOTIFY: u16 = 0x328;
}

const NAMES: &[(u16, &str)] = &[
    (at::SOURCE, "MEMORY_SET_CONTEXT_DMA_BUFFER_IN"),
    (at::TARGET, "MEMORY_SET_CONTEXT_DMA_BUFFER_OUT"),
    (at::OFFSET_IN, "MEMORY_OFFSET_IN"),
    (at::OFFSET_OUT, "MEMORY_OFFSET_OUT"),
    (at::PITCH_IN, "MEMORY_PITCH_IN"),
    (at::PITCH_OUT, "MEMORY_PITCH_OUT"),
    (at::LINE_LENGTH, "MEMORY_LINE_LENGTH_IN"),
    (at::LINE_COUNT, "MEMORY_LINE_COUNT"),
    (at::FORMAT, "MEMORY_FORMAT"),
    (at::NOTIFY, "MEMORY_BUFFER_NOTIFY"),
];

/// The name of a method.
pub(super) fn name(method: Method) -> Option<&'static str> {
    let mut names = NAMES.iter();
    names.find_map(|(offset, name)| (*offset == method.offset()).then_some(*name))
}

/// Most bytes of a line, and lines.
const MOST_BYTES: u32 = 0x3f_ffff;
const MOST_LINES: u32 = 0x7ff;

/// State of the object.
pub struct Copy {
    /// Memory that is read, and that is written.
    locations: [Option<Location>; 2],
    offsets: [u32; 2],
    /// Bytes from line to line.
    pitches: [i32; 2],
    length: u32,
    count: u32,
    /// Bytes from one byte to the next.
    steps: [u32; 2],
}

impl Default for Copy {
    /// As the firmware leaves it to a program (RPCS3 `rsx_methods.cpp`): from main to local
    /// memory.
    fn default() -> Self {
        Self {
            locations: [Some(Location::Main), Some(Location::Local)],
            offsets: [0; 2],
            pitches: [0; 2],
            length: 0,
            count: 0,
            steps: [1; 2],
        }
    }
}

impl Copy {
    /// Executes a method.
    ///
    /// # Errors
    /// The method is unknown, its argument is not possible, or the bytes are not in memory.
    pub fn method(
        &mut self,
        method: Method,
        argument: u32,
        memory: &mut Memory,
    ) -> Result<(), Problem> {
        let object = || {
            let location = location_of_handle(argument);
            location.ok_or(Problem::Invalid("no such memory object"))
        };
        match method.offset() {
            at::SOURCE => self.locations[0] = Some(object()?),
            at::TARGET => self.locations[1] = Some(object()?),
            at::OFFSET_IN => self.offsets[0] = argument,
            at::OFFSET_OUT => self.offsets[1] = argument,
            at::PITCH_IN => self.pitches[0] = argument as i32,
            at::PITCH_OUT => self.pitches[1] = argument as i32,
            at::LINE_LENGTH => self.length = argument,
            at::LINE_COUNT => self.count = argument,
            at::FORMAT => {
                self.steps = [argument & 0xff, argument >> 8 & 0xff];
                if self.steps.iter().any(|step| !matches!(step, 1 | 2 | 4)) {
                    return Err(Problem::Invalid("steps that are not 1, 2 or 4 bytes"));
                }
            }
            at::NOTIFY if argument == 0 => self.copy(memory)?,
            at::NOTIFY => return Err(Problem::Unsupported("a notification of a copy")),
            _ => return Err(Problem::UnknownMethod),
        }
        Ok(())
    }

    /// Copies line by line: what is written is read by later lines.
    fn copy(&self, memory: &mut Memory) -> Result<(), Problem> {
        let [Some(from), Some(to)] = self.locations else {
            return Err(Problem::Invalid("a copy without a memory object"));
        };
        if self.length > MOST_BYTES || self.count > MOST_LINES {
            return Err(Problem::Invalid("a copy of more than there can be"));
        }
        let [step_in, step_out] = self.steps.map(|step| step.max(1));
        let outside = |what| move |bytes: OutsideMemory| Problem::OutsideMemory { what, bytes };
        if self.length == 0 {
            return Ok(());
        }
        // Up to the last byte that is touched.
        let extent = |step: u32| u64::from(self.length - 1) * u64::from(step) + 1;
        for line in 0..self.count as i32 {
            let start = |n: usize| {
                let distance = self.pitches[n].wrapping_mul(line);
                self.offsets[n].wrapping_add_signed(distance)
            };
            let source = memory
                .slice(from, start(0), extent(step_in))
                .map_err(outside("source of a copy"))?;
            let bytes: Vec<u8> = source.iter().step_by(step_in as usize).copied().collect();
            let target = memory
                .slice_mut(to, start(1), extent(step_out))
                .map_err(outside("target of a copy"))?;
            let target = target.iter_mut().step_by(step_out as usize);
            for (to, byte) in target.zip(bytes) {
                *to = byte;
            }
        }
        Ok(())
    }
}
