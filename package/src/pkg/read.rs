//! Opens packages and takes items out.

use std::io::{Read, Seek, SeekFrom, Write};

use super::cipher::{Cipher, RetailKey};
use super::item::{Entry, Item, check_items};
use super::{CHUNK, DIGESTS, Error, Header, Metadata, Release, digest};
use crate::big_endian::array_at;

/// An open package: its tables are read and lie inside of the file; no digest has been looked
/// at yet ([`verify`](Self::verify)).
pub struct Package<R> {
    pub(super) source: R,
    pub(super) header: Header,
    pub(super) header_digests: [u8; DIGESTS],
    /// The packets as they stand in the file.
    pub(super) metadata_bytes: Vec<u8>,
    pub(super) metadata_digests: [u8; DIGESTS],
    pub(super) key: Option<RetailKey>,
    metadata: Metadata,
    cipher: Option<Cipher>,
    items: Vec<Item>,
}

impl<R: Read + Seek> Package<R> {
    /// Reads header, metadata and the table of items.
    ///
    /// A retail package opens without its key, too; then its items stay hidden.
    ///
    /// # Errors
    /// An [`Error`] that names the field that is wrong, or the part that is cut.
    pub fn open(mut source: R, key: Option<RetailKey>) -> Result<Self, Error> {
        let length = source.seek(SeekFrom::End(0))?;
        if length < (Header::SIZE + DIGESTS) as u64 {
            return Err(Error::Truncated {
                part: "the header".into(),
                expected: (Header::SIZE + DIGESTS) as u64,
                found: length,
            });
        }
        let head = read_at(&mut source, 0, Header::SIZE + DIGESTS)?;
        let header_bytes: [u8; Header::SIZE] = array_at(&head, 0);
        let header_digests = array_at(&head, Header::SIZE);
        let header = Header::parse(&header_bytes, length)?;

        let size = header.metadata_size as usize;
        let mut metadata_bytes = read_at(&mut source, header.metadata_offset.into(), size)?;
        let metadata_digests = array_at(&metadata_bytes, header.packets_size());
        metadata_bytes.truncate(header.packets_size());
        let metadata = Metadata::parse(&metadata_bytes, header.metadata_count)?;

        let cipher = match (header.release, &key) {
            (Release::Debug, _) => Some(Cipher::debug(&header.qa_digest)),
            (Release::Retail, None) => None,
            (Release::Retail, Some(key)) => {
                // Another key would make noise of the table, and of every message about it.
                // Packages without a CMAC have other bytes where its SHA-1 would stand.
                let check =
                    |key| digest::check_retail("the header", &header_bytes, &header_digests, key);
                if check(None).is_ok() {
                    check(Some(key))?;
                }
                Some(Cipher::retail(key, &header.klicensee))
            }
        };
        let mut package = Self {
            source,
            header,
            header_digests,
            metadata_bytes,
            metadata_digests,
            key,
            metadata,
            cipher,
            items: Vec::new(),
        };
        if package.cipher.is_some() {
            package.items = package.read_items()?;
        }
        Ok(package)
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The metadata.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The items in the order of the table.
    ///
    /// # Errors
    /// [`Error::NeedsKey`] for a retail package that was opened without one.
    pub fn items(&self) -> Result<&[Item], Error> {
        match self.cipher {
            Some(_) => Ok(&self.items),
            None => Err(Error::NeedsKey),
        }
    }

    /// Writes the bytes of an item of this package to `out`; a folder has none.
    ///
    /// # Errors
    /// Those of reading and of `out`.
    pub fn copy_item(&mut self, item: &Item, out: &mut dyn Write) -> Result<(), Error> {
        self.each_chunk(item, |bytes| out.write_all(bytes).map_err(Error::Io))
    }

    /// The bytes of an item of this package.
    ///
    /// # Errors
    /// Those of reading.
    pub fn read_item(&mut self, item: &Item) -> Result<Vec<u8>, Error> {
        let mut out = Vec::new();
        self.copy_item(item, &mut out)?;
        Ok(out)
    }

    /// Hands the bytes of an item to `take`, piece by piece.
    pub(super) fn each_chunk(
        &mut self,
        item: &Item,
        mut take: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut done = 0;
        while done < item.size {
            let size = (item.size - done).min(CHUNK as u64);
            take(&self.read_data(item.offset + done, size as usize)?)?;
            done += size;
        }
        Ok(())
    }

    /// Deciphered bytes of the data.
    pub(super) fn read_data(&mut self, offset: u64, size: usize) -> Result<Vec<u8>, Error> {
        let cipher = self.cipher.as_mut().ok_or(Error::NeedsKey)?;
        let end = offset.checked_add(size as u64);
        if end.is_none_or(|end| end > self.header.data_size) {
            return Err(Error::Truncated {
                part: "an item".into(),
                expected: end.unwrap_or(u64::MAX),
                found: self.header.data_size,
            });
        }
        let mut bytes = read_at(&mut self.source, self.header.data_offset + offset, size)?;
        cipher.apply(offset, &mut bytes);
        Ok(bytes)
    }

    fn read_items(&mut self) -> Result<Vec<Item>, Error> {
        let count = self.header.item_count as usize;
        let data_size = self.header.data_size;
        let size = u64::from(self.header.item_count) * Item::ENTRY as u64;
        if size > data_size {
            return Err(Error::field(
                "the number of items",
                count,
                format!("at most {}, as many as fit", data_size / Item::ENTRY as u64),
            ));
        }
        let table = self.read_data(0, count * Item::ENTRY)?;
        let mut items = Vec::with_capacity(count);
        for (number, entry) in table.chunks_exact(Item::ENTRY).enumerate() {
            let entry = Entry::parse(entry, number, data_size)?;
            let name = self.read_data(entry.name_offset.into(), entry.name_size as usize)?;
            items.push(entry.named(&name)?);
        }
        check_items(&items)?;
        Ok(items)
    }
}

/// Reads `size` bytes at `offset`, which lie inside of the file.
pub(super) fn read_at<R: Read + Seek>(
    source: &mut R,
    offset: u64,
    size: usize,
) -> Result<Vec<u8>, Error> {
    source.seek(SeekFrom::Start(offset))?;
    let mut bytes = vec![0; size];
    source.read_exact(&mut bytes)?;
    Ok(bytes)
}
