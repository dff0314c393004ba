//! What the XMB needs to find in a package that installs a program.

use super::{Builder, Error};
use crate::identifiers::ContentId;
use crate::self_file::SelfFile;

impl Builder {
    /// Checks that the files are those of a program that the XMB can install, show and start:
    /// a `PARAM.SFO` with values that it accepts and the title of the content ID, and a SELF as
    /// `USRDIR/EBOOT.BIN`.
    ///
    /// # Errors
    /// [`Error::Field`] or [`Error::Damaged`] for the first thing that is wrong.
    pub fn check_program(&self, content_id: &ContentId) -> Result<(), Error> {
        let missing = |name: &str| Error::field(name, "not there", "a file of this name");
        let bytes = self
            .read("PARAM.SFO")?
            .ok_or_else(|| missing("PARAM.SFO"))?;
        let damaged = |error: sfo::Error| Error::damaged("PARAM.SFO", error.to_string());
        let parameters = sfo::Sfo::parse(&bytes).map_err(damaged)?;
        parameters.validate().map_err(damaged)?;
        let title = parameters.get("TITLE_ID").and_then(sfo::Value::as_text);
        let expected = content_id.title_id();
        if title != Some(expected.as_str()) {
            return Err(Error::field(
                "TITLE_ID of PARAM.SFO",
                title.unwrap_or_default(),
                format!("{expected}, as in the content ID"),
            ));
        }
        let name = "USRDIR/EBOOT.BIN";
        let program = self.read(name)?.ok_or_else(|| missing(name))?;
        SelfFile::parse(&program)
            .and_then(|program| program.check())
            .map_err(|error| Error::damaged(name, error.to_string()))?;
        Ok(())
    }
}
