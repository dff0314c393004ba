//! Packages of Debian, found and downloaded by `apt-get` without root.

use std::path::{Path, PathBuf};

use super::{OLDEST, parse_version};
use crate::program::command::{command, output, run};

/// `apt-get` with the system's index of packages, or with one of our own.
///
/// The system's index may be missing, as in images that were made small, or old: then a compiler
/// that is too old is all that it knows. An index of our own needs no root and changes nothing of
/// the system.
pub(super) struct Apt {
    /// The folder of our own index.
    index: Option<PathBuf>,
}

impl Apt {
    /// Finds an index that knows the compiler packages `wanted` in a version that is new enough:
    /// the system's, else one that is fetched into the folder `own`. Answers, too, `NAME=VERSION`
    /// of each package that is not installed.
    ///
    /// # Errors
    /// One line that says what is missing and what to do.
    pub fn with_index_of(
        wanted: [&str; 3],
        own: &Path,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(Self, Vec<String>), String> {
        let system = Self { index: None };
        if let Ok(packages) = system.plan(wanted) {
            return Ok((system, packages));
        }
        progress("fetching Debian's index of packages: apt-get update (about 10 MB)");
        let fresh = Self {
            index: Some(std::path::absolute(own).map_err(|error| error.to_string())?),
        };
        fresh.update()?;
        let packages = fresh.plan(wanted)?;
        Ok((fresh, packages))
    }

    /// Downloads packages into a folder.
    ///
    /// # Errors
    /// One line that says what failed.
    pub fn download(&self, packages: &[String], folder: &Path) -> Result<(), String> {
        let mut download = self.command();
        download
            .args(["--quiet", "download"])
            .args(packages)
            .current_dir(folder);
        run(download, "apt-get download").map_err(|error| error.to_string())
    }

    fn command(&self) -> std::process::Command {
        let mut command = command("apt-get");
        command.env("LC_ALL", "C");
        if let Some(index) = &self.index {
            for (option, value) in [
                ("Dir::State::lists", index.join("lists")),
                ("Dir::Cache", index.join("cache")),
                // Root would give the work to a user who may not see our folder.
                ("APT::Sandbox::User", "root".into()),
            ] {
                command
                    .arg("-o")
                    .arg(format!("{option}={}", value.display()));
            }
        }
        command
    }

    fn update(&self) -> Result<(), String> {
        for part in ["lists/partial", "cache/archives/partial"] {
            let folder = self.index.iter().map(|index| index.join(part));
            for folder in folder {
                std::fs::create_dir_all(&folder)
                    .map_err(|error| format!("{}: {error}", folder.display()))?;
            }
        }
        let mut update = self.command();
        update.args(["--quiet", "update"]);
        run(update, "apt-get update").map_err(|error| error.to_string())
    }

    /// What would have to be installed.
    fn plan(&self, wanted: [&str; 3]) -> Result<Vec<String>, String> {
        let mut ask = self.command();
        ask.args(["install", "--simulate", "--no-install-recommends"])
            .args(["-o", "Debug::NoLocking=1"])
            .args(wanted);
        let plan = output(ask).ok_or_else(|| {
            let [first, second, third] = wanted;
            format!("apt-get knows no {first}, {second} and {third}")
        })?;
        let packages = planned(&plan);
        let version = packages
            .iter()
            .find_map(|package| package.strip_prefix(wanted[0])?.strip_prefix('='));
        let Some(version) = version else {
            return Err(format!(
                "Debian's {} is installed but does not run",
                wanted[0]
            ));
        };
        // An epoch, as in 1:1.96.0, is no part of the compiler's version.
        let number = version.split_once(':').map_or(version, |(_, rest)| rest);
        if parse_version(number).is_none_or(|version| version < OLDEST) {
            let (major, minor) = OLDEST;
            return Err(format!(
                "Debian's {} is {version}, older than {major}.{minor}",
                wanted[0]
            ));
        }
        Ok(packages)
    }
}

/// `NAME=VERSION` of each line `Inst NAME (VERSION …)`; an installed version may come first in brackets.
fn planned(plan: &str) -> Vec<String> {
    plan.lines()
        .filter_map(|line| {
            let rest = line.strip_prefix("Inst ")?;
            let name = rest.split_whitespace().next()?;
            let version = rest.split_once('(')?.1.split([' ', ')']).next()?;
            Some(format!("{name}={version}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_names_packages_and_versions() {
        let plan = "NOTE: This is only a simulation!\n\
            Inst libllvm22 (1:22.1.8-1~deb12u1 Debian-Security:12/oldstable-security [amd64])\n\
            Inst rustc-web [1.85] (1.96.0+dfsg1-1~deb12u2 Debian-Security:12 [amd64]) []\n\
            Conf rustc-web (1.96.0+dfsg1-1~deb12u2 Debian-Security:12 [amd64])\n";
        assert_eq!(
            planned(plan),
            [
                "libllvm22=1:22.1.8-1~deb12u1",
                "rustc-web=1.96.0+dfsg1-1~deb12u2"
            ]
        );
    }
}
