//! Looks at every digest of a package.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{Read, Seek};

use sha1::{Digest, Sha1};

use super::read::read_at;
use super::{
    CHUNK, DIGESTS, Error, FOOTER, FOOTER_DIGEST, Header, Item, MANIFEST, Package, Release,
    contents, digest, qa_digest,
};

/// What a digest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It is the digest of what it stands for.
    Good,
    /// It cannot say anything, for this reason; that is no fault.
    Silent(&'static str),
    /// It is not: what it stands for is damaged.
    Bad(String),
}

/// What one of the package's digests says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestCheck {
    /// What the digest is of.
    pub of: &'static str,
    /// What it says.
    pub state: State,
}

/// What is known about one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemCheck {
    /// The item.
    pub item: Item,
    /// Whether its bytes are good, by the manifest or by checksums of its own.
    pub state: State,
}

/// All digests of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The package's own.
    pub digests: Vec<DigestCheck>,
    /// Those of its files.
    pub items: Vec<ItemCheck>,
}

impl Report {
    /// The first thing that is damaged: a file before the package as a whole.
    ///
    /// # Errors
    /// [`Error::Damaged`] with its name.
    pub fn result(&self) -> Result<(), Error> {
        let items = self.items.iter().map(|it| (&it.item.name[..], &it.state));
        let digests = self.digests.iter().map(|it| (it.of, &it.state));
        for (name, state) in items.chain(digests) {
            if let State::Bad(problem) = state {
                return Err(Error::damaged(name, problem));
            }
        }
        Ok(())
    }

    fn add(&mut self, of: &'static str, state: State) {
        self.digests.push(DigestCheck { of, state });
    }
}

impl State {
    fn of(good: bool, problem: &str) -> Self {
        match good {
            true => Self::Good,
            false => Self::Bad(problem.to_owned()),
        }
    }

    pub(super) fn is_bad(&self) -> bool {
        matches!(self, Self::Bad(_))
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Good => f.write_str("good"),
            Self::Silent(reason) => f.write_str(reason),
            Self::Bad(problem) => write!(f, "DAMAGED: {problem}"),
        }
    }
}

impl<R: Read + Seek> Package<R> {
    /// Reads the whole package and compares every digest in it. `progress` is told now and then
    /// how many bytes have been read, of twice [`Header::package_size`].
    ///
    /// # Errors
    /// Those of reading. What is damaged stands in the report.
    pub fn verify(&mut self, progress: &mut dyn FnMut(u64)) -> Result<Report, Error> {
        let mut report = Report::default();
        let [header, metadata] = self.check_heads();
        report.add("the header", header);
        report.add("the metadata", metadata);
        let package = self.check_footer(progress)?;
        report.add("the package", package.clone());
        if self.items().is_ok() {
            let qa = self.check_items(&package, &mut report, progress)?;
            report.add("files and table (QA digest)", qa);
        }
        Ok(report)
    }

    /// The digests behind header and metadata.
    fn check_heads(&self) -> [State; 2] {
        let bytes = self.header.to_bytes();
        if self.header.release == Release::Retail {
            let key = self.key.as_ref();
            let header = digest::check_retail("it", &bytes, &self.header_digests, key);
            let metadata =
                digest::check_retail("it", &self.metadata_bytes, &self.metadata_digests, key);
            if header.is_ok() || metadata.is_ok() {
                return [header, metadata].map(|result| match result {
                    Ok(()) => State::Good,
                    Err(_) => State::Bad("its digests do not fit".into()),
                });
            }
        }
        // `package_finalize` makes a retail package of a debug one and leaves these digests.
        let debug = Header {
            release: Release::Debug,
            ..self.header.clone()
        };
        let [header, metadata] = digest::debug(&debug.to_bytes(), &self.metadata_bytes);
        // The end of the header's digests depends on the metadata, too.
        let is_header = header[..16] == self.header_digests[..16]
            && (header[16..] == self.header_digests[16..] || metadata != self.metadata_digests);
        [
            State::of(is_header, "its SHA-1 is another one"),
            State::of(
                metadata == self.metadata_digests,
                "its SHA-1 is another one",
            ),
        ]
    }

    /// The SHA-1 of the whole package at its end.
    fn check_footer(&mut self, progress: &mut dyn FnMut(u64)) -> Result<State, Error> {
        let end = self.header.package_size - FOOTER_DIGEST as u64;
        let footer = read_at(
            &mut self.source,
            self.header.package_size - FOOTER,
            FOOTER as usize,
        )?;
        if footer.iter().all(|byte| *byte == 0) {
            return Ok(State::Silent("none was written"));
        }
        let mut hash = Sha1::new();
        let mut done = 0;
        while done < end {
            let size = (end - done).min(CHUNK as u64);
            hash.update(read_at(&mut self.source, done, size as usize)?);
            done += size;
            progress(done);
        }
        let (found, rest) = footer[DIGESTS..].split_at(20);
        if found != &hash.finalize()[..] {
            return Ok(State::Bad("its SHA-1 is another one".into()));
        }
        Ok(State::of(
            rest.iter().all(|byte| *byte == 0),
            "there are other bytes than zeros at its end",
        ))
    }

    /// Each file's own state, and the digest over all of them.
    fn check_items(
        &mut self,
        package: &State,
        report: &mut Report,
        progress: &mut dyn FnMut(u64),
    ) -> Result<State, Error> {
        let items = self.items()?.to_vec();
        let table_size = qa_digest::table_size(&items).min(self.header.data_size);
        let table = self.read_data(0, table_size as usize)?;
        let manifest = self.read_manifest(&items)?;
        let mut all = Sha1::new();
        let mut done = self.header.package_size;
        for item in items.iter().filter(|item| !item.is_folder()) {
            let mut hash = Sha1::new();
            let mut contents = match manifest {
                Ok(Some(_)) => None,
                _ => Some(contents::Contents::of(&item.name)),
            };
            self.each_chunk(item, |bytes| {
                hash.update(bytes);
                all.update(bytes);
                if let Some(contents) = &mut contents {
                    contents.take(bytes);
                }
                done += bytes.len() as u64;
                progress(done);
                Ok(())
            })?;
            let digest: [u8; 20] = hash.finalize().into();
            let state = match (&manifest, &item.name[..]) {
                (Err(problem), MANIFEST) => State::Bad(problem.clone()),
                (Ok(Some(_)), MANIFEST) => State::Good,
                (Ok(Some(digests)), name) => match digests.get(name) {
                    Some(expected) => {
                        State::of(*expected == digest, "its SHA-1 is not that of the manifest")
                    }
                    None => State::Bad("the manifest does not have it".into()),
                },
                (Ok(None) | Err(_), _) => contents.map_or(State::Good, contents::Contents::state),
            };
            report.items.push(ItemCheck {
                item: item.clone(),
                state,
            });
        }
        if let Ok(Some(digests)) = manifest {
            for name in digests.keys() {
                if !items.iter().any(|item| item.name == *name) {
                    return Ok(State::Bad(format!(
                        "the manifest has {name}, the package does not"
                    )));
                }
            }
        }
        if qa_digest::finish(all, &self.header, &table) == self.header.qa_digest {
            return Ok(State::Good);
        }
        if *package == State::Good {
            return Ok(State::Silent("made by the rule of another tool"));
        }
        if !package.is_bad() && qa_digest::could_be_pkg_py(self, &table)? {
            return Ok(State::Good);
        }
        Ok(State::Bad("the SHA-1 of all files is another one".into()))
    }

    /// The digests in the manifest by name; what is wrong with it; or none.
    #[allow(clippy::type_complexity)]
    fn read_manifest(
        &mut self,
        items: &[Item],
    ) -> Result<Result<Option<BTreeMap<String, [u8; 20]>>, String>, Error> {
        let Some(item) = items.iter().find(|item| item.name == MANIFEST) else {
            return Ok(Ok(None));
        };
        let bytes = self.read_item(item)?;
        Ok(contents::parse_manifest(&bytes).map(Some))
    }
}
