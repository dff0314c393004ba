//! The QA digest: 16 bytes of a SHA-1 over all files, the header and the table.

use std::io::{Read, Seek};

use sha1::{Digest, Sha1};

use super::item::align;
use super::{Error, Header, Item, Kind, Package, Release};
use crate::self_file::npd;

/// The digest of a package whose files went through `files` already, in the order of the table.
/// The header goes in as a debug package's, without what depends on the digest; `table` is the
/// table with the names behind it.
///
/// Source: PSL1GHT, `pkg.py`.
pub(super) fn finish(mut files: Sha1, header: &Header, table: &[u8]) -> [u8; 16] {
    files.update(
        Header {
            release: Release::Debug,
            content_id: [0; 48],
            qa_digest: [0; 16],
            klicensee: [0; 16],
            ..header.clone()
        }
        .to_bytes(),
    );
    files.update(table);
    let whole = files.finalize();
    std::array::from_fn(|i| whole[i])
}

/// Size of table and names in bytes, where the names follow the table without gaps.
pub(super) fn table_size(items: &[Item]) -> u64 {
    let names = items.iter().map(|item| align(item.name.len() as u64));
    (items.len() * Item::ENTRY) as u64 + names.sum::<u64>()
}

/// `pkg.py` pads a protected SELF by less than this.
const PADDING: usize = 64;

/// Whether `pkg.py` could have made this package: it hashes the protected SELF before it pads it
/// and before it fills in the content ID, so that all that it may have looked like is tried.
pub(super) fn could_be_pkg_py<R: Read + Seek>(
    package: &mut Package<R>,
    table: &[u8],
) -> Result<bool, Error> {
    let mut states = vec![Sha1::new()];
    for item in package.items()?.to_vec() {
        if item.kind == Kind::NpdrmSelf {
            let stored = package.read_item(&item)?;
            let forms = before_packing(&stored);
            states = states
                .iter()
                .flat_map(|state| {
                    forms.iter().flat_map(move |(form, longest)| {
                        (0..PADDING.min(longest + 1)).map(move |padding| {
                            state.clone().chain_update(&form[..form.len() - padding])
                        })
                    })
                })
                .collect();
        } else {
            package.each_chunk(&item, |bytes| {
                states.iter_mut().for_each(|state| state.update(bytes));
                Ok(())
            })?;
        }
    }
    let header = package.header();
    Ok(states
        .into_iter()
        .any(|state| finish(state, header, table) == header.qa_digest))
}

/// What a SELF may have been before it was packed, each with the number of zeros at its end.
fn before_packing(stored: &[u8]) -> Vec<(Vec<u8>, usize)> {
    let mut forms = vec![stored.to_vec()];
    if let Some(start) = crate::self_file::npd_offset(stored)
        && start + npd::SIZE <= stored.len()
    {
        for block in npd::EMPTY_BLOCKS {
            let mut form = stored.to_vec();
            form[start..start + npd::SIZE].copy_from_slice(&block);
            forms.push(form);
        }
    }
    forms
        .into_iter()
        .map(|form| {
            let zeros = form.iter().rev().take_while(|byte| **byte == 0).count();
            (form, zeros)
        })
        .collect()
}
