//! Planes: the numbers of a batch of fragments, one array for each value.

/// Most fragments in a batch.
pub const LANES: usize = 128;

/// Lanes that loops handle at once: what they read and write is always a multiple of this.
pub const GROUP: usize = 8;

/// Numbers in a plane: the last group of a run may go past the end of the batch.
pub const STORED: usize = LANES + GROUP;

/// One number for each fragment of a batch.
#[derive(Clone)]
#[repr(align(64))]
pub struct Plane(pub [f32; STORED]);

/// The planes that a program works on.
///
/// They are boxed so that a destination can be taken out by swapping a pointer
/// while the operands are read.
#[allow(clippy::vec_box, reason = "planes change places by their boxes")]
pub struct Planes {
    planes: Vec<Box<Plane>>,
    spare: Vec<Box<Plane>>,
}

impl Default for Planes {
    fn default() -> Self {
        Self {
            planes: Vec::new(),
            spare: (0..4).map(|_| new_plane()).collect(),
        }
    }
}

fn new_plane() -> Box<Plane> {
    Box::new(Plane([0.0; STORED]))
}

impl Planes {
    /// Makes sure that there are `count` planes.
    pub fn reserve(&mut self, count: usize) {
        while self.planes.len() < count {
            self.planes.push(new_plane());
        }
    }

    /// A plane to read.
    #[inline(always)]
    #[must_use]
    pub fn get(&self, id: u16) -> &[f32; STORED] {
        &self.planes[usize::from(id)].0
    }

    /// A plane to write.
    #[inline(always)]
    pub fn get_mut(&mut self, id: u16) -> &mut [f32; STORED] {
        &mut self.planes[usize::from(id)].0
    }

    /// Calls `f` with the destinations that are there, at most four, and with all other planes to read.
    ///
    /// Where a destination is also read through the second argument, other numbers are found there.
    #[inline(always)]
    pub fn with<const N: usize>(
        &mut self,
        to: [Option<u16>; N],
        f: impl FnOnce([Option<&mut [f32; STORED]>; N], &Self),
    ) {
        const { assert!(N <= 4) };
        let mut taken: [Option<Box<Plane>>; N] = [const { None }; N];
        for (slot, id) in taken.iter_mut().zip(to) {
            if let (Some(id), Some(spare)) = (id, self.spare.pop()) {
                *slot = Some(std::mem::replace(&mut self.planes[usize::from(id)], spare));
            }
        }
        f(
            taken
                .each_mut()
                .map(|plane| plane.as_mut().map(|plane| &mut plane.0)),
            self,
        );
        for (slot, id) in taken.into_iter().zip(to) {
            if let (Some(plane), Some(id)) = (slot, id) {
                self.spare
                    .push(std::mem::replace(&mut self.planes[usize::from(id)], plane));
            }
        }
    }
}
