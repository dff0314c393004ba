//! Packages as other tools make them.

use std::io::Cursor;

use sha1::{Digest, Sha1};

use super::cipher::{Cipher, start_value};
use super::*;
use crate::identifiers::ContentId;
use crate::self_file::npd_offset;

/// A SELF with nothing in it but the headers that show where the block of content protection is.
fn program(content: u8) -> Vec<u8> {
    let mut out = b"SCE\0\0\0\0\x02\x80\0\0\x01\0\0\0\0".to_vec();
    let numbers = [0x200_u64, 0, 3, 0, 0, 0, 0, 0, 0, 0x70, 0x90, 0];
    out.extend(numbers.into_iter().flat_map(u64::to_be_bytes));
    out.extend([0, 0, 0, 3, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 0, 0, 0]);
    out.extend([content; 0x80]);
    out.resize(0x200, 0);
    out.extend([9; 101]);
    out
}

/// A package of `program` and another file; `hashed` is what goes into the QA digest in the
/// place of what is stored, and `key` makes a retail package of it, as `package_finalize` does.
fn foreign(program: &[u8], hashed: &[u8], key: Option<&RetailKey>) -> Vec<u8> {
    let files = [
        ("PARAM.TXT", &b"text"[..], 3),
        ("USRDIR/EBOOT.BIN", program, 1),
    ];
    let mut items: Vec<Item> = files
        .iter()
        .map(|(name, bytes, flags)| Item {
            name: (*name).into(),
            kind: Kind::File,
            flags: 0x8000_0000 | flags,
            offset: 0,
            size: bytes.len() as u64,
        })
        .collect();
    let mut end = qa_digest::table_size(&items);
    let (mut entries, mut names, mut contents) = (Vec::new(), Vec::new(), Vec::new());
    for (item, (name, bytes, _)) in items.iter_mut().zip(files) {
        let entry = item::Entry {
            name_offset: (2 * Item::ENTRY + names.len()) as u32,
            name_size: name.len() as u32,
            offset: end,
            size: item.size,
            flags: item.flags,
        };
        entries.extend(entry.to_bytes());
        names.extend(name.bytes());
        names.resize(names.len().next_multiple_of(16), 0);
        contents.extend(bytes);
        contents.resize(contents.len().next_multiple_of(16), 0);
        end = item::align(end + item.size);
    }
    let table = [entries, names].concat();
    let metadata = Metadata::program(3, 5, 0xe, end, 0x1061_0000).to_bytes();
    let mut header = Header {
        release: Release::Debug,
        metadata_offset: METADATA_OFFSET,
        metadata_count: 5,
        metadata_size: (metadata.len() + DIGESTS) as u32,
        item_count: 2,
        package_size: 0x140 + end + FOOTER,
        data_offset: 0x140,
        data_size: end,
        content_id: [0; 48],
        qa_digest: [0; 16],
        klicensee: [0; 16],
    };
    let state = Sha1::new().chain_update(b"text").chain_update(hashed);
    header.qa_digest = qa_digest::finish(state, &header, &table);
    header.klicensee = start_value(&header.qa_digest);
    let id: ContentId = "UP0001-TEST00001_00-0000111122223333".parse().unwrap();
    header.content_id[..36].copy_from_slice(id.as_str().as_bytes());
    let [of_header, of_metadata] = digest::debug(&header.to_bytes(), &metadata);

    let mut data = [table, contents].concat();
    let mut cipher = match key {
        None => Cipher::debug(&header.qa_digest),
        Some(key) => Cipher::retail(key, &header.klicensee),
    };
    cipher.apply(0, &mut data);
    if key.is_some() {
        header.release = Release::Retail;
    }
    let mut out = [
        &header.to_bytes()[..],
        &of_header,
        &metadata,
        &of_metadata,
        &data,
        &[0; DIGESTS],
    ]
    .concat();
    let footer = match key {
        None => [0; 20],
        Some(_) => Sha1::digest(&out).into(),
    };
    out.extend(footer);
    out.extend([0; 12]);
    out
}

fn verify(bytes: &[u8], key: Option<RetailKey>) -> Report {
    let mut package = Package::open(Cursor::new(bytes), key).unwrap();
    package.verify(&mut |_| ()).unwrap()
}

fn states(report: &Report) -> Vec<State> {
    report.digests.iter().map(|it| it.state.clone()).collect()
}

#[test]
fn a_package_of_pkg_py_is_good() {
    // It hashes the program ahead of filling in the content ID and padding it with zeros.
    let before = program(0);
    let start = npd_offset(&before).unwrap();
    let mut stored = before.clone();
    stored[start..start + 0x80].fill(0x5a);
    stored.resize(stored.len() + 40, 0);
    let bytes = foreign(&stored, &before, None);
    let none = State::Silent("none was written");
    assert_eq!(
        states(&verify(&bytes, None)),
        [State::Good, State::Good, none.clone(), State::Good]
    );

    // One in which nothing was filled in.
    let bytes = foreign(&before, &before, None);
    assert_eq!(states(&verify(&bytes, None))[3], State::Good);

    for at in [0x145, 0x1b2, bytes.len() - FOOTER as usize - 20] {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        let found = Package::open(Cursor::new(&bytes[..]), None)
            .and_then(|mut package| package.verify(&mut |_| ()))
            .map(|report| states(&report));
        let is_good = found.is_ok_and(|states| !states.iter().any(State::is_bad));
        assert!(!is_good, "byte {at:#x}");
    }
}

#[test]
fn a_package_of_package_finalize_is_good() {
    let key = RetailKey([0x77; 16]);
    let program = program(1);
    let bytes = foreign(&program, &program, Some(&key));
    assert_eq!(
        states(&verify(&bytes, Some(key))),
        [const { State::Good }; 4]
    );
    assert_eq!(states(&verify(&bytes, None)), [const { State::Good }; 3]);
}

#[test]
fn a_qa_digest_of_another_rule_is_no_damage_where_the_package_has_its_own() {
    let key = RetailKey([0x77; 16]);
    let mut bytes = foreign(&program(1), b"something else", Some(&key));
    let report = verify(&bytes, Some(key.clone()));
    assert_eq!(
        states(&report)[3],
        State::Silent("made by the rule of another tool")
    );
    assert!(!states(&report).iter().any(State::is_bad));
    let at = bytes.len() - FOOTER as usize - 50;
    bytes[at] ^= 1;
    let [.., package, files] = &states(&verify(&bytes, Some(key)))[..] else {
        unreachable!("four digests");
    };
    assert!(package.is_bad() && files.is_bad());
}
