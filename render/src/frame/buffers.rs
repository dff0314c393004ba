//! The pieces of local memory that drawing needs, and what is written to them.

use alloc::vec::Vec;

use rsx_gcm::flip::DisplayBuffer;
use rsx_gcm::memory::{Address, Arena, ArenaError, Memory, OutOfRange, Purpose};

use super::RenderError;
use crate::Display;
use crate::atlas::{ATLAS_HEIGHT, ATLAS_WIDTH, Upload};
use crate::list::{MAX_INDICES, MAX_VERTICES, Mesh};

/// Bytes of a vertex: position, colour, place in the atlas.
pub(super) const VERTEX_BYTES: usize = 16;

/// Frames whose vertices are kept: the one being drawn, the one being made.
const SLOTS: usize = 2;

/// Display buffers: the one on the screen, the one being drawn.
const SCREENS: usize = 2;

/// Where the vertices of a frame are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub vertices: Address,
    pub indices: Address,
}

/// All memory of a renderer.
#[derive(Clone, Debug)]
pub(super) struct Buffers {
    pub screens: [DisplayBuffer; SCREENS],
    pub slots: [Slot; SLOTS],
    pub atlas: Address,
    /// Reused from frame to frame.
    bytes: Vec<u8>,
}

/// Bytes from row to row of a display buffer: a multiple of 64.
fn pitch(display: &Display) -> u32 {
    (u32::from(display.width) * 4).next_multiple_of(64)
}

/// Bytes of local memory that a renderer takes for this display, alignment
/// aside: 19.3 MiB at 1920×1080, 6.1 MiB at 720×480.
pub const fn local_bytes(display: &Display) -> u32 {
    let pitch = (display.width as u32 * 4).next_multiple_of(64);
    SCREENS as u32 * pitch * display.height as u32
        + SLOTS as u32 * (MAX_VERTICES * VERTEX_BYTES + MAX_INDICES * 2) as u32
        + ATLAS_WIDTH as u32 * ATLAS_HEIGHT as u32
}

impl Buffers {
    /// Takes everything from `local`.
    pub(super) fn allocate(local: &mut Arena, display: &Display) -> Result<Buffers, RenderError> {
        let mut take = |what, purpose, bytes: usize| {
            local
                .allocate(purpose, bytes as u32)
                .map_err(|error: ArenaError| RenderError::Memory(what, error))
        };
        let pitch = pitch(display);
        let rows = usize::from(display.height);
        let mut screen = || -> Result<DisplayBuffer, RenderError> {
            let at = take("display buffer", Purpose::Surface, pitch as usize * rows)?;
            Ok(DisplayBuffer {
                offset: at.offset,
                pitch,
                width: display.width.into(),
                height: display.height.into(),
            })
        };
        let screens = [screen()?, screen()?];
        let mut slot = || -> Result<Slot, RenderError> {
            Ok(Slot {
                vertices: take("vertices", Purpose::Vertices, MAX_VERTICES * VERTEX_BYTES)?,
                indices: take("indices", Purpose::Indices, MAX_INDICES * 2)?,
            })
        };
        let slots = [slot()?, slot()?];
        let texels = usize::from(ATLAS_WIDTH) * usize::from(ATLAS_HEIGHT);
        Ok(Buffers {
            screens,
            slots,
            atlas: take("glyph atlas", Purpose::Texture, texels)?,
            bytes: Vec::new(),
        })
    }

    /// Gives everything back to the arena that it came from.
    pub(super) fn release(&self, local: &mut Arena) -> Result<(), ArenaError> {
        for screen in &self.screens {
            local.release(Address::local(screen.offset))?;
        }
        for slot in &self.slots {
            local.release(slot.vertices)?;
            local.release(slot.indices)?;
        }
        local.release(self.atlas)
    }

    /// Writes the triangles of a frame, big endian.
    pub(super) fn write_mesh(
        &mut self,
        memory: &mut impl Memory,
        slot: Slot,
        mesh: &Mesh,
    ) -> Result<(), OutOfRange> {
        self.bytes.clear();
        self.bytes.reserve(mesh.vertices.len() * VERTEX_BYTES);
        for v in &mesh.vertices {
            self.bytes.extend(v.x.to_be_bytes());
            self.bytes.extend(v.y.to_be_bytes());
            self.bytes.extend(v.colour);
            self.bytes.extend(v.u.to_be_bytes());
            self.bytes.extend(v.v.to_be_bytes());
        }
        memory.write(slot.vertices, &self.bytes)?;
        self.bytes.clear();
        self.bytes
            .extend(mesh.indices.iter().flat_map(|i| i.to_be_bytes()));
        memory.write(slot.indices, &self.bytes)
    }

    /// Writes masks into the atlas.
    pub(super) fn write_masks(
        &self,
        memory: &mut impl Memory,
        uploads: &[Upload],
    ) -> Result<(), OutOfRange> {
        for upload in uploads {
            let rows = upload
                .coverage
                .chunks_exact(usize::from(upload.width).max(1));
            for (y, row) in (u32::from(upload.y)..).zip(rows) {
                let offset = y * u32::from(ATLAS_WIDTH) + u32::from(upload.x);
                let at = Address {
                    offset: self.atlas.offset + offset,
                    ..self.atlas
                };
                memory.write(at, row)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Aspect;
    use rsx_gcm::memory::Location;

    #[test]
    fn the_stated_budget_holds() {
        for display in [
            Display::HD_1080,
            Display::HD_720,
            Display::sd_480(Aspect::Wide),
        ] {
            let mut arena = Arena::new(Location::Local, 0, local_bytes(&display) + 4096);
            let before = arena.free_bytes();
            let buffers = Buffers::allocate(&mut arena, &display).unwrap();
            assert_eq!(before - arena.free_bytes(), local_bytes(&display));
            buffers.release(&mut arena).unwrap();
            assert_eq!(arena.free_bytes(), before);
        }
        let mib = |display| f64::from(local_bytes(&display)) / f64::from(1 << 20);
        assert!(
            (mib(Display::HD_1080) - 19.3).abs() < 0.05,
            "{}",
            mib(Display::HD_1080)
        );
    }

    #[test]
    fn too_little_memory_says_what_for() {
        let mut arena = Arena::new(Location::Local, 0, 17 << 20);
        let error = Buffers::allocate(&mut arena, &Display::HD_1080).unwrap_err();
        assert!(matches!(
            error,
            RenderError::Memory("indices" | "vertices" | "glyph atlas", _)
        ));
    }
}
