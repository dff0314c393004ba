//! Files that a headless run leaves: screens and transcripts. Each is whole or not there.

use std::fs;
use std::io;
use std::path::Path;

use package::whole_file;

use crate::rsx::Frame;

/// Writes a file, whole or not at all. Missing folders are made.
///
/// # Errors
/// Those of the file system; the file of that name is then as it was.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    whole_file::create_with(path, bytes)
}

/// Looks whether a file can be [written](write()) later, before work is done for it. Missing folders
/// are made.
///
/// # Errors
/// Those of the file system.
pub fn check(path: &Path) -> io::Result<()> {
    check_folder(path.parent().unwrap_or(Path::new("")))
}

/// The same for files in a folder.
///
/// # Errors
/// Those of the file system.
pub fn check_folder(folder: &Path) -> io::Result<()> {
    let folder = match folder == Path::new("") {
        true => Path::new("."),
        false => folder,
    };
    if folder.exists() && !folder.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    fs::create_dir_all(folder)?;
    // Gone at once.
    tempfile::tempfile_in(folder).map(drop)
}

/// A picture as a PNG file of 8-bit RGB.
///
/// # Errors
/// The picture has no pixels, or not as many as its size says.
pub fn png(frame: &Frame) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, frame.width, frame.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    let rgb: Vec<u8> = frame
        .rgba
        .as_chunks()
        .0
        .iter()
        .flat_map(|&[r, g, b, _]| [r, g, b])
        .collect();
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&rgb)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn folder(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("storycell-artefact-{}-{name}", std::process::id()))
    }

    #[test]
    fn a_picture_survives() {
        let frame = Frame {
            width: 3,
            height: 2,
            rgba: (0..24)
                .map(|n| if n % 4 == 3 { 255 } else { n * 10 })
                .collect(),
        };
        let bytes = png(&frame).unwrap();
        let mut reader = png::Decoder::new(io::Cursor::new(&bytes))
            .read_info()
            .unwrap();
        let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut rgb).unwrap();
        assert_eq!((info.width, info.height), (3, 2));
        let expected: Vec<u8> = frame
            .rgba
            .chunks(4)
            .flat_map(|pixel| pixel[..3].to_vec())
            .collect();
        assert_eq!(rgb, expected);
    }

    #[test]
    fn a_picture_without_pixels_is_an_error() {
        assert!(png(&Frame::default()).is_err());
        let short = Frame {
            width: 2,
            height: 2,
            rgba: vec![0; 4],
        };
        assert!(png(&short).is_err());
    }

    #[test]
    fn a_file_is_whole_or_as_it_was() {
        let folder = folder("whole");
        let path = folder.join("deep/file.txt");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert!(check(&path).is_ok() && check_folder(&folder.join("new")).is_ok());
        assert!(check(&path.join("below")).is_err());
        fs::remove_dir(folder.join("new")).unwrap();
        // A folder cannot be replaced by a file.
        assert!(write(path.parent().unwrap(), b"three").is_err());
        assert_eq!(fs::read_dir(folder.join("deep")).unwrap().count(), 1);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(folder).unwrap();
    }
}
