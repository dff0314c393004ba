//! The user's own keys.

use std::path::Path;

use package::keys::{Curve, KeyFile, SigningKeys, Use};
use package::pkg::RetailKey;
use package::whole_file;

use crate::arguments::Keys;
use crate::failure::Failure;

/// The key of retail packages, if there is a key file.
pub fn package_key(keys: &Keys) -> Result<Option<RetailKey>, Failure> {
    let Some(path) = &keys.keys else {
        return Ok(None);
    };
    let file = read(path)?;
    file.package_key().map(Some).map_err(Failure::about(path))
}

/// What a program is signed with.
pub fn signing_keys(
    keys: &Path,
    curves: &Path,
    purpose: Use,
) -> Result<(SigningKeys, Curve), Failure> {
    let signing = read(keys)?
        .signing_keys(purpose)
        .map_err(Failure::about(keys))?;
    let bytes = whole_file::read(curves).map_err(Failure::about(curves))?;
    let curve = Curve::from_file(&bytes, signing.curve).map_err(Failure::about(curves))?;
    Ok((signing, curve))
}

fn read(path: &Path) -> Result<KeyFile, Failure> {
    let bytes = whole_file::read(path).map_err(Failure::about(path))?;
    KeyFile::parse(&bytes).map_err(Failure::about(path))
}
