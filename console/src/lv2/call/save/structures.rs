//! Structures that the program's functions get and give; all numbers are big-endian.

use super::content::Folder;
use super::error::PARAMETER;
use crate::lv2::errno::Errno;
use crate::lv2::files::Status;
use crate::lv2::memory::UserMemory;

/// Bytes of names and texts, with their final zero.
pub const FOLDER_NAME: usize = 32;
pub const FILE_NAME: usize = 13;
pub const TITLE: usize = 128;
pub const DETAIL: usize = 1024;
pub const LIST_PARAMETER: usize = 8;

/// Where the parts of a block for one operation are: the result, what a function gets, and
/// what it gives.
pub const RESULT: u64 = 0;
pub const GET: u64 = 0x100;
pub const SET: u64 = 0xa00;
/// Its size.
pub const BLOCK: usize = 0x1000;

/// Offsets in what the function for the state gets.
const PARAMETERS_AT: usize = 64;
const BIND_AT: usize = 1616;
const STATE_BYTES: usize = 1704;
/// Offsets in the parameters.
const ATTRIBUTE_AT: u64 = 1280;

/// A text in a field of so many bytes.
fn put_text(bytes: &mut [u8], text: &str) {
    let length = text.len().min(bytes.len() - 1);
    bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
}

/// A text that ends within a field of so many bytes, or fills it.
pub fn text(memory: &UserMemory, address: u64, size: usize) -> Result<String, Errno> {
    let mut bytes = vec![0; size];
    let read = memory.space.read(address, &mut bytes);
    read.map_err(|_| Errno::EFAULT)?;
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(size);
    Ok(String::from_utf8_lossy(&bytes[..end]).into_owned())
}

/// What is known of a content: from its PARAM.SFO, or from the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    pub title: String,
    pub subtitle: String,
    pub detail: String,
    pub attribute: u32,
    pub parental_level: u32,
    pub list_parameter: String,
}

impl Parameters {
    /// From the program's memory.
    pub fn read(memory: &UserMemory, at: u64) -> Result<Self, Errno> {
        let (title, detail) = (TITLE as u64, DETAIL as u64);
        Ok(Self {
            title: text(memory, at, TITLE)?,
            subtitle: text(memory, at + title, TITLE)?,
            detail: text(memory, at + 2 * title, DETAIL)?,
            attribute: memory.word(at + ATTRIBUTE_AT)?,
            parental_level: memory.word(at + ATTRIBUTE_AT + 4)?,
            list_parameter: text(memory, at + 2 * title + detail + 8, LIST_PARAMETER)?,
        })
    }

    fn put(&self, bytes: &mut [u8]) {
        put_text(&mut bytes[..TITLE], &self.title);
        put_text(&mut bytes[TITLE..2 * TITLE], &self.subtitle);
        put_text(&mut bytes[2 * TITLE..2 * TITLE + DETAIL], &self.detail);
        let at = ATTRIBUTE_AT as usize;
        bytes[at..at + 4].copy_from_slice(&self.attribute.to_be_bytes());
        bytes[at + 4..at + 8].copy_from_slice(&self.parental_level.to_be_bytes());
        put_text(&mut bytes[at + 8..at + 16], &self.list_parameter);
    }
}

/// Where lists go: how many folders and files at most, and the program's memory for them.
#[derive(Clone, Copy, Debug)]
pub struct Buffer {
    pub folders: u32,
    pub files: u32,
    size: u32,
    address: u32,
}

impl Buffer {
    pub fn read(memory: &UserMemory, at: u64) -> Result<Self, Errno> {
        if at == 0 {
            return Err(PARAMETER);
        }
        let word = |offset| memory.word(at + offset);
        Ok(Self {
            folders: word(0)?,
            files: word(4)?,
            size: word(32)?,
            address: word(36)?,
        })
    }

    /// Puts a list there; its address. `EFAULT` where there is no room.
    fn put(&self, memory: &mut UserMemory, bytes: &[u8]) -> Result<u32, Errno> {
        if bytes.len() > self.size as usize {
            return Err(PARAMETER);
        }
        put(memory, self.address.into(), bytes)?;
        Ok(self.address)
    }
}

/// Writes more than a few words.
pub fn put(memory: &mut UserMemory, address: u64, bytes: &[u8]) -> Result<(), Errno> {
    if !memory.is_writable(address, bytes.len() as u64) {
        return Err(Errno::EFAULT);
    }
    let written = memory.space.write(address, bytes);
    written.map_err(|_| Errno::EFAULT)
}

/// What a function that chooses gets: how many folders there are, how many are in the list,
/// and the list, of names and parameters for lists.
pub fn put_list(
    memory: &mut UserMemory,
    at: u64,
    buffer: &Buffer,
    folders: &[Folder],
) -> Result<(), Errno> {
    const ENTRY: usize = 48;
    let count = folders.len().min(buffer.folders as usize);
    let mut list = vec![0; ENTRY * count];
    for (bytes, folder) in list.chunks_exact_mut(ENTRY).zip(folders) {
        put_text(&mut bytes[..FOLDER_NAME], &folder.name);
        let parameter = &folder.parameters.list_parameter;
        put_text(
            &mut bytes[FOLDER_NAME..FOLDER_NAME + LIST_PARAMETER],
            parameter,
        );
    }
    let address = buffer.put(memory, &list)?;
    let words = [folders.len() as u32, count as u32, address].map(u32::to_be_bytes);
    memory.put(at, &words.concat())
}

/// A file of a content.
pub struct File {
    pub name: String,
    pub status: Status,
}

/// What a function gets that is told what is there.
pub struct State<'a> {
    pub free_kilobytes: i32,
    pub is_new: bool,
    pub folder: &'a str,
    pub times: [i64; 3],
    pub parameters: &'a Parameters,
    pub kilobytes: i32,
    pub system_kilobytes: i32,
    pub files: &'a [File],
}

impl State<'_> {
    pub fn put(&self, memory: &mut UserMemory, at: u64, buffer: &Buffer) -> Result<(), Errno> {
        const ENTRY: usize = 56;
        let count = self.files.len().min(buffer.files as usize);
        let mut list = vec![0; ENTRY * count];
        for (bytes, file) in list.chunks_exact_mut(ENTRY).zip(self.files) {
            bytes[..4].copy_from_slice(&kind(&file.name).to_be_bytes());
            bytes[8..16].copy_from_slice(&file.status.size.to_be_bytes());
            for (place, time) in bytes[16..40].chunks_exact_mut(8).zip(file.status.times) {
                place.copy_from_slice(&time.to_be_bytes());
            }
            put_text(&mut bytes[40..40 + FILE_NAME], &file.name);
        }
        let address = buffer.put(memory, &list)?;
        let mut bytes = vec![0; STATE_BYTES];
        bytes[..4].copy_from_slice(&self.free_kilobytes.to_be_bytes());
        bytes[4..8].copy_from_slice(&u32::from(self.is_new).to_be_bytes());
        for (place, time) in bytes[8..32].chunks_exact_mut(8).zip(self.times) {
            place.copy_from_slice(&time.to_be_bytes());
        }
        put_text(&mut bytes[32..32 + FOLDER_NAME], self.folder);
        self.parameters.put(&mut bytes[PARAMETERS_AT..BIND_AT]);
        let numbers = [self.kilobytes, self.system_kilobytes];
        let numbers = numbers.map(|number| number as u32).into_iter();
        let numbers = numbers.chain([self.files.len() as u32, count as u32, address]);
        for (place, number) in bytes[BIND_AT + 4..].chunks_exact_mut(4).zip(numbers) {
            place.copy_from_slice(&number.to_be_bytes());
        }
        put(memory, at, &bytes)
    }
}

/// Names of files that are of a kind by themselves, by its number.
const CONTENT_FILES: [(u32, &str); 4] = [
    (2, "ICON0.PNG"),
    (3, "ICON1.PAM"),
    (4, "PIC1.PNG"),
    (5, "SND0.AT3"),
];
/// The kind of all others, and that of those that are to be protected.
const NORMAL: u32 = 1;
const PROTECTED: u32 = 0;

fn kind(name: &str) -> u32 {
    let content = CONTENT_FILES.iter().find(|(_, other)| *other == name);
    content.map_or(NORMAL, |(kind, _)| *kind)
}

/// What is to be done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Read,
    /// Nothing stays behind what is written.
    Write,
    Delete,
    /// What is there behind it stays.
    WriteInto,
}

/// What the function for files gives.
pub struct FileRequest {
    pub action: Action,
    pub name: String,
    pub offset: u32,
    pub size: u32,
    /// Bytes of the program's memory, and where that is.
    pub room: u32,
    pub address: u32,
}

impl FileRequest {
    pub fn read(memory: &UserMemory, at: u64) -> Result<Self, Errno> {
        let word = |offset| memory.word(at + offset);
        let action = match word(0)? {
            0 => Action::Read,
            1 => Action::Write,
            2 => Action::Delete,
            3 => Action::WriteInto,
            _ => return Err(PARAMETER),
        };
        let name = match word(8)? {
            PROTECTED | NORMAL => {
                let name = text(memory, word(28)?.into(), FILE_NAME)?;
                let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
                if name.is_empty() || name.len() >= FILE_NAME || !name.bytes().all(fits) {
                    return Err(PARAMETER);
                }
                if name.bytes().all(|byte| byte == b'.') || name == super::content::PARAMETERS {
                    return Err(PARAMETER);
                }
                name
            }
            kind => {
                let content = CONTENT_FILES.iter().find(|(other, _)| *other == kind);
                content.ok_or(PARAMETER)?.1.to_owned()
            }
        };
        Ok(Self {
            action,
            name,
            offset: word(32)?,
            size: word(36)?,
            room: word(40)?,
            address: word(44)?,
        })
    }
}
