//! The branch target buffer: the one hint that is active.
//!
//! Source: Handbook, "Branch hints" and the rules that follow; Tutorial, "Reducing branch
//! mispredicts with branch hint". A hint says where one branch goes. It holds until the
//! next hint is issued, also over many rounds of a loop. A branch that comes too early for
//! its hint waits for it; one that comes fewer than four instruction pairs after it does
//! without. Where the hint was wrong, what was fetched is thrown away.

use super::table::{HINT, HINT_DISTANCE};

/// No branch: no address is odd.
const NONE: u32 = 1;

/// A hint and when it was given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hint {
    /// Address of the branch.
    branch: u32,
    /// Where it goes.
    target: u32,
    /// The cycle from which on the branch can be issued.
    ready: u64,
    /// Instructions that had been issued, the hint included.
    issued: u64,
}

/// What a hint does for a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Advice {
    pub(super) target: u32,
    /// The branch is not issued before.
    pub(super) ready: u64,
}

impl Hint {
    /// No hint.
    pub(super) const NONE: Self = Self {
        branch: NONE,
        target: 0,
        ready: 0,
        issued: 0,
    };

    /// A hint issued at a cycle, as instruction number `issued`.
    pub(super) fn new(branch: u32, target: u32, at: u64, issued: u64) -> Self {
        Self {
            branch,
            target,
            ready: at + u64::from(HINT),
            issued,
        }
    }

    /// Whether it speaks of the branch at an address.
    #[inline(always)]
    pub(super) fn is_for(&self, pc: u32) -> bool {
        self.branch == pc
    }

    /// What it does for its branch, which is instruction number `issued`.
    pub(super) fn advice(&self, issued: u64) -> Option<Advice> {
        (issued - self.issued > HINT_DISTANCE).then_some(Advice {
            target: self.target,
            ready: self.ready,
        })
    }
}
