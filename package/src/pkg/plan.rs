//! Where everything in a package goes.

use std::collections::BTreeMap;

use sha1::{Digest, Sha1};

use super::cipher::start_value;
use super::item::{Entry, Item, align, check_items};
use super::{
    Builder, DIGESTS, Error, FOOTER, Header, Kind, METADATA_OFFSET, Metadata, Release, Settings,
    Source, digest, qa_digest,
};

/// The tool version in the metadata: that of `pkg.py`, whose digests these packages have.
const TOOL_VERSION: u32 = 0x1061;

/// Where everything goes.
pub(super) struct Plan {
    items: Vec<Item>,
    data_size: u64,
}

impl Plan {
    pub fn new(builder: &Builder) -> Result<Self, Error> {
        let mut items: Vec<Item> = Vec::new();
        let file = |(name, source): (&String, &Source)| -> Result<Item, Error> {
            let kind = match is_program(name) {
                true => Kind::NpdrmSelf,
                false => Kind::File,
            };
            let size = source.size(name)?;
            Ok(item(name, kind, stored_size(name, size)))
        };
        for found in builder.files.iter().map(file) {
            items.push(found?);
        }
        items.extend(
            builder
                .folders
                .keys()
                .map(|name| item(name, Kind::Folder, 0)),
        );
        items.sort_by(|a, b| order(a).cmp(&order(b)));
        let mut end = qa_digest::table_size(&items);
        for item in &mut items {
            item.offset = end;
            end = align(end + item.size);
        }
        check_items(&items)?;
        Ok(Self {
            items,
            data_size: end,
        })
    }

    /// The files in the order of the table.
    pub fn files(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| !item.is_folder())
    }

    /// Hashes every file, in the order of the table; those that are `known` have to be the same.
    pub fn hash_all(
        &self,
        builder: &Builder,
        known: &BTreeMap<String, [u8; 20]>,
        all: &mut Sha1,
    ) -> Result<Vec<[u8; 20]>, Error> {
        let mut digests = Vec::new();
        for item in self.files() {
            let mut hash = Sha1::new();
            let source = &builder.files[&item.name];
            source.each_chunk(item.size, item.size, &item.name, |bytes, _| {
                hash.update(&bytes[..]);
                all.update(&bytes[..]);
                Ok(())
            })?;
            let digest = hash.finalize().into();
            if known.get(&item.name).is_some_and(|known| *known != digest) {
                return Err(Error::Changed(item.name.clone()));
            }
            digests.push(digest);
        }
        Ok(digests)
    }

    /// The table with the names behind it.
    pub fn table(&self) -> Vec<u8> {
        let mut table = Vec::new();
        let mut names = Vec::new();
        for item in &self.items {
            let entry = Entry {
                name_offset: (self.items.len() * Item::ENTRY + names.len()) as u32,
                name_size: item.name.len() as u32,
                offset: item.offset,
                size: item.size,
                flags: item.flags,
            };
            table.extend(entry.to_bytes());
            names.extend(item.name.bytes());
            names.resize(align(names.len() as u64) as usize, 0);
        }
        table.extend(names);
        table
    }

    /// All ahead of the data, and the header in it.
    pub fn head(&self, settings: &Settings, files: Sha1, table: &[u8]) -> (Vec<u8>, Header) {
        let revision = TOOL_VERSION << 16 | u32::from(settings.version);
        let metadata = Metadata::program(
            settings.drm_type,
            settings.content_type,
            settings.flags,
            self.data_size,
            revision,
        );
        let packets = metadata.to_bytes();
        let metadata_size = (packets.len() + DIGESTS) as u32;
        let data_offset = u64::from(METADATA_OFFSET) + u64::from(metadata_size);
        let mut header = Header {
            release: match settings.key {
                Some(_) => Release::Retail,
                None => Release::Debug,
            },
            metadata_offset: METADATA_OFFSET,
            metadata_count: metadata.packets.len() as u32,
            metadata_size,
            item_count: self.items.len() as u32,
            package_size: data_offset + self.data_size + FOOTER,
            data_offset,
            data_size: self.data_size,
            content_id: [0; 48],
            qa_digest: [0; 16],
            klicensee: [0; 16],
        };
        header.qa_digest = qa_digest::finish(files, &header, table);
        header.klicensee = start_value(&header.qa_digest);
        let id = settings.content_id.as_str().as_bytes();
        header.content_id[..id.len()].copy_from_slice(id);

        let bytes = header.to_bytes();
        let [of_header, of_metadata] = match &settings.key {
            None => digest::debug(&bytes, &packets),
            Some(key) => [digest::retail(&bytes, key), digest::retail(&packets, key)],
        };
        let head = [&bytes[..], &of_header, &packets, &of_metadata].concat();
        (head, header)
    }
}

/// Files stand ahead of the folders beside them, as `pkg.py` lists them; a folder stands ahead
/// of what is in it.
fn order(item: &Item) -> Vec<(bool, &str)> {
    let mut parts: Vec<(bool, &str)> = item.name.split('/').map(|part| (true, part)).collect();
    if let Some(last) = parts.last_mut() {
        last.0 = item.is_folder();
    }
    parts
}

fn item(name: &str, kind: Kind, size: u64) -> Item {
    Item {
        name: name.to_owned(),
        kind,
        flags: Item::OVERWRITE | u32::from(kind.number()),
        offset: 0,
        size,
    }
}

/// Whether this is what the XMB starts.
fn is_program(name: &str) -> bool {
    name == "USRDIR/EBOOT.BIN"
}

/// Size in the package: that of the program is 0x30 bytes more than a multiple of 64, the rest
/// being zeros.
///
/// Source: PSL1GHT, `pkg.py`.
pub(super) fn stored_size(name: &str, size: u64) -> u64 {
    match is_program(name) {
        true => size.saturating_sub(0x30).next_multiple_of(64) + 0x30,
        false => size,
    }
}
