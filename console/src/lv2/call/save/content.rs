//! Save data on the hard disk: a folder with a PARAM.SFO and the program's files.

use std::collections::BTreeMap;

use sfo::{Sfo, Value};

use super::error::{ACCESS, BROKEN, NO_SPACE, PARAMETER};
use super::structures::{DETAIL, FOLDER_NAME, File, LIST_PARAMETER, Parameters, TITLE, text};
use crate::lv2::errno::Errno;
use crate::lv2::files::{Access, FileSystem, Kind, Path};
use crate::lv2::memory::UserMemory;

/// The folders above those of save data, and what a folder is called before it is complete.
const ABOVE: [&str; 3] = [
    "/dev_hdd0/home",
    "/dev_hdd0/home/00000001",
    "/dev_hdd0/home/00000001/savedata",
];
const TEMPORARY: &str = "_SAVE_0";
/// The file with the parameters.
pub const PARAMETERS: &str = "PARAM.SFO";

/// A folder of save data.
#[derive(Clone, Debug)]
pub struct Folder {
    pub name: String,
    pub parameters: Parameters,
    /// Times of its last access and changes.
    pub times: [i64; 3],
}

/// The name of a folder of save data.
pub fn name(memory: &UserMemory, address: u64) -> Result<String, Errno> {
    if address == 0 {
        return Err(PARAMETER);
    }
    let name = text(memory, address, FOLDER_NAME)?;
    let fits =
        |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    if name.is_empty() || name.len() >= FOLDER_NAME || !name.bytes().all(fits) {
        return Err(PARAMETER);
    }
    Ok(name)
}

fn path(text: &str) -> Result<Path, Errno> {
    Path::read(text.as_bytes())
}

fn folder(name: &str) -> Result<Path, Errno> {
    path(&format!("{}/{name}", ABOVE[2]))
}

/// The files in a folder, by name; none where it is not there.
fn entries(files: &mut FileSystem, folder: &Path) -> Vec<(String, Kind)> {
    let Ok(number) = files.open_folder(folder) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    while let Ok(Some(entry)) = files.read_folder(number) {
        if entry.name != "." && entry.name != ".." {
            found.push((entry.name, entry.kind));
        }
    }
    // The number was just opened.
    let _ = files.close_folder(number);
    found
}

/// A folder of save data, if it is there.
pub fn find(files: &mut FileSystem, name: &str) -> Result<Option<Folder>, Errno> {
    let folder = folder(name)?;
    let Ok(bytes) = files.read_all(&folder.join(PARAMETERS)) else {
        return Ok(None);
    };
    let sfo = Sfo::parse(&bytes).map_err(|_| BROKEN)?;
    let text = |key| {
        sfo.get(key)
            .and_then(Value::as_text)
            .unwrap_or("")
            .to_owned()
    };
    let number = |key| sfo.get(key).and_then(Value::as_integer).unwrap_or(0);
    Ok(Some(Folder {
        name: name.to_owned(),
        parameters: Parameters {
            title: text("TITLE"),
            subtitle: text("SUB_TITLE"),
            detail: text("DETAIL"),
            attribute: number("ATTRIBUTE"),
            parental_level: number("PARENTAL_LEVEL"),
            list_parameter: text("SAVEDATA_LIST_PARAM"),
        },
        times: files
            .status_of(&folder)
            .map_or([0; 3], |status| status.times),
    }))
}

/// All folders whose names begin with one of these, by name. One that is broken is none.
pub fn list(files: &mut FileSystem, prefixes: &str) -> Result<Vec<Folder>, Errno> {
    let above = path(ABOVE[2])?;
    let mut found = Vec::new();
    for (name, kind) in entries(files, &above) {
        let wanted = prefixes.split('|').any(|prefix| name.starts_with(prefix));
        if kind == Kind::Folder
            && wanted
            && let Ok(Some(folder)) = find(files, &name)
        {
            found.push(folder);
        }
    }
    Ok(found)
}

/// The files in a folder of save data, without its parameters.
pub fn files_in(files: &mut FileSystem, name: &str) -> Result<Vec<File>, Errno> {
    let folder = folder(name)?;
    let mut found = Vec::new();
    for (name, kind) in entries(files, &folder) {
        if kind == Kind::File && name != PARAMETERS {
            let status = files.status_of(&folder.join(&name))?;
            found.push(File { name, status });
        }
    }
    Ok(found)
}

/// Kilobytes that are free on the hard disk.
pub fn free_kilobytes(files: &mut FileSystem) -> i32 {
    let space = path("/dev_hdd0").and_then(|path| files.space(&path));
    let (_, free) = space.unwrap_or((0, 0));
    i32::try_from(free / 1024).unwrap_or(i32::MAX)
}

/// All bytes of a file of save data; none where it is not there.
pub fn read(files: &mut FileSystem, folder_name: &str, name: &str) -> Option<Vec<u8>> {
    let folder = folder(folder_name).ok()?;
    files.read_all(&folder.join(name)).ok()
}

/// The PARAM.SFO of save data.
///
/// Keys and sizes: PS3 developer wiki, "PARAM.SFO", save data.
fn parameters_file(name: &str, parameters: &Parameters) -> Result<Vec<u8>, Errno> {
    let mut sfo = Sfo::new();
    let texts = [
        ("CATEGORY", "SD", 4),
        ("DETAIL", &parameters.detail, DETAIL),
        ("SAVEDATA_DIRECTORY", name, 64),
        (
            "SAVEDATA_LIST_PARAM",
            &parameters.list_parameter,
            LIST_PARAMETER,
        ),
        ("SUB_TITLE", &parameters.subtitle, TITLE),
        ("TITLE", &parameters.title, TITLE),
    ];
    let texts = texts.map(|(key, text, room)| (key, Value::text(text, room as u32)));
    let bytes = |size: usize| Value::Bytes {
        bytes: vec![0; size],
        room: size as u32,
    };
    let rest = [
        ("ACCOUNT_ID", bytes(16)),
        ("ATTRIBUTE", Value::Integer(parameters.attribute)),
        ("PARAMS", bytes(1024)),
        ("PARAMS2", bytes(12)),
        ("PARENTAL_LEVEL", Value::Integer(parameters.parental_level)),
    ];
    for (key, value) in texts.into_iter().chain(rest) {
        sfo.set(key, value).map_err(|_| PARAMETER)?;
    }
    Ok(sfo.to_bytes())
}

fn failed(error: Errno) -> Errno {
    match error {
        Errno::ENOSPC => NO_SPACE,
        _ => ACCESS,
    }
}

fn write(files: &mut FileSystem, path: &Path, bytes: &[u8]) -> Result<(), Errno> {
    let access = Access {
        write: true,
        create: true,
        truncate: true,
        ..Access::default()
    };
    let number = files.open(path, access)?;
    let written = files.write(number, bytes);
    files.close(number)?;
    match written? {
        count if count == bytes.len() => Ok(()),
        _ => Err(Errno::ENOSPC),
    }
}

fn remove(files: &mut FileSystem, folder: &Path) -> Result<(), Errno> {
    for (name, _) in entries(files, folder) {
        files.remove_file(&folder.join(&name))?;
    }
    files.remove_folder(folder)
}

/// Puts save data on the disk, all or nothing: its parameters, and its files.
pub fn store(
    files: &mut FileSystem,
    name: &str,
    parameters: &Parameters,
    content: &BTreeMap<String, Vec<u8>>,
) -> Result<(), Errno> {
    for above in ABOVE {
        match files.make_folder(&path(above)?) {
            Ok(()) | Err(Errno::EEXIST) => {}
            Err(error) => return Err(failed(error)),
        }
    }
    let (temporary, folder) = (folder(TEMPORARY)?, folder(name)?);
    // What an operation left behind that was cut off.
    if files.status_of(&temporary).is_ok() {
        remove(files, &temporary).map_err(failed)?;
    }
    let parameters = parameters_file(name, parameters)?;
    let stored = files.make_folder(&temporary).and_then(|()| {
        for (name, bytes) in content {
            write(files, &temporary.join(name), bytes)?;
        }
        write(files, &temporary.join(PARAMETERS), &parameters)
    });
    if let Err(error) = stored {
        let _ = remove(files, &temporary);
        return Err(failed(error));
    }
    if files.status_of(&folder).is_ok() {
        remove(files, &folder).map_err(failed)?;
    }
    files.rename(&temporary, &folder).map_err(failed)
}
