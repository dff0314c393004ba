//! What the instructions compute, as functions on quadwords.
//!
//! Source: "Synergistic Processor Unit Instruction Set Architecture", version 1.2. The
//! functions are named after the instructions; an immediate form uses the function of the
//! register form with the immediate in all slots.

pub(crate) mod bytes;
pub(crate) mod compare;
pub(crate) mod convert;
pub(crate) mod double;
pub(crate) mod estimate;
pub(crate) mod fixed;
pub(crate) mod fpscr;
pub(crate) mod mask;
pub(crate) mod multiply;
pub(crate) mod quadword;
pub(crate) mod shift;
pub(crate) mod single;
pub(crate) mod soft_double;
