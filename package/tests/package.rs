//! Packages are read as they were made, damage is found and named, and nothing leaves the folder
//! that a package is extracted to.

mod common;

use std::fs;
use std::io::Cursor;

use package::pkg::{
    Builder, Error, Kind, MANIFEST, Package, Release, Report, RetailKey, Settings, Source, State,
    extract,
};
use package::self_file::{Wrapping, wrap};
use proptest::prelude::*;

fn files() -> Vec<(&'static str, Vec<u8>)> {
    let id = common::content_id();
    vec![
        ("PARAM.SFO", common::param_sfo()),
        (
            "USRDIR/EBOOT.BIN",
            wrap(&common::elf(None), Wrapping::Package(&id)).unwrap(),
        ),
        (
            "USRDIR/models/a.bin",
            (0..=255).cycle().take(70_001).collect(),
        ),
        ("USRDIR/models/empty", Vec::new()),
    ]
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    // The order does not matter.
    for (name, bytes) in files().into_iter().rev() {
        builder.add(name, Source::Bytes(bytes)).unwrap();
    }
    builder
}

fn settings(key: Option<RetailKey>) -> Settings {
    Settings {
        key,
        ..Settings::program(common::content_id())
    }
}

fn write(builder: Builder, settings: &Settings) -> Vec<u8> {
    let mut out = Vec::new();
    let mut last = (0, 0);
    builder
        .write(settings, &mut out, &mut |done, total| last = (done, total))
        .unwrap();
    assert_eq!(last.0, last.1);
    out
}

fn package(key: Option<RetailKey>) -> Vec<u8> {
    write(builder(), &settings(key))
}

fn open(bytes: &[u8], key: Option<RetailKey>) -> Result<Package<Cursor<&[u8]>>, Error> {
    Package::open(Cursor::new(bytes), key)
}

fn verify(bytes: &[u8], key: Option<RetailKey>) -> Result<Report, Error> {
    open(bytes, key)?.verify(&mut |_| ())
}

fn key() -> Option<RetailKey> {
    Some(RetailKey(*b"a key for a test"))
}

#[test]
fn files_come_out_as_they_went_in() {
    for key in [None, key()] {
        let bytes = package(key.clone());
        assert_eq!(bytes, package(key.clone()));
        let mut package = open(&bytes, key.clone()).unwrap();
        let release = match key {
            Some(_) => Release::Retail,
            None => Release::Debug,
        };
        assert_eq!(package.header().release, release);
        assert_eq!(
            package.header().content_id_text(),
            common::content_id().as_str()
        );
        let names: Vec<String> = package
            .items()
            .unwrap()
            .iter()
            .map(|i| i.name.clone())
            .collect();
        assert_eq!(
            names,
            [
                "PARAM.SFO",
                "USRDIR",
                "USRDIR/EBOOT.BIN",
                MANIFEST,
                "USRDIR/models",
                "USRDIR/models/a.bin",
                "USRDIR/models/empty"
            ]
        );
        for (name, contents) in files() {
            let item = package
                .items()
                .unwrap()
                .iter()
                .find(|i| i.name == name)
                .unwrap()
                .clone();
            let mut stored = package.read_item(&item).unwrap();
            if item.kind == Kind::NpdrmSelf {
                // Padded with zeros to 0x30 bytes more than a multiple of 64.
                assert_eq!(stored.len() % 64, 0x30);
                assert!(stored.len() - contents.len() < 64);
                assert!(stored[contents.len()..].iter().all(|byte| *byte == 0));
                stored.truncate(contents.len());
            }
            assert_eq!(stored, contents, "{name}");
        }
        let report = package.verify(&mut |_| ()).unwrap();
        report.result().unwrap();
        assert!(
            report
                .digests
                .iter()
                .all(|check| check.state == State::Good)
        );
        assert!(report.items.iter().all(|check| check.state == State::Good));
        assert_eq!(report.items.len(), 5);
    }
}

#[test]
fn names_and_files_begin_at_multiples_of_16() {
    let bytes = package(None);
    let package = open(&bytes, None).unwrap();
    assert!(
        package
            .items()
            .unwrap()
            .iter()
            .all(|item| item.offset % 16 == 0)
    );
    assert_eq!(package.header().data_offset, 0x140);
    assert_eq!(bytes.len() as u64, package.header().package_size);
}

#[test]
fn a_damaged_file_is_named() {
    let bytes = package(None);
    for (name, contents) in files()
        .into_iter()
        .filter(|(_, contents)| !contents.is_empty())
    {
        let package = open(&bytes, None).unwrap();
        let item = package
            .items()
            .unwrap()
            .iter()
            .find(|i| i.name == name)
            .unwrap();
        let mut damaged = bytes.clone();
        damaged[(0x140 + item.offset) as usize + contents.len() / 2] ^= 4;
        let report = verify(&damaged, None).unwrap();
        assert_eq!(
            report.result().unwrap_err().to_string(),
            format!("{name} is damaged: its SHA-1 is not that of the manifest")
        );
        let bad = report.items.iter().filter(|it| it.state != State::Good);
        assert_eq!(bad.count(), 1);
    }
}

#[test]
fn a_retail_package_needs_its_key() {
    let bytes = package(key());
    let mut package = open(&bytes, None).unwrap();
    assert!(matches!(package.items(), Err(Error::NeedsKey)));
    let report = package.verify(&mut |_| ()).unwrap();
    report.result().unwrap();
    assert_eq!(report.digests.len(), 3);
    let folder = tempfile::tempdir().unwrap();
    assert!(extract(&mut package, folder.path(), &mut |_| ()).is_err());
    assert_eq!(
        open(&bytes, Some(RetailKey([0; 16])))
            .err()
            .unwrap()
            .to_string(),
        "the header is damaged: its CMAC is another one, or the key is not the right one"
    );
}

#[test]
fn a_package_is_extracted() {
    let bytes = package(None);
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("new/folder");
    let mut package = open(&bytes, None).unwrap();
    for _ in 0..2 {
        extract(&mut package, &target, &mut |_| ()).unwrap();
    }
    for (name, contents) in files() {
        assert!(fs::read(target.join(name)).unwrap().starts_with(&contents));
    }
    assert_eq!(fs::read_dir(target.join("USRDIR")).unwrap().count(), 3);

    // What was extracted can be packed again, and makes the same package.
    let mut again = Builder::new();
    again.add_all(&target).unwrap();
    assert_eq!(write(again, &settings(None)), bytes);
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_out_of_the_folder() {
    let bytes = package(None);
    let folder = tempfile::tempdir().unwrap();
    let (target, outside) = (folder.path().join("in"), folder.path().join("out"));
    fs::create_dir_all(&target).unwrap();
    fs::create_dir_all(&outside).unwrap();
    std::os::unix::fs::symlink(&outside, target.join("USRDIR")).unwrap();
    let mut package = open(&bytes, None).unwrap();
    let error = extract(&mut package, &target, &mut |_| ()).unwrap_err();
    assert!(error.to_string().ends_with("is there and is no folder"));
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);

    // A link in the place of a file is replaced, not followed.
    fs::remove_file(target.join("USRDIR")).unwrap();
    fs::write(outside.join("kept"), "kept").unwrap();
    fs::remove_file(target.join("PARAM.SFO")).unwrap();
    std::os::unix::fs::symlink(outside.join("kept"), target.join("PARAM.SFO")).unwrap();
    extract(&mut package, &target, &mut |_| ()).unwrap();
    assert_eq!(fs::read(outside.join("kept")).unwrap(), b"kept");
}

#[test]
fn names_that_lead_out_of_the_folder_are_refused() {
    let mut builder = Builder::new();
    for name in ["../x", "/x", "a/../../x", "a//x", MANIFEST] {
        let refused = builder.add(name, Source::Bytes(Vec::new()));
        assert!(matches!(refused, Err(Error::Name { .. })), "{name}");
    }
    builder.add("abc", Source::Bytes(vec![1])).unwrap();
    assert!(builder.add("abc", Source::Bytes(vec![1])).is_err());

    // One that was made by somebody else: the names are not covered by the keystream's key.
    let mut bytes = write(builder, &settings(None));
    let at = 0x140 + open(&bytes, None).unwrap().items().unwrap().len() * 0x20;
    for (byte, (old, new)) in bytes[at..].iter_mut().zip("abc".bytes().zip("../".bytes())) {
        *byte ^= old ^ new;
    }
    let error = open(&bytes, None).err().unwrap();
    assert!(matches!(error, Error::Name { .. }), "{error}");
}

#[test]
fn a_file_is_no_folder() {
    let mut builder = Builder::new();
    builder.add("a", Source::Bytes(Vec::new())).unwrap();
    builder.add("a/b", Source::Bytes(Vec::new())).unwrap();
    let refused = builder.write(&settings(None), &mut Vec::new(), &mut |_, _| ());
    assert!(matches!(refused, Err(Error::Name { .. })));
}

#[test]
fn a_missing_file_is_named() {
    let mut builder = Builder::new();
    builder
        .add("a", Source::File("/nowhere/at/all".into()))
        .unwrap();
    let refused = builder.write(&settings(None), &mut Vec::new(), &mut |_, _| ());
    assert!(refused.unwrap_err().to_string().starts_with("a: "));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_changed_byte_is_found(
        at in any::<prop::sample::Index>(),
        flip in 1_u8..,
        ahead in any::<bool>(),
        retail in any::<bool>(),
    ) {
        let key = key().filter(|_| retail);
        let mut bytes = package(key.clone());
        // Half of the changes are made where the structures are.
        let at = at.index(if ahead { 0x400 } else { bytes.len() });
        bytes[at] ^= flip;
        let found = verify(&bytes, key).and_then(|report| report.result());
        prop_assert!(found.is_err());
    }

    #[test]
    fn a_changed_table_never_panics(
        changes in prop::collection::vec((0_usize..0x300, any::<u8>()), 1..12),
    ) {
        let mut bytes = package(None);
        for (at, value) in changes {
            bytes[at] = value;
        }
        if let Ok(mut package) = open(&bytes, None) {
            let _ = package.verify(&mut |_| ());
        }
    }

    #[test]
    fn a_cut_package_is_refused(length in any::<prop::sample::Index>()) {
        let bytes = package(None);
        prop_assert!(open(&bytes[..length.index(bytes.len())], None).is_err());
    }
}
