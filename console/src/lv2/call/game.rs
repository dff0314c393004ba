//! `cellGame`: what the program was started as, its PARAM.SFO, and data that it keeps on the
//! hard disk. Rules and errors: RPCS3 `cellGame.cpp`; declarations: PSL1GHT `sysutil/game.h`.
//!
//! A check comes first, of what was started or of data; then its parameters can be asked for,
//! until the permission to use the content is asked for, which ends the check.

use sfo::{Sfo, Value};

use super::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::files::{Access, Kind, Path};
use crate::lv2::machine::Machine;

macro_rules! functions {
    ($($fnid:literal, $name:literal, $arguments:literal, $handler:ident;)*) => {
        /// Of the library that PSL1GHT names, and of the console's own.
        pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
            $(library_function("cellSysutil", $fnid, $name, $arguments, $handler),)*
            $(library_function("cellGame", $fnid, $name, $arguments, $handler),)*
        ];
    };
}

functions! {
    0xf526_39ea, "cellGameBootCheck", 4, check_boot;
    0xce43_74f6, "cellGamePatchCheck", 2, check_patch;
    0xdb98_19f3, "cellGameDataCheck", 3, check_data;
    0x70ac_ec67, "cellGameContentPermit", 2, permit;
    0x42a2_e133, "cellGameCreateGameData", 3, create;
    0xb7a4_5caf, "cellGameGetParamInt", 2, number;
    0x3a5d_726a, "cellGameGetParamString", 3, text;
    0xdaa5_cd20, "cellGameSetParamString", 2, set_text;
    0xef9d_42d5, "cellGameGetSizeKB", 1, size;
}

/// `CELL_GAME_ERROR_…`.
const PARAMETER: Errno = Errno(0x8002_cb07);
const BROKEN: Errno = Errno(0x8002_cb05);
const ACCESS: Errno = Errno(0x8002_cb09);
const NOT_SUPPORTED: Errno = Errno(0x8002_cb21);
const FAILURE: Errno = Errno(0x8002_cb22);
const BUSY: Errno = Errno(0x8002_cb23);
const INVALID: Errno = Errno(0x8002_cb25);
const EXISTS: Errno = Errno(0x8002_cb26);
const NOT_PATCH: Errno = Errno(0x8002_cb27);
const NO_BOOT_PATH: Errno = Errno(0x8002_cb50);
/// `CELL_GAME_RET_NONE`: there is no such data.
const NONE: u64 = 2;

/// What a content is (`CELL_GAME_GAMETYPE_…`).
const DISC: u32 = 1;
const HARD_DISK: u32 = 2;
const DATA: u32 = 3;
/// `CELL_GAME_ATTRIBUTE_APP_HOME`.
const APP_HOME: u32 = 2;

/// Bytes of a path, and of the name of a folder.
const PATH: usize = 128;
const FOLDER: usize = 32;
/// Where contents are on the hard disk, and what new ones are called until they are permitted.
const CONTENTS: &str = "/dev_hdd0/game";
const TEMPORARY: &str = "_GDATA_0";
const PARAMETERS: &str = "PARAM.SFO";
/// The size of a content is not told, and what the system needs for it.
const NOT_COUNTED: i32 = -1;
const SYSTEM_SIZE: i32 = 4;

/// A check that is under way.
pub(in crate::lv2) struct Check {
    /// Whether it is about data, not what was started.
    data: bool,
    /// Whether the data may be made.
    may_create: bool,
    /// The content's folder and its path.
    folder: String,
    /// The PARAM.SFO, where there is one.
    parameters: Option<Sfo>,
    /// The data is new and still in its temporary folder.
    is_new: bool,
}

const DONE: Result<Answer, Errno> = Ok(Answer::Return(0));

fn path(text: &str) -> Result<Path, Errno> {
    Path::read(text.as_bytes())
}

fn pointer(caller: &Caller<'_>, argument: usize) -> u64 {
    caller.arguments[argument] & 0xffff_ffff
}

/// Stores a text in a field of so many bytes, cut where it is too long.
fn store(machine: &mut Machine, to: u64, text: &str, room: usize) -> Result<(), Errno> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.truncate(room.saturating_sub(1));
    bytes.push(0);
    if !machine.memory.is_writable(to, bytes.len() as u64) {
        return Err(Errno::EFAULT);
    }
    let written = machine.memory.space.write(to, &bytes);
    written.map_err(|_| Errno::EFAULT)
}

/// Stores a content's size where it is asked for: free on the disk, taken, needed by the
/// system; words of kilobytes.
fn store_size(machine: &mut Machine, to: u64, size: i32, system: i32) -> Result<(), Errno> {
    if to == 0 {
        return Ok(());
    }
    let (_, free) = machine.files.space(&path("/dev_hdd0")?).unwrap_or((0, 0));
    let free = i32::try_from(free / 1024).unwrap_or(i32::MAX);
    let words = [free, size, system].map(i32::to_be_bytes);
    machine.memory.put(to, &words.concat())
}

/// The PARAM.SFO in a folder; none where there is no such file.
fn read_parameters(machine: &mut Machine, folder: &str) -> Result<Option<Sfo>, Errno> {
    let file = path(&format!("{folder}/{PARAMETERS}"))?;
    match machine.files.read_all(&file) {
        Ok(bytes) => Sfo::parse(&bytes).map(Some).map_err(|_| BROKEN),
        Err(_) => Ok(None),
    }
}

/// The folder of the program's content: that around USRDIR, or around the program itself.
fn content(program: &str) -> Option<String> {
    let (folder, _) = program.rsplit_once('/')?;
    let folder = folder.strip_suffix("/USRDIR").unwrap_or(folder);
    (!folder.is_empty()).then(|| folder.to_owned())
}

/// `cellGameBootCheck(*type, *attributes, *size, *folder)`.
fn check_boot(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [kind, attributes, size, folder] = [0, 1, 2, 3].map(|at| pointer(caller, at));
    if kind == 0 || attributes == 0 {
        return Err(PARAMETER);
    }
    if machine.game.is_some() {
        return Err(BUSY);
    }
    let program = machine.program.clone().unwrap_or_default();
    let content = content(&program).ok_or(NO_BOOT_PATH)?;
    let name = content.rsplit('/').next().unwrap_or_default().to_owned();
    let from_home = program.starts_with("/app_home/");
    let parameters = read_parameters(machine, &content)?;
    let flags = if from_home { APP_HOME } else { 0 };
    machine.memory.put(kind, &HARD_DISK.to_be_bytes())?;
    machine.memory.put(attributes, &flags.to_be_bytes())?;
    store_size(machine, size, NOT_COUNTED, SYSTEM_SIZE)?;
    if folder != 0 {
        store(machine, folder, &name, FOLDER)?;
    }
    machine.game = Some(Check {
        data: false,
        may_create: false,
        folder: content,
        parameters,
        is_new: false,
    });
    DONE
}

/// `cellGamePatchCheck(*size, 0)`: what was started is no patch of a disc's program.
fn check_patch(_: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    Err(NOT_PATCH)
}

/// `cellGameDataCheck(type, *folder, *size)`.
fn check_data(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let kind = caller.arguments[0] as u32;
    let [name, size] = [1, 2].map(|at| pointer(caller, at));
    if !(DISC..=DATA).contains(&kind) || kind != DISC && name == 0 {
        return Err(PARAMETER);
    }
    if machine.game.is_some() {
        return Err(BUSY);
    }
    let folder = if kind == DISC {
        // There is no disc.
        "/dev_bdvd/PS3_GAME".to_owned()
    } else {
        let name = machine.memory.text(name, FOLDER - 1);
        let name = String::from_utf8(name.map_err(|_| PARAMETER)?);
        let name = name.map_err(|_| PARAMETER)?;
        if name.is_empty() || name.contains('/') {
            return Err(PARAMETER);
        }
        format!("{CONTENTS}/{name}")
    };
    let parameters = read_parameters(machine, &folder)?;
    if let Some(parameters) = &parameters {
        let category = parameters.get("CATEGORY").and_then(Value::as_text);
        let fits = match kind {
            DISC => category == Some("DG"),
            // Programs, and everything else that the XMB starts from the hard disk.
            HARD_DISK => !matches!(category, Some("GD" | "DG" | "SD") | None),
            _ => category == Some("GD"),
        };
        if !fits {
            return Err(BROKEN);
        }
    }
    let is_there = parameters.is_some();
    store_size(machine, size, if is_there { NOT_COUNTED } else { 0 }, 0)?;
    machine.game = Some(Check {
        data: true,
        may_create: kind == DATA,
        folder,
        parameters,
        is_new: false,
    });
    Ok(Answer::Return(if is_there { 0 } else { NONE }))
}

fn checked(machine: &mut Machine) -> Result<&mut Check, Errno> {
    machine.game.as_mut().ok_or(FAILURE)
}

/// `cellGameCreateGameData(*title, …, *folder, *usrdir)`: title of 128 bytes, title ID of 10,
/// 2 of nothing, version of 6. The data is made in a folder of another name.
fn create(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [from, folder, usrdir] = [0, 1, 2].map(|at| pointer(caller, at));
    if from == 0 {
        return Err(PARAMETER);
    }
    let check = checked(machine)?;
    if !check.may_create {
        return Err(NOT_SUPPORTED);
    }
    if check.parameters.is_some() {
        return Err(EXISTS);
    }
    let mut parameters = Sfo::new();
    let mut set = |key: &str, text: &str, room: u32| {
        let set = parameters.set(key, Value::text(text, room.next_multiple_of(4)));
        set.map(drop).map_err(|_| PARAMETER)
    };
    set("CATEGORY", "GD", 4)?;
    for (key, at, room) in [
        ("TITLE", 0, 128),
        ("TITLE_ID", 128, 10),
        ("VERSION", 140, 6),
    ] {
        let text = machine.memory.text(from + at, room as usize - 1);
        let text = String::from_utf8(text.map_err(|_| PARAMETER)?);
        set(key, &text.map_err(|_| PARAMETER)?, room)?;
    }
    let temporary = format!("{CONTENTS}/{TEMPORARY}");
    let inside = format!("{temporary}/USRDIR");
    for made in [&temporary, &inside] {
        machine
            .files
            .make_folder(&path(made)?)
            .map_err(|_| ACCESS)?;
    }
    for (to, text) in [(folder, &temporary), (usrdir, &inside)] {
        if to != 0 {
            store(machine, to, text, PATH)?;
        }
    }
    let check = checked(machine)?;
    check.parameters = Some(parameters);
    check.is_new = true;
    DONE
}

/// `cellGameContentPermit(*folder, *usrdir)`: paths of 128 bytes; empty ones where there is no
/// content. New data gets its name.
fn permit(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [folder, usrdir] = [0, 1].map(|at| pointer(caller, at));
    if folder == 0 || usrdir == 0 {
        return Err(PARAMETER);
    }
    let check = machine.game.take().ok_or(FAILURE)?;
    if check.is_new
        && let Some(parameters) = &check.parameters
    {
        let temporary = format!("{CONTENTS}/{TEMPORARY}");
        let file = path(&format!("{temporary}/{PARAMETERS}"))?;
        let access = Access {
            write: true,
            create: true,
            truncate: true,
            ..Access::default()
        };
        let number = machine.files.open(&file, access).map_err(|_| ACCESS)?;
        let written = machine.files.write(number, &parameters.to_bytes());
        machine.files.close(number)?;
        written.map_err(|_| ACCESS)?;
        let renamed = machine
            .files
            .rename(&path(&temporary)?, &path(&check.folder)?);
        renamed.map_err(|_| ACCESS)?;
    }
    // What was started is there even where it has no PARAM.SFO.
    let is_there = check.parameters.is_some() || !check.data;
    let [first, second] = if is_there {
        [check.folder.clone(), format!("{}/USRDIR", check.folder)]
    } else {
        [String::new(), String::new()]
    };
    store(machine, folder, &first, PATH)?;
    store(machine, usrdir, &second, PATH)?;
    DONE
}

/// `cellGameGetParamInt(id, *i32)`.
fn number(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let result = pointer(caller, 1);
    if result == 0 {
        return Err(PARAMETER);
    }
    let check = checked(machine)?;
    let key = match caller.arguments[0] as u32 {
        102 => "PARENTAL_LEVEL",
        103 => "RESOLUTION",
        104 => "SOUND_FORMAT",
        _ => return Err(INVALID),
    };
    let value = check.parameters.as_ref().and_then(|sfo| sfo.get(key));
    let value = value.and_then(Value::as_integer).unwrap_or(0);
    machine.memory.put(result, &value.to_be_bytes())?;
    DONE
}

/// A text among the parameters.
struct Text {
    key: String,
    /// Bytes, with the final zero.
    room: u32,
    /// Whether it can be asked for of what was started, not only of data.
    of_programs: bool,
    /// Whether data's can be set.
    may_set: bool,
}

impl Text {
    fn of(id: u32) -> Result<Self, Errno> {
        let (key, room, of_programs, may_set) = match id {
            0 | 1 => ("TITLE".to_owned(), 128, true, true),
            2..=21 => (format!("TITLE_{:02}", id - 2), 128, false, true),
            100 => ("TITLE_ID".to_owned(), 10, true, false),
            101 => ("VERSION".to_owned(), 6, false, false),
            106 => ("APP_VER".to_owned(), 6, true, false),
            105 => return Err(NOT_SUPPORTED),
            _ => return Err(INVALID),
        };
        Ok(Self {
            key,
            room,
            of_programs,
            may_set,
        })
    }
}

/// `cellGameGetParamString(id, *text, size)`.
fn text(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [id, _, size, ..] = caller.arguments;
    let result = pointer(caller, 1);
    if result == 0 || size as u32 == 0 {
        return Err(PARAMETER);
    }
    let check = checked(machine)?;
    let text = Text::of(id as u32)?;
    if !check.data && !text.of_programs {
        return Err(NOT_SUPPORTED);
    }
    let value = check.parameters.as_ref().and_then(|sfo| sfo.get(&text.key));
    let value = value.and_then(Value::as_text).unwrap_or("").to_owned();
    store(machine, result, &value, size as u32 as usize)?;
    DONE
}

/// `cellGameSetParamString(id, *text)`: of new data.
fn set_text(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let from = pointer(caller, 1);
    if from == 0 {
        return Err(PARAMETER);
    }
    checked(machine)?;
    let text = Text::of(caller.arguments[0] as u32)?;
    let value = machine.memory.text(from, text.room as usize - 1);
    let value = String::from_utf8(value.map_err(|_| PARAMETER)?);
    let value = value.map_err(|_| PARAMETER)?;
    let check = checked(machine)?;
    if !check.data || !check.may_create || !text.may_set {
        return Err(NOT_SUPPORTED);
    }
    let parameters = check.parameters.as_mut().ok_or(FAILURE)?;
    let value = Value::text(value, text.room.next_multiple_of(4));
    parameters.set(&text.key, value).map_err(|_| PARAMETER)?;
    DONE
}

/// `cellGameGetSizeKB(*i32)`: what the content's files take, whole kilobytes each.
fn size(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let result = pointer(caller, 0);
    if result == 0 {
        return Err(PARAMETER);
    }
    machine.memory.put(result, &0_u32.to_be_bytes())?;
    let check = checked(machine)?;
    let folder = if check.is_new {
        format!("{CONTENTS}/{TEMPORARY}")
    } else {
        check.folder.clone()
    };
    let kilobytes = kilobytes(machine, &path(&folder)?);
    let size = i32::try_from(kilobytes).unwrap_or(i32::MAX);
    machine.memory.put(result, &size.to_be_bytes())?;
    DONE
}

/// What is in a folder and in those in it; nothing where it is not there.
fn kilobytes(machine: &mut Machine, folder: &Path) -> u64 {
    let Ok(number) = machine.files.open_folder(folder) else {
        return 0;
    };
    let mut entries = Vec::new();
    while let Ok(Some(entry)) = machine.files.read_folder(number) {
        entries.push(entry);
    }
    // The number was just opened.
    let _ = machine.files.close_folder(number);
    let mut sum = 0;
    for entry in entries
        .iter()
        .filter(|entry| entry.name != "." && entry.name != "..")
    {
        let path = folder.join(&entry.name);
        sum += match entry.kind {
            Kind::Folder => kilobytes(machine, &path),
            Kind::File => match machine.files.status_of(&path) {
                Ok(status) => status.size.div_ceil(1024),
                Err(_) => 0,
            },
        };
    }
    sum
}
