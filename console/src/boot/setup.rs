//! The console around a program.

use super::disk::{Disk, GUEST};
use super::failure::Failure;
use super::program::{APP_HOME, Program};
use crate::display::Television;
use crate::lv2::{Layout, Machine, Mount, PadState, Settings};

/// What a program finds when it starts.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The user's settings.
    pub settings: Settings,
    /// The television.
    pub television: Television,
    /// Whether a pad is plugged in.
    pub pad: bool,
    /// The keyboard that is plugged in.
    pub keyboard: Option<Layout>,
    /// Devices beside the hard disk, or in its place.
    pub mounts: Vec<Mount>,
    /// Bytes that devices can hold, by their paths.
    pub capacities: Vec<(String, u64)>,
    /// Paths of the devices that the program can only read.
    pub read_only: Vec<String>,
    /// Bytes of main memory that the program may have, where that is less than a console has.
    pub memory: Option<u64>,
    /// Arguments behind the program's own path.
    pub arguments: Vec<String>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            settings: Settings::default(),
            television: Television::default(),
            pad: true,
            keyboard: Some(Layout::Us),
            mounts: Vec::new(),
            capacities: Vec::new(),
            read_only: Vec::new(),
            memory: None,
            arguments: Vec::new(),
        }
    }
}

impl Setup {
    /// Starts a program on a machine set up so.
    ///
    /// # Errors
    ///
    /// The program takes more memory than there is, or something cannot be mounted.
    pub fn start(&self, program: &Program, disk: &Disk) -> Result<Machine, Failure> {
        let failed =
            |error: &dyn std::fmt::Display| Failure::new(format!("{}: {error}", program.path));
        let loaded = program.loaded().map_err(|error| failed(&error))?;
        let arguments: Vec<&[u8]> = std::iter::once(program.path.as_bytes())
            .chain(self.arguments.iter().map(String::as_bytes))
            .collect();
        let mut machine = Machine::start(&loaded, &arguments).map_err(|error| failed(&error))?;
        // Many have none.
        machine.set_symbols(program.symbols().unwrap_or_default());
        if let Some(bytes) = self.memory {
            machine.limit_memory(bytes);
        }
        *machine.settings_mut() = self.settings.clone();
        machine.set_television(self.television);
        if self.pad {
            machine.set_pad(0, Some(PadState::default()));
        }
        machine.set_keyboard(self.keyboard);
        for mount in self.devices(program, disk)? {
            machine.mount(&mount).map_err(Failure::new)?;
        }
        Ok(machine)
    }

    /// The hard disk, the program's own folder, which it can only read, and what was asked for:
    /// that comes first where it has the same path.
    fn devices(&self, program: &Program, disk: &Disk) -> Result<Vec<Mount>, Failure> {
        let home = program.home.as_ref().map(|folder| Mount {
            read_only: true,
            ..Mount::folder(APP_HOME, folder)
        });
        let own = [Some(Mount::folder(GUEST, disk.folder())), home];
        let asked = |mount: &Mount| self.mounts.iter().any(|other| other.path == mount.path);
        let own = own.into_iter().flatten().filter(|mount| !asked(mount));
        let mut devices: Vec<_> = own.chain(self.mounts.iter().cloned()).collect();
        for (path, capacity) in &self.capacities {
            find(&mut devices, path)?.capacity = *capacity;
        }
        for path in &self.read_only {
            find(&mut devices, path)?.read_only = true;
        }
        Ok(devices)
    }
}

/// The device at a path.
fn find<'a>(devices: &'a mut [Mount], path: &str) -> Result<&'a mut Mount, Failure> {
    match devices.iter().position(|mount| mount.path == path) {
        Some(at) => Ok(&mut devices[at]),
        None => {
            let there: Vec<_> = devices.iter().map(|mount| mount.path.as_str()).collect();
            let there = there.join(", ");
            let line = format!("the program has no device {path}: it has {there}");
            Err(Failure::new(line))
        }
    }
}
