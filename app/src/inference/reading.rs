//! What interface and inference thread tell each other about a token whose
//! weights are read from a disk, which may take seconds.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// How much of the weights of the token at hand is read, and whether the token
/// is still wanted. The engine has a copy, see [`super::Port::reading`].
#[derive(Clone, Debug, Default)]
pub struct Reading(Arc<State>);

#[derive(Debug, Default)]
struct State {
    /// The bits of a float, 0–1.
    part: AtomicU32,
    unwanted: AtomicBool,
}

impl Reading {
    /// The engine's: says how much is read, 0–1, and hears whether it should go
    /// on. Where it should not, the token fails with
    /// [`llama::EngineError::Interrupted`].
    pub fn report(&self, part: f32) -> bool {
        self.0.part.store(part.to_bits(), Ordering::Relaxed);
        !self.0.unwanted.load(Ordering::Relaxed)
    }

    /// How much is read, 0–1.
    pub(super) fn part(&self) -> f32 {
        f32::from_bits(self.0.part.load(Ordering::Relaxed))
    }

    /// The interface's: something else is wanted now.
    pub(super) fn interrupt(&self) {
        self.0.unwanted.store(true, Ordering::Relaxed);
    }

    /// The worker's: whatever is wanted is heard of next.
    pub(super) fn resume(&self) {
        self.0.unwanted.store(false, Ordering::Relaxed);
    }
}
