//! Debian's compiler and its library source: as installed, or unpacked below our own folder.
//!
//! [`Apt`] resolves what is missing and checks signatures and digests, as an ordinary user;
//! `dpkg-deb` unpacks. Nothing is installed and no root is needed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::apt::Apt;
use super::{Compiler, accepted_version, library_in};
use crate::program::command::{command, output, run};

/// The compiler, cargo and the source; the three come in one version.
const PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// Debian's toolchain, if it is installed or unpacked below `tools`.
pub(super) fn find(tools: &Path) -> Option<Compiler> {
    compiler_in(Path::new("/")).or_else(|| compiler_in(&unpacked(tools)))
}

/// Debian's toolchain, downloaded and unpacked below `tools`; else one line that says why not.
pub(super) fn fetch(tools: &Path, progress: &mut dyn FnMut(&str)) -> Result<Compiler, String> {
    let root = unpacked(tools);
    let (apt, packages) = Apt::with_index_of(PACKAGES, &tools.join("apt"), progress)?;
    unpack(&apt, &packages, &root, progress)?;
    compiler_in(&root).ok_or_else(|| format!("{} has no compiler that runs", root.display()))
}

fn unpacked(tools: &Path) -> PathBuf {
    tools.join("debian")
}

/// The compiler below a root folder, if it runs and its source is there.
fn compiler_in(root: &Path) -> Option<Compiler> {
    let (cargo, rustc) = (root.join("usr/bin/cargo"), root.join("usr/bin/rustc"));
    let sysroot = root.join("usr");
    let library = library_in(&sysroot.join("lib/rustlib/src/rust"))?;
    let environment = environment(root);
    let version = |program: &Path| {
        let mut ask = command(program);
        ask.arg("--version").envs(environment.iter().cloned());
        output(ask)
    };
    version(&cargo)?;
    accepted_version(&version(&rustc)?)?;
    let mut ask = command(&rustc);
    ask.args(["--print", "sysroot"])
        .envs(environment.iter().cloned());
    let says = std::fs::canonicalize(output(ask)?).ok()?;
    (says == std::fs::canonicalize(&sysroot).ok()?).then_some(Compiler {
        cargo,
        rustc,
        library,
        origin: format!("Debian's packages in {}", root.display()),
        environment,
    })
}

/// Where the unpacked programs find their shared libraries.
fn environment(root: &Path) -> Vec<(OsString, OsString)> {
    if root == Path::new("/") {
        return Vec::new();
    }
    let mut folders = Vec::new();
    for lib in ["usr/lib", "lib"].map(|lib| root.join(lib)) {
        let entries = std::fs::read_dir(&lib).into_iter().flatten().flatten();
        // The multi-arch folder, for instance x86_64-linux-gnu.
        folders.extend(entries.map(|entry| entry.path()).filter(|path| {
            path.file_name()
                .and_then(|name| name.to_str())
                .is_some_and(|name| name.contains("-linux-"))
        }));
        folders.push(lib);
    }
    folders.sort();
    std::env::join_paths(folders)
        .map(|value| vec![("LD_LIBRARY_PATH".into(), value)])
        .unwrap_or_default()
}

fn unpack(
    apt: &Apt,
    packages: &[String],
    root: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<(), String> {
    progress(&format!(
        "downloading {} packages from Debian (about 170 MB)",
        packages.len()
    ));
    let partial = sibling(root, "partial");
    let archives = sibling(root, "archives");
    let io = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    for folder in [&partial, &archives] {
        if folder.exists() {
            std::fs::remove_dir_all(folder).map_err(|error| io(folder, error))?;
        }
        std::fs::create_dir_all(folder).map_err(|error| io(folder, error))?;
    }
    apt.download(packages, &archives)?;

    let entries = std::fs::read_dir(&archives).map_err(|error| io(&archives, error))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    for (index, file) in files.iter().enumerate() {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        progress(&format!(
            "unpacking {} of {}: {name}",
            index + 1,
            files.len()
        ));
        let mut unpack = command("dpkg-deb");
        unpack.arg("-x").arg(file).arg(&partial);
        run(unpack, "dpkg-deb").map_err(|error| error.to_string())?;
    }
    relink_source(&partial).map_err(|error| io(&partial, error))?;
    std::fs::remove_dir_all(&archives).map_err(|error| io(&archives, error))?;
    // Only a whole tree gets the final name.
    if root.exists() {
        std::fs::remove_dir_all(root).map_err(|error| io(root, error))?;
    }
    std::fs::rename(&partial, root).map_err(|error| io(root, error))
}

fn sibling(root: &Path, suffix: &str) -> PathBuf {
    let mut name = root.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

/// The package points to its source by an absolute link, which leads out of the unpacked tree.
fn relink_source(root: &Path) -> std::io::Result<()> {
    let link = root.join("usr/lib/rustlib/src/rust");
    let Ok(target) = std::fs::read_link(&link) else {
        return Ok(());
    };
    let Ok(inside) = target.strip_prefix("/") else {
        return Ok(());
    };
    let inside = std::path::absolute(root.join(inside))?;
    std::fs::remove_file(&link)?;
    std::os::unix::fs::symlink(inside, &link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_libraries_are_found_where_packages_put_them() {
        let root = tempfile::tempdir().expect("a temporary folder");
        for folder in [
            "lib/x86_64-linux-gnu",
            "usr/lib/x86_64-linux-gnu",
            "usr/lib/rustlib",
        ] {
            std::fs::create_dir_all(root.path().join(folder)).expect("a folder");
        }
        let environment = environment(root.path());
        let [(name, value)] = &environment[..] else {
            panic!("{environment:?}")
        };
        assert_eq!(name, "LD_LIBRARY_PATH");
        let found: Vec<PathBuf> = std::env::split_paths(value).collect();
        let expected = [
            "lib",
            "lib/x86_64-linux-gnu",
            "usr/lib",
            "usr/lib/x86_64-linux-gnu",
        ];
        assert_eq!(found, expected.map(|folder| root.path().join(folder)));
        assert!(super::environment(Path::new("/")).is_empty());
    }

    #[test]
    fn the_source_link_stays_in_the_tree() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let source = root.path().join("usr/src/rustc-1.0");
        std::fs::create_dir_all(&source).expect("a folder");
        let folder = root.path().join("usr/lib/rustlib/src");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::os::unix::fs::symlink("/usr/src/rustc-1.0", folder.join("rust")).expect("a link");
        relink_source(root.path()).expect("a link that can be changed");
        let seen = std::fs::canonicalize(folder.join("rust")).expect("a link that leads somewhere");
        assert_eq!(seen, std::fs::canonicalize(source).expect("a folder"));
    }
}
