//! A file that is read where it is wanted, by two: the inference thread, and one that reads ahead
//! of it.

use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use llama::stored::{Storage, StorageError};
use psl1ght_rs::fs::{File, SeekFrom};
use psl1ght_rs::sync::{EventFlag, Mutex};
use psl1ght_rs::thread::{Builder, JoinHandle};

use crate::report::note;

/// Above the inference thread: it sleeps while the disk works, and what it has read is wanted.
const PRIORITY: i32 = 1400;
/// The flag's bit for the thread that reads ahead: there is something to read, or it is to end.
const WORK: u64 = 1;
/// The flag's bit for the other one: something was read.
const READ: u64 = 2;

/// A file on a disk.
///
/// What was announced is read by a thread of its own while the SPUs compute, and while the weights
/// that were read before are laid out for them.
#[derive(Debug)]
pub struct DiskFile {
    path: String,
    size: u64,
    file: File,
    ahead: Arc<Ahead>,
    thread: Option<JoinHandle<()>>,
}

/// What the two threads share.
#[derive(Debug)]
struct Ahead {
    state: Mutex<State>,
    flag: EventFlag,
}

#[derive(Debug, Default)]
struct State {
    /// Pieces to read, in their order: offset and size.
    wanted: VecDeque<(u64, usize)>,
    /// The one that is being read.
    current: Option<(u64, usize)>,
    /// Those that were read.
    read: Vec<(u64, Vec<u8>)>,
    /// Memory for others.
    spare: Vec<Vec<u8>>,
    ends: bool,
}

impl DiskFile {
    /// Opens a file.
    ///
    /// # Errors
    /// What the system returned.
    pub fn open(path: &str) -> psl1ght_rs::Result<DiskFile> {
        let file = File::open(path)?;
        let size = file.metadata()?.size;
        let ahead = Arc::new(Ahead {
            state: Mutex::new(State::default())?,
            flag: EventFlag::new(0)?,
        });
        let (own, reader) = (ahead.clone(), File::open(path)?);
        let builder = Builder {
            name: "read ahead",
            priority: PRIORITY,
            ..Builder::default()
        };
        let thread = builder.spawn(move || read_ahead(reader, &own))?;
        Ok(DiskFile {
            path: path.into(),
            size,
            file,
            ahead,
            thread: Some(thread),
        })
    }

    /// The piece, where it was read ahead or is just being read; else it is not wanted of the other
    /// thread any more.
    fn take(&mut self, piece: (u64, usize)) -> psl1ght_rs::Result<Option<Vec<u8>>> {
        loop {
            let mut state = self.ahead.state.lock()?;
            let is_it = |(offset, bytes): &(u64, Vec<u8>)| (*offset, bytes.len()) == piece;
            if let Some(index) = state.read.iter().position(is_it) {
                return Ok(Some(state.read.swap_remove(index).1));
            }
            if state.current != Some(piece) {
                state.wanted.retain(|wanted| *wanted != piece);
                return Ok(None);
            }
            drop(state);
            self.ahead.flag.wait_any(READ, None)?;
        }
    }

    fn read(&mut self, offset: u64, out: &mut [u8]) -> psl1ght_rs::Result<()> {
        if let Some(bytes) = self.take((offset, out.len()))? {
            out.copy_from_slice(&bytes);
            self.ahead.state.lock()?.spare.push(bytes);
            return Ok(());
        }
        read_at(&mut self.file, offset, out)
    }
}

impl Storage for DiskFile {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> Result<(), StorageError> {
        let read = self.read(offset, out);
        read.map_err(|error| StorageError(format!("{}: {error}", self.path)))
    }

    fn will_read(&mut self, offset: u64, size: usize) {
        let told = self.ahead.state.lock().and_then(|mut state| {
            state.wanted.push_back((offset, size));
            drop(state);
            self.ahead.flag.set(WORK)
        });
        // It is read when it is asked for, then.
        if let Err(error) = told {
            note(format_args!("nothing is read ahead: {error}"));
        }
    }

    fn forget(&mut self) {
        if let Ok(mut state) = self.ahead.state.lock() {
            state.wanted.clear();
            let State { read, spare, .. } = &mut *state;
            spare.extend(read.drain(..).map(|(_, bytes)| bytes));
        }
    }
}

impl Drop for DiskFile {
    fn drop(&mut self) {
        let told = self.ahead.state.lock().and_then(|mut state| {
            state.ends = true;
            drop(state);
            self.ahead.flag.set(WORK)
        });
        let thread = self.thread.take();
        let ended = told.and_then(|()| thread.map_or(Ok(()), JoinHandle::join));
        if let Err(error) = ended {
            note(format_args!("the end of the reading thread: {error}"));
        }
    }
}

/// The thread that reads ahead.
fn read_ahead(mut file: File, ahead: &Ahead) {
    loop {
        let next = match next(ahead) {
            Ok(Some(next)) => next,
            Ok(None) => return,
            Err(error) => {
                note(format_args!("nothing is read ahead any more: {error}"));
                return;
            }
        };
        let (offset, mut bytes) = next;
        let read = read_at(&mut file, offset, &mut bytes);
        let Ok(mut state) = ahead.state.lock() else {
            return;
        };
        state.current = None;
        match read {
            Ok(()) => state.read.push((offset, bytes)),
            // Who asks for it finds out why it cannot be read.
            Err(_) => state.spare.push(bytes),
        }
        drop(state);
        if ahead.flag.set(READ).is_err() {
            return;
        }
    }
}

/// Waits for something to read, with memory for it; nothing where the thread is to end.
fn next(ahead: &Ahead) -> psl1ght_rs::Result<Option<(u64, Vec<u8>)>> {
    loop {
        let mut state = ahead.state.lock()?;
        if state.ends {
            return Ok(None);
        }
        if let Some((offset, size)) = state.wanted.pop_front() {
            let mut bytes = state.spare.pop().unwrap_or_default();
            // Without memory it is read when it is asked for.
            if bytes
                .try_reserve_exact(size.saturating_sub(bytes.len()))
                .is_err()
            {
                continue;
            }
            bytes.resize(size, 0);
            state.current = Some((offset, size));
            return Ok(Some((offset, bytes)));
        }
        drop(state);
        ahead.flag.wait_any(WORK, None)?;
    }
}

fn read_at(file: &mut File, offset: u64, out: &mut [u8]) -> psl1ght_rs::Result<()> {
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(out)
}
