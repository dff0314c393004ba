//! Where files are kept and looked for.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The folder of the installed program.
const INSTALLED: &str = "/dev_hdd0/game/STRY00001/USRDIR";
/// The folder of models in the program's own one.
const MODELS: &str = "models";
/// Folders of models on a USB device.
const ON_USB: [&str; 2] = ["STORYCELL", "PS3/USRDIR"];

/// The folders that belong to this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The program's own folder.
    home: String,
}

impl Places {
    /// The places of a program that was started from `path`; without a path, of the installed one.
    pub fn of_program(path: Option<&str>) -> Places {
        let folder = path.and_then(|path| path.rsplit_once('/'));
        let home = folder.map_or(INSTALLED, |(folder, _)| folder);
        Places { home: home.into() }
    }

    /// The file for what the app stores under `key`.
    pub fn stored(&self, key: &str) -> String {
        format!("{}/{key}.txt", self.home)
    }

    /// The folders in which models may lie, those of the program first; not all need be there.
    pub fn models(&self, usb_devices: impl IntoIterator<Item = String>) -> Vec<String> {
        let mut folders = Vec::from([format!("{}/{MODELS}", self.home)]);
        if self.home != INSTALLED {
            folders.push(format!("{INSTALLED}/{MODELS}"));
        }
        for device in usb_devices {
            folders.extend(ON_USB.map(|folder| format!("{device}/{folder}")));
        }
        folders
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_lie_beside_the_program() {
        let places = Places::of_program(Some("/dev_hdd0/game/STRY00001/USRDIR/EBOOT.BIN"));
        assert_eq!(places, Places::of_program(None));
        assert_eq!(
            places.stored("settings"),
            "/dev_hdd0/game/STRY00001/USRDIR/settings.txt"
        );
        assert_eq!(
            places.models(["/dev_usb000".into()]),
            [
                "/dev_hdd0/game/STRY00001/USRDIR/models",
                "/dev_usb000/STORYCELL",
                "/dev_usb000/PS3/USRDIR"
            ]
        );
    }

    #[test]
    fn a_program_from_elsewhere_uses_the_installed_models_too() {
        let places = Places::of_program(Some("/app_home/eboot.elf"));
        assert_eq!(places.stored("settings"), "/app_home/settings.txt");
        assert_eq!(
            places.models([]),
            ["/app_home/models", "/dev_hdd0/game/STRY00001/USRDIR/models"]
        );
        assert_eq!(
            Places::of_program(Some("eboot.elf")),
            Places::of_program(None)
        );
    }
}
