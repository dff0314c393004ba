//! What is enciphered and signed with the user's own keys.

use package::identifiers::ContentId;
use package::keys::{Curve, SigningKeys};
use package::pkg::RetailKey;
use package::self_file::{Error, Wrapping, sign, wrap};

/// The name of the program in its package, which the console compares with the signed one.
pub const PROGRAM: &str = "EBOOT.BIN";

/// How a package is made for a console.
#[derive(Clone, Debug, Default)]
pub struct Signing {
    /// The key of retail packages; without it, a debug package is made.
    pub package: Option<RetailKey>,
    /// What the program is signed with; without it, it is fake-signed.
    pub program: Option<(SigningKeys, Curve)>,
}

impl Signing {
    /// The program's SELF for the package of that content ID.
    ///
    /// # Errors
    /// Where `elf` is no program for the PPU, or the keys do not fit each other.
    pub fn program(&self, elf: &[u8], content_id: &ContentId) -> Result<Vec<u8>, Error> {
        match &self.program {
            Some((keys, curve)) => sign(elf, Some((content_id, PROGRAM)), keys, curve),
            None => wrap(elf, Wrapping::Package(content_id)),
        }
    }
}
