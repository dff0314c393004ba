//! The RSX of a console, as [`rsx_gcm`] wants it: memory, control registers, flips.
//!
//! The order of set-up was tried, and so were the library's functions: command memory, the library's
//! own start, a jump from its buffer to a ring of the program's own, display mode, flip mode.

mod picture;

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use core::time::Duration;

use rsx_gcm::ArgumentError;
use rsx_gcm::device::Stopped;
use rsx_gcm::fifo::Window;
use rsx_gcm::flip::{Display, DisplayBuffer};
use rsx_gcm::memory::{Address, Location, Memory, OutOfRange, check_range};

use crate::memory::{PAGE, Pages, fence};
use crate::sys::gcm::{
    _cellGcmInitBody, Configuration, Context, Control, cellGcmAddressToOffset,
    cellGcmGetConfiguration, cellGcmGetControlRegister, cellGcmGetFlipStatus,
    cellGcmGetLabelAddress, cellGcmGetVBlankCount, cellGcmResetFlipStatus, cellGcmSetDisplayBuffer,
    cellGcmSetFlip, cellGcmSetFlipMode, cellGcmSetWaitFlip,
};
use crate::time::Instant;
use crate::video::{self, Mode};
use crate::{Error, Result};

pub(crate) use picture::{paint, stop};

/// Bytes of the library's own command buffer, at the start of the mapped memory; nothing else may
/// lie there.
pub const FIRMWARE_BYTES: u32 = 0x1_0000;
/// Flips happen at the vertical blank.
const FLIP_VSYNC: u32 = 2;
/// Pixels have four bytes.
const PIXEL: u32 = 4;
/// How long the RSX may stay at one command before it counts as stopped.
const PATIENCE: Duration = Duration::from_secs(5);

/// The word that the library keeps the address of.
static CONTEXT: AtomicU32 = AtomicU32::new(0);
static OPEN: AtomicBool = AtomicBool::new(false);

/// The RSX. There is one, for the rest of the program.
#[derive(Debug)]
pub struct Rsx {
    local: Mapped,
    main: Mapped,
    control: *mut Control,
    from: u32,
    no_room: u32,
    /// Where the RSX was when it moved last, and when that was.
    progress: (u32, Instant),
}

// SAFETY: the addresses are the whole program's; this value is the only one that uses them.
unsafe impl Send for Rsx {}

/// Memory that the RSX sees.
#[derive(Debug)]
struct Mapped {
    start: *mut u8,
    size: u32,
}

impl Rsx {
    /// Takes the RSX over, with at least `main` bytes of main memory that it can reach, of which the
    /// first [`FIRMWARE_BYTES`] are the library's.
    ///
    /// # Errors
    /// `EBUSY` if it was opened before, `EINVAL` for less than 1 MB or more than 256 MB, or what the
    /// system returned.
    pub fn open(main: usize) -> Result<Self> {
        if !(PAGE..=256 * PAGE).contains(&main) {
            return Err(Error::EINVAL);
        }
        if OPEN.swap(true, Ordering::AcqRel) {
            return Err(Error::EBUSY);
        }
        let pages = Pages::allocate(main)?;
        let (io, io_size) = (pages.address(), pages.size() as u32);
        let start = pages.as_ptr();
        // SAFETY: the word is static, and the pages stay, from here on whatever happens.
        unsafe {
            pages.leak();
            _cellGcmInitBody(CONTEXT.as_ptr(), FIRMWARE_BYTES, io_size, io)?;
        }
        let mut configuration = Configuration::default();
        // SAFETY: the function writes the structure.
        unsafe { cellGcmGetConfiguration(&raw mut configuration) };
        if offset_of(io)? != 0 {
            // All offsets below count from the start of the pages.
            return Err(Error::EFAULT);
        }
        let context = pointer::<Context>(CONTEXT.load(Ordering::Acquire));
        // SAFETY: the library has put the address of its context there, which stays.
        let from = offset_of(unsafe { (*context).current })?;
        // SAFETY: the function touches no memory of this program.
        let control = pointer(unsafe { cellGcmGetControlRegister() });
        // SAFETY: as above.
        unsafe { cellGcmSetFlipMode(FLIP_VSYNC) };
        Ok(Self {
            local: Mapped {
                start: pointer(configuration.local),
                size: configuration.local_size,
            },
            main: Mapped {
                start,
                size: io_size,
            },
            control,
            from,
            no_room: crate::callback!(no_room as fn(u32, u32) -> i32),
            progress: (0, Instant::now()),
        })
    }

    /// Where the RSX fetches next, for [`rsx_gcm::fifo::Context::new`].
    pub fn from(&self) -> u32 {
        self.from
    }

    /// Sets the first of these modes that the display has, and returns it.
    ///
    /// # Errors
    /// `ENOTSUP` if it has none of them, or what the library returned.
    pub fn set_mode(&mut self, modes: &[Mode]) -> Result<Mode> {
        let mode = modes
            .iter()
            .copied()
            .find(|mode| mode.is_available())
            .ok_or(Error::ENOTSUP)?;
        video::configure(mode, pitch(mode.size().0))?;
        // SAFETY: touches no memory of this program.
        unsafe { cellGcmSetFlipMode(FLIP_VSYNC) };
        Ok(mode)
    }

    /// How often the display has begun a picture since the RSX was opened: 59.94 or 50 times a
    /// second, as its mode has it.
    pub fn vertical_blanks(&self) -> u64 {
        // SAFETY: touches no memory of this program.
        unsafe { cellGcmGetVBlankCount() }
    }

    fn memory(&self, location: Location) -> &Mapped {
        match location {
            Location::Local => &self.local,
            Location::Main => &self.main,
        }
    }

    /// Has the library write commands to the window.
    fn firmware(
        &self,
        window: &mut Window,
        write: impl FnOnce(*mut Context) -> Result<()>,
    ) -> Result<()> {
        let base = crate::syscall::address32(self.main.start);
        let mut context = Context {
            begin: base.wrapping_add(window.begin),
            end: base.wrapping_add(window.end),
            current: base.wrapping_add(window.current),
            callback: self.no_room,
        };
        write(&raw mut context)?;
        window.current = context.current.wrapping_sub(base);
        Ok(())
    }
}

/// Bytes from row to row of a display buffer.
pub const fn pitch(width: u32) -> u32 {
    (PIXEL * width).next_multiple_of(64)
}

/// The library asks for more room than a flip ever takes: there is none.
extern "C" fn no_room(_context: u32, _words: u32) -> i32 {
    -1
}

fn pointer<T>(address: u32) -> *mut T {
    core::ptr::with_exposed_provenance_mut(address as usize)
}

fn offset_of(address: u32) -> Result<u32> {
    let mut offset = 0u32;
    // SAFETY: the function writes one word.
    unsafe { cellGcmAddressToOffset(address, &raw mut offset)? };
    Ok(offset)
}

impl Memory for Rsx {
    fn size(&self, location: Location) -> u32 {
        self.memory(location).size
    }

    fn write(&mut self, at: Address, bytes: &[u8]) -> core::result::Result<(), OutOfRange> {
        let memory = self.memory(at.location);
        let range = check_range(at, bytes.len(), memory.size)?;
        // SAFETY: the range lies in mapped memory, which no reference leads to.
        unsafe {
            memory
                .start
                .add(range.start)
                .copy_from(bytes.as_ptr(), bytes.len())
        };
        Ok(())
    }

    fn read(&self, at: Address, bytes: &mut [u8]) -> core::result::Result<(), OutOfRange> {
        let memory = self.memory(at.location);
        let range = check_range(at, bytes.len(), memory.size)?;
        // SAFETY: as above.
        unsafe {
            memory
                .start
                .add(range.start)
                .copy_to(bytes.as_mut_ptr(), bytes.len())
        };
        Ok(())
    }
}

impl rsx_gcm::device::Control for Rsx {
    fn put(&mut self, offset: u32) {
        if picture::is_stopped() {
            // Another thread has taken the display, and ends the program when it was read.
            loop {
                crate::time::sleep(PATIENCE);
            }
        }
        fence();
        // SAFETY: the library gave the registers' address.
        unsafe { (&raw mut (*self.control).put).write_volatile(offset) };
        self.progress.1 = Instant::now();
    }

    fn get(&mut self) -> u32 {
        // SAFETY: as above.
        unsafe { (&raw const (*self.control).get).read_volatile() }
    }

    fn reference(&mut self) -> u32 {
        // SAFETY: as above.
        unsafe { (&raw const (*self.control).reference).read_volatile() }
    }

    fn label(&mut self, index: u8) -> u32 {
        // SAFETY: the library gives the address of a word that stays.
        unsafe { pointer::<u32>(cellGcmGetLabelAddress(index)).read_volatile() }
    }

    fn wait(&mut self) -> core::result::Result<(), Stopped> {
        let get = self.get();
        if get != self.progress.0 {
            self.progress = (get, Instant::now());
        } else if self.progress.1.elapsed() > PATIENCE {
            return Err(Stopped);
        }
        crate::time::sleep(Duration::from_micros(30));
        Ok(())
    }
}

impl Display for Rsx {
    fn set_display_buffer(
        &mut self,
        id: u8,
        buffer: &DisplayBuffer,
    ) -> core::result::Result<(), ArgumentError> {
        let DisplayBuffer {
            offset,
            pitch,
            width,
            height,
        } = *buffer;
        let refused = || ArgumentError::new("display buffer", id.into());
        // SAFETY: tells the library of local memory; touches none of this program's.
        unsafe { cellGcmSetDisplayBuffer(id, offset, pitch, width, height) }
            .map_err(|_| refused())?;
        let size = u64::from(pitch) * u64::from(height);
        if u64::from(offset) + size > self.local.size.into() || width > pitch / PIXEL {
            return Err(refused());
        }
        let start = crate::syscall::address32(self.local.start) + offset;
        picture::keep(id, [start, pitch, width, height]);
        Ok(())
    }

    fn flip_pending(&mut self) -> bool {
        // SAFETY: touches no memory of this program.
        unsafe { cellGcmGetFlipStatus() != 0 }
    }

    fn reset_flip_status(&mut self) {
        // SAFETY: touches no memory of this program.
        unsafe { cellGcmResetFlipStatus() };
    }

    fn queue_flip(&mut self, window: &mut Window, id: u8) -> core::result::Result<(), OutOfRange> {
        let at = Address::main(window.current);
        // SAFETY: the window lies in the ring, with room for what a flip takes.
        self.firmware(window, |context| unsafe { cellGcmSetFlip(context, id) })
            // The library refuses only what does not fit.
            .map_err(|_| OutOfRange {
                at,
                length: 0,
                size: self.main.size,
            })
    }

    fn queue_wait_flip(&mut self, window: &mut Window) -> core::result::Result<(), OutOfRange> {
        let at = Address::main(window.current);
        // SAFETY: as above.
        self.firmware(window, |context| {
            unsafe { cellGcmSetWaitFlip(context) };
            Ok(())
        })
        .map_err(|_| OutOfRange {
            at,
            length: 0,
            size: self.main.size,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rsx_is_asked_for_sensible_memory() {
        assert_eq!(Rsx::open(0).map(|_| ()), Err(Error::EINVAL));
        assert_eq!(Rsx::open(257 * PAGE).map(|_| ()), Err(Error::EINVAL));
        assert_eq!(pitch(1280), 5120);
        assert_eq!(pitch(720) % 64, 0);
    }

    #[test]
    fn windows_become_contexts_and_come_back() {
        let mut memory = [0u8; 64];
        let start = memory.as_mut_ptr();
        let rsx = Rsx {
            local: Mapped { start, size: 0 },
            main: Mapped { start, size: 64 },
            control: core::ptr::null_mut(),
            from: 0,
            no_room: 7,
            progress: (0, Instant::now()),
        };
        let mut window = Window {
            begin: 16,
            current: 24,
            end: 60,
        };
        let done = rsx.firmware(&mut window, |context| {
            // SAFETY: the context is that of the call.
            let context = unsafe { &mut *context };
            assert_eq!(context.current - context.begin, 8);
            assert_eq!((context.end - context.begin, context.callback), (44, 7));
            context.current += 12;
            Ok(())
        });
        assert_eq!((done, window.current), (Ok(()), 36));
    }
}
