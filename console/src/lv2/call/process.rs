//! The end of the process.

use super::{Answer, Caller};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;

pub(super) fn exit(_: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::ProcessEnds(caller.arguments[0] as i32))
}
