//! Files on their way into a package.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::PathBuf;

use super::{CHUNK, Error};

/// Where the bytes of a file come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// From memory.
    Bytes(Vec<u8>),
    /// From a file, which is read when the package is written.
    File(PathBuf),
}

impl Source {
    /// Its size in bytes.
    pub(super) fn size(&self, name: &str) -> Result<u64, Error> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.len() as u64),
            Self::File(path) => match fs::metadata(path) {
                Ok(metadata) => Ok(metadata.len()),
                Err(error) => Err(named(error, name)),
            },
        }
    }

    /// All of its bytes.
    pub(super) fn read(&self, name: &str) -> Result<Vec<u8>, Error> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.clone()),
            Self::File(path) => fs::read(path).map_err(|error| named(error, name)),
        }
    }

    /// Hands `size` bytes to `take`, piece by piece: those of the source, then zeros. With each
    /// piece goes the number of its bytes that lie ahead of `end`.
    pub(super) fn each_chunk(
        &self,
        size: u64,
        end: u64,
        name: &str,
        mut take: impl FnMut(&mut [u8], usize) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut source: Box<dyn Read> = match self {
            Self::Bytes(bytes) => Box::new(&bytes[..]),
            Self::File(path) => Box::new(File::open(path).map_err(|error| named(error, name))?),
        };
        let mut done = 0;
        while done < size {
            let mut chunk = vec![0; (size - done).min(CHUNK as u64) as usize];
            let mut filled = 0;
            while filled < chunk.len() {
                match source.read(&mut chunk[filled..]) {
                    Ok(0) => break,
                    Ok(count) => filled += count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(named(error, name)),
                }
            }
            let real = (end.saturating_sub(done)).min(chunk.len() as u64) as usize;
            take(&mut chunk, real)?;
            done += chunk.len() as u64;
        }
        let mut more = [0];
        match source.read(&mut more) {
            Ok(0) => Ok(()),
            Ok(_) => Err(Error::Changed(name.to_owned())),
            Err(error) => Err(named(error, name)),
        }
    }
}

/// Says which file an error is about.
fn named(error: io::Error, name: &str) -> Error {
    io::Error::new(error.kind(), format!("{name}: {error}")).into()
}
