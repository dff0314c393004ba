//! Sound: blocks of samples for the system's mixer, 48000 a second. Not tried yet.

use core::time::Duration;

use crate::memory::fence;
use crate::sync::EventQueue;
use crate::sys::audio::{
    BLOCK, PortConfiguration, PortParameters, cellAudioCreateNotifyEventQueue,
    cellAudioGetPortConfig, cellAudioInit, cellAudioPortClose, cellAudioPortOpen,
    cellAudioPortStart, cellAudioPortStop, cellAudioQuit, cellAudioRemoveNotifyEventQueue,
    cellAudioSetNotifyEventQueue,
};
use crate::{Error, Result};

/// Samples a second of each channel.
pub const RATE: u32 = 48_000;
/// Samples of a block, of each channel.
pub const SAMPLES: usize = BLOCK;

/// Where the sound comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channels {
    /// Left, right.
    Stereo,
    /// Front left and right, centre, bass, rear left and right, side left and right.
    Surround,
}

impl Channels {
    /// Their number.
    pub const fn count(self) -> usize {
        match self {
            Self::Stereo => 2,
            Self::Surround => 8,
        }
    }
}

/// A port that plays; closed when dropped. One at a time: the library is prepared for it.
#[derive(Debug)]
pub struct Port {
    number: u32,
    /// `None` once it is closed.
    queue: Option<EventQueue>,
    key: u64,
    channels: Channels,
    configuration: PortConfiguration,
    /// The block that is written next.
    next: u64,
}

impl Port {
    /// Blocks of a port's ring: 43 ms.
    const BLOCKS: u64 = 8;

    /// Opens a port and starts it; it plays silence until something is written.
    ///
    /// # Errors
    /// What the library returned.
    pub fn open(channels: Channels) -> Result<Self> {
        // SAFETY: touches no memory of this program.
        unsafe { cellAudioInit()? };
        Self::of_library(channels).inspect_err(|_| {
            // SAFETY: as above; the first error is the one to tell.
            let _ = unsafe { cellAudioQuit() };
        })
    }

    fn of_library(channels: Channels) -> Result<Self> {
        let parameters = PortParameters {
            channels: channels.count() as u64,
            blocks: Self::BLOCKS,
            ..PortParameters::default()
        };
        let (mut number, mut queue, mut key) = (0, 0, 0);
        // SAFETY: the functions read the structure and write one word each.
        unsafe {
            cellAudioPortOpen(&raw const parameters, &raw mut number)?;
            cellAudioCreateNotifyEventQueue(&raw mut queue, &raw mut key)
        }
        .inspect_err(|_| {
            // SAFETY: the port is ours.
            let _ = unsafe { cellAudioPortClose(number) };
        })?;
        // From here on the drop gives back what there is.
        let mut port = Self {
            number,
            queue: Some(EventQueue::from_id(queue)),
            key,
            channels,
            configuration: PortConfiguration::default(),
            next: 1,
        };
        // SAFETY: the function writes the structure; the others touch no memory of this program.
        unsafe {
            cellAudioGetPortConfig(number, &raw mut port.configuration)?;
            cellAudioSetNotifyEventQueue(key)?;
            cellAudioPortStart(number)?;
        }
        Ok(port)
    }

    /// Waits until there is room for a block, and writes it: [`SAMPLES`] samples of each channel, -1
    /// to 1, one of each channel in turn. `false` if there was no room within the time.
    ///
    /// # Errors
    /// `EINVAL` for another number of samples, or what the system returned.
    pub fn write(&mut self, samples: &[f32], limit: Option<Duration>) -> Result<bool> {
        if samples.len() != SAMPLES * self.channels.count() {
            return Err(Error::EINVAL);
        }
        let queue = self.queue.as_ref().ok_or(Error::ESTAT)?;
        if queue.receive(limit)?.is_none() {
            return Ok(false);
        }
        let offset = (self.next % Self::BLOCKS) as usize * samples.len();
        let start =
            core::ptr::with_exposed_provenance_mut::<f32>(self.configuration.start as usize);
        // SAFETY: the block lies in the port's ring, which the library keeps for the program to
        // write, and no reference leads there.
        unsafe {
            start.add(offset).copy_from(samples.as_ptr(), samples.len());
        }
        fence();
        self.next += 1;
        Ok(true)
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        // SAFETY: what is given back is ours; what was not started refuses, which has no effect.
        unsafe {
            let _ = cellAudioPortStop(self.number);
            let _ = cellAudioRemoveNotifyEventQueue(self.key);
            let _ = cellAudioPortClose(self.number);
            self.queue = None;
            let _ = cellAudioQuit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_system_there_is_no_sound() {
        assert_eq!(Port::open(Channels::Stereo).map(|_| ()), Err(Error::ENOSYS));
    }

    #[test]
    fn only_whole_blocks_are_taken() {
        let mut port = Port {
            number: 0,
            queue: None,
            key: 0,
            channels: Channels::Surround,
            configuration: PortConfiguration::default(),
            next: 1,
        };
        let write = port.write(&[0.0; SAMPLES], None);
        assert_eq!(write, Err(Error::EINVAL));
    }
}
