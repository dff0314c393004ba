//! A WAV file of what a program plays.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use hound::{SampleFormat, WavSpec, WavWriter};

use super::failure::Failure;
use crate::lv2::{SAMPLE_RATE, SoundBlock};

/// Writes a WAV file, from the program's first block on: left and right, as floating point. The
/// file has its name when it is [whole](Self::finish).
pub struct Recorder {
    path: PathBuf,
    part: PathBuf,
    /// `None` once something went wrong.
    writer: Option<WavWriter<BufWriter<File>>>,
    failure: Option<Failure>,
}

impl Recorder {
    /// Begins a file.
    ///
    /// # Errors
    ///
    /// It cannot be made there.
    pub fn create(path: &Path) -> Result<Self, Failure> {
        let spec = WavSpec {
            channels: 2,
            sample_rate: SAMPLE_RATE,
            bits_per_sample: 32,
            sample_format: SampleFormat::Float,
        };
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".{}.part", std::process::id()));
        let part = path.with_file_name(name);
        let writer = WavWriter::create(&part, spec);
        Ok(Self {
            path: path.to_owned(),
            writer: Some(writer.map_err(|error| Failure::file(path, error))?),
            part,
            failure: None,
        })
    }

    /// Adds a block.
    pub fn take(&mut self, block: &SoundBlock) {
        let Some(writer) = &mut self.writer else {
            return;
        };
        let mut samples = block.iter().flatten();
        if let Err(error) = samples.try_for_each(|sample| writer.write_sample(*sample)) {
            self.failure = Some(Failure::file(&self.path, error));
            self.writer = None;
        }
    }

    /// Gives the file its name.
    ///
    /// # Errors
    ///
    /// Those of the host, of any block.
    pub fn finish(mut self) -> Result<(), Failure> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let wrong = |error: &dyn std::fmt::Display| Failure::file(&self.path, error);
        if let Some(writer) = self.writer.take() {
            writer.finalize().map_err(|error| wrong(&error))?;
        }
        fs::rename(&self.part, &self.path).map_err(|error| wrong(&error))
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // What was finished is not there any more under this name.
        let _ = fs::remove_file(&self.part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lv2::SAMPLES;

    #[test]
    fn blocks_are_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let mut recorder = Recorder::create(&path).unwrap();
        recorder.take(&[[0.5, -1.0]; SAMPLES]);
        recorder.take(&[[0.0, 0.25]; SAMPLES]);
        assert!(!path.exists());
        recorder.finish().unwrap();
        let mut reader = hound::WavReader::open(&path).unwrap();
        assert_eq!(reader.spec().sample_rate, 48_000);
        let samples: Vec<f32> = reader.samples().map(Result::unwrap).collect();
        assert_eq!(samples.len(), 4 * SAMPLES);
        assert_eq!(samples[..2], [0.5, -1.0]);
        assert_eq!(samples[samples.len() - 2..], [0.0, 0.25]);
        drop(Recorder::create(&path).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
