//! What the caches of a console may still hold when memory has changed.
//!
//! A console's RSX reads textures, vertices and fragment programs through caches that a
//! program drops by commands: `INVALIDATE_L2`, `INVALIDATE_VERTEX_FILE`, and
//! `SET_SHADER_PROGRAM` sent again. Here memory is read as it is, so a program that forgets
//! them would look right, and wrong on a console. This remembers a sum of what draws have read
//! and tells when it has changed without the command.

use std::collections::HashMap;

use super::memory::{Memory, Place};
use super::report::Problem;

/// Sums of what was read since the caches were dropped.
#[derive(Default)]
pub struct Caches {
    textures: HashMap<Place, u64>,
    vertices: HashMap<Place, u64>,
    program: Option<(Place, u64)>,
}

impl Caches {
    /// The texture cache is dropped.
    pub fn drop_textures(&mut self) {
        self.textures.clear();
    }

    /// The vertex caches are dropped.
    pub fn drop_vertices(&mut self) {
        self.vertices.clear();
    }

    /// The fragment program is sent anew.
    pub fn drop_program(&mut self) {
        self.program = None;
    }

    /// A draw reads a texture.
    ///
    /// # Errors
    /// It is not what it was when it was last read.
    pub fn texture(&mut self, memory: &Memory, place: &Place) -> Result<(), Problem> {
        match changed(&mut self.textures, memory, place) {
            true => Err(Problem::Invalid(
                "a texture changed, and INVALIDATE_L2 was not sent since it was read",
            )),
            false => Ok(()),
        }
    }

    /// A draw reads elements of a vertex array.
    ///
    /// # Errors
    /// They are not what they were when they were last read.
    pub fn vertices(&mut self, memory: &Memory, place: &Place) -> Result<(), Problem> {
        match changed(&mut self.vertices, memory, place) {
            true => Err(Problem::Invalid(
                "vertices changed, and INVALIDATE_VERTEX_FILE was not sent since they were read",
            )),
            false => Ok(()),
        }
    }

    /// A draw runs the fragment program.
    ///
    /// # Errors
    /// It is not what it was when it was sent.
    pub fn program(&mut self, memory: &Memory, place: &Place) -> Result<(), Problem> {
        let sum = sum(memory.at(place));
        let (known, before) = self.program.get_or_insert_with(|| (place.clone(), sum));
        if known == place && *before != sum {
            *before = sum;
            return Err(Problem::Invalid(
                "the fragment program changed, and SET_SHADER_PROGRAM was not sent since it was read",
            ));
        }
        Ok(())
    }
}

fn changed(known: &mut HashMap<Place, u64>, memory: &Memory, place: &Place) -> bool {
    let sum = sum(memory.at(place));
    let before = known.insert(place.clone(), sum);
    before.is_some_and(|before| before != sum)
}

/// A sum that a change is all but sure to change: four lanes at a time of the step of FNV-1a,
/// on words instead of bytes.
fn sum(bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let (blocks, rest) = bytes.as_chunks::<32>();
    let mut lanes = [0xcbf2_9ce4_8422_2325_u64, 1, 2, 3];
    let step = |lane: &mut u64, word: &[u8]| {
        let word = word
            .iter()
            .fold(0, |word, byte| word << 8 | u64::from(*byte));
        *lane = (*lane ^ word).wrapping_mul(PRIME).rotate_left(29);
    };
    for block in blocks {
        for (lane, word) in lanes.iter_mut().zip(block.as_chunks::<8>().0) {
            *lane = (*lane ^ u64::from_le_bytes(*word))
                .wrapping_mul(PRIME)
                .rotate_left(29);
        }
    }
    for (lane, word) in lanes.iter_mut().zip(rest.chunks(8)) {
        step(lane, word);
    }
    lanes.iter().fold(bytes.len() as u64, |sum, lane| {
        (sum ^ lane).wrapping_mul(PRIME).rotate_left(29)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rsx::memory::{Location, StandaloneMemory};

    #[test]
    fn changes_are_told_until_the_cache_is_dropped() {
        let mut own = StandaloneMemory::new(100, 0);
        let mut caches = Caches::default();
        let place = own.view().place(Location::Local, 3, 90).expect("inside");
        for at in [3, 50, 92] {
            let view = own.view();
            caches.drop_textures();
            caches.drop_vertices();
            caches.drop_program();
            for _ in 0..2 {
                caches.texture(&view, &place).expect("the same");
                caches.vertices(&view, &place).expect("the same");
                caches.program(&view, &place).expect("the same");
            }
            own.bytes_mut(Location::Local)[at] += 1;
            let view = own.view();
            assert!(caches.texture(&view, &place).is_err(), "{at}");
            assert!(caches.vertices(&view, &place).is_err(), "{at}");
            assert!(caches.program(&view, &place).is_err(), "{at}");
        }
        own.bytes_mut(Location::Local)[2] += 1;
        own.bytes_mut(Location::Local)[93] += 1;
        let view = own.view();
        caches.texture(&view, &place).expect("it changed beside it");
    }
}
